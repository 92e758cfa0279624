"""Reviewed corrections applied to a report as read. `raw` stays what the document prints, and each figure says what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parsers.codebook import Place, load_template
from parsers.identities import identity_issues
from parsers.prose import prose_issues
from parsers.records import Correction, Figure, Issue, Report
from parsers.tables import labels

# What is found in one cell by its value alone: settled where a reviewer has said what the value is.
OF_ONE_CELL = frozenset(
    {"unreadable_cell", "torn_number", "negative_count", "fractional_count", "duplicate_figure", "unit_unstated"}
)


def corrected(report: Report, corrections: Sequence[Correction], digest: str) -> Report:
    """The report with those of the corrections that are for these bytes (`digest`) and find what the reviewer found.

    The sums of the tables that changed, and the narrative against them, are checked again. A correction that does not apply
    leaves a warning.
    """
    figures = {Place(figure.table, figure.item, figure.column): figure for figure in report.figures}
    done: dict[Place, Issue] = {}
    refused: list[Issue] = []
    for correction in corrections:
        place = Place(correction.table, correction.item, correction.column)
        figure = figures.get(place)
        if why := _objection(correction, figure, digest):
            refused.append(Issue("warning", "correction_unused", f"the correction of {correction.date} {why}", *place))
        elif figure is not None:
            said = _said(figure)
            figures[place] = figure._replace(value=correction.new, absence=None, corrected_from=said)
            message = f"corrected from {said} to {correction.new:.15g} on {correction.date}: {correction.reason}"
            done[place] = Issue("info", "corrected", message, *place)
    changed = replace(report, figures=tuple(figures.values()))
    issues = _issues_again(changed, done) if done else report.issues
    return replace(changed, issues=(*issues, *done.values(), *refused))


def _objection(correction: Correction, figure: Figure | None, digest: str) -> str | None:
    """Why a correction does not apply; None where it does."""
    if correction.digest != digest:
        return f"is for another version of the document ({correction.digest[:16]}…); this one wants a review of its own"
    if figure is None:
        return "names a cell that the layout of the document has not"
    found = figure.value if figure.value is not None else figure.absence
    if found != correction.old:
        old = correction.old if isinstance(correction.old, str) else f"{correction.old:.15g}"
        return f"expects {old}, and the document says {_said(figure)}"
    return None


def _said(figure: Figure) -> str:
    return f"{figure.value:.15g}" if figure.value is not None else str(figure.absence)


def _issues_again(report: Report, done: Iterable[Place]) -> tuple[Issue, ...]:
    """The issues of a report whose figures at these places have changed."""
    places = set(done)
    tables = {place.table for place in places}
    kept = [
        issue
        for issue in report.issues
        if issue.code != "prose"
        and not (issue.code == "identity" and issue.table in tables)
        and not (issue.code in OF_ONE_CELL and (issue.table, issue.item, issue.column) in places)
    ]
    return (*kept, *_sums_again(report, tables), *prose_issues(report.sections, report.figures))


def _sums_again(report: Report, tables: set[str]) -> Iterator[Issue]:
    assert report.template != "narrative", "it has no figures"
    for table in load_template(report.template).tables:
        if table.key in tables:
            values = {
                Place(figure.table, figure.item, figure.column): figure.value
                for figure in report.figures
                if figure.table == table.key and (figure.address is not None or figure.corrected_from is not None)
            }
            yield from identity_issues(table, values, labels(table), agreed=None)
