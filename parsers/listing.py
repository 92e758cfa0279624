"""List page -> links to reports, further pages, lists of its own, stated total.

`read_list` takes whatever a list address answered: an HTML page, the XML of dataproxy.jsp, the JSON of a list API. How the
list is paged is recognised from the page. It fetches nothing; `parsers.pagination` decides what comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from parsers.listing_columns import A_YEARS_COLUMN, Page, Sorted, frames, parse_page, sort_entries, within_site
from parsers.listing_dataproxy import dataproxy_pages, dataproxy_records, dataproxy_size, is_dataproxy, next_dataproxy_pages
from parsers.listing_endpoints import catalogue, endpoints
from parsers.listing_forms import chosen_lists, form_pages, search_form
from parsers.listing_json import DataEntry, DataList, html_in_json, json_in_script, json_list, next_data_pages, parse_json
from parsers.listing_pages import (
    called_pages,
    counted_pages,
    guessed_pages,
    linked_pages,
    page_parameter,
    scripted_pages,
)
from parsers.listing_records import BUILDS, Build, Link, ListPage, Request, SubList
from parsers.listing_shapes import Shape, shape_of
from parsers.listing_size import Stated, stated_size
from parsers.listing_templates import address_templates
from parsers.listing_titles import judge, names_column, years_in
from parsers.urls import canonical_url

__all__ = ["Build", "Link", "ListPage", "Request", "SubList", "read_list"]

DOCUMENT = re.compile(r"<(?:!doctype|html|head|body|frameset)\b", re.IGNORECASE)
MOST_ENDPOINTS = 8  # list APIs of one page
COUNT = re.compile(r"['\"]count['\"]\s*:\s*['\"]?(\d{1,6})")  # entries of a list that an API answers as HTML


def read_list(
    text: str,
    url: str,
    *,
    build: str | None = None,
    column: bool = False,
    body: str = "",
    fragment: str = "",
    later: bool = False,
    shown_on: str = "",
    templates: tuple[str, ...] = (),
) -> ListPage:
    """Read what a list address answered. `url` is where it came from after redirects, `body` what had been posted there.

    `build` (Portal.build) allows one way of paging only; recognised from the page when None. `column`: it is known from
    elsewhere that this is a column of reports; a page that says so itself needs no help. `fragment` is what the portal file
    has behind the # of the address, which some catalogues go by. `later`: it was reached by paging, so that what it does not
    show of further pages is not worked out either. `shown_on` is the address of the page that asked for this answer, to which
    addresses in data and in fragments of HTML are relative, and `templates` how that page makes addresses of records.

    Raises TooLarge past the bounds of `parse_page`, and ValueError for an unknown `build`.
    """
    if build is not None and build not in BUILDS:
        raise ValueError(f"unknown build {build!r}; known are {', '.join(BUILDS)}")
    whole = DOCUMENT.search(text, 0, 2000) is not None
    base = url if whole else shown_on or url
    setting = _Setting(url, base, build, column, body, fragment, later, templates)
    value = parse_json(text)
    if value is not None:
        return _read_json(value, setting)
    if is_dataproxy(text) and not whole:
        return _read_dataproxy(text, setting)
    return _read_html(text, setting)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is known of an answer before it is read: see `read_list`."""

    url: str
    base: str  # what addresses are relative to: a piece of HTML that a page puts into itself is as that page is
    build: str | None
    column: bool
    body: str
    fragment: str
    later: bool
    templates: tuple[str, ...]

    @property
    def is_piece(self) -> bool:
        """Whether the answer is not a page but what another page shows."""
        return self.base != self.url


# --- data ---------------------------------------------------------------------------------------------------------------


def _read_json(value: Any, setting: _Setting) -> ListPage:
    found = json_list(value, setting.base, setting.templates)
    entries = _sorted_data(found, setting.column, setting.base)
    written = None if found.entries else html_in_json(value)
    if written is not None:
        entries = sort_entries(parse_page(written, setting.base, setting.column))
        size = COUNT.search(written)
        found = _as_data(entries, int(size[1]) if size else found.total, found.pages)
    following = next_data_pages(setting.url, setting.body, found)
    return _list_page(entries, following, Stated(found.total, found.pages), "json", column=setting.column)


def _list_page(found: Sorted, following: list[Request], stated: Stated, build: Build, *, column: bool) -> ListPage:
    return ListPage(found.links, found.left_out, tuple(following), found.columns, stated.total, stated.pages, build, column)


def _as_data(found: Sorted, total: int | None, pages: int | None) -> DataList:
    entries = (DataEntry(link.url, link.title, link.listed_on) for link in found.links + found.left_out)
    return DataList(tuple(entries), total, pages)


def _sorted_data(found: DataList, column: bool, url: str) -> Sorted:
    links: list[Link] = []
    left_out: list[Link] = []
    columns: list[SubList] = []
    # Data does not say what list it is of; a report among its entries does.
    column = column or any(
        names_column(entry.title) and judge(entry.title, column=False, dated=True).taken for entry in found.entries
    )
    for entry in found.entries:
        judgement = judge(entry.title, column=column, dated=entry.listed_on is not None)
        link = Link(entry.url, entry.title, judgement.reason, entry.listed_on)
        if judgement.taken and _leads_to_column(entry, url):
            columns.append(SubList(Request(entry.url), entry.title, "a column within a column of reports", True, link))
        else:
            (links if judgement.taken else left_out).append(link)
    return Sorted(tuple(links), tuple(left_out), tuple(columns))


def _leads_to_column(entry: DataEntry, url: str) -> bool:
    """Whether a record without a date is a body or a year with a list of its own, as in the tree of a menu (zTree)."""
    named = names_column(entry.title) and years_in(entry.title)
    return not named and entry.listed_on is None and shape_of(entry.url) is Shape.COLUMN and within_site(entry.url, url)


def _read_dataproxy(text: str, setting: _Setting) -> ListPage:
    records = dataproxy_records(text)
    page = parse_page("".join(f"<div>{record}</div>" for record in records), setting.base, setting.column)
    total, pages = dataproxy_size(text)
    following = next_dataproxy_pages(text, setting.url, setting.body, total)
    entries = replace(sort_entries(page), columns=())
    return _list_page(entries, following, Stated(total, pages), "dataproxy", column=setting.column)


# --- HTML ---------------------------------------------------------------------------------------------------------------


def _read_html(text: str, setting: _Setting) -> ListPage:
    page = parse_page(text, setting.base, setting.column)
    found = sort_entries(page)
    if page.is_report:
        return _list_page(_beside_report(page, found, setting.url), [], Stated(), "single", column=page.column)
    if not found.links and (inline := json_in_script(page.script, setting.base)) is not None:
        menu = _sorted_data(inline, page.column, setting.base)
        found = Sorted(menu.links, menu.left_out, found.columns + menu.columns)
    shown = len(found.links) + len(found.left_out)
    following, build, stated = _paging(page, setting, shown)
    if setting.is_piece and not following:  # it was asked for as data is
        following = next_data_pages(setting.url, setting.body, _as_data(found, stated.total, stated.pages))
        build = "json" if following else build
    framed = frames(page)
    sub_lists = [*framed, *found.columns, *_chosen(page, setting)]
    has_all = bool(found.links) and shown >= (stated.total or 0)
    guessed = build == "static" and all(request.guess for request in following)
    if not ((following and not guessed) or setting.later or has_all or framed):
        asked = _asked_for(page, text, setting.fragment, alone=not (shown or sub_lists or following))
        following, sub_lists = [] if asked else following, sub_lists + asked
    return _list_page(replace(found, columns=tuple(sub_lists)), following, stated, build, column=page.column)


def _chosen(page: Page, setting: _Setting) -> Iterator[SubList]:
    """Lists of years or bodies to choose from, in a column of reports. Those of a chosen year may be chosen by body."""
    for title, request in chosen_lists(page.soup, page.url) if page.column and not setting.later else ():
        yield SubList(request, title, "a list to choose", True)


def _beside_report(page: Page, found: Sorted, url: str) -> Sorted:
    """A column that shows its newest report itself: the report, and those of other years that it links to."""
    itself = Link(canonical_url(url), page.heading, "the page is a report itself")
    years = tuple(sub_list for sub_list in found.columns if sub_list.reason == A_YEARS_COLUMN)
    others = (link for link in found.links if years_in(link.title) and link.url != itself.url)
    return Sorted((itself, *others), (), years)


def _paging(page: Page, setting: _Setting, entries: int) -> tuple[list[Request], Build, Stated]:
    """Where the list goes on: by the first way of paging that the page shows."""
    build = setting.build
    stated = stated_size(page.soup, page.script)
    scripted, drawn = scripted_pages(page.script, page.url)
    stated = Stated(stated.total or drawn.total, stated.pages or drawn.pages)
    pages = stated.pages or (-(-stated.total // entries) if stated.total and entries else None)
    for way in BUILDS if build is None else (build,):
        requests: list[Request] = []
        match way:
            case "dataproxy":
                requests = dataproxy_pages(page.script, page.url, stated.total, page.records)
            case "script":
                requests = scripted
            case "static" | "parameter":
                linked = linked_pages(page.soup, page.url, page.script, stated.pages)
                by_parameter = bool(linked) and page_parameter(linked[0].url) is not None
                requests = linked if build is not None or by_parameter == (way == "parameter") else []
            case "form":
                requests = form_pages(page.soup, page.url, pages)
            case _:
                continue
        if requests:
            return requests, way, stated
    if build in (None, "script", "static", "parameter") and not (setting.later or setting.is_piece):
        for requests, way in _computed(page, pages):
            if requests:
                return requests, way, stated
    return [], "single", stated


def _computed(page: Page, pages: int | None) -> Iterator[tuple[list[Request], Build]]:
    """Pages of a list that says how many it has, and shows no way to them."""
    yield called_pages(page.soup, page.script, page.url, pages), "script"
    yield counted_pages(page.url, pages), "parameter"
    yield guessed_pages(page.url, pages), "static"


def _asked_for(page: Page, source: str, fragment: str, *, alone: bool) -> list[SubList]:
    """What a page asks its server for that does not show its list: list APIs of its scripts, else a search form.

    The form only where the page shows nothing else at all (`alone`).
    """
    requests = [*page.units, *catalogue(page.script, page.url, fragment), *endpoints(page.script, page.url)]
    if not requests:
        form = search_form(page.soup, page.url) if alone else None
        return [] if form is None else [SubList(form, "", "a search form, as it stands", page.column)]
    made = address_templates(source, page.script)
    column = page.column or bool(fragment)
    return [SubList(one, "", "a list API that the page asks", column, templates=made) for one in requests[:MOST_ENDPOINTS]]
