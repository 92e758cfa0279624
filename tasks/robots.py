"""robots.txt (RFC 9309) as a verdict and a delay, read with protego and kept for a day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from parsers.verdicts import DisallowedByRobots

KEPT = 86_400.0  # seconds
LONGEST = 512_000  # bytes that are read of a robots.txt; RFC 9309 asks for at least 500 KiB
LONGEST_DELAY = 120.0  # seconds of Crawl-delay that are honoured; a longer one would never let a list finish


class Saved(Protocol):
    """What outlives the process: site -> (time read, text of robots.txt). A dict will do."""

    def get(self, site: str, default: tuple[float, bytes], /) -> tuple[float, bytes]: ...

    def __setitem__(self, site: str, saved: tuple[float, bytes], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site's robots.txt says to us. `parsed` None: everything is allowed."""

    read_at: float  # time.time()
    parsed: Protego | None
    delay: float = 0.0  # seconds between requests

    def check(self, url: str, agent: str) -> None:
        """Raise DisallowedByRobots when `url` may not be fetched."""
        if self.parsed is not None and not self.parsed.can_fetch(url, agent):
            raise DisallowedByRobots(f"robots.txt of {urlsplit(url).netloc} disallows {url}")


class Robots:
    """The rules of every site met, each robots.txt asked for once a day; over runs too, where `saved` keeps them."""

    def __init__(
        self,
        agent: str,
        saved: Saved | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._agent = agent
        self._saved: Saved = {} if saved is None else saved
        self._clock = clock
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def rules(self, url: str, get: Callable[[str], bytes]) -> Rules:
        """Rules for the site of `url`. `get` fetches a robots.txt: empty when there is none, a verdict if it cannot be had.

        A robots.txt that cannot be reached (5xx, no answer) means that nothing may be fetched (RFC 9309, 2.3.1.4): its
        transient verdict goes up to the caller, and the next call asks again.
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        rules = self._fresh(site)
        if rules is not None:
            return rules
        with self._guard:
            lock = self._locks.setdefault(site, threading.Lock())
        with lock:
            rules = self._fresh(site)
            if rules is None:
                rules = self._load(site, get)
                self._rules[site] = rules
        return rules

    def learn(self, url: str, text: bytes) -> None:
        """Keep a robots.txt that another site's has led to, so that its own site need not be asked for it again."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if parts.path == "/robots.txt" and not parts.query and self._fresh(site) is None:
            self._saved[site] = (self._clock(), text[:LONGEST])

    def _fresh(self, site: str) -> Rules | None:
        rules = self._rules.get(site)
        return rules if rules is not None and self._clock() - rules.read_at < KEPT else None

    def _load(self, site: str, get: Callable[[str], bytes]) -> Rules:
        read_at, text = self._saved.get(site, (0.0, b""))
        now = self._clock()
        if now - read_at >= KEPT:
            read_at, text = now, get(f"{site}/robots.txt")[:LONGEST]
            self._saved[site] = (read_at, text)
        return self._parse(read_at, text)

    def _parse(self, read_at: float, text: bytes) -> Rules:
        decoded = text.decode("utf-8-sig", "replace")
        # A site without a robots.txt often answers with its home page or an error page, status 200.
        if "user-agent" not in decoded.lower() or decoded.lstrip().startswith("<"):
            return Rules(read_at, None)
        parsed = Protego.parse(decoded)
        delay = float(parsed.crawl_delay(self._agent) or 0.0)
        return Rules(read_at, parsed, min(max(delay, 0.0), LONGEST_DELAY))
