"""Spans that are lost, that claim too much, or that disagree between a header and the values under it."""

from __future__ import annotations

from dataclasses import replace

from flows.sample.forms import Form, FormCell
from tests.rendering.draft import Draft, map_cells, map_forms, map_table


def spans_stripped(draft: Draft) -> Draft:
    """Spans stripped: rows differ in length, each cell just follows the one before."""
    return map_forms(draft, _bare)


def spans_as_empty_cells(draft: Draft) -> Draft:
    """Text only in the anchor cell: the rest of its span is empty cells, in their places."""

    def spread(form: Form) -> Form:
        grid = [[FormCell() for _ in range(form.width)] for _ in form.rows]
        taken: set[tuple[int, int]] = set()
        for r, row in enumerate(form.rows):
            c = 0
            for cell in row:
                while (r, c) in taken:
                    c += 1
                taken |= {(r + i, c + j) for i in range(cell.rowspan) for j in range(cell.colspan)}
                grid[r][c] = replace(cell, rowspan=1, colspan=1)
        return replace(form, rows=tuple(tuple(row) for row in grid))

    return map_forms(draft, spread)


def spans_as_trailing_cells(draft: Draft) -> Draft:
    """Spans stripped, and each row filled up with empty cells at its end, as in text that kept the number of columns."""

    def fill_up(form: Form) -> Form:
        bare = _bare(form)
        return replace(bare, rows=tuple((*row, *(FormCell() for _ in range(form.width - len(row)))) for row in bare.rows))

    return map_forms(draft, fill_up)


def rowspans_overclaim(draft: Draft) -> Draft:
    """Spans that claim too much: the labels of the last groups reach rows below the table."""

    def stretch(form: Form) -> Form:
        rows = len(form.rows)
        return replace(
            form,
            rows=tuple(
                tuple(replace(cell, rowspan=cell.rowspan + 40) if _ends_at(cell, r, rows) else cell for cell in row)
                for r, row in enumerate(form.rows)
            ),
        )

    return map_forms(draft, stretch)


def colspans_overclaim(draft: Draft) -> Draft:
    """The last cell of each row claims columns that the table does not have."""

    def stretch(form: Form) -> Form:
        rows = tuple((*row[:-1], replace(row[-1], colspan=row[-1].colspan + 12)) if row else row for row in form.rows)
        return replace(form, rows=rows)

    return map_forms(draft, stretch)


def disclosure_spans_disagree(draft: Draft) -> Draft:
    """Headings span (1)(2)(1) of the grid and the values under them (2)(1)(1): columns mislead, the order holds."""

    def skew(form: Form) -> Form:
        rows = []
        for row in form.rows:
            if len(row) == 4:
                spans = (1, 2, 1, 1) if any(cell.figure for cell in row) else (1, 1, 2, 1)
                rows.append(tuple(replace(cell, colspan=span) for cell, span in zip(row, spans, strict=True)))
            else:
                rows.append((*row[:-1], replace(row[-1], colspan=row[-1].colspan + 1)))
        return replace(form, rows=tuple(rows), width=5)

    return map_table(draft, "disclosure", skew)


def number_torn_over_cells(draft: Draft) -> Draft:
    """One number over two cells: the 20 of a wide cell as 2 and 0, each in a cell of its own."""

    def tear(form: Form) -> Form:
        return replace(form, rows=tuple(tuple(part for cell in row for part in _torn(cell)) for row in form.rows))

    return map_forms(draft, tear)


def _torn(cell: FormCell) -> tuple[FormCell, ...]:
    if not (cell.figure and cell.colspan > 1 and len(cell.text) > 1 and cell.text.isdigit()):
        return (cell,)
    return replace(cell, text=cell.text[:1], colspan=1), FormCell(cell.text[1:], colspan=cell.colspan - 1)


def _ends_at(cell: FormCell, row: int, rows: int) -> bool:
    return not cell.figure and (cell.rowspan > 1 or row == rows - 1) and row + cell.rowspan == rows


def _bare(form: Form) -> Form:
    return map_cells(form, lambda cell: replace(cell, rowspan=1, colspan=1))
