"""Coverage of a year: which governments owe a report, which reports there are, and for each absent one why.

Expected are the governments (人民政府) of all provinces, prefectures and counties of that year; what a portal's lists state and
what its file promises stands with the portal, in `storage.overview.PortalRow`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from flows.provinces import province_of_adcode
from parsers.gazetteer import CORPS, Place, contains, divisions, prefix
from storage.database import Database
from storage.documents import DocumentRow, Selector
from storage.overview import PortalRow, portal_rows, select_documents

# From the best to the worst: of several documents the best one counts.
Outcome = Literal[
    "valid",
    "suspect",  # published, with errors
    "waiting",  # listed, not fetched or not read yet
    "image_only",  # 图片版
    "failed_to_parse",
    "blocked",  # a wall, or robots.txt
    "dead",  # the link leads nowhere, or to a server that does not answer
    "portal_failed",  # the lists of its portal could not be read, or gave less than they must
    "not_on_the_portal",  # its portal was visited, and lists none
    "no_portal",  # no portal of its place was visited
]
OUTCOMES: tuple[Outcome, ...] = (
    *("valid", "suspect", "waiting", "image_only", "failed_to_parse"),
    *("blocked", "dead", "portal_failed", "not_on_the_portal", "no_portal"),
)
_OF_VERDICT: Mapping[str, Outcome] = {
    "needs_ocr": "image_only",
    "blocked": "blocked",
    "robots": "blocked",
    **dict.fromkeys(("not_found", "soft_404", "unsafe_url"), "dead"),
    **dict.fromkeys(("timeout", "connection", "server_error", "rate_limited", "truncated"), "dead"),
}
_GOVERNMENT = r"(?:人民)?政府(?:办公[室厅])?"


@dataclass(frozen=True, slots=True)
class BodyCoverage:
    """One government that owes a report of the year."""

    adcode: str
    body: str  # 崇信县人民政府
    province: str  # ISO 3166-2
    outcome: Outcome
    portal: str | None = None  # where it was found, or where it should have been
    document: str | None = None
    message: str | None = None  # why it is absent, where there is more to say

    @property
    def found(self) -> bool:
        return self.outcome in ("valid", "suspect")

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"found": self.found}


def expected_bodies(year: int) -> list[Place]:
    """Provinces, prefectures and counties that had a government at the end of that year, by their codes."""
    known = divisions()
    return sorted(
        place
        for place in known
        if (place.since or year) <= year <= (place.until or year)
        and place.level in ("province", "prefecture", "county")
        and known.is_division(place)
        and place.code != CORPS  # a corps, not a government; its cities have one
    )


def body_coverage(ledger: Database, year: int) -> list[BodyCoverage]:
    """Every expected body of a year with what became of its report, by adcode."""
    bodies = expected_bodies(year)
    found = _found(bodies, select_documents(ledger, Selector(years=(year,))))
    portals = portal_rows(ledger)
    return [found.get(place.code) or _absent(place, portals) for place in bodies]


def by_province(rows: Iterable[BodyCoverage]) -> dict[str, Counter[Outcome]]:
    """Bodies by outcome, for each province."""
    counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
    for row in rows:
        counts[row.province][row.outcome] += 1
    return dict(sorted(counts.items()))


def _found(bodies: list[Place], documents: list[DocumentRow]) -> dict[str, BodyCoverage]:
    """What the documents of the year are, by the code of the body whose report each is."""
    by_code = {place.code: place for place in bodies}
    best: dict[str, BodyCoverage] = {}
    for row in documents:
        for place in _bodies_of(row, by_code):
            found = BodyCoverage(
                place.code,
                _name(place),
                province_of_adcode(place.code),
                _outcome(row),
                row.portal,
                row.document_id,
                row.message,
            )
            known = best.get(place.code)
            if known is None or OUTCOMES.index(found.outcome) < OUTCOMES.index(known.outcome):
                best[place.code] = found
    return best


def _bodies_of(row: DocumentRow, by_code: Mapping[str, Place]) -> Iterator[Place]:
    """The body whose report a document is: as read; else as the title says, in the portal's region."""
    if row.organization is not None:
        place = by_code.get(row.adcode or "")
        if place is not None and re.search(f"{place.name}{_GOVERNMENT}$", row.organization):
            yield place
        return
    named = [
        place
        for place in by_code.values()
        if place.name in row.title
        and contains(row.portal_region, place.code)
        and re.search(rf"{place.name}(?:{_GOVERNMENT})?(?:关于)?(?:20\d\d|政府信息公开|信息公开)", row.title)
    ]
    yield from sorted(named, key=lambda place: len(place.name), reverse=True)[:1]


def _outcome(row: DocumentRow) -> Outcome:
    if row.status is not None:
        return row.status
    if row.verdict is None:
        return "waiting"
    return _OF_VERDICT.get(row.verdict, "failed_to_parse")


def _absent(place: Place, portals: list[PortalRow]) -> BodyCoverage:
    """Why no document of the year is this body's report."""
    nothing = BodyCoverage(place.code, _name(place), province_of_adcode(place.code), "no_portal")
    # The portal of a province, or of one of its departments, is none where counties would be missed.
    near = [
        row
        for row in portals
        if row.region == place.code or (prefix(row.region) != row.region[:2] and contains(row.region, place.code))
    ]
    if not near:
        return nothing
    nearest = max(near, key=lambda row: (len(prefix(row.region)), row.error is not None, row.name))
    if nearest.error is not None:
        return replace(nothing, outcome="portal_failed", portal=nearest.name, message=nearest.error)
    missing = max(0, (nearest.expected or 0) - nearest.found)
    message = f"its lists state {missing} more reports than they showed" if missing else None
    return replace(nothing, outcome="not_on_the_portal", portal=nearest.name, message=message)


def _name(place: Place) -> str:
    return f"{place.name}人民政府"
