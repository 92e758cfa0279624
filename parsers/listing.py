"""List page -> links, next pages, stated total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bs4 import BeautifulSoup, Tag

from parsers.urls import canonical_url


@dataclass(frozen=True, slots=True)
class Request:
    """A list page still to be fetched."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    data: str = ""  # body of a POST, form-encoded unless `content_type` says otherwise
    content_type: str = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a list page, with the reason why it was taken or left."""

    url: str  # canonical
    title: str
    reason: str
    listed_on: str | None = None  # date printed beside the link, YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page holds."""

    links: tuple[Link, ...]  # taken for reports, in the order of the page
    left_out: tuple[Link, ...]  # read and not taken; navigation is not among them
    next_pages: tuple[Request, ...]  # further pages of this list
    sub_lists: tuple[Request, ...]  # lists of their own: iframes, columns by year or department, data APIs
    total: int | None  # entries that the list says it has (共N条)
    pages: int | None  # pages that the list says it has
    build: str  # how the list is paged: "static", "parameter", "script", "dataproxy", "json", "form", "single"


def read_list(text: str, url: str, *, build: str | None = None) -> ListPage:
    """Read one list page; `url` is where it was fetched from (after redirects)."""
    soup = BeautifulSoup(text, "lxml")
    links = []
    for anchor in soup.find_all("a", href=True):
        assert isinstance(anchor, Tag)
        title = str(anchor.get("title") or anchor.get_text(" ", strip=True))
        if re.search(r"信息公开.*年(度)?报(告)?", title):
            links.append(Link(canonical_url(str(anchor["href"]), url), title, "title names the report"))
    return ListPage(tuple(links), (), (), (), None, None, build or "single")
