"""Which list page comes next, and when a list is done: a pure driver that the discover task feeds with fetched pages."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.listing import Link, Request, read_list
from parsers.records import Issue, Portal, ReportLink
from parsers.urls import document_key
from parsers.verdicts import Verdict


class Crawl:
    """The discovery of one portal.

    while (request := crawl.next_request()) is not None:
        fetch it, then crawl.feed(request, text, url=final_url) or crawl.fail(request, verdict)

    Afterwards `links`, `left_out` and `issues()` say what there is.
    """

    def __init__(self, portal: Portal, *, years: Iterable[int] = (), max_pages: int = 1000) -> None:
        self._portal = portal
        self._waiting = [Request(address) for address in portal.lists]
        self._found: dict[str, ReportLink] = {}
        self._left_out: list[Link] = []
        self._issues: list[Issue] = []
        self._pages_read = 0

    def next_request(self) -> Request | None:
        """The list page to fetch next; None when discovery is done."""
        return self._waiting.pop(0) if self._waiting else None

    def feed(self, request: Request, text: str, *, url: str | None = None) -> tuple[ReportLink, ...]:
        """Take in a fetched list page; `url` is its address after redirects. Returns the reports that are new."""
        page = read_list(text, url or request.url, build=self._portal.build)
        self._pages_read += 1
        new = []
        for link in page.links:
            key = document_key(link.url)
            if key not in self._found:
                self._found[key] = ReportLink(
                    link.url, link.title, self._portal.name, request.url, link.reason, link.listed_on
                )
                new.append(self._found[key])
        return tuple(new)

    def fail(self, request: Request, verdict: Verdict) -> None:
        """Say that a list page could not be fetched."""
        self._issues.append(Issue("error", f"list.{verdict.code}", f"{request.url}: {verdict.message}"))

    @property
    def links(self) -> tuple[ReportLink, ...]:
        """Reports found so far, each document once."""
        return tuple(self._found.values())

    @property
    def left_out(self) -> tuple[Link, ...]:
        """Links read and not taken for reports, with the reason."""
        return tuple(self._left_out)

    @property
    def pages_read(self) -> int:
        """List pages taken in."""
        return self._pages_read

    def issues(self) -> tuple[Issue, ...]:
        """What an operator should know about this discovery."""
        return tuple(self._issues)
