"""Reviewed corrections: what they change, what they leave alone, and when they do not apply."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache

import pytest

from parsers.corrections import corrected
from parsers.parse import parse
from parsers.records import Correction, Figure, Issue, Report
from parsers.serialize import report_from_json, report_to_json
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes
from tests.rendering.strategies import distinct_figures

CELL = ("applications", "received", "total")
DIGEST = hashlib.sha256(b"the document").hexdigest()


@cache
def printed(change: float = 0.0) -> Report:
    """A report that adds up, but for its total of applications received: that is off by `change`."""
    figures = distinct_figures("modern-2021")
    off = replace(figures, values={**figures.values, CELL: (figures.values[CELL] or 0.0) + change})
    source = carried("modern-2021", off)
    return parse(docx_bytes(source.title, source.blocks))


def right() -> float:
    value = figure(printed()).value
    assert value is not None
    return value


def figure(report: Report) -> Figure:
    (found,) = (each for each in report.figures if (each.table, each.item, each.column) == CELL)
    return found


def fix(old: float | str, new: float, **changes: str) -> Correction:
    fields = {"digest": DIGEST, "table": CELL[0], "item": CELL[1], "column": CELL[2], "reason": "按各列之和"} | changes
    return Correction(old=old, new=new, date="2025-03-01", **fields)  # type: ignore[arg-type]


def codes(report: Report) -> list[str]:
    return [issue.code for issue in report.issues]


def test_a_correction_mends_the_sum_and_leaves_what_is_printed() -> None:
    wrong = printed(10)
    assert wrong.status == "suspect"
    assert "identity" in codes(wrong)
    mended = corrected(wrong, [fix(right() + 10, right())], DIGEST)
    assert mended.status == "valid"
    assert codes(mended) == ["prose", "corrected"], "the narrative repeats the error, and is held against the figure again"
    assert figure(mended) == figure(wrong)._replace(value=right(), corrected_from=f"{right() + 10:g}")
    assert figure(mended).raw == f"{right() + 10:g}"
    others = [(before, after) for before, after in zip(wrong.figures, mended.figures, strict=True) if before != after]
    assert len(others) == 1
    note = mended.issues[-1]
    assert (note.severity, (note.table, note.item, note.column)) == ("info", CELL)
    assert "2025-03-01" in note.message
    assert "按各列之和" in note.message


def test_a_correction_that_breaks_a_sum_is_caught() -> None:
    broken = corrected(printed(), [fix(right(), right() + 1)], DIGEST)
    assert broken.status == "suspect"
    assert set(codes(broken)) == {"identity", "prose", "corrected"}


def test_a_corrected_report_survives_the_ledger() -> None:
    mended = corrected(printed(10), [fix(right() + 10, right())], DIGEST)
    assert report_from_json(report_to_json(mended)) == mended


def test_a_value_where_the_document_gives_none() -> None:
    report = printed()
    blank = figure(report)._replace(value=None, raw="", absence="blank")
    unreadable = blank._replace(raw="详见附件", absence="unreadable")
    complaint = Issue("error", "unreadable_cell", "“详见附件” is no number", *CELL)
    for given, issues in ((blank, ()), (unreadable, (complaint,))):
        figures = tuple(given if each == figure(report) else each for each in report.figures)
        gap = replace(report, figures=figures, issues=issues)
        filled = corrected(gap, [fix(str(given.absence), right())], DIGEST)
        assert figure(filled) == given._replace(value=right(), absence=None, corrected_from=given.absence)
        assert codes(filled) == ["corrected"]
        assert filled.status == "valid"


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (fix(-3, 5), "expects -3, and the document says"),
        (fix("blank", 5), "expects blank, and the document says"),
        (fix(1, 5, table="statistics", item="x", column="y"), "names a cell that the layout of the document has not"),
        (fix(1, 5, digest="0" * 64), "is for another version of the document (0000000000000000…)"),
    ],
)
def test_one_that_no_longer_applies_is_told_and_changes_nothing(correction: Correction, why: str) -> None:
    report = printed(10)
    same = corrected(report, [correction], DIGEST)
    assert same.figures == report.figures
    assert same.issues[:-1] == report.issues
    told = same.issues[-1]
    assert (told.severity, told.code) == ("warning", "correction_unused")
    assert why in told.message
