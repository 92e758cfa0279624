"""Locks between processes of one machine, on files of the data directory. They end with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
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
