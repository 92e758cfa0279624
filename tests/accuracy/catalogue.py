"""The catalogue (tests/fixtures) read, case by case; its tests ask more of each than is told here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.fixtures.case import Case
from tests.fixtures.catalogue import GROUPS
from tests.parsers.test_identity import wrong_figures

EXPECTED = {
    "valid": "read, without an error",
    "suspect": "read, and flagged",
    "flagged": "flagged",
    "flagged or right": "read or flagged",
}


@dataclass(frozen=True)
class CaseResult:
    """What must come of a page, what came, and whether that is right."""

    name: str
    note: str
    expected: str
    came: Literal["read", "flagged", "refused"]
    right: bool


def read_catalogue() -> dict[str, list[CaseResult]]:
    """Every case, by group."""
    return {group: [_read(case) for case in cases] for group, cases in GROUPS.items()}


def _read(case: Case) -> CaseResult:
    page = case.page()
    arguments = {"content_type": page.content_type, "file_name": page.file_name, **case.arguments}
    expected = f"refused: {' or '.join(sorted(case.verdicts))}" if case.verdicts else EXPECTED[case.outcome]
    try:
        report = parse(page.payload, **arguments)
    except Verdict as verdict:
        return CaseResult(case.name, case.note, expected, "refused", verdict.code in case.verdicts)
    exact = not wrong_figures(report, page.figures)
    flagged = report.status == "suspect"
    match case.outcome:
        case "valid":
            right = exact and not flagged
        case "suspect":
            right = exact and flagged
        case "flagged":
            right = flagged
        case _:
            right = exact or flagged
    said = (
        (case.year, report.year),
        (case.organization, report.organization),
        (case.adcode, report.region.adcode if report.region else ""),
        (case.published_on, report.published_on),
    )
    right = right and not case.verdicts and all(due is None or due == got for due, got in said)
    return CaseResult(case.name, case.note, expected, "flagged" if flagged else "read", right)
