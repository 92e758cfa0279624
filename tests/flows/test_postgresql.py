"""A harvest whose ledger is a real PostgreSQL: the same lake, also when two harvest at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.sample import SampleServer
from tests.flows.conftest import CommandLine, lake_digest
from tests.storage.postgresql import NoPostgresql, drop_database, fresh_database, running_server
from tests.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.timeout(300)]


ENOUGH = 20_000  # bytes of the archive by which some documents are in it


@pytest.fixture
def database() -> Iterator[str]:
    try:
        with running_server() as server:
            yield fresh_database(server)
    except NoPostgresql as error:
        pytest.skip(str(error))


def test_two_harvests_at_once_on_postgresql(served: CommandLine, sample: SampleServer, database: str) -> None:
    harvests = [served.start("harvest", "--portals", "portals", NIANBAO_LEDGER=database) for _ in range(2)]
    for harvest in harvests:
        _, said = harvest.communicate()
        assert harvest.returncode == 1, said
        assert "deadlock" not in said
    assert not (served.folder / "data/ledger.sqlite").exists()
    status = served.json("status", NIANBAO_LEDGER=database)
    assert status["failures"] == {"needs_ocr": 1, "not_found": 1, "server_error": 1}
    served.json("harvest", "--portals", "portals", "--data", "alone", status=1)
    assert lake_digest(served.folder / "data") == lake_digest(served.folder / "alone")


def test_a_database_that_vanishes(served: CommandLine, sample: SampleServer, database: str) -> None:
    """What was archived stays; with the database back and empty the harvest begins anew."""
    for file in (served.folder / "portals").iterdir():
        file.write_text(file.read_text().replace("pace = 0", "pace = 0.2"))
    archive = served.folder / "data/archive"
    harvest = served.start("harvest", "--portals", "portals", NIANBAO_LEDGER=database)
    wait_for(lambda: sum(path.stat().st_size for path in archive.glob("*.open")) > ENOUGH, "documents are being fetched")
    drop_database(database)
    _, said = harvest.communicate()
    assert harvest.returncode == 2, said
    assert said.splitlines()[-1].startswith("nianbao: The ledger postgresql+psycopg://")
    assert "does not answer" in said
    assert "start again" in said
    assert "Traceback" not in said
    kept = {path.name: path.stat().st_size for path in archive.glob("*.warc.gz")}
    assert sum(kept.values()) > ENOUGH
    again = fresh_database(database.rpartition("/")[0])
    served.json("harvest", "--portals", "portals", NIANBAO_LEDGER=again, status=1)
    assert {name: (archive / name).stat().st_size for name in kept} == kept
    assert served.json("verify", NIANBAO_LEDGER=again)["agrees"]
