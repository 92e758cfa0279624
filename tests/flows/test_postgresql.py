"""A harvest whose ledger is a real PostgreSQL: the same lake, also when two harvest at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flows.sample import SampleServer
from tests.flows.conftest import CommandLine, lake_digest
from tests.storage.postgresql import NoPostgresql, fresh_database, running_server

pytestmark = [pytest.mark.xdist_group("prefect"), pytest.mark.timeout(300)]


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
