"""One command from its start to its end: wall time, processor time, and the memory of all of its processes together."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.25  # between two looks at the memory


@dataclass(frozen=True, slots=True)
class Run:
    """What a command took. `cpu`: seconds, user and system, of all its processes; `peak`: bytes."""

    wall: float
    cpu: float
    peak: int
    output: str  # what it printed on standard output


class CommandError(Exception):
    """A command that did not end well; the message holds the end of what it said."""


def run(command: Sequence[str], environ: Mapping[str, str]) -> Run:
    """Run a command and measure it. `peak` is the largest sum of the PSS (each shared page counted once) of all its processes.

    Raises `CommandError` where it ends with another status than 0.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environ, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        with _watched(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)  # usage: with all descendants, each waited for by its parent
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read().decode("utf-8", "replace")
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace")
            raise CommandError(f"{' '.join(command)}: status {process.returncode}\n{output[-2000:]}\n{said[-4000:]}")
        return Run(wall, usage.ru_utime + usage.ru_stime, peak[0], output)


@contextlib.contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """Look at the memory of a process and its descendants until the block ends; gives a list whose one entry is the peak."""
    peak = [0]
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], _memory(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _memory(pid: int) -> int:
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += each.memory_full_info().pss
    return total
