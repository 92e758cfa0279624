"""A portal tried out: its lists are read, nothing is stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from parsers.listing import Link
from parsers.records import Issue, Portal, ReportLink
from tasks.discover import Discovery
from tasks.http import Client


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


def try_portal(portal: Portal) -> Trial:
    """Read the lists of a portal once, without another attempt at what fails."""
    client = Client()
    discovery = Discovery(portal)
    try:
        discovery.run(client)
    finally:
        client.close()
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
