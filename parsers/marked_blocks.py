"""A document that is no page (text, Word, PDF, spreadsheet) as its reader saw it: paragraphs and tables, one cell marked."""

from __future__ import annotations

from html import escape

from parsers.bounds import MAX_SPAN
from parsers.marked_page import MARK, Place
from parsers.records import Cell, Document, Grid, Paragraph


def blocks_with_mark(document: Document, place: Place | None) -> tuple[str, str | None]:
    """The document as markup, and the text at the place; None where there is no such place."""
    parts = [
        _paragraph(block) if isinstance(block, Paragraph) else _table(block, place if _is_in(block, place) else None)
        for block in document.blocks
    ]
    grid = next((grid for grid in document.grids if _is_in(grid, place)), None)
    return "\n".join(parts), None if grid is None or place is None else _text(grid, *place[1:])


def _is_in(grid: Grid, place: Place | None) -> bool:
    return place is not None and grid.index == place[0]


def _paragraph(block: Paragraph) -> str:
    tag = "h3" if block.heading else "p"
    return f"<{tag}>{escape(block.text)}</{tag}>"


def _table(grid: Grid, place: Place | None) -> str:
    _, row, column = place or (None, None, None)
    rows = [
        f"<tr{_id(place is not None and row == number and column is None)}>"
        + "".join(_cell(cell, marked=place is not None and _is_at(cell, row, column)) for cell in cells)
        + "</tr>"
        for number, cells in enumerate(grid.rows)
    ]
    return f'<table class="read"{_id(place is not None and row is None)}>{"".join(rows)}</table>'


def _cell(cell: Cell, *, marked: bool) -> str:
    spans = [
        (name, min(span, MAX_SPAN)) for name, span in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if span > 1
    ]
    stated = "".join(f' {name}="{span}"' for name, span in spans)
    return f"<td{stated}{_id(marked)}>{escape(cell.text)}</td>"


def _is_at(cell: Cell, row: int | None, column: int | None) -> bool:
    return (cell.row, cell.column) == (row, column)


def _id(marked: bool) -> str:
    return f' id="{MARK}"' if marked else ""


def _text(grid: Grid, row: int | None, column: int | None) -> str | None:
    cells = [
        cell
        for number, cells in enumerate(grid.rows)
        for cell in cells
        if row is None or (number == row if column is None else _is_at(cell, row, column))
    ]
    return " ".join(" ".join(cell.text.split()) for cell in cells) if cells else None
