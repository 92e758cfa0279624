"""What all reports on one form have in common: the tables of a document without the numbers in them.

Which cell holds which figure is said by the labels, by where the cells stand, and by which of them are empty or hold a mark.
Thousands of reports share these and differ in their numbers alone; their outlines are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from parsers.pieces import is_number
from parsers.records import Cell, Grid, TemplateId

# The text of a cell, or where that is a number, which cell of the document it is; row, column and colspan.
OutlinedCell = tuple[str | int, int, int, int]


@dataclass(frozen=True, slots=True)
class GridOutline:
    """A `Grid` without the numbers in its cells."""

    index: int
    flattened: bool
    rows: tuple[tuple[OutlinedCell, ...], ...]


def outlines(grids: Sequence[Grid], template_id: TemplateId) -> tuple[GridOutline, ...]:
    """The grids of a document without their numbers. Cells are counted through, from 0, as `texts` has them."""
    position = count()
    return tuple(
        GridOutline(
            grid.index, grid.flattened, tuple([_outlined(row, position, template_id, grid.flattened) for row in grid.rows])
        )
        for grid in grids
    )


def _outlined(
    cells: tuple[Cell, ...], position: Iterator[int], template_id: TemplateId, flattened: bool
) -> tuple[OutlinedCell, ...]:
    return tuple(
        [
            (at if is_number(text, template_id, flattened) else text, row, column, colspan)
            for (text, row, column, _, colspan), at in zip(cells, position, strict=False)
        ]
    )


def full_outlines(grids: Sequence[Grid]) -> tuple[GridOutline, ...]:
    """The grids of a document with every text in its place."""
    return tuple(
        GridOutline(
            grid.index,
            grid.flattened,
            tuple(tuple((cell.text, cell.row, cell.column, cell.colspan) for cell in cells) for cells in grid.rows),
        )
        for grid in grids
    )


def texts(grids: Sequence[Grid]) -> list[str]:
    """The texts of all cells in document order."""
    return [text for grid in grids for text in grid.texts()]
