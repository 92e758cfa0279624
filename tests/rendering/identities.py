"""The sums that the layouts promise (勾稽关系), added up here a second time and not through the reader's checks."""

from __future__ import annotations

from flows.sample.figures import APPLICANTS, OUTCOMES, PageFigures
from flows.sample.forms import codebook

LEGACY_SUMS = {
    "applications.received": ("in_person", "fax", "online", "letter"),
    "applications.concluded": ("on_time", "extended"),
    "applications.answered": (
        *("already_public", "granted", "partially_granted", "refused"),
        *("not_this_agency", "nonexistent", "asked_to_amend", "other_channel"),
    ),
    "applications.answered.refused": (
        *("state_secret", "trade_secret", "privacy", "security_and_stability"),
        *("not_government_information", "other_statutory"),
    ),
    "reconsideration.total": ("upheld", "corrected", "other"),
    "litigation.total": ("upheld", "corrected", "other"),
    "institution.staff": ("full_time", "part_time"),
}


def broken_identities(figures: PageFigures) -> list[str]:
    """Each sum that does not come out, named; a blank counts as nothing, as on a report that leaves its zeros out."""
    return _legacy(figures) if figures.template == "legacy-2017" else _modern(figures)


def _modern(figures: PageFigures) -> list[str]:
    def number(*key: str) -> float:
        table, item, column = key
        return figures.values[table, item, column] or 0.0

    items = [item["key"] for item in codebook(figures.template)["applications"]["items"]]
    results = items[items.index("granted") : items.index("concluded")]
    broken = []
    for column in (*APPLICANTS, "total"):
        came = number("applications", "received", column) + number("applications", "carried_in", column)
        went = number("applications", "concluded", column) + number("applications", "carried_out", column)
        if came != went:
            broken.append(f"applications balance {column}")
        if sum(number("applications", item, column) for item in results) != number("applications", "concluded", column):
            broken.append(f"applications concluded {column}")
    for item in items:
        if sum(number("applications", item, column) for column in APPLICANTS) != number("applications", item, "total"):
            broken.append(f"applications {item} total")
    for item in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        if sum(number("proceedings", item, column) for column in OUTCOMES) != number("proceedings", item, "total"):
            broken.append(f"proceedings {item} total")
    return broken


def _legacy(figures: PageFigures) -> list[str]:
    def number(item: str) -> float:
        return figures.values["statistics", item, "value"] or 0.0

    return [
        total
        for total, parts in LEGACY_SUMS.items()
        if number(total) != sum(number(f"{total.removesuffix('.total')}.{part}") for part in parts)
    ]
