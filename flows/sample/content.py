"""What the sample portal holds, as records: portals, their columns, and in them pages with the figures that they print."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from flows.sample.figures import PageFigures, load_figures, synthetic_figures

PageKind = Literal["report", "notice", "image"]
Fault = Literal["", "dead", "busy", "down"]

LIST_PAGE = 5  # documents on one list page: every column has more than one page


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One page that a list links to. `figures` is what a right reading of it gives; None where it is no readable report."""

    id: str
    portal: str
    kind: PageKind
    year: int
    body: str
    title: str
    adcode: str
    published: str  # YYYY-MM-DD
    url: str
    figures: PageFigures | None
    real: bool = False  # the figures are those of a published report
    variety: int = 0
    dress: str = "plain"
    charset: str = "utf-8"
    script: Literal["simplified", "traditional"] = "simplified"
    fault: Fault = ""
    planted: bool = False  # an identity is broken on purpose


@dataclass(frozen=True, slots=True)
class Column:
    """One column (栏目) of a site: a list of reports, and one portal of the project."""

    name: str
    site: Literal["a", "b"]
    host: str
    path: str
    title: str
    region: str
    pages: tuple[SamplePage, ...]  # in the order of the list

    @property
    def first_list(self) -> str:
        return f"http://{self.host}{self.path}"

    def list_pages(self) -> tuple[tuple[SamplePage, ...], ...]:
        """The documents of each list page."""
        return tuple(self.pages[start : start + LIST_PAGE] for start in range(0, len(self.pages), LIST_PAGE))


@cache
def sample_columns() -> tuple[Column, ...]:
    """Everything that the sample portal holds, from `portals.toml`."""
    text = resources.files("flows.sample").joinpath("portals.toml").read_text(encoding="utf-8")
    portals = tomllib.loads(text)["portal"]
    entries = {page["id"]: page for portal in portals for page in portal["pages"]}
    return tuple(_column(portal, entries) for portal in portals)


def sample_pages() -> tuple[SamplePage, ...]:
    """Every page of every column, reports and what only looks like one."""
    return tuple(page for column in sample_columns() for page in column.pages)


def template_of(year: int) -> str:
    """The layout that was prescribed for a report year. The sample has no late adopters."""
    if year <= 2018:
        return "legacy-2017"
    return "modern-2019" if year <= 2020 else "modern-2021"


def _column(portal: Mapping[str, Any], entries: Mapping[str, Any]) -> Column:
    pages = tuple(_page(portal, number, entry, entries) for number, entry in enumerate(portal["pages"], start=1))
    return Column(portal["name"], portal["site"], portal["host"], portal["column"], portal["title"], portal["region"], pages)


def _page(portal: Mapping[str, Any], number: int, entry: Mapping[str, Any], entries: Mapping[str, Any]) -> SamplePage:
    kind: PageKind = entry.get("kind", "report")
    return SamplePage(
        id=entry["id"],
        portal=portal["name"],
        kind=kind,
        year=entry["year"],
        body=entry["body"],
        title=entry.get("title") or _title(kind, entry),
        adcode=entry["adcode"],
        published=entry["published"],
        url=f"http://{portal['host']}{_path(portal, number, entry['published'])}",
        figures=_figures(entry, entries) if kind == "report" else None,
        real="figures" in entry,
        variety=entry.get("seed", number),
        dress=entry.get("dress", "plain"),
        charset=entry.get("charset", "utf-8"),
        script=entry.get("script", "simplified"),
        fault=entry.get("fault", ""),
        planted="planted" in entry,
    )


def _title(kind: PageKind, entry: Mapping[str, Any]) -> str:
    if kind == "notice":
        return f"关于做好{entry['year']}年度政府信息公开工作年度报告编制工作的通知"
    return f"{entry['body']}{entry['year']}年政府信息公开工作年度报告"


def _path(portal: Mapping[str, Any], number: int, published: str) -> str:
    year, month, day = published.split("-")
    if portal["site"] == "a":
        return f"{portal['column']}{year}{month}/t{year}{month}{day}_{1000 + number}.html"
    return f"{portal['column']}/{year}/{month}{day}/{1000 + number}.html"


def _figures(entry: Mapping[str, Any], entries: Mapping[str, Any]) -> PageFigures:
    if "figures" in entry:
        return load_figures(entry["figures"])
    before = _figures(entries[entry["before"]], entries) if "before" in entry else None
    figures = synthetic_figures(template_of(entry["year"]), entry["seed"], size=entry.get("size", 40), before=before)
    for table, item in entry.get("blank", ()):
        figures = figures.with_values({key: None for key in figures.values if key[:2] == (table, item)})
    if planted := entry.get("planted"):
        cell = tuple(planted["cell"])
        figures = figures.with_values({cell: (figures.values[cell] or 0) + planted["plus"]})
    return figures
