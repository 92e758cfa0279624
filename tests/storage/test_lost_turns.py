"""A publisher into a bucket that stands still in the middle of it, and whose turn another machine has taken meanwhile.

Against a real object store and a real PostgreSQL, whose server ends the sessions of who stood still, as it does after
`idle_in_transaction_session_timeout` or when it takes the machine for dead.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from storage.bucket import Bucket
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import publish, publish_stale_captures, stale_partitions
from storage.snapshot import load_snapshot
from tests.storage.samples import body, fetch, keep, read, report
from tests.waiting import PATIENCE

JILIN_2024 = Partition(2024, "CN-JL")
UPLOADS = 4  # of a partition


class Pause:
    """Stands still, once, where `here` is called for the n-th time."""

    def __init__(self, at: int) -> None:
        self._at, self._calls = at, itertools.count()
        self.reached, self.over = threading.Event(), threading.Event()

    def here(self) -> None:
        if next(self._calls) == self._at:
            self.reached.set()
            assert self.over.wait(PATIENCE)


class Machine(NamedTuple):
    """One of two that share a bucket and a ledger."""

    data: DataDirectory
    ledger: Ledger


@pytest.fixture
def slow(in_bucket: DataDirectory, new_database: str) -> Iterator[Machine]:
    ledger = Ledger(new_database)
    yield Machine(in_bucket, ledger)
    ledger.close()


@pytest.fixture
def quick(in_bucket: DataDirectory, new_database: str, tmp_path: Path) -> Iterator[Machine]:
    ledger = Ledger(new_database)
    yield Machine(DataDirectory(tmp_path / "other machine", in_bucket.bucket).prepare(), ledger)
    ledger.close()


@pytest.fixture
def pausing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Pause]:
    """Have whoever uploads first stand still before the n-th object; after the last one where there are no more."""

    def pause(at: int) -> Pause:
        pause, write, change = Pause(at), Bucket._write, Bucket.change
        monkeypatch.setattr(Bucket, "_write", lambda *given: (pause.here(), write(*given)))
        monkeypatch.setattr(Bucket, "change", lambda *given: (change(*given), pause.here()))
        return pause

    return pause


def end_sessions_of_others(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert all(connection.execute(text(f"SELECT pg_terminate_backend(pid) {others}")).scalars())


def taken_over(pause: Pause, ledger: Ledger, slow: Callable[[], Any], meanwhile: Callable[[], Any]) -> None:
    """Begin `slow`; when it stands still, take its turn away and do something else; then let it go on to its end."""
    with ThreadPoolExecutor(1) as thread:
        paused = thread.submit(slow)
        try:
            assert pause.reached.wait(PATIENCE)
            end_sessions_of_others(ledger)
            meanwhile()
        finally:
            pause.over.set()
        paused.result(PATIENCE)


@pytest.mark.parametrize("at", range(UPLOADS + 1))
def test_what_the_other_machine_published_stands(
    slow: Machine, quick: Machine, pausing: Callable[[int], Pause], at: int
) -> None:
    document = keep(quick.ledger, 1, report(1))

    def newer() -> None:
        read(quick.ledger, document, report(7), parser="8")
        publish(quick.data, quick.ledger, [JILIN_2024], run="run-2")

    taken_over(pausing(at), quick.ledger, lambda: publish(slow.data, slow.ledger, [JILIN_2024], run="run-1"), newer)
    snapshot = load_snapshot(quick.data, JILIN_2024, patience=0)
    assert snapshot is not None, "one version, whole"
    assert snapshot.tables["reports"]["organization"].to_pylist() == ["临江市第7局"], "no update is lost"
    assert stale_partitions(quick.data, quick.ledger) == []


@pytest.mark.parametrize("at", range(2))
def test_the_captures_that_the_other_machine_published_stand(
    slow: Machine, quick: Machine, pausing: Callable[[int], Pause], at: int
) -> None:
    keep(quick.ledger, 1, report(1))

    def newer() -> None:
        fetch(quick.ledger, 1, body(1, version=2), run="run-2")
        publish_stale_captures(quick.data, quick.ledger, run="run-2")

    taken_over(pausing(at), quick.ledger, lambda: publish_stale_captures(slow.data, slow.ledger, run="run-1"), newer)
    written = quick.data.store.read(quick.data.name(quick.data.captures_part("2025-03")))
    assert pq.read_table(pa.BufferReader(written)).num_rows == 2
    assert publish_stale_captures(quick.data, quick.ledger, run="run-3") == []
