"""Which list page comes next, and when a list is done: a pure driver that the discover task feeds with fetched pages.

A portal is a set of lists: those that its file names, and those that these lead to (frames, columns by year or department).
Each list is paged by itself and ends by itself:

- at its stated total (共N条), once so many entries were read;
- at repeated content: a page with the entries of an earlier one, or two pages in a row with nothing new;
- when `LONGEST_DROUGHT` pages in a row held no new report;
- at a bound on its pages, and on the lists and pages of the whole portal. A bound that was hit is an issue.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

from parsers.decode import page_verdict
from parsers.listing import read_list
from parsers.listing_records import Link, ListPage, Request, SubList
from parsers.listing_titles import names_column, years_in
from parsers.records import Issue, Portal, ReportLink
from parsers.urls import canonical_url, document_key, page_key
from parsers.verdicts import NotFound, SoftNotFound, TooLarge, Verdict

MOST_PAGES = 400  # of one list
MOST_LISTS = 300  # of one portal
DEEPEST = 4  # lists within lists
MOST_MISSED = 3  # pages in a row that nothing names and that are not there
PAGE_STATE = frozenset({"__VIEWSTATE", "__VIEWSTATEGENERATOR", "__EVENTVALIDATION"})
LONGEST_DROUGHT = 40  # pages in a row without a new report


@dataclass
class _List:
    """One list on its way: what it still has to fetch, and what was read of it."""

    title: str
    depth: int
    column: bool
    fragment: str = ""  # behind the # of the address in the portal file
    shown_on: str = ""  # the page that asked for this list, or its first page
    templates: tuple[str, ...] = ()  # how that page makes addresses of records
    waiting: deque[Request] = field(default_factory=deque)
    instead: Link | None = None  # the report that the first page is, should it be no list
    total: int | None = None
    read: int = 0  # pages
    fresh: int = 0  # entries, each once
    entries: set[str] = field(default_factory=set)
    contents: set[frozenset[str]] = field(default_factory=set)
    stale: int = 0  # pages in a row without a new entry
    drought: int = 0  # pages in a row without a new report
    dried_up: bool = False
    bound: bool = False
    guesses_missed: int = 0  # in a row

    @property
    def missing(self) -> int:
        """Entries that the list states and did not show."""
        return max(0, (self.total or 0) - self.fresh) if self.read else 0


class Crawl:
    """The discovery of one portal.

        while (request := crawl.next_request()) is not None:
            fetch it, then crawl.feed(request, text, url=final_url), or crawl.fail(request, verdict)

    Afterwards `links`, `left_out` and `issues()` say what there is. Nothing is asked for twice.
    """

    def __init__(self, portal: Portal, *, years: Iterable[int] = (), max_pages: int = 1000) -> None:
        self._portal = portal
        self._years = frozenset(years)
        self._max_pages = max_pages
        self._lists: list[_List] = []
        self._asked: set[tuple[str, str]] = set()
        self._under_way: dict[Request, _List] = {}
        self._found: dict[str, ReportLink] = {}
        self._left_out: dict[str, Link] = {}
        self._failures: list[Issue] = []
        self._pages_read = 0
        for address in portal.lists:
            self._add_list(_starting(address), "", 0, column=False, fragment=address.partition("#")[2])

    # --- what comes next ---

    def next_request(self) -> Request | None:
        """The list page to fetch next; None when discovery is done."""
        if self._pages_read >= self._max_pages:
            for listing in self._lists:
                listing.bound = listing.bound or bool(listing.waiting)
            return None
        for listing in self._lists:
            if listing.waiting:
                request = listing.waiting.popleft()
                self._under_way[request] = listing
                return request
        return None

    def feed(self, request: Request, text: str, *, url: str | None = None) -> tuple[ReportLink, ...]:
        """Take in a fetched list page; `url` is its address after redirects. Returns the reports that are new.

        One of them may be the page itself: a link that looked like a list and was a report.
        """
        address = url or request.url
        verdict = page_verdict(text, url=request.url, final_url=address)
        if verdict is not None:
            self.fail(request, verdict)
            return ()
        listing = self._under_way[request]
        try:
            page = self._read(text, address, listing, request)
        except TooLarge as too_large:
            self.fail(request, too_large)
            return ()
        del self._under_way[request]
        first, listing.shown_on = listing.read == 0, listing.shown_on or address
        listing.guesses_missed = 0
        listing.read += 1
        self._pages_read += 1
        if first and listing.instead is not None and not (page.entries or page.sub_lists or page.next_pages):
            page = replace(page, links=(listing.instead,))
        new = tuple(link for link in (self._take(link, request) for link in page.links) if link is not None)
        for link in page.left_out:
            self._left_out.setdefault(document_key(link.url), link)
        self._advance(listing, page, request, bool(new))
        for sub_list in page.sub_lists:
            self._follow(sub_list, listing)
        return new

    def fail(self, request: Request, verdict: Verdict) -> None:
        """Say that a list page could not be had."""
        listing = self._under_way.pop(request)
        if request.guess and isinstance(verdict, NotFound | SoftNotFound):
            listing.guesses_missed += 1
            if listing.guesses_missed == MOST_MISSED:
                listing.waiting = deque(one for one in listing.waiting if not one.guess)
            return
        if listing.read == 0 and listing.instead is not None:
            self._take(listing.instead, request)  # whoever fetches the document meets the same failure, and records it
            return
        self._failures.append(Issue("error", f"list.{verdict.code}", f"{_named(request)}: {verdict.message}"))

    # --- what came of it ---

    @property
    def links(self) -> tuple[ReportLink, ...]:
        """Reports found so far, each document once."""
        return tuple(self._found.values())

    @property
    def left_out(self) -> tuple[Link, ...]:
        """Entries of lists that were not taken for reports, with the reason."""
        return tuple(link for key, link in self._left_out.items() if key not in self._found)

    @property
    def pages_read(self) -> int:
        """List pages taken in."""
        return self._pages_read

    @property
    def expected(self) -> int | None:
        """Reports that there should be: those found, and the entries that lists state (共N条) and did not show.

        None where no list states how many it has.
        """
        stated = [listing for listing in self._lists if listing.total is not None and listing.read]
        return len(self._found) + sum(listing.missing for listing in stated) if stated else None

    def issues(self) -> tuple[Issue, ...]:
        """What an operator should know: lists that failed, that were cut off, that hold less than they say, or nothing."""
        issues = list(self._failures)
        for listing in self._lists:
            if listing.bound:
                issues.append(Issue("error", "list.bound", f"{listing.title}: given up after {listing.read} pages"))
            if listing.dried_up:
                given_up = f"{listing.title}: given up, {LONGEST_DROUGHT} pages in a row held no report"
                issues.append(Issue("warning", "list.drought", given_up))
            if listing.missing:
                found = (
                    f"{listing.title}: states {listing.total} entries, {listing.fresh} were found on {listing.read} pages"
                )
                issues.append(Issue("warning", "list.fewer", found))
        if not self._found:
            issues.append(Issue("error", "list.nothing", f"no report was found on any list of {self._portal.name}"))
        return tuple(issues)

    # --- the steps of it ---

    def _read(self, text: str, address: str, listing: _List, request: Request) -> ListPage:
        page = self._read_as(text, address, listing, request, column=listing.column)
        listing.column = listing.column or page.column
        silent = page.build in ("json", "dataproxy")  # data does not say what it is a list of; the portal file does
        if listing.column or listing.depth or ((page.links or page.sub_lists) and not silent):
            return page
        again = self._read_as(text, address, listing, request, column=True)
        listing.column = bool(again.links or again.sub_lists)
        return again if listing.column else page

    def _read_as(self, text: str, address: str, listing: _List, request: Request, *, column: bool) -> ListPage:
        build = self._portal.build
        return read_list(
            text,
            address,
            build=build,
            column=column,
            body=request.data,
            fragment=listing.fragment,
            later=listing.read > 0,
            shown_on=listing.shown_on,
            templates=listing.templates,
        )

    def _take(self, link: Link, request: Request) -> ReportLink | None:
        """The link as a new report, or None when it is known or of a year that is not asked for."""
        if not self._wanted(link):
            reason = "of another year than " + ", ".join(map(str, sorted(self._years)))
            self._left_out.setdefault(document_key(link.url), replace(link, reason=reason))
            return None
        key = document_key(link.url)
        if key in self._found:
            return None
        report = ReportLink(
            link.url, link.title, self._portal.name, request.url, link.reason, link.listed_on, stated_year(link)
        )
        self._found[key] = report
        return report

    def _wanted(self, link: Link) -> bool:
        """Whether the link may be of a wanted year. Titles name the report's year, dates are of the year after or later."""
        if not self._years:
            return True
        named = set(years_in(link.title))
        if named:
            if _is_vague(link):
                named |= {year - 1 for year in named}
            return bool(named & self._years)
        return link.listed_on is None or int(link.listed_on[:4]) >= min(self._years)

    def _advance(self, listing: _List, page: ListPage, request: Request, new_report: bool) -> None:
        """Count the page, and decide whether its list goes on."""
        keys = frozenset(document_key(link.url) for link in page.entries)
        fresh = keys - listing.entries
        repeated = bool(keys) and keys in listing.contents
        listing.entries |= keys
        listing.contents.add(keys)
        listing.fresh += len(fresh)
        # A total below what one page shows is that of something else on the page.
        listing.total = page.total if page.total is not None and page.total >= len(keys) else listing.total
        listing.stale = 0 if fresh else listing.stale + 1
        listing.drought = 0 if new_report else listing.drought + 1
        complete = listing.total is not None and 0 < listing.total <= listing.fresh
        listing.dried_up = listing.drought >= LONGEST_DROUGHT
        if complete or listing.dried_up or listing.stale >= 2:
            listing.waiting.clear()
            return
        if repeated and page.build != "dataproxy" and (page.build == "json" or not request.guess):
            return
        for following in page.next_pages:
            self._ask(listing, following)

    def _ask(self, listing: _List, request: Request) -> None:
        key = _request_key(request)
        if key in self._asked:
            return
        if listing.read + len(listing.waiting) >= MOST_PAGES:
            listing.bound = True
            return
        self._asked.add(key)
        listing.waiting.append(request)

    def _follow(self, sub_list: SubList, parent: _List) -> None:
        if self._years and sub_list.title:
            years = years_in(sub_list.title)
            if years and not any(year in years or year + 1 in years for year in self._years):
                return  # a column of another year, be it named by the report's year or by that of its publication
        if parent.depth < DEEPEST and len(self._lists) < MOST_LISTS:
            self._add_list(
                sub_list.request,
                sub_list.title,
                parent.depth + 1,
                column=sub_list.column,
                instead=sub_list.link,
                shown_on=parent.shown_on,
                templates=sub_list.templates,
            )
        else:
            parent.bound = True

    def _add_list(
        self,
        request: Request,
        title: str,
        depth: int,
        *,
        column: bool,
        instead: Link | None = None,
        fragment: str = "",
        shown_on: str = "",
        templates: tuple[str, ...] = (),
    ) -> None:
        if _request_key(request) in self._asked or (instead is not None and document_key(instead.url) in self._found):
            return
        name = f"{title} {_named(request)}".strip()
        listing = _List(name, depth, column, fragment, shown_on, templates, instead=instead)
        self._lists.append(listing)
        self._ask(listing, request)


def stated_year(link: Link) -> int | None:
    """The year of the report, where its title names one and only one, and means that of the report."""
    years = years_in(link.title)
    return next(iter(years)) if len(years) == 1 and not _is_vague(link) else None


def _is_vague(link: Link) -> bool:
    """Whether the year in a title may be that of the publication, the year after the report's.

    A bare 2024年 may be either. So may the year of a report that was listed within it: a report is published after its year.
    """
    years = years_in(link.title)
    listed_within = link.listed_on is not None and any(int(link.listed_on[:4]) <= year for year in years)
    return not names_column(link.title) or listed_within


def _starting(address: str) -> Request:
    """A list as the portal file names it. "POST https://x/dataproxy.jsp?columnid=1" posts what stands behind the "?"."""
    method, space, rest = address.strip().partition(" ")
    if space and method.upper() == "POST":
        url, _, data = rest.strip().partition("?")
        return Request(canonical_url(url), "POST", data)
    return Request(canonical_url(address))


def _request_key(request: Request) -> tuple[str, str]:
    return page_key(request.url), f"POST {_what_is_asked(request.data)}" if request.method == "POST" else ""


def _what_is_asked(data: str) -> str:
    """A posted body without regard to the order of its fields, and without the state of its page (ASP.NET) where it says by itself
    what it asks for: page 3 of any state is one, and so is the list of a year that was chosen.
    """
    if data.lstrip().startswith("{"):
        return data
    fields = dict(parse_qsl(data, keep_blank_values=True))
    stateless = re.search(r"\d", fields.get("__EVENTARGUMENT", "")) or fields.get("__EVENTTARGET") in fields
    return urlencode(sorted((name, value) for name, value in fields.items() if not (stateless and name in PAGE_STATE)))


def _named(request: Request) -> str:
    return request.url if request.method == "GET" else f"{request.url} (POST {request.data[:80]})"
