"""Manners towards one host: one request at a time, a pace that slows by itself, and leaving a silent host alone.

The rules, with `pace` the portal's seconds between two requests:

- requests to a host never overlap; one starts at least `pace` seconds (or robots.txt's Crawl-delay) after the last ended;
- where a pace is set, the pause is at least as long as the server took for its last answer;
- each failure doubles the pause, up to `SLOWEST` seconds; each good answer takes a fifth of the slowing back;
- Retry-After is kept to;
- a host on which `PATIENCE` different addresses in a row got no answer at all rests, first for `REST` seconds, then longer.

A pace of 0 stays 0: it is for loopback, where there is nobody to be polite to. Retry-After and rests count there too.
All this is known to one process only, but for the first rule: with `shared`, all processes that work on one data directory
ask a host in turn, and keep their distance from each other's requests. Machines that share a ledger in PostgreSQL claim
whole hosts instead (`storage.host_claims`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from parsers.verdicts import ConnectionFailed, RateLimited, ServerError, Timeout, Verdict
from storage.locks import HostLocks

SLOWEST = 60.0  # seconds between two requests that our own slowing may reach
STEEPEST = 64.0  # times the portal's pace
LONGEST_WAIT = 90.0  # seconds that a caller waits for its turn; a later turn is a verdict
PATIENCE = 5  # different addresses without an answer
REST, LONGEST_REST = 30.0, 600.0  # seconds


@dataclass
class Lane:
    """What is known about one host. Only the holder of `lock` may touch the rest."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    pace: float = 0.0  # seconds, as the last request had it
    ended: float = float("-inf")  # clock time at which the last request was over
    elapsed: float = 0.0  # seconds that its answer took
    asked_until: float = float("-inf")  # clock time until which Retry-After asked for quiet
    resting_until: float = float("-inf")
    slowing: float = 1.0  # times the pace
    silent: set[str] = field(default_factory=set)  # addresses without an answer since the last answer
    rests: int = 0


@dataclass
class Turn:
    """One request to a host. Whoever makes it says whether the server said anything at all."""

    answered: bool = False


def _alone(_host: str) -> AbstractContextManager[float | None]:
    """The turn of a process that nobody else has to know of."""
    return nullcontext()


class Politeness:
    """Turns to talk to hosts, shared by all threads of a process."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        shared: HostLocks | None = None,
    ) -> None:
        self._clock = clock
        self._turns: Callable[[str], AbstractContextManager[float | None]] = shared.turn if shared else _alone
        self._sleep = sleep
        self._lanes: dict[str, Lane] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str, url: str, pace: float) -> Iterator[Turn]:
        """Wait for the turn to ask `host` for `url`; the request happens inside the `with`.

        A verdict that leaves the block is counted, then travels on. Raises RateLimited when the host asked for a longer
        pause than anybody should wait for, and ConnectionFailed while a silent host rests; neither sends anything.
        """
        lane = self._lane(host)
        with lane.lock, self._turns(host) as ago:
            lane.pace = pace
            if ago is not None:
                lane.ended = max(lane.ended, self._clock() - ago)
            self._wait(lane, host, pace)
            turn, started = Turn(), self._clock()
            try:
                yield turn
            except Verdict as verdict:
                self._failed(lane, url, verdict, turn)
                raise
            else:
                self._answered(lane, self._clock() - started)
            finally:
                lane.ended = self._clock()

    def asked_elsewhere(self, host: str) -> None:
        """Somebody on another machine may have asked `host` until now: the pace counts from here."""
        lane = self._lane(host)
        with lane.lock:
            lane.ended = self._clock()

    def ready_in(self, host: str) -> float:
        """Seconds until `host` may be asked again, by what is known now; 0 for one that was never asked.

        A hint for whoever has many hosts to choose from: the turn itself is what holds.
        """
        lane = self._lanes.get(host)
        if lane is None:
            return 0.0
        until = max(lane.resting_until, lane.asked_until, lane.ended + self._pause(lane, lane.pace))
        return max(until - self._clock(), 0.0)

    def _lane(self, host: str) -> Lane:
        with self._guard:
            return self._lanes.setdefault(host, Lane())

    def _wait(self, lane: Lane, host: str, pace: float) -> None:
        now = self._clock()
        if lane.resting_until > now:
            raise ConnectionFailed(
                f"{host} answered none of the last {len(lane.silent)} addresses and is left alone for a while",
                retry_after=lane.resting_until - now,
            )
        if lane.asked_until - now > LONGEST_WAIT:
            raise RateLimited(f"{host} asked to be left alone for a while (Retry-After)", retry_after=lane.asked_until - now)
        until = max(lane.asked_until, lane.ended + self._pause(lane, pace))
        if until > now:
            self._sleep(until - now)

    def _answered(self, lane: Lane, elapsed: float) -> None:
        lane.silent.clear()
        lane.rests = 0
        lane.slowing = max(1.0, lane.slowing * 0.8)
        lane.elapsed = elapsed

    def _failed(self, lane: Lane, url: str, verdict: Verdict, turn: Turn) -> None:
        now = self._clock()
        if turn.answered:
            lane.silent.clear()
        elif isinstance(verdict, (Timeout, ConnectionFailed)):
            lane.silent.add(url)
            if len(lane.silent) >= PATIENCE:
                lane.resting_until = now + min(REST * 2**lane.rests, LONGEST_REST)
                lane.rests += 1
        if verdict.retry_after:
            lane.asked_until = now + verdict.retry_after
        if isinstance(verdict, (Timeout, ConnectionFailed, ServerError, RateLimited)):
            lane.slowing = min(lane.slowing * 2, STEEPEST)

    @staticmethod
    def _pause(lane: Lane, pace: float) -> float:
        """Seconds between the end of the last request and the start of the next."""
        if pace <= 0:
            return 0.0
        return max(pace, min(max(pace * lane.slowing, lane.elapsed), SLOWEST))
