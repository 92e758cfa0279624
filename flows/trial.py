"""A portal tried out: its lists are read, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from parsers.listing import Link
from parsers.records import Issue, Portal, ReportLink
from tasks.discover import Discovery
from tasks.http import Client

AT_ONCE = 16  # portals


@dataclass(frozen=True, slots=True)
class Trial:
    """What a harvest would find."""

    portal: str
    minimum: int
    pages: int  # list pages read
    links: tuple[ReportLink, ...]
    left_out: tuple[Link, ...]
    issues: tuple[Issue, ...]
    shortfall: str | None  # why a harvest would refuse the portal

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def finding(self) -> str:
        """What came of it, in a line."""
        found = f"{len(self.links)} reports on {self.pages} list pages"
        return f"{found}; {self.shortfall}" if self.shortfall else found


def try_portals(portals: Sequence[Portal]) -> Iterator[Trial]:
    """Try portals out, several hosts at a time, each politely; in the order given."""
    client = Client()
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(partial(_try, client), portals)
    finally:
        client.close()


def _try(client: Client, portal: Portal) -> Trial:
    """Read the lists of a portal once, without another attempt at what fails."""
    discovery = Discovery(portal)
    discovery.run(client)
    crawl = discovery.crawl
    return Trial(
        portal=portal.name,
        minimum=portal.minimum,
        pages=crawl.pages_read,
        links=crawl.links,
        left_out=crawl.left_out,
        issues=crawl.issues(),
        shortfall=discovery.shortfall(),
    )
