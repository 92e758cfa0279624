"""A harvest killed by SIGKILL in each of its stages: the next one ends with the same bytes in the lake."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.sample import SampleServer
from storage.archive import OPEN_SUFFIX
from storage.ledger import Ledger
from tests.flows.conftest import CommandLine, call_api, lake_digest
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(600)


def test_killed_in_every_stage(served: CommandLine, sample: SampleServer, sample_data: Path) -> None:
    """Each kill strikes later than the one before, in the same data directory; what was done is not done again."""
    documents = _count(sample_data, "SELECT count(*) FROM documents")
    data = served.folder / "data"
    stages: dict[str, Callable[[], object]] = {
        "discovering": lambda: _count(data, "SELECT count(*) FROM documents"),
        "fetching": lambda: (
            list((data / "archive").glob(f"*{OPEN_SUFFIX}")) and _count(data, "SELECT count(*) FROM captures")
        ),
        "reading": lambda: _count(data, "SELECT count(*) FROM readings"),
        "publishing": lambda: list((data / "lake/figures").rglob("*.parquet")),
    }
    for stage, reached in stages.items():
        harvest = served.start("harvest", "--portals", "portals")
        _kill_when(harvest, stage, reached)
    summary = served.json("harvest", "--portals", "portals", status=1)
    assert lake_digest(data) == lake_digest(sample_data)
    assert summary["documents"] == documents > 0
    assert not list((data / "archive").glob(f"*{OPEN_SUFFIX}"))
    assert _count(data, "SELECT count(*) FROM documents") == documents


def _kill_when(harvest: subprocess.Popen[str], stage: str, reached: Callable[[], object]) -> None:
    try:
        wait_for(lambda: reached() or harvest.poll() is not None, f"the harvest is {stage}")
    finally:
        harvest.kill()
        harvest.communicate()
    assert harvest.returncode in (-signal.SIGKILL, 1)  # 1: it had ended before the signal came


def _count(data: Path, query: str) -> int:
    with (
        contextlib.suppress(sqlite3.OperationalError),
        sqlite3.connect(f"file:{data}/ledger.sqlite?mode=ro", uri=True) as ledger,
    ):
        return int(ledger.execute(query).fetchone()[0])
    return 0


def test_two_harvests_at_once(served: CommandLine, sample: SampleServer, sample_data: Path) -> None:
    first = served.start("harvest", "--portals", "portals", "--json")
    second = served.start("harvest", "--portals", "portals", "--json")
    for harvest in (first, second):
        _, said = harvest.communicate()
        assert harvest.returncode == 1, said
        assert "locked" not in said
    assert lake_digest(served.folder / "data") == lake_digest(sample_data)


def test_interrupted_by_hand(served: CommandLine, sample: SampleServer, prefect_api: str) -> None:
    for file in (served.folder / "portals").iterdir():
        file.write_text(file.read_text().replace("pace = 0", "pace = 1"))
    harvest = served.start("harvest", "--portals", "portals")
    data = served.folder / "data"
    wait_for(lambda: _count(data, "SELECT count(*) FROM documents"), "the harvest has begun")
    harvest.send_signal(signal.SIGINT)
    _, said = harvest.communicate(timeout=100)
    assert harvest.returncode == 130
    assert said.splitlines()[-1] == "nianbao: interrupted; the same command goes on where this one stopped"
    assert "Traceback" not in said
    run = call_api(f"{prefect_api}/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})[0]
    assert run["state_type"] in ("CRASHED", "CANCELLED", "FAILED")
    with Ledger(data / "ledger.sqlite").reading() as ledger:
        assert ledger.execute(text("SELECT outcome FROM runs")).scalars().all() == ["crashed"]
