"""A report as a spreadsheet: narrative in merged rows, tables with merged cells, numbers as numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading

WIDTH = 15  # columns over which a line of text is merged
_BORDER = Border(*(Side(style="thin"),) * 4)


def xlsx_bytes(title: str, blocks: Iterable[Block]) -> bytes:
    """The whole report on one sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    row = add_text(sheet, 1, title)
    for block in blocks:
        match block:
            case Form():
                row = add_form(sheet, row, block)
            case Heading():
                row = add_text(sheet, row, block.text)
            case str():
                row = add_text(sheet, row, block)
    return saved(book)


def add_text(sheet: Worksheet, row: int, text: str) -> int:
    """One line over the whole width; returns the row below it."""
    sheet.cell(row, 1, text)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=WIDTH)
    return row + 1


def add_form(sheet: Worksheet, top: int, form: Form) -> int:
    """The form with its upper left corner in column A; returns the row below it."""
    taken: set[tuple[int, int]] = set()
    for number, cells in enumerate(form.rows, top):
        column = 1
        for cell in cells:
            while (number, column) in taken:
                column += 1
            last = (number + cell.rowspan - 1, column + cell.colspan - 1)
            taken.update((y, x) for y in range(number, last[0] + 1) for x in range(column, last[1] + 1))
            for y in range(number, last[0] + 1):
                for x in range(column, last[1] + 1):
                    sheet.cell(y, x).border = _BORDER
            target = sheet.cell(number, column)
            if cell.text:
                target.value = typed(cell.text)
            if last != (number, column):
                sheet.merge_cells(start_row=number, end_row=last[0], start_column=column, end_column=last[1])
            column = last[1] + 1
    return top + len(form.rows)


def typed(text: str) -> str | int | float:
    """What Excel makes of it when it is typed in."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
