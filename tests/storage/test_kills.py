"""A harvest that is killed at any point and started again ends as if nothing had happened.

The points are not drawn but counted: before every SQL statement and commit, every sync, rename and removal of a file, every
record written and every row group. A child process runs the harvest and kills itself (SIGKILL) at the n-th of them.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, event

from parsers.records import Report
from parsers.verdicts import NotAReport
from storage import archive
from storage.documents import ReadOutcome
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import status_counts
from storage.publication import publish, publish_stale_captures, stale_partitions
from storage.replacement import Replacement
from storage.replay import load_capture, recover_archive
from tests.storage.postgresql import fresh_database
from tests.storage.samples import PARSER, PORTAL, archive_all, link, number_of, report

FORK = multiprocessing.get_context("fork")
EVERY_POINT = bool(os.environ.get("NIANBAO_EVERY_POINT"))  # as `make kills` has it; else a sample of the points
EVERY = {"sqlite": 3, "postgresql": 9}  # on PostgreSQL every point costs a database
PARTS = 4  # tests that share the points, so that they may run at the same time
LAST = 10_000  # a point that no harvest reaches


def parsed(number: int, version: int) -> Report | NotAReport:
    """Document 3 stops being a report in version 2, document 2 moves to another year, 4 is new."""
    if (number, version) == (3, 2):
        return NotAReport("an article by now")
    return report(10 * version + number, year=2022 + version if number == 2 else 2024)


def harvest(data: DataDirectory, ledger: Ledger, run: str, version: int) -> None:
    """The steps of a harvest, each doing what the ledger says is to be done."""
    recover_archive(data)
    ledger.start_run(run, "harvest")
    ledger.record_links(run, PORTAL, [link(number) for number in range(1, 3 + version)])
    archive_all(data, ledger, run, version=version)
    jobs = ledger.documents_to_read(parser_version=PARSER)
    ledger.save_readings(run, PARSER, [ReadOutcome(job, parsed(number_of(job), version)) for job in jobs])
    publish(data, ledger, stale_partitions(data, ledger), run=run)
    publish_stale_captures(data, ledger, run=run)
    ledger.end_run(run, "completed")


def lake_bytes(data: DataDirectory) -> dict[str, bytes]:
    """The four tables; captures name archive files, which depend on the run."""
    paths = [path for path in data.lake.rglob("*") if path.is_file() and "captures" not in path.parts]
    return {str(path.relative_to(data.lake)): path.read_bytes() for path in paths}


def killed_at(point: int, data: DataDirectory, url: str, run: str) -> int | None:
    """Run version 2 of the harvest in a child that dies at this point; gives how many points it passed if it lived."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_harvest_until, args=(point, data, url, run, theirs))
    child.start()
    theirs.close()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
    return ours.recv() if child.exitcode == 0 else None


def _harvest_until(point: int, data: DataDirectory, url: str, run: str, answer: Any) -> None:
    passed: Counter[str] = Counter()

    def step(*_: object) -> None:
        if passed.total() == point:
            os.kill(os.getpid(), signal.SIGKILL)
        passed["points"] += 1

    def before(function: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **options: Any) -> Any:
            step()
            return function(*arguments, **options)

        return stepped

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (os, "fsync"),
            (Path, "replace"),
            (Path, "rename"),
            (Path, "unlink"),
            (Path, "rmdir"),
            (Replacement, "write"),
            (archive, "_member"),
        ):
            patch.setattr(owner, name, before(getattr(owner, name)))
        event.listen(Engine, "before_cursor_execute", step)
        event.listen(Engine, "commit", step)
        harvest(data, Ledger(url), run, 2)
    answer.send(passed.total())


class Places:
    """Data directories with a ledger each, all as version 1 of the harvest left them."""

    def __init__(self, folder: Path, server: str | None) -> None:
        self._folder, self._server, self._count = folder, server, 0
        self.template = DataDirectory(folder / "template").prepare()
        self._template_url = str(self.template.ledger) if server is None else fresh_database(server)
        ledger = Ledger(self._template_url)
        harvest(self.template, ledger, "run-1", 1)
        ledger.close()

    def new(self) -> tuple[DataDirectory, str]:
        self._count += 1
        data = DataDirectory(self._folder / str(self._count))
        shutil.copytree(self.template.root, data.root)
        if self._server is None:
            return data, str(data.ledger)
        return data, fresh_database(self._server, template=self._template_url.rpartition("/")[2])


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Places:
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    return Places(tmp_path, server)


@pytest.fixture
def step(request: pytest.FixtureRequest, places: Places) -> int:
    return 1 if EVERY_POINT else EVERY[request.node.callspec.params["places"]]


@pytest.mark.parametrize("part", range(PARTS))
def test_a_harvest_killed_anywhere_ends_like_one_that_was_not(places: Places, step: int, part: int) -> None:
    data, url = places.new()
    points = killed_at(LAST, data, url, "run-2")
    assert points is not None
    assert points > 60
    undisturbed, expected = lake_bytes(data), status_counts(Ledger(url))
    assert expected.states == {"failed": 1, "read": 3}
    assert undisturbed != lake_bytes(places.template)

    for point in range(part * step, points, PARTS * step):
        data, url = places.new()
        assert killed_at(point, data, url, "run-2") is None
        assert_readers_see_whole_reports(data)
        ledger = Ledger(url)
        # Taken up again by the same run, or by the next one.
        harvest(data, ledger, "run-2" if point % 2 else "run-3", 2)
        assert lake_bytes(data) == undisturbed, point
        assert status_counts(ledger) == expected, point
        assert stale_partitions(data, ledger) == []
        for job in ledger.documents_to_fetch(run="later"):
            assert job.previous is not None
            assert load_capture(data, job.previous)
        assert list(data.archive.glob("*.open")) == []
        ledger.close()
        shutil.rmtree(data.root)


def assert_readers_see_whole_reports(data: DataDirectory) -> None:
    for path in data.lake.rglob("*.parquet"):
        table = pq.read_table(path, partitioning=None)
        if "figures" in path.parts:
            counts = Counter(table["report_id"].to_pylist())
            assert set(counts.values()) == {len(report().figures)}
        if "reports" in path.parts:
            identifiers = table["report_id"].to_pylist()
            assert len(set(identifiers)) == len(identifiers) > 0
