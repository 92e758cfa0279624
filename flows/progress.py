"""How far a run is: one record, handed to whoever watches each time it changes."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Counts of one run so far. A document that is fetched, or need not be, and then read is `done`."""

    portals: int = 0
    portals_done: int = 0
    documents: int = 0  # known to be looked at in this run
    new_links: int = 0
    done: int = 0
    fetched: int = 0  # bytes that we did not have
    unchanged: int = 0
    valid: int = 0  # read in this run
    suspect: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # documents that failed in this run, by verdict
    published: int = 0  # partitions
    now: str = ""  # what came last, for a person

    @property
    def read(self) -> int:
        return self.valid + self.suspect


Listener = Callable[[Progress], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextlib.contextmanager
def watched_by(listener: Listener) -> Iterator[None]:
    """Have `listener` called with the progress of the flow that runs in this block, in its thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(progress: Progress) -> None:
    """Show the progress to who watches, if anybody does."""
    if listener := _listener.get():
        listener(progress)
