"""One layout for all documents that differ in their numbers alone, and never for two that their numbers tell apart."""

from __future__ import annotations

import re

import pytest

from parsers.carriers import read_document
from parsers.codebook import TEMPLATE_IDS
from parsers.layouts import lay_out
from parsers.lexemes import NumberSeenError, UnseenNumber
from parsers.outlines import outlines
from parsers.records import Document, TemplateId
from parsers.route import route
from parsers.tables import TableReading, read_tables
from tests.accuracy.drawn import drawn_reports
from tests.rendering.draft import draft_report
from tests.rendering.strategies import distinct_figures
from tests.rendering.writing import write_html

DRAWN = 6  # documents for each template


def page(template: TemplateId, first: int) -> str:
    """A report whose figures are all different, counted from `first`."""
    return write_html(draft_report(distinct_figures(template, first))).payload.decode()


def document(markup: str) -> Document:
    return read_document(markup.encode(), content_type="text/html")


@pytest.mark.parametrize("template", TEMPLATE_IDS)
def test_reports_that_differ_in_their_numbers_share_a_layout(template: TemplateId) -> None:
    first, second = document(page(template, 101)), document(page(template, 1001))
    assert outlines(first.grids, template) == outlines(second.grids, template)
    assert lay_out(first.grids, template)[0] is lay_out(second.grids, template)[0]
    ours, theirs = (read_tables(each, template).figures for each in (first, second))
    assert all(one.value != other.value for one, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("template", TEMPLATE_IDS)
def test_a_kept_layout_reads_as_one_that_saw_the_numbers(template: TemplateId, monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> list[TableReading]:
        return [read_tables(each, route(each).template) for each in documents if route(each).template != "narrative"]

    documents = [
        read_document(page.payload, content_type=page.content_type, file_name=page.file_name)
        for page in drawn_reports("html", template, DRAWN)
    ]
    kept = read()
    monkeypatch.setattr("parsers.layouts.MAX_KEPT_CELLS", -1)
    assert kept == read()
    assert len(kept) > DRAWN // 2


@pytest.mark.parametrize("changed_first", [False, True])
def test_numbers_that_decide_are_asked(changed_first: bool) -> None:
    """A row printed twice is no trouble if it says the same: two documents of one outline, read in either order."""
    markup = page("modern-2021", 101)
    row = next(row for row in re.findall(r"<tr\b.*?</tr>", markup, re.DOTALL) if "上年结转" in row)
    number = re.findall(r">(\d+)<", row)[0]
    same = document(markup.replace(row, row + row))
    other = document(markup.replace(row, row + row.replace(f">{number}<", ">99999<")))
    assert outlines(same.grids, "modern-2021") == outlines(other.grids, "modern-2021")
    codes: dict[str, set[str]] = {}
    for name, each in [("other", other), ("same", same)] if changed_first else [("same", same), ("other", other)]:
        codes[name] = {issue.code for issue in read_tables(each, "modern-2021").issues if issue.severity == "error"}
    assert not codes["same"] & {"duplicate_row", "duplicate_figure", "misfit_row"}
    assert codes["other"] & {"duplicate_row", "duplicate_figure", "misfit_row"}


def test_an_unseen_number_cannot_be_read() -> None:
    lexeme = UnseenNumber.at(7, (0, 1, 2), 2, 1, 1, in_row=True)
    assert isinstance(lexeme, UnseenNumber)
    assert lexeme.position == 7
    with pytest.raises(NumberSeenError):
        _ = lexeme.text
    with pytest.raises(NumberSeenError):
        _ = lexeme._replace(row=3).text
