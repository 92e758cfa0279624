"""Work waiting at hosts: in order, and one piece at a time at each."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

W = TypeVar("W")
ASK_AGAIN = 1.0  # seconds after which a host that somebody else was visiting is asked for once more


class Claims(Protocol):
    """Who else may visit hosts: see `storage.host_claims`."""

    def take(self, host: str) -> bool:
        """Claim a host; False while somebody else has it."""

    def leave(self, host: str) -> None:
        """Give the claim back."""


class HostQueue(Generic[W]):
    """Hosts take turns; a host that has given out a piece of work gives the next one when that is handed back.

    Nor is one visited that another run has claimed: it keeps its place, and is asked for again after `ASK_AGAIN`.
    """

    def __init__(self, claims: Claims | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._claims, self._clock = claims, clock
        self._elsewhere: dict[str, float] = {}  # host that somebody else has -> when it is asked for again
        self._work: dict[str, deque[W]] = {}
        self._turns: deque[str] = deque()  # hosts with work waiting and nobody there
        self._visited: set[str] = set()

    def __len__(self) -> int:
        """Pieces of work that wait."""
        return sum(map(len, self._work.values()))

    def add(self, host: str, work: W) -> None:
        """Let work wait at a host, behind what waits there."""
        if host not in self._work:
            self._work[host] = deque()
            if host not in self._visited:
                self._turns.append(host)
        self._work[host].append(work)

    def take(self) -> tuple[str, W] | None:
        """The next piece of work at a host where nobody is, which then is visited; None where there is none."""
        if (host := next(filter(self._claim, self._turns), None)) is None:
            return None
        self._turns.remove(host)
        work = self._work[host].popleft()
        if not self._work[host]:
            del self._work[host]
        self._visited.add(host)
        return host, work

    def leave(self, host: str) -> None:
        """The visit is over."""
        self._visited.remove(host)
        if self._claims is not None:
            self._claims.leave(host)
        if host in self._work:
            self._turns.append(host)

    def _claim(self, host: str) -> bool:
        if self._claims is None:
            return True
        if self._elsewhere.get(host, 0.0) > self._clock():
            return False
        if self._claims.take(host):
            self._elsewhere.pop(host, None)
            return True
        self._elsewhere[host] = self._clock() + ASK_AGAIN
        return False
