"""Damage to a table that no portal means: a cell gone, one too many, two in one, a label that cannot be read.

The truth after a damage is what a careful person would still vouch for; a reader must be as careful, or say that it is not sure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flows.sample.forms import Form, FormCell, Key
from tests.rendering.draft import Draft, map_forms, map_labels, without_figures

Row = tuple[FormCell, ...]


def cell_lost(draft: Draft, key: Key) -> Draft:
    """The cell of a figure is gone, and those to its right have moved up."""
    damaged = _map_row(draft, key, lambda row: tuple(cell for cell in row if cell.figure != key))
    return without_figures(damaged, lambda other: other == key)


def cell_added(draft: Draft, key: Key, text: str = "0") -> Draft:
    """A number too many before the cell of a figure; before a blank one it would be that cell's number."""
    blank = draft.figures.values[key] is None
    return draft if blank else _map_row(draft, key, lambda row: _inserted(row, key, FormCell(text)))


def cells_run_together(draft: Draft, key: Key) -> Draft:
    """The cell of a figure and the next hold both numbers in one wide cell: neither is certain."""
    lost: set[Key] = {key}

    def joined(row: Row) -> Row:
        place = _place(row, key)
        if place + 1 >= len(row):
            return (*row[:place], FormCell("", colspan=row[place].colspan), *row[place + 1 :])
        first, second = row[place], row[place + 1]
        if second.figure:
            lost.add(second.figure)
        both = FormCell(f"{first.text} {second.text}", colspan=first.colspan + second.colspan)
        return (*row[:place], both, *row[place + 2 :])

    damaged = _map_row(draft, key, joined)
    return without_figures(damaged, lambda other: other in lost)


def row_lost(draft: Draft, key: Key) -> Draft:
    """The whole row of a figure is gone; the spans over it are as they were."""
    lost = {cell.figure for row in _rows(draft, key) for cell in row if cell.figure}
    damaged = map_forms(draft, lambda form: replace(form, rows=tuple(row for row in form.rows if not _holds(row, key))))
    return without_figures(damaged, lambda other: other in lost)


def row_repeated(draft: Draft, key: Key) -> Draft:
    """The row of a figure stands twice."""

    def repeated(form: Form) -> Form:
        rows = [copy for row in form.rows for copy in ((row, _without_spans(row)) if _holds(row, key) else (row,))]
        return replace(form, rows=tuple(rows))

    return map_forms(draft, repeated)


def label_unreadable(draft: Draft, key: Key) -> Draft:
    """The label beside a figure is not one of the form's."""
    labels = [cell.text for row in _rows(draft, key) for cell in row if not cell.figure]
    if not labels:
        return draft  # the values of 复议诉讼 have none beside them
    label = labels[0 if key[0] == "statistics" else -1]  # the last of the legacy table is the unit
    lost = {cell.figure for row in _rows(draft, key) for cell in row if cell.figure}
    damaged = map_labels(draft, lambda text: "□□□" if text == label else text)
    return without_figures(damaged, lambda other: other in lost)


# In text, a cell that is lost looks like a last cell that is blank, and two cells on one line look like two cells.
HTML_ONLY = frozenset({"cell_lost", "cells_run_together"})
DAMAGES = {
    damage.__name__: damage
    for damage in (cell_lost, cell_added, cells_run_together, row_lost, row_repeated, label_unreadable)
}


def _map_row(draft: Draft, key: Key, change: Callable[[Row], Row]) -> Draft:
    def changed(form: Form) -> Form:
        return replace(form, rows=tuple(change(row) if _holds(row, key) else row for row in form.rows))

    return map_forms(draft, changed)


def _inserted(row: Row, key: Key, cell: FormCell) -> Row:
    place = _place(row, key)
    return (*row[:place], cell, *row[place:])


def _place(row: Row, key: Key) -> int:
    return next(index for index, cell in enumerate(row) if cell.figure == key)


def _holds(row: Row, key: Key) -> bool:
    return any(cell.figure == key for cell in row)


def _rows(draft: Draft, key: Key) -> list[Row]:
    return [row for form in draft.forms() for row in form.rows if _holds(row, key)]


def _without_spans(row: Row) -> Row:
    return tuple(replace(cell, rowspan=1) for cell in row if cell.rowspan == 1)
