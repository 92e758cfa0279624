"""A report held against the same body's report of the year before: what was carried over must arrive, and orders of magnitude hold.

Only warnings: each report may be right in itself, and either of the two may have been amended since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parsers.codebook import Place
from parsers.records import Issue

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other",
    "total",
)
# Figures of which a body has about as many each year; a hundredfold is more likely a slip than a change.
STEADY = (
    Place("disclosure", "licenses", "decisions"),
    Place("disclosure", "penalties", "decisions"),
    Place("disclosure", "coercive_measures", "decisions"),
    Place("disclosure", "fees", "amount"),
    Place("applications", "received", "total"),
    Place("statistics", "proactive.total", "value"),
    Place("statistics", "applications.received", "value"),
)
PROPORTION = 100.0  # times as much, or as little, as the year before
LEAST = 1000.0  # the larger of the two must reach this much: small numbers jump

CODES = frozenset(("carried_over", "in_force_continuity", "out_of_proportion"))  # of the issues that come of it

_CARRIED = ("carried_in", "carried_out")
_LIVES = ("issued", "repealed", "in_force")
PLACES = frozenset(  # every figure that is compared
    {
        *STEADY,
        *(Place("applications", item, column) for item in _CARRIED for column in APPLICANTS),
        *(Place("disclosure", item, column) for item in ("regulations", "normative_documents") for column in _LIVES),
    }
)

Figures = Mapping[Place, float | None]


def across_years(figures: Figures, before: Figures, year: int) -> Iterator[Issue]:
    """Warnings on the figures of `year`, given those of the year before. Nothing is said where either is null."""
    yield from _carried_over(figures, before, year)
    yield from _in_force(figures, before, year)
    yield from _proportions(figures, before, year)


def _carried_over(figures: Figures, before: Figures, year: int) -> Iterator[Issue]:
    """结转下年度继续办理 of one year is 上年结转 of the next, for each kind of applicant."""
    for column in APPLICANTS:
        place = Place("applications", "carried_in", column)
        arrived, left = figures.get(place), before.get(Place("applications", "carried_out", column))
        if arrived is not None and left is not None and arrived != left:
            yield Issue(
                "warning",
                "carried_over",
                f"{left:g} were carried out of {year - 1}, and {arrived:g} carried into {year}",
                *place,
            )


def _in_force(figures: Figures, before: Figures, year: int) -> Iterator[Issue]:
    """现行有效件数 is that of the year before, with what was issued and without what was repealed."""
    for item in ("regulations", "normative_documents"):
        place = Place("disclosure", item, "in_force")
        last, now = before.get(place), figures.get(place)
        issued, repealed = (figures.get(Place("disclosure", item, column)) for column in ("issued", "repealed"))
        if None in (last, now, issued, repealed):
            continue
        due = (last or 0) + (issued or 0) - (repealed or 0)
        if now != due:
            message = (
                f"{last:g} in force in {year - 1}, {issued:g} issued and {repealed:g} repealed make {due:g}, not {now:g}"
            )
            yield Issue("warning", "in_force_continuity", message, *place)


def _proportions(figures: Figures, before: Figures, year: int) -> Iterator[Issue]:
    for place in STEADY:
        now, last = figures.get(place), before.get(place)
        if not now or not last or max(now, last) < LEAST:
            continue
        if now >= PROPORTION * last or last >= PROPORTION * now:
            message = f"{now:g}, out of all proportion to {last:g} of {year - 1}"
            yield Issue("warning", "out_of_proportion", message, *place)
