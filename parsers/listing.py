"""List page -> links to reports, further pages, lists of its own, stated total.

`read_list` takes whatever a list address answered: an HTML page, the XML of dataproxy.jsp, the JSON of a list API. How the
list is paged is recognised from the page. It fetches nothing; `parsers.pagination` decides what comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from parsers.listing_columns import Page, frames, parse_page, sort_entries
from parsers.listing_dataproxy import dataproxy_pages, dataproxy_records, dataproxy_size, is_dataproxy, next_dataproxy_pages
from parsers.listing_endpoints import catalogue, endpoints
from parsers.listing_forms import form_pages, search_form
from parsers.listing_json import DataEntry, DataList, html_in_json, json_in_script, json_list, next_data_pages, parse_json
from parsers.listing_pages import (
    Stated,
    called_pages,
    counted_pages,
    guessed_pages,
    linked_pages,
    page_parameter,
    scripted_pages,
    stated_size,
)
from parsers.listing_records import BUILDS, Build, Link, ListPage, Request, SubList
from parsers.listing_titles import judge, names_column
from parsers.urls import canonical_url

__all__ = ["Build", "Link", "ListPage", "Request", "SubList", "read_list"]

COUNT = re.compile(r"['\"]count['\"]\s*:\s*['\"]?(\d{1,6})")  # entries of a list that an API answers as HTML


def read_list(
    text: str, url: str, *, build: str | None = None, column: bool = False, body: str = "", fragment: str = ""
) -> ListPage:
    """Read what a list address answered. `url` is where it came from after redirects, `body` what had been posted there.

    `build` (Portal.build) allows one way of paging only; recognised from the page when None. `column`: it is known from
    elsewhere that this is a column of reports; a page that says so itself needs no help. `fragment` is what the portal file
    has behind the # of the address, which some catalogues go by.

    Raises TooLarge past the bounds of `parse_page`, and ValueError for an unknown `build`.
    """
    if build is not None and build not in BUILDS:
        raise ValueError(f"unknown build {build!r}; known are {', '.join(BUILDS)}")
    value = parse_json(text)
    if value is not None:
        return _read_json(value, url, body, column)
    if is_dataproxy(text) and "<html" not in text[:2000].lower():
        return _read_dataproxy(text, url, body, column)
    return _read_html(text, url, build, column, fragment)


# --- data ---------------------------------------------------------------------------------------------------------------


def _read_json(value: Any, url: str, body: str, column: bool) -> ListPage:
    found = json_list(value, url)
    links, left_out = _data_links(found, column)
    written = None if found.entries else html_in_json(value)
    if written is not None:
        sorted_out = sort_entries(parse_page(written, url, column))
        links, left_out = sorted_out.links, sorted_out.left_out
        size = COUNT.search(written)
        entries = tuple(DataEntry(link.url, link.title, link.listed_on) for link in links + left_out)
        found = DataList(entries, int(size[1]) if size else found.total, found.pages)
    following = next_data_pages(url, body, found)
    return ListPage(links, left_out, tuple(following), (), found.total, found.pages, "json", column)


def _data_links(found: DataList, column: bool) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    links: list[Link] = []
    left_out: list[Link] = []
    # Data does not say what list it is of; a report among its entries does.
    column = column or any(
        names_column(entry.title) and judge(entry.title, column=False, dated=True).taken for entry in found.entries
    )
    for entry in found.entries:
        judgement = judge(entry.title, column=column, dated=entry.listed_on is not None)
        link = Link(entry.url, entry.title, judgement.reason, entry.listed_on)
        (links if judgement.taken else left_out).append(link)
    return tuple(links), tuple(left_out)


def _read_dataproxy(text: str, url: str, body: str, column: bool) -> ListPage:
    records = dataproxy_records(text)
    page = parse_page("".join(f"<div>{record}</div>" for record in records), url, column)
    total, pages = dataproxy_size(text)
    following = next_dataproxy_pages(text, url, body, total)
    sorted_out = sort_entries(page)
    return ListPage(sorted_out.links, sorted_out.left_out, tuple(following), (), total, pages, "dataproxy", column)


# --- HTML ---------------------------------------------------------------------------------------------------------------


def _read_html(text: str, url: str, build: str | None, column: bool, fragment: str) -> ListPage:
    page = parse_page(text, url, column)
    if page.is_report:
        itself = Link(canonical_url(url), page.heading, "the page is a report itself")
        return ListPage((itself,), (), (), (), None, None, "single", page.column)
    sorted_out = sort_entries(page)
    links, left_out = sorted_out.links, sorted_out.left_out
    inline = None if links else json_in_script(page.script, url)
    if inline is not None:
        links, left_out = _data_links(inline, page.column)
    following, found_build, stated = _paging(page, build, len(links) + len(left_out))
    sub_lists = [*frames(page), *sorted_out.columns]
    if not (links or sub_lists or following):
        sub_lists += _asked_for(page, fragment)
    return ListPage(
        links, left_out, tuple(following), tuple(sub_lists), stated.total, stated.pages, found_build, page.column
    )


def _paging(page: Page, build: str | None, entries: int) -> tuple[list[Request], Build, Stated]:
    """Where the list goes on: by the first way of paging that the page shows."""
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
                linked = linked_pages(page.soup, page.url, page.script)
                by_parameter = bool(linked) and page_parameter(linked[0].url) is not None
                requests = linked if build is not None or by_parameter == (way == "parameter") else []
            case "form":
                requests = form_pages(page.soup, page.url, pages)
            case _:
                continue
        if requests:
            return requests, way, stated
    if build in (None, "script", "static", "parameter"):
        for requests, way in _computed(page, pages):
            if requests:
                return requests, way, stated
    return [], "single", stated


def _computed(page: Page, pages: int | None) -> Iterator[tuple[list[Request], Build]]:
    """Pages of a list that says how many it has, and shows no way to them."""
    yield called_pages(page.script, page.url, pages), "script"
    yield counted_pages(page.url, pages), "parameter"
    yield guessed_pages(page.url, pages), "static"


def _asked_for(page: Page, fragment: str) -> list[SubList]:
    """What a page that shows no entries asks its server for: a list API of its scripts, else a search form."""
    requests = [*page.units, *catalogue(page.script, page.url, fragment), *endpoints(page.script, page.url)]
    if not requests:
        form = search_form(page.soup, page.url)
        return [] if form is None else [SubList(form, "", "a search form, as it stands", page.column)]
    return [SubList(request, "", "a list API that the page asks", page.column or bool(fragment)) for request in requests]
