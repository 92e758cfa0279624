"""The first look at foreign WARC files: which of their responses may be reports, and where they stand.

By what pages link to, by titles, tables and file names, or because the ledger knows them. A place for each response, some 200
bytes, is all that is kept of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from parsers.candidates import file_title, is_list, listed_reports, report_title
from parsers.decode import decode
from parsers.listing import Link
from parsers.onward import report_elsewhere
from parsers.pagination import stated_year
from parsers.records import Portal, ReportLink
from parsers.urls import canonical_url
from parsers.verdicts import TooLarge, Truncated, Unreadable, Verdict
from storage.documents import Selector, document_id
from storage.foreign import LARGEST, ForeignFile, ForeignResponse
from storage.ledger import Ledger
from storage.overview import select_documents
from tasks.bodies import inflate
from tasks.discover import may_be_of

ASK_AT_ONCE = 5000  # documents asked of the ledger in one query
UNKNOWN_PLACE = "000000"  # region of a host that no portal file has


class PortalHosts:
    """Which portal a document of a foreign file belongs to."""

    def __init__(self, portals: Iterable[Portal]) -> None:
        lists = [(urlsplit(address.split()[-1]), portal) for portal in portals for address in portal.lists]
        folders = [(_bare(address.netloc), address.path.rpartition("/")[0] + "/", portal) for address, portal in lists]
        self._folders = sorted(folders, key=lambda entry: (-len(entry[1]), entry[2].name))

    def of(self, url: str) -> Portal:
        """The portal with a list on the host of `url`; of several the one whose list lies nearest above it. Else one named
        after the host, of no known place.
        """
        parts = urlsplit(url)
        here = [(folder, portal) for host, folder, portal in self._folders if host == _bare(parts.netloc)]
        above = (portal for folder, portal in here if parts.path.startswith(folder))
        nearest = next(above, here[-1][1] if here else None)
        return nearest or Portal(parts.netloc, UNKNOWN_PLACE, ())


class _Place(NamedTuple):
    """Where the body of a document stands."""

    file: int
    offset: int
    fetched_at: str  # of the capture: a revisit is later than the body that it repeats


class Survey:
    """The first look. Holds a place for each response, and the links to those that may be reports."""

    def __init__(self, files: Sequence[Path], hosts: PortalHosts) -> None:
        self.files = tuple(files)
        self._open = [ForeignFile(path) for path in files]
        self.hosts = hosts
        self.responses = 0
        self.links: dict[str, ReportLink] = {}  # document id -> what is known of it
        self.notes: list[str] = []
        self._places: dict[str, _Place] = {}
        self._own: dict[str, Link] = {}  # by what the response itself says
        self._attached: set[str] = set()  # files that are the report of a page
        self._bodies: dict[str, _Place] = {}  # by the digest in the file
        self._revisits: list[tuple[str, str, str, str]] = []  # document id, address, time, digest
        self._candidates: dict[str, Link] = {}  # by digest

    def look(self) -> None:
        """Read all files once."""
        for number, path in enumerate(self.files):
            file = self._open[number]
            for response in file.responses():
                self.responses += 1
                self._note(response, number)
            if file.broken:
                self.notes.append(f"{path}: its end cannot be read, what stands before it was: {file.broken}")
        self._resolve_revisits()
        for key, link in self._own.items():
            if key not in self._attached:
                self.links.setdefault(key, self._report_link(link, ""))

    def know(self, ledger: Ledger) -> None:
        """Take those in, too, that the ledger has listed."""
        keys = iter(self._places)
        while some := tuple(itertools.islice(keys, ASK_AT_ONCE)):
            for row in select_documents(ledger, Selector(documents=some)):
                link = ReportLink(row.url, row.title, row.portal, row.found_on)
                self.links.setdefault(row.document_id, link)

    def documents(self, years: Collection[int]) -> list[tuple[str, _Place]]:
        """The documents to take, in the order of their places."""
        wanted = [key for key, link in self.links.items() if key in self._places and may_be_of(link, years)]
        return sorted(((key, self._places[key]) for key in wanted), key=lambda item: item[1])

    def load(self, key: str) -> ForeignResponse | None:
        """The body of a document; None for one that the files do not have. Raises `ArchiveError`."""
        place = self._places.get(key)
        return None if place is None else self._open[place.file].load(place.offset)

    def fetched_at(self, key: str) -> str:
        """When the newest capture of a document was made."""
        return self._places[key].fetched_at

    def _note(self, response: ForeignResponse, number: int) -> None:
        try:
            url = canonical_url(response.url)
            key = document_id(url)
        except ValueError:
            return
        if response.revisit:
            self._revisits.append((key, url, response.fetched_at, response.digest))
            return
        place = _Place(number, response.offset, response.fetched_at)
        self._bodies.setdefault(response.digest, place)
        self._place(key, place)
        try:
            link = self._candidate(response, url, key)
        except Verdict:
            return  # it cannot be looked into; whoever links to it will hear why
        if link is not None:
            self._own[key] = self._candidates[response.digest] = link

    def _candidate(self, response: ForeignResponse, url: str, key: str) -> Link | None:
        """The link to a response that may be a report by itself; notes what it links to."""
        text = page_text(response)
        if text is None:
            title = file_title(url)
            return None if title is None else Link(url, title, "its name is that of a report")
        links = listed_reports(text, url)
        title = report_title(text)
        if title is None or is_list(links, url):
            for link in links:
                self.links[document_id(link.url)] = self._report_link(link, url)
            return None
        elsewhere = report_elsewhere(text, url)
        if elsewhere is not None:
            self._attached.add(document_id(elsewhere))
        return Link(url, title, "its title or its tables are those of a report")

    def _place(self, key: str, place: _Place) -> None:
        known = self._places.get(key)
        if known is None or known.fetched_at < place.fetched_at:
            self._places[key] = place

    def _resolve_revisits(self) -> None:
        lost = 0
        for key, url, fetched_at, digest in self._revisits:
            body = self._bodies.get(digest)
            if body is None:
                lost += 1
                continue
            self._place(key, body._replace(fetched_at=fetched_at))
            if digest in self._candidates:
                same = self._candidates[digest]
                self._own.setdefault(key, Link(url, same.title, same.reason))
        if lost:
            self.notes.append(f"{lost} revisits repeat a response that none of the files holds")

    @staticmethod
    def _report_link(link: Link, found_on: str) -> ReportLink:
        return ReportLink(link.url, link.title, "", found_on or link.url, link.reason, link.listed_on, stated_year(link))


def page_text(response: ForeignResponse, charset: str | None = None) -> str | None:
    """The text of a response that is a page. Raises a Verdict."""
    content_type = response.header("content-type")
    if content_type and "html" not in content_type.lower():
        return None
    return decode(unpacked(response), content_type, charset).text


def unpacked(response: ForeignResponse) -> bytes:
    """The body without its content coding. Raises TooLarge, Truncated or Unreadable."""
    if response.too_large:
        raise TooLarge(f"the body is larger than {LARGEST} bytes")
    if not response.whole:
        raise Truncated("the record, or the crawl that wrote it, broke off in the middle of the body")
    try:
        return inflate(response.body, response.header("content-encoding"), LARGEST)
    except Unreadable:
        # Common Crawl and others store what they have unpacked, some with the header as it came.
        if response.body[:2] == b"\x1f\x8b" or response.header("content-encoding").strip().lower() == "zstd":
            raise
        return response.body


def _bare(netloc: str) -> str:
    return netloc.lower().removeprefix("www.")
