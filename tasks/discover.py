"""Discover: the list pages of one portal -> report links in the ledger."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from parsers.decode import decode
from parsers.listing import Request
from parsers.pagination import Crawl
from parsers.records import Issue, Portal, ReportLink
from parsers.verdicts import Verdict
from storage.archive import ArchiveWriter
from storage.ledger import Ledger
from tasks.archiving import ArchiveWriters, exchange_of
from tasks.http import Client
from tasks.retrying import TransientError, is_transient, may_try_again

LINKS_AT_ONCE = 100  # in one transaction of the ledger: neither memory nor other writers' patience grow with the portal


class PortalError(Exception):
    """A portal whose lists give less than they must. The message names it, and says what was found."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the lists of a portal hold."""

    portal: str
    document_ids: tuple[str, ...]  # of the years asked for
    new: int  # of them, never seen before
    issues: tuple[Issue, ...]


class Discovery:
    """The crawl of one portal's lists. It outlives the task's attempts: a list page that came is not asked for again."""

    def __init__(self, portal: Portal, years: Collection[int] = ()) -> None:
        self.portal = portal
        self.years = frozenset(years)
        self.crawl = Crawl(portal)
        self._again: deque[Request] = deque()

    def run(self, client: Client, writer: ArchiveWriter | None = None) -> None:
        """Fetch list pages until there are no more. Raises `TransientError` where trying again later may give more."""
        put_off: list[tuple[Request, Verdict]] = []
        while (request := self._again.popleft() if self._again else self.crawl.next_request()) is not None:
            try:
                text, url = _fetch_list(client, self.portal, request, writer)
            except Verdict as verdict:
                if verdict.transient and may_try_again():
                    put_off.append((request, verdict))
                else:
                    self.crawl.fail(request, verdict)
            else:
                self.crawl.feed(request, text, url=url)
        if put_off:
            self._again.extend(request for request, _ in put_off)
            raise TransientError(f"{len(put_off)} list pages of {self.portal.name}, such as {put_off[0][1]}")

    def wanted(self) -> list[ReportLink]:
        """The links found, without those that speak only of years that were not asked for."""
        return [link for link in self.crawl.links if self.is_wanted(link)]

    def is_wanted(self, link: ReportLink) -> bool:
        """Whether the report behind a link may be of a year that was asked for."""
        return may_be_of(link, self.years)

    def shortfall(self) -> str | None:
        """Why nothing of this portal may be published now; None where it gives what it must."""
        found = len(self.crawl.links)
        if found >= self.portal.minimum:
            return None
        failed = [issue.message for issue in self.crawl.issues() if issue.severity == "error"]
        expected = f"its lists gave {found} reports, and its portal file says that there are at least {self.portal.minimum}"
        return "; ".join([expected, *failed])


@task(
    name="discover",
    task_run_name="discover {discovery.portal.name}",
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def discover(discovery: Discovery, run: str, client: Client, writers: ArchiveWriters, ledger: Ledger) -> Discovered:
    """Crawl the lists of one portal and record what they link to.

    Raises `PortalError` where the yield lies under the portal's minimum: its links stand in the ledger then, and nothing of
    them is fetched.
    """
    portal = discovery.portal
    with writers.borrow() as writer:
        discovery.run(client, writer)
    issues, shortfall = discovery.crawl.issues(), discovery.shortfall()
    for issue in issues:
        get_run_logger().warning("%s: %s", issue.code, issue.message)
    links = discovery.wanted()
    batches = [links[start : start + LINKS_AT_ONCE] for start in range(0, len(links), LINKS_AT_ONCE)]
    recorded = [ledger.record_links(run, portal, batch) for batch in batches]
    found, expected = len(discovery.crawl.links), discovery.crawl.expected
    ledger.save_discovery(run, portal, found=found, expected=expected, error=shortfall)
    if shortfall:
        raise PortalError(f"{portal.name}: {shortfall}")
    ids = tuple(name for batch in recorded for name in batch.document_ids)
    return Discovered(portal.name, ids, sum(batch.new for batch in recorded), issues)


def _fetch_list(client: Client, portal: Portal, request: Request, writer: ArchiveWriter | None) -> tuple[str, str]:
    """Text and final address of a list page, archived where there is a writer. Raises a Verdict."""
    headers = {"Content-Type": request.content_type} if request.data else None
    response = client.fetch(request.url, portal=portal, method=request.method, data=request.data or None, headers=headers)
    if writer is not None:
        writer.save(exchange_of(response))
    return decode(response.body, response.content_type, portal.charset).text, response.final_url


def may_be_of(link: ReportLink, years: Collection[int]) -> bool:
    """Whether the report behind a link may be of one of these years; any is where there are none."""
    return not years or not _possible_years(link, years).isdisjoint(years)


def _possible_years(link: ReportLink, years: Collection[int]) -> frozenset[int]:
    """The report years that a link may be of. One that says nothing may be of any."""
    if link.year is not None:
        return frozenset((link.year,))
    if link.listed_on is not None:  # published in the year after, or in the last days of the year itself
        published = int(link.listed_on[:4])
        return frozenset((published - 1, published))
    return frozenset(years)
