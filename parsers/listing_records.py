"""What a list page yields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
JSON = "application/json; charset=UTF-8"
# How a list is paged.
#   static      numbered files: index.html, index_1.html ...
#   parameter   ?page=2
#   script      page addresses that only a script knows: createPageHTML(5, 0, "index", "html")
#   dataproxy   /module/web/jpage/dataproxy.jsp, records as XML
#   json        a list API
#   form        a form that is posted, ASP.NET's __doPostBack among them
#   single      all on one page
Build = Literal["dataproxy", "script", "static", "parameter", "form", "json", "single"]
BUILDS: tuple[Build, ...] = (
    "dataproxy",
    "script",
    "static",
    "parameter",
    "form",
    "json",
    "single",
)  # in the order of trying


@dataclass(frozen=True, slots=True)
class Request:
    """A list page still to be fetched."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    data: str = ""  # body of a POST
    content_type: str = FORM
    guess: bool = False  # nothing on the page says that it exists: when it does not, that is no news


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a list page, with the reason why it was taken or left."""

    url: str  # canonical
    title: str
    reason: str
    listed_on: str | None = None  # date printed beside the link, YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class SubList:
    """A list of its own that this page leads to: an iframe, a column for one year or one department, a data API."""

    request: Request
    title: str
    reason: str
    column: bool  # it is known to be a column of reports, even if it does not say so itself
    link: Link | None = None  # the report that it is instead, should it turn out to be no list
    templates: tuple[str, ...] = ()  # how this page makes addresses of the records that it is given: "/content/{id}.html"


@dataclass(frozen=True, slots=True)
class ListPage:
    """What one list page holds."""

    links: tuple[Link, ...]  # taken for reports, in the order of the page
    left_out: tuple[Link, ...]  # other entries of the same list; navigation is not among them
    next_pages: tuple[Request, ...]  # further pages of this list
    sub_lists: tuple[SubList, ...]
    total: int | None  # entries that the list says it has (共N条)
    pages: int | None  # pages that the list says it has (共N页)
    build: Build
    column: bool  # the page says of itself that it is a column of reports (政府信息公开年报)

    @property
    def entries(self) -> tuple[Link, ...]:
        return self.links + self.left_out
