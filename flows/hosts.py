"""Work waiting at hosts: in order, and one piece at a time at each."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

W = TypeVar("W")


class HostQueue(Generic[W]):
    """Hosts take turns; a host that has given out a piece of work gives the next one when that is handed back."""

    def __init__(self) -> None:
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
        if not self._turns:
            return None
        host = self._turns.popleft()
        work = self._work[host].popleft()
        if not self._work[host]:
            del self._work[host]
        self._visited.add(host)
        return host, work

    def leave(self, host: str) -> None:
        """The visit is over."""
        self._visited.remove(host)
        if host in self._work:
            self._turns.append(host)
