"""Whose turn it is to publish: of all who publish a partition, on however many machines, one at a time.

Where the lake lies in a folder, turns are lock files, and end with the process. Where it lies in a bucket they are locks in
the database, and end with the session: somebody who stood still for long, or was cut off, has lost his turn without knowing,
and may put old files over those that another machine has published meanwhile. So he proves it before he puts files in place,
and again before he notes what he did; where it is lost he begins anew, with what the ledger holds then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

from storage.database import Database
from storage.errors import LostTurnError
from storage.layout import DataDirectory, Partition
from storage.locks import turn

MOST_TURNS = 3  # how often work is begun whose turn is lost each time

T = TypeVar("T")
Turn = AbstractContextManager[Callable[[], None]]  # gives what raises `LostTurnError` where the turn is ours no more


def publishing(data: DataDirectory, ledger: Database, *partitions: Partition) -> Turn:
    """Our turn to publish these partitions: nobody else does meanwhile."""
    return _turns(data, ledger, [partition.path.replace("/", ",") for partition in partitions])


def publishing_captures(data: DataDirectory, ledger: Database, month: str) -> Turn:
    """Our turn to publish the captures of a month."""
    return _turns(data, ledger, [f"captures,{month}"])


def until_kept(work: Callable[[], T], *, lost: Callable[[], None]) -> T:
    """Do `work`, and once more, after `lost`, where its turn did not last to its end. Raises `LostTurnError` where it never does."""
    for _ in range(MOST_TURNS - 1):
        try:
            return work()
        except LostTurnError:
            lost()
    return work()


@contextmanager
def _turns(data: DataDirectory, ledger: Database, names: Iterable[str]) -> Iterator[Callable[[], None]]:
    locks = sorted(f"publish,{name}.lock" for name in names)  # by everybody: nobody waits for one who waits for him
    with ExitStack() as stack:
        if data.bucket is None:
            for lock in locks:
                stack.enter_context(turn(data.locks / lock))
            yield lambda: None
        else:
            yield stack.enter_context(ledger.turns(locks))
