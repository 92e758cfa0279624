"""The parameters with which a flow is told which documents it is about. Prefect's form shows them by their types."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal

from flows.errors import CallError
from flows.years import checked_years
from parsers.checks import CHECKS
from parsers.records import TemplateId
from storage.documents import Selector

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
    """The selector that these parameters make. Raises `CallError` for a year, a parser version or a check that cannot be."""
    if older_than_parser is not None and not re.fullmatch(r"\d+(\.\d+)*", older_than_parser):
        raise CallError(f"{older_than_parser!r} is no version of the parser; they are numbers, such as 2.")
    for code in issues:
        if code not in ISSUE_CODES:
            near = difflib.get_close_matches(code, ISSUE_CODES, n=1, cutoff=0.0)[0]
            raise CallError(f"No check of a report is called {code!r}; did you mean {near}? docs/checks.md has them all.")
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
