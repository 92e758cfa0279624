"""`nianbao coverage`"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, place, years
from flows.commands.output import print_json, print_table
from flows.coverage import OUTCOMES, BodyCoverage, body_coverage, by_province
from flows.provinces import province_of_adcode
from flows.years import checked_years
from storage.database import Database
from storage.overview import PortalRow, coverage_counts, portal_rows


@dataclass(slots=True)
class Coverage:
    """What is known of one portal in one year."""

    province: str  # ISO 3166-2
    portal: str
    year: int | None
    found: int = 0
    read: int = 0  # reports in the lake
    suspect: int = 0  # of them
    waiting: int = 0  # not fetched or not read yet
    failed: Counter[str] = field(default_factory=Counter)  # by verdict

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"failed": dict(self.failed)}


@click.command(name="coverage")
@years
@place
@as_json
def command(*, years: tuple[int, ...], data: str | None, ledger: str | None, as_json: bool) -> None:
    """Say what was found and read, by province, portal and year, and which portals give less than their minimum.

    With one --year also which governments owe a report of that year, which of them there are, and for each absent one why: those
    of places without a portal are counted only.
    """
    wanted = checked_years(years)
    with opened_ledger(data, ledger) as opened:
        rows, portals = coverage(opened, wanted), portal_rows(opened)
        bodies = body_coverage(opened, wanted[0]) if len(wanted) == 1 else []
    if as_json:
        found = {"coverage": [row.to_json() for row in rows], "portals": [_portal(row) for row in portals]}
        print_json(found | ({"bodies": [body.to_json() for body in bodies]} if bodies else {}))
        return
    cells = [
        (row.province, row.portal, row.year, row.found, row.read, row.suspect, row.waiting, _counts(row.failed))
        for row in rows
    ]
    columns = ("province", "portal", "year", "found", "read", "suspect", "waiting", "failed")
    print_table("", columns, cells, right=columns[3:7])
    for portal in portals:
        if portal.error:
            click.echo(f"Portal failed: {portal.name}: {portal.error}")
        elif portal.expected is not None and portal.found < portal.expected:
            click.echo(f"Missing: the list of {portal.name} says that it has {portal.expected}, and gave {portal.found}")

    if bodies:
        _print_bodies(bodies, wanted[0])


def _print_bodies(bodies: list[BodyCoverage], year: int) -> None:
    click.echo()
    provinces = by_province(bodies)
    shown = [outcome for outcome in OUTCOMES if any(counts[outcome] for counts in provinces.values())]
    cells = [(name, counts.total(), *(counts[outcome] for outcome in shown)) for name, counts in provinces.items()]
    headings = [outcome.replace("_", " ") for outcome in shown]
    title = f"Governments that owe a report for {year}: {sum(body.found for body in bodies)} of {len(bodies)} found"
    print_table(title, ("province", "expected", *headings), cells, right=("expected", *headings))
    absent = [body for body in bodies if not body.found and body.outcome != "no_portal"]
    if absent:
        click.echo()
        reasons = [(body.adcode, body.body, body.outcome.replace("_", " "), body.portal, body.message) for body in absent]
        print_table("Absent", ("adcode", "body", "why", "portal", "message"), reasons)


def coverage(ledger: Database, years: Sequence[int] = ()) -> list[Coverage]:
    """One record a portal and year, ordered by province, portal and year."""
    rows: dict[tuple[str, int | None], Coverage] = {}
    for group in coverage_counts(ledger, years):
        province = province_of_adcode(group.portal_region)
        row = rows.setdefault((group.portal, group.year), Coverage(province, group.portal, group.year))
        row.found += group.documents
        if group.status is not None:
            row.read += group.documents
            row.suspect += group.documents if group.status == "suspect" else 0
        if group.state in ("found", "fetched"):
            row.waiting += group.documents
        if group.verdict is not None:
            row.failed[group.verdict] += group.documents
    return sorted(rows.values(), key=lambda row: (row.province, row.portal, row.year or 0))


def _portal(row: PortalRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "found": row.found,
        "minimum": row.minimum,
        "expected": row.expected,
        "missing": max(0, max(row.minimum, row.expected or 0) - row.found),
        "error": row.error,
        "discovered_at": row.discovered_at,
    }


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
