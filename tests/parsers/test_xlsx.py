"""Spreadsheets: numbers as they are printed, merged cells, what is hidden, formulas, one sheet or several."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from flows.sample.forms import Form
from flows.sample.narrative import Heading
from parsers.parse import parse
from parsers.verdicts import Truncated, Unreadable
from parsers.xlsx import read_xls, read_xlsx
from tests.parsers.carried import TEMPLATES, Carried, carried, differences
from tests.rendering.as_xls import xls_bytes
from tests.rendering.as_xlsx import add_form, add_text, saved, xlsx_bytes


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_figure_of_each_template(template: str) -> None:
    report = carried(template)
    assert report.assert_read(xlsx_bytes(report.title, report.blocks), "report.xlsx").source == "xlsx"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_figure_of_old_spreadsheets(template: str) -> None:
    report = carried(template)
    assert report.assert_read(xls_bytes(report.title, report.blocks), "report.xls").source == "xls"


def sheet_of(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def read_cells(**values: object) -> dict[str, str]:
    """What is read of a sheet with these cells beside a few labels of the codebook: address -> text."""
    book = Workbook()
    sheet = sheet_of(book)
    for row, label in enumerate(("规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制"), 1):
        sheet.cell(row, 1, label)
    for address, value in values.items():
        sheet[address] = value
    (grid,) = read_xlsx(saved(book)).grids
    return {f"{'ABCDEFGH'[cell.column]}{cell.row + 1}": cell.text for cell in grid.cells() if cell.column}


def test_numbers_as_they_are_printed() -> None:
    read = read_cells(B1=1756, B2=265.994, B3=1756.0, B4=0.1 + 0.2, B5="0017", C1=0, C2=1234567.5, C3=date(2024, 1, 31))
    assert (read["B1"], read["B2"], read["B3"], read["B4"]) == ("1756", "265.994", "1756", "0.3")
    assert (read["B5"], read["C1"], read["C2"], read["C3"]) == ("0017", "0", "1234567.5", "2024-01-31")


def test_a_formula_without_a_result_is_not_blank() -> None:
    read = read_cells(B1=3, B2=4, B3="=SUM(B1:B2)")
    assert (read["B1"], read["B3"], read["B4"]) == ("3", "=SUM(B1:B2)", "")
    report = carried("modern-2021")
    book = load_workbook(io.BytesIO(xlsx_bytes(report.title, report.blocks)))
    for cell in sheet_of(book)["J"]:
        if isinstance(cell.value, int):
            cell.value = f"=SUM(D{cell.row}:I{cell.row})"  # type: ignore[assignment]
    read_report = parse(saved(book), file_name="report.xlsx")
    totals = [figure for figure in read_report.figures if (figure.table, figure.column) == ("applications", "total")]
    assert {(figure.value, figure.absence) for figure in totals} == {(None, "unreadable")}
    assert read_report.status == "suspect"


def test_what_is_hidden_is_not_read() -> None:
    report = carried("modern-2021")
    book = load_workbook(io.BytesIO(xlsx_bytes(report.title, report.blocks)))
    sheet = sheet_of(book)
    hidden = book.create_sheet("去年")
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        for column, value in enumerate(row, 1):
            hidden.cell(number, column, value + 1 if isinstance(value, int) else value)
    hidden.sheet_state = "hidden"
    sheet.cell(3, 20, 555)
    sheet.column_dimensions["T"].hidden = True
    last = sheet.max_row + 1
    sheet.cell(last, 1, "本年新收政府信息公开申请数量")
    sheet.cell(last, 4, 777)
    sheet.row_dimensions[last].hidden = True
    report.assert_read(saved(book), "report.xlsx")


def on_sheets(report: Carried) -> bytes:
    """The text on the first sheet, each table on one of its own, a few rows down and columns in."""
    book = Workbook()
    row = add_text(sheet_of(book), 1, report.title)
    for block in report.blocks:
        if isinstance(block, Form):
            sheet = book.create_sheet(block.table)
            add_form(sheet, 6, block)
        else:
            row = add_text(sheet_of(book), row, block.text if isinstance(block, Heading) else block)
    return saved(book)


@pytest.mark.parametrize("template", TEMPLATES)
def test_tables_on_sheets_of_their_own(template: str) -> None:
    report = carried(template)
    report.assert_read(on_sheets(report), "report.xlsx")


def test_stray_cells_far_away_do_no_harm() -> None:
    report = carried("modern-2021")
    book = load_workbook(io.BytesIO(xlsx_bytes(report.title, report.blocks)))
    sheet = sheet_of(book)
    sheet.cell(1_048_576, 1).number_format = "0.00"
    report.assert_read(saved(book), "report.xlsx")


def test_blank_cells_stay_blank() -> None:
    report = carried("modern-2021")
    blank = {key: None for key in report.figures.values if key[1] in ("litigation_direct", "regulations", "carried_in")}
    printed = carried("modern-2021", report.figures.with_values(blank))
    for payload, name in (
        (xlsx_bytes(printed.title, printed.blocks), "report.xlsx"),
        (xls_bytes(printed.title, printed.blocks), "report.xls"),
    ):
        read = parse(payload, file_name=name)
        assert differences(read, printed.figures) == {}
        assert {figure.absence for figure in read.figures if figure.value is None} == {"blank"}


def test_stated_dimensions_that_are_wrong_are_not_believed() -> None:
    report = carried("modern-2019")
    payload = with_part(
        xlsx_bytes(report.title, report.blocks),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B2"', xml),
    )
    report.assert_read(payload, "report.xlsx")


def with_part(payload: bytes, name: str, change: object) -> bytes:
    """The package with one part changed."""
    assert callable(change)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = source.read(member)
            changed = change(data) if member.filename == name else data
            assert member.filename != name or changed != data
            target.writestr(member.filename, changed)
    return stream.getvalue()


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short(share: float) -> None:
    report = carried("modern-2021")
    new, old = xlsx_bytes(report.title, report.blocks), xls_bytes(report.title, report.blocks)
    with pytest.raises(Truncated):
        parse(new[: int(len(new) * share)], file_name="report.xlsx")
    with pytest.raises(Unreadable):
        read_xls(old[: int(len(old) * share)])


def test_a_damaged_sheet_is_unreadable() -> None:
    report = carried("modern-2021")
    payload = with_part(xlsx_bytes(report.title, report.blocks), "xl/workbook.xml", lambda xml: xml[: len(xml) // 2])
    with pytest.raises(Unreadable, match="damaged"):
        read_xlsx(payload)
