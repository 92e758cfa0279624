"""Locks between processes of one machine, on files of the data directory. They end with the process, however it ends."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def turn(path: Path) -> Iterator[None]:
    """Wait until nobody else is inside a `turn` of the same path."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def own(file: IO[Any], path: Path) -> bool:
    """Take an open file for ourselves, if nobody has it and `path` is still its name. It is ours until it is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


class HostLocks:
    """Turns to ask a host, between all processes that share a data directory: one request at a time, and when it ended.

    A lock file for each host; its time of change is when the last request of any of them was over.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def turn(self, host: str) -> Iterator[float | None]:
        """Wait for the turn; gives the seconds since anybody's last request to the host, None where there was none."""
        path = self._folder / hashlib.sha256(host.encode()).hexdigest()[:16]  # names from the web never become paths
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            known = os.fstat(file.fileno())
            try:
                yield max(0.0, time.time() - known.st_mtime) if known.st_size else None
            finally:
                if not known.st_size:
                    file.write(b"\n")  # not empty: somebody was there
                    file.flush()
                now = time.time_ns()  # of itself the system sets it to its last tick
                os.utime(file.fileno(), ns=(now, now))
