"""One harvest, and one kill in it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.sample import SampleServer
from tests.flows.conftest import CommandLine
from tests.kills.traces import Traces, traces_of
from tests.waiting import PATIENCE

LOOK_EVERY = 0.01  # seconds
FIRST_LISTS = 10  # requests for robots.txt and list pages, after which documents are being fetched
ALL_ASKED = 60  # requests of a run that has asked for everything: what it has left to do may be nothing


@dataclass(frozen=True, slots=True)
class Strike:
    """Where to strike: `delay` seconds after a stage is seen; a reading process, or the parent."""

    stage: str
    at_worker: bool
    delay: float


@dataclass(frozen=True, slots=True)
class Struck:
    """A kill that struck, and what stood on the disk when the process was dead."""

    stage: str
    target: str
    delay: float
    traces: Traces

    def __str__(self) -> str:
        return f"{self.target} killed {self.delay:.2f} s into {self.stage}: {self.traces}"


def strike(nianbao: CommandLine, sample: SampleServer, data: Path, aim: Strike) -> Struck | None:
    """Start a harvest and kill it, or one of its reading processes. None where it had ended before the moment came."""
    before, asked = traces_of(data), len(sample.requests)
    harvest = nianbao.start("harvest", "--portals", "portals", "--data", str(data), "--json")
    try:
        deadline = time.monotonic() + PATIENCE
        while not _reached(aim.stage, before, data, len(sample.requests) - asked):
            if harvest.poll() is not None:
                return None
            assert time.monotonic() < deadline, f"{aim.stage} was not reached"
            time.sleep(LOOK_EVERY)
        time.sleep(aim.delay)  # the moment that was drawn
        if harvest.poll() is not None:
            return None
        workers = list(_readers_of(harvest.pid)) if aim.at_worker else []
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(workers[0], signal.SIGKILL)
            return Struck(aim.stage, "worker", aim.delay, traces_of(data))
        harvest.kill()
        harvest.wait()
        return Struck(aim.stage, "parent", aim.delay, traces_of(data))
    finally:
        if not aim.at_worker:
            harvest.kill()
        harvest.communicate()


def _reached(stage: str, before: Traces, data: Path, requests: int) -> bool:
    """Whether a run is seen to be in this stage, or past its beginning."""
    if stage == "discover":
        return requests > 0
    if stage == "fetch":
        return requests > FIRST_LISTS
    now = traces_of(data)
    if stage == "archive":
        return now.archived > before.archived
    if stage == "read":
        return now.captures > before.captures or now.readings > before.readings or requests > ALL_ASKED
    return now.staged > 0 or now.files > before.files or requests > ALL_ASKED


def _readers_of(pid: int) -> Iterator[int]:
    """The reading processes of a run."""
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in listed.read_text().split():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if b"tasks.reader_process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    yield int(child)
