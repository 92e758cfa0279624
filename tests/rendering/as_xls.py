"""A report as a spreadsheet of the years before 2007 (BIFF8)."""

from __future__ import annotations

import io
from collections.abc import Iterable

import xlwt

from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading
from tests.rendering.as_xlsx import WIDTH, typed


def xls_bytes(title: str, blocks: Iterable[Block]) -> bytes:
    """The whole report on one sheet."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1", cell_overwrite_ok=True)
    row = _text(sheet, 0, title)
    for block in blocks:
        match block:
            case Form():
                row = _form(sheet, row, block)
            case Heading():
                row = _text(sheet, row, block.text)
            case str():
                row = _text(sheet, row, block)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text(sheet: xlwt.Worksheet, row: int, text: str) -> int:
    sheet.write_merge(row, row, 0, WIDTH - 1, text)
    return row + 1


def _form(sheet: xlwt.Worksheet, top: int, form: Form) -> int:
    taken: set[tuple[int, int]] = set()
    for number, cells in enumerate(form.rows, top):
        column = 0
        for cell in cells:
            while (number, column) in taken:
                column += 1
            last = (number + cell.rowspan - 1, column + cell.colspan - 1)
            taken.update((y, x) for y in range(number, last[0] + 1) for x in range(column, last[1] + 1))
            sheet.write_merge(number, last[0], column, last[1], typed(cell.text))
            column = last[1] + 1
    return top + len(form.rows)
