"""The sample's two sites as answers to requests: no socket and no clock; the only state is how often a page was asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from urllib.parse import parse_qs, quote, urlsplit

from flows.sample.content import Column, SamplePage, sample_columns
from flows.sample.pages import PICTURE_NAME, list_html, page_html
from flows.sample.picture import scanned_page

BUSY_ANSWERS = 2  # a busy page answers 503 so many times before it works
LAST_MODIFIED = "Sat, 01 Feb 2025 01:30:00 GMT"  # of everything: the sample has no clock
ROBOTS = "User-agent: *\nDisallow: /search/\n"
HTML, TEXT = "text/html; charset=utf-8", "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site answers. Only a 200 is worth caching: it has an `etag`."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str | None:
        return self.headers.get("ETag")


@dataclass(frozen=True, slots=True)
class _Served:
    """A page, and what is wrong with it."""

    page: SamplePage
    column: Column

    def answer(self) -> Answer:
        text = page_html(self.page, self.column)
        # The declared charset stands in the page alone where it is not UTF-8, as on the portals that still have such pages.
        legacy = self.page.charset != "utf-8"
        return found(text.encode("gb18030" if legacy else "utf-8"), "text/html" if legacy else HTML)


class SampleSites:
    """Both sites. One instance counts its own requests; two servers do not see each other's."""

    def __init__(self, *, mended: bool = False) -> None:
        self.mended = mended
        self._asked: Counter[str] = Counter()
        self._lock = Lock()
        self._hosts = {column.host for column in sample_columns()}
        self._routes: dict[str, Callable[[], Answer]] = {}
        self._columns: dict[str, Column] = {}
        for column in sample_columns():
            self._add(column)

    def _add(self, column: Column) -> None:
        if column.site == "b":
            self._columns[column.first_list] = column
        else:
            for number in range(1, len(column.list_pages()) + 1):
                name = "index.html" if number == 1 else f"index_{number - 1}.html"
                self._routes[column.first_list + name] = partial(_list_answer, column, number)
            self._routes[column.first_list] = partial(_list_answer, column, 1)
        for page in column.pages:
            self._routes[page.url] = partial(self._document, _Served(page, column))
            if page.kind == "image":
                picture = page.url.rpartition("/")[0] + "/" + PICTURE_NAME
                self._routes[picture] = lambda: found(scanned_page(), "image/png")

    def answer(self, host: str, target: str) -> Answer:
        """The answer to a GET of `target` (path and query) on `host`."""
        if host not in self._hosts:
            hosts = "\n".join(sorted(self._hosts))
            return Answer(
                404, f"This is the sample portal of nianbao. Its sites are:\n{hosts}\n".encode(), {"Content-Type": TEXT}
            )
        parts = urlsplit(target)
        address = f"http://{host}{quote(parts.path, safe='/%')}"
        if parts.path == "/robots.txt":
            return found(ROBOTS.encode(), TEXT)
        if column := self._columns.get(address):
            return _list_answer(column, _page_number(parts.query))
        route = self._routes.get(address)
        return route() if route else _not_found()

    def _document(self, served: _Served) -> Answer:
        match served.page.fault:
            case "dead" if not self.mended:
                return _not_found()
            case "down" if not self.mended:
                return _unavailable()
            case "busy" if self._count(served.page.url) <= BUSY_ANSWERS:
                return _unavailable()
            case _:
                return served.answer()

    def _count(self, url: str) -> int:
        with self._lock:
            self._asked[url] += 1
            return self._asked[url]


def found(body: bytes, content_type: str) -> Answer:
    """A 200 whose ETag is made of the body."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Answer(200, body, {"Content-Type": content_type, "ETag": etag, "Last-Modified": LAST_MODIFIED})


def _list_answer(column: Column, number: int) -> Answer:
    return found(list_html(column, number).encode(), HTML)


def _page_number(query: str) -> int:
    value = parse_qs(query).get("page", ["1"])[0]
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 1


def _not_found() -> Answer:
    return Answer(404, "<html><body><h1>404</h1><p>您访问的页面不存在</p></body></html>".encode(), {"Content-Type": HTML})


def _unavailable() -> Answer:
    return Answer(503, "<html><body><h1>503</h1><p>服务暂时不可用</p></body></html>".encode(), {"Content-Type": HTML})
