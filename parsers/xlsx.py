"""Spreadsheets -> `Document`: XLSX by openpyxl, XLS by xlrd. What is printed counts: hidden sheets, rows and columns do not.

A sheet is cut into runs: rows that hold one text and no label of the codebook are paragraphs (titles, sections, prose), the
others are rows of a table. Columns keep the sheet's numbers, so a table that a remark interrupts goes on in the same columns.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from lxml.etree import iterparse

from parsers.assembly import Block, LaidTable, Line, assemble
from parsers.bounds import (
    MAX_GRID_CELLS,
    MAX_SHEET_CELLS,
    MAX_SHEET_PLACES,
    MAX_SHEET_ROWS,
    MAX_SHEETS,
    MAX_SPAN,
    MAX_XLS_BYTES,
)
from parsers.grids import tidy
from parsers.labels import scan
from parsers.packages import check_package
from parsers.records import Cell, Document, Grid
from parsers.sections import split_heading
from parsers.verdicts import TooLarge, Unreadable, Verdict

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Place = tuple[int, int]  # row and column, 0-based


@dataclass
class _Sheet:
    """Texts of the cells that exist, blank ones included, and (rows, columns) of those that span."""

    texts: dict[Place, str] = field(default_factory=dict)
    spans: dict[Place, tuple[int, int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    covered: set[Place] = field(default_factory=set)  # places that a spanning cell covers beside its own
    area: int = 0  # of all spanning cells

    def put(self, row: int, column: int, text: str) -> None:
        self.texts[row, column] = text
        if len(self.texts) > MAX_SHEET_CELLS:
            raise TooLarge(f"a sheet has more than {MAX_SHEET_CELLS:,} cells")

    def span(self, row: int, column: int, rows: int, columns: int) -> None:
        rows, columns = min(rows, MAX_SPAN), min(columns, MAX_SPAN)
        self.area += rows * columns
        if self.area > MAX_SHEET_CELLS:
            raise TooLarge(f"merged cells of a sheet cover more than {MAX_SHEET_CELLS:,} places")
        self.spans[row, column] = (rows, columns)
        self.covered.update(
            (row + down, column + across) for down in range(rows) for across in range(columns) if down or across
        )


# --- XLSX -------------------------------------------------------------------------------------------------------------


def read_xlsx(payload: bytes) -> Document:
    """Read one XLSX. Raises `NeedsOcr`, `TooLarge`, `Truncated` or `Unreadable`."""
    import openpyxl  # noqa: PLC0415  takes 0.2 s to import

    check_package(payload)
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            book = openpyxl.load_workbook(io.BytesIO(payload), read_only=True, data_only=True, keep_links=False)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            sheets = [_from_xlsx(sheet, archive) for sheet in _bounded(shown)]
            images = sum(name.startswith("xl/media/") for name in archive.namelist())
            title = book.properties.title or ""
    except Verdict:
        raise
    except Exception as error:  # openpyxl raises whatever the damaged part leads to: KeyError, ValueError, ParseError, ...
        raise Unreadable(f"the spreadsheet is damaged: {error or type(error).__name__}") from error
    return assemble("xlsx", [block for sheet in sheets for block in _blocks(sheet)], title=title, images=images)


def _from_xlsx(worksheet: Any, archive: zipfile.ZipFile) -> _Sheet:
    """Values by openpyxl, read-only: its other mode makes a cell of every place that a merged range covers, and a file may
    merge all 17 billion. Read-only it says nothing of merged ranges, which stand in the sheet's XML.
    """
    sheet = _Sheet()
    worksheet.reset_dimensions()  # the stated ones are often wrong
    places = 0
    for row, cells in enumerate(worksheet.iter_rows()):
        places += len(cells)
        if row > MAX_SHEET_ROWS or places > MAX_SHEET_PLACES:
            raise TooLarge(f"a sheet reaches over more than {MAX_SHEET_ROWS:,} rows or {MAX_SHEET_PLACES:,} places")
        for column, cell in enumerate(cells):
            if hasattr(cell, "row"):  # not one of the empty ones that fill the row up
                sheet.put(row, column, _printed(cell.value))
    _take_layout(sheet, archive.read(worksheet._worksheet_path))
    return sheet


def _take_layout(sheet: _Sheet, xml: bytes) -> None:
    """Merged ranges, hidden rows and columns; and formulas without a result, which are not blank."""
    from openpyxl.utils.cell import coordinate_to_tuple  # noqa: PLC0415

    wanted = tuple(f"{_MAIN}{name}" for name in ("mergeCell", "row", "col", "c"))
    for _, element in iterparse(io.BytesIO(xml), tag=wanted, resolve_entities=False):
        name = element.tag.removeprefix(_MAIN)
        if name == "mergeCell":
            first, _, last = element.get("ref", "A1").partition(":")
            (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
            sheet.span(top - 1, left - 1, bottom - top + 1, right - left + 1)
        elif name == "c" and element.find(f"{_MAIN}f") is not None and not element.findtext(f"{_MAIN}v"):
            row, column = coordinate_to_tuple(element.get("r", "A1"))
            sheet.put(row - 1, column - 1, f"={element.findtext(f'{_MAIN}f') or ''}")
        elif name == "row" and element.get("hidden") in ("1", "true"):
            sheet.hidden_rows.add(int(element.get("r", "0")) - 1)
        elif name == "col" and element.get("hidden") in ("1", "true"):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            sheet.hidden_columns.update(range(first - 1, min(last, first + MAX_SHEET_ROWS)))
        if name == "row":
            element.clear()


def _printed(value: object) -> str:
    """A value as the sheet shows it in a cell without a format: 1756, 265.994. No digit that is stored is rounded away."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return tidy(str(value))


# --- XLS --------------------------------------------------------------------------------------------------------------


def read_xls(payload: bytes) -> Document:
    """Read one XLS (or .et). Raises `TooLarge` or `Unreadable`."""
    import xlrd  # noqa: PLC0415

    if len(payload) > MAX_XLS_BYTES:
        raise TooLarge(f"the spreadsheet has {len(payload):,} bytes; the bound is {MAX_XLS_BYTES:,}")
    try:
        book = xlrd.open_workbook(file_contents=payload, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        sheets = [
            _from_xls(sheet, book.datemode) for sheet in _bounded([sheet for sheet in book.sheets() if not sheet.visibility])
        ]
    except Verdict:
        raise
    except Exception as error:  # xlrd raises whatever the damaged part leads to: XLRDError, struct.error, IndexError, ...
        raise Unreadable(f"the spreadsheet is damaged or protected: {error or type(error).__name__}") from error
    return assemble("xls", [block for sheet in sheets for block in _blocks(sheet)])


def _from_xls(worksheet: Any, datemode: int) -> _Sheet:
    import xlrd  # noqa: PLC0415

    sheet = _Sheet()
    for row in range(worksheet.nrows):
        for column in range(worksheet.row_len(row)):
            kind, value = worksheet.cell_type(row, column), worksheet.cell_value(row, column)
            match kind:
                case xlrd.XL_CELL_EMPTY:
                    continue
                case xlrd.XL_CELL_DATE:
                    text = _printed(xlrd.xldate_as_datetime(value, datemode))
                case xlrd.XL_CELL_BOOLEAN:
                    text = _printed(bool(value))
                case xlrd.XL_CELL_ERROR:
                    text = xlrd.error_text_from_code.get(value, "#ERROR")
                case _:
                    text = _printed(value)
            sheet.put(row, column, text)
    for top, bottom, left, right in worksheet.merged_cells:
        sheet.span(top, left, bottom - top, right - left)
    sheet.hidden_rows = {row for row, info in worksheet.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {column for column, info in worksheet.colinfo_map.items() if info.hidden}
    return sheet


# --- sheets -----------------------------------------------------------------------------------------------------------


def _bounded(sheets: list[Any]) -> list[Any]:
    if len(sheets) > MAX_SHEETS:
        raise TooLarge(f"the spreadsheet has {len(sheets)} sheets; the bound is {MAX_SHEETS}")
    return sheets


def _blocks(sheet: _Sheet) -> Iterator[Block]:
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in sorted(sheet.texts.items()):
        if row not in sheet.hidden_rows and column not in sheet.hidden_columns and (row, column) not in sheet.covered:
            rows.setdefault(row, {})[column] = text
    run: list[int] = []
    for row, cells in rows.items():
        written = [text for text in cells.values() if text]
        if len(written) == 1 and (not _is_label(written[0]) or (len(cells) == 1 and split_heading(written[0])[0])):
            yield from _table(sheet, rows, run)
            run = []
            yield from (Line(" ".join(line.split()), centred=len(written[0]) < 60) for line in written[0].split("\n"))
        else:
            run.append(row)
    yield from _table(sheet, rows, run)


def _is_label(text: str) -> bool:
    found = scan(text)
    return bool(found.keys) and not found.rest


def _table(sheet: _Sheet, rows: dict[int, dict[int, str]], run: list[int]) -> Iterator[LaidTable]:
    """The rows of a run as one table, as wide as what is written in them."""
    ends = [column + sheet.spans.get((row, column), (1, 1))[1] for row in run for column, text in rows[row].items() if text]
    starts = [column for row in run for column, text in rows[row].items() if text]
    if not ends:
        return
    if len(run) * max(ends) > MAX_GRID_CELLS:
        raise TooLarge(f"a table has more than {MAX_GRID_CELLS:,} cells")
    grid: list[tuple[Cell, ...]] = []
    for row in run:
        cells: list[Cell] = []
        for column in range(min(starts), max(ends)):
            if (row, column) not in sheet.covered and column not in sheet.hidden_columns:
                down, across = sheet.spans.get((row, column), (1, 1))
                cells.append(Cell(rows[row].get(column, ""), len(grid), column, down, across))
        grid.append(tuple(cells))
    inside = tuple(Line(" ".join(cell.text.split())) for cells in grid for cell in cells if cell.text)
    yield LaidTable(Grid(tuple(grid), max(ends)), inside)
