"""A harvest into a bucket that is killed at any of its requests, and taken up on the same machine or on another one.

As in `tests.storage.test_kills` the points are counted, not drawn: a child kills itself (SIGKILL) before its n-th request
that changes the bucket, or before its n-th commit.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.fs import copy_files
from sqlalchemy import Engine, event

from storage.bucket import Bucket
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import status_counts
from storage.publication import stale_partitions
from storage.replay import load_capture
from tests.storage.object_store import ObjectStore
from tests.storage.postgresql import drop_database, fresh_database
from tests.storage.samples import report
from tests.storage.test_kills import EVERY_POINT, harvest

# Not "fork": the threads of pyarrow's client do not survive it. The server of this kind loads the modules once.
START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload([__name__])
PARTS = 2  # tests that share the points, so that they may run at the same time
STEP = 1 if EVERY_POINT else 2
LAST = 10_000  # a point that no harvest reaches


def lake_bytes(data: DataDirectory) -> dict[str, bytes]:
    """The four tables; captures name archive files, which depend on the run."""
    return {name: data.store.read(name) for name in data.store.names("lake") if "/captures/" not in name}


def killed_at(point: int, data: DataDirectory, url: str, run: str) -> int | None:
    """Run version 2 of the harvest in a child that dies at this point; gives how many points it passed if it lived."""
    ours, theirs = START.Pipe(duplex=False)
    child = START.Process(target=_harvest_until, args=(point, dict(os.environ), theirs, (data, url, run)))
    child.start()
    theirs.close()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL), child.exitcode
    return ours.recv() if child.exitcode == 0 else None


def _harvest_until(point: int, environ: dict[str, str], answer: Any, what: tuple[DataDirectory, str, str]) -> None:
    os.environ.update(environ)  # the server was started before the test knew where the object store is
    data, url, run = what
    passed, lock = itertools.count(), threading.Lock()

    def step(*_: object) -> None:
        with lock:  # uploads go side by side
            if next(passed) == point:
                os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_write", "_delete"):
            request = getattr(Bucket, name)
            patch.setattr(Bucket, name, lambda *given, request=request: (step(), request(*given)))
        event.listen(Engine, "commit", step)
        harvest(data, Ledger(url), run, 2)
    answer.send(next(passed))


class Places:
    """Data directories in the bucket with a ledger each, all as version 1 of the harvest left them."""

    def __init__(self, folder: Path, objects: ObjectStore, server: str) -> None:
        self._folder, self._objects, self._server = folder, objects, server
        self.template = self.machine(objects.new_address())
        self._template_url = fresh_database(server)
        ledger = Ledger(self._template_url)
        harvest(self.template, ledger, "run-1", 1)
        ledger.close()

    def machine(self, address: str | None) -> DataDirectory:
        """A machine that has nothing yet."""
        return DataDirectory(self._folder / os.urandom(8).hex(), address).prepare()

    def new(self) -> tuple[DataDirectory, str]:
        data = self.machine(self._objects.new_address())
        source, destination = self.template.store.filesystem, data.store.filesystem
        copy_files("", "", source_filesystem=source, destination_filesystem=destination, use_threads=False)
        return data, fresh_database(self._server, template=self._template_url.rpartition("/")[2])


@pytest.mark.parametrize("part", range(PARTS))
def test_a_harvest_killed_at_any_request_ends_like_one_that_was_not(
    tmp_path: Path, object_store: ObjectStore, postgresql: str, part: int
) -> None:
    places = Places(tmp_path, object_store, postgresql)
    data, url = places.new()
    points = killed_at(LAST, data, url, "run-2")
    assert points is not None
    assert points > 15
    undisturbed, expected = lake_bytes(data), status_counts(Ledger(url))
    assert expected.states == {"failed": 1, "read": 3}
    assert undisturbed != lake_bytes(places.template)

    for point in range(part * STEP, points, PARTS * STEP):
        data, url = places.new()
        assert killed_at(point, data, url, "run-2") is None
        assert_objects_are_whole(data)
        ledger = Ledger(url)
        # Taken up by the same run or by the next one, on this machine or, with nothing of what it had, on another one.
        after = data if point % 4 < 2 else places.machine(data.bucket)
        harvest(after, ledger, "run-2" if point % 8 < 4 else "run-3", 2)
        assert lake_bytes(after) == undisturbed, point
        assert status_counts(ledger) == expected, point
        assert stale_partitions(after, ledger) == []
        for job in ledger.documents_to_fetch(run="later"):
            assert job.previous is not None
            assert load_capture(after, job.previous)
        assert list(after.archive.iterdir()) == []
        ledger.close()
        drop_database(url)
        shutil.rmtree(data.root)


def assert_objects_are_whole(data: DataDirectory) -> None:
    for name, content in lake_bytes(data).items():
        table = pq.read_table(pa.BufferReader(content))
        if "/figures/" in name:
            assert table.num_rows % len(report().figures) == 0
