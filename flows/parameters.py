"""The parameters with which a flow is told which documents it is about. Prefect's form shows them by their types."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal

from flows.errors import CallError
from flows.years import checked_years
from parsers.checks import CHECKS
from parsers.gazetteer import ISO_3166_2
from parsers.records import TemplateId
from storage.database import Database
from storage.documents import Selector, document_id
from storage.layout import UNKNOWN_REGION
from storage.overview import unknown_names

# The codes of `parsers.verdicts`, written out so that Prefect's form offers them.
VerdictCode = Literal[
    "timeout",
    "connection",
    "server_error",
    "rate_limited",
    "truncated",
    "not_found",
    "soft_404",
    "blocked",
    "robots",
    "too_large",
    "unsafe_url",
    "not_a_report",
    "needs_ocr",
    "unsupported_type",
    "unreadable",
    "unknown_template",
]

ISSUE_CODES = tuple(check.id for check in CHECKS if check.scope != "list")

StageName = Literal["fetch", "read", "publish"]  # where a document may have stopped


def selector_of(
    *,
    documents: Sequence[str] = (),
    portal_names: Sequence[str] = (),
    hosts: Sequence[str] = (),
    years: Sequence[int] = (),
    regions: Sequence[str] = (),
    templates: Sequence[TemplateId] = (),
    verdicts: Sequence[VerdictCode] = (),
    issues: Sequence[str] = (),
    older_than_parser: str | None = None,
) -> Selector:
    """The selector that these parameters make. Raises `CallError` for what cannot be: a year, region, parser version or check."""
    if older_than_parser is not None and not re.fullmatch(r"\d+(\.\d+)*", older_than_parser):
        raise CallError(f"{older_than_parser!r} is no version of the parser; they are numbers, such as 2.")
    for name in documents:
        try:
            _ = document_id(name) if "/" in name else name
        except ValueError as error:
            raise CallError(
                f"{name!r} is no document: write its id, as the lake has it in report_id, or its address."
            ) from error
    for code in issues:
        if code not in ISSUE_CODES:
            near = difflib.get_close_matches(code, ISSUE_CODES, n=1)
            meant = f"; did you mean {near[0]}" if near else ""
            raise CallError(f"No check of a report is called {code!r}{meant}? docs/checks.md has them all.")
    for region in regions:
        if not re.fullmatch(r"\d{2,9}", region) and region.upper() not in (*ISO_3166_2.values(), UNKNOWN_REGION):
            raise CallError(
                f"{region!r} is no region: write a province as CN-GS, or the beginning of an adcode, such as 6208."
            )
    return Selector(
        documents=tuple(documents),
        portals=tuple(portal_names),
        hosts=tuple(hosts),
        years=checked_years(years),
        regions=tuple(regions),
        templates=tuple(templates),
        verdicts=tuple(verdicts),
        issues=tuple(issues),
        older_than_parser=older_than_parser,
    )


def refuse_unknown(selector: Selector, ledger: Database) -> None:
    """Raise `CallError` for a document, portal or host that the ledger does not know: it is misspelt, and nothing would be done."""
    if unknown := unknown_names(ledger, selector):
        raise CallError(
            f"The ledger knows no {' and no '.join(unknown)}; `nianbao status` shows its portals, `nianbao failures` what failed."
        )
