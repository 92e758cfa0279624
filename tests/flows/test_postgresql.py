"""A harvest whose ledger is a real PostgreSQL: the same lake, also when two harvest at once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from flows.sample import SampleServer
from flows.sample.__main__ import portal_toml
from tests.flows.conftest import CommandLine, lake_digest
from tests.portal_server import Server, page
from tests.storage.postgresql import drop_database, fresh_database
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)


PACE = 0.2
ENOUGH = 20_000  # bytes of the archive by which some documents are in it


@pytest.fixture
def database(postgresql: str) -> str:
    return fresh_database(postgresql)


def test_two_harvests_at_once_on_postgresql(
    served: CommandLine, sample: SampleServer, database: str, sample_data: Path
) -> None:
    harvests = [served.start("harvest", "--portals", "portals", NIANBAO_LEDGER=database) for _ in range(2)]
    for harvest in harvests:
        _, said = harvest.communicate()
        assert harvest.returncode == 1, said
        assert "deadlock" not in said
    assert not (served.folder / "data/ledger.sqlite").exists()
    status = served.json("status", NIANBAO_LEDGER=database)
    assert status["failures"] == {"needs_ocr": 1, "not_found": 1, "server_error": 1}
    assert lake_digest(served.folder / "data") == lake_digest(sample_data)


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


def test_two_machines_visit_a_host_in_turn_and_keep_its_pace(served: CommandLine, database: str) -> None:
    """Nothing is common to them but the ledger: each has a data directory of its own."""
    with Server() as server:
        links = [f"/2024/t{number}.html" for number in range(12)]
        titles = [f"某县某局{number}2024年政府信息公开工作年度报告" for number in range(12)]
        items = "".join(f'<li><a href="{link}">{title}</a></li>' for link, title in zip(links, titles, strict=True))
        server.add("/nb/", page(f"<html><title>政府信息公开年报</title><body><ul>{items}</ul></body></html>"))
        for link, title in zip(links, titles, strict=True):
            server.add(link, page(f"<html><title>{title}</title><body><h1>{title}</h1><p>本页没有正文。</p></body></html>"))
        portal = replace(server.portal(pace=PACE), lists=(server.url("/nb/"),))
        (served.folder / "portals").mkdir()
        (served.folder / "portals/one.toml").write_text(
            portal_toml(portal).replace("pace = 0\n", f"pace = {PACE}\n"), encoding="utf-8"
        )
        machines = [
            served.start("harvest", "--portals", "portals", "--data", name, NIANBAO_LEDGER=database) for name in ("a", "b")
        ]
        for machine in machines:
            _, said = machine.communicate()
            assert machine.returncode == 1, said
    seen = sorted(server.seen, key=lambda one: one.began)
    assert len([one for one in seen if one.path == "/nb/"]) == 2, "each looked at the list"
    assert {one.path for one in seen} >= set(links)
    assert server.most_at_once == 1
    close = [(before, after) for before, after in itertools.pairwise(seen) if after.began - before.ended < PACE - 0.01]
    assert close == []
