"""Rows and columns in another order, and tables printed more than once: labels say which is which, places do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flows.sample.forms import Form, FormCell
from flows.sample.narrative import Block
from tests.rendering.draft import Draft, map_cells, map_table


def total_column_first(draft: Draft) -> Draft:
    """申请表 with its 总计 column before 自然人."""

    def moved(form: Form) -> Form:
        first, second, third, *rows = form.rows
        shifted = [(*row[:-7], row[-1], *row[-7:-1]) for row in rows]
        return replace(form, rows=(first, (second[2], second[0], second[1]), third, *shifted))

    return map_table(draft, "applications", moved)


def applicants_reversed(draft: Draft) -> Draft:
    """申请表 with the five columns of legal persons from right to left."""

    def turned(form: Form) -> Form:
        first, second, third, *rows = form.rows
        shifted = [(*row[:-6], *reversed(row[-6:-1]), row[-1]) for row in rows]
        return replace(form, rows=(first, second, tuple(reversed(third)), *shifted))

    return map_table(draft, "applications", turned)


def disclosure_columns_reversed(draft: Draft) -> Draft:
    """Clause tables with their columns from right to left: 现行有效件数 first."""

    def turned(row: tuple[FormCell, ...]) -> tuple[FormCell, ...]:
        return (row[0], *reversed(row[1:])) if len(row) == 4 else row

    return map_table(draft, "disclosure", lambda form: replace(form, rows=tuple(turned(row) for row in form.rows)))


def clauses_reversed(draft: Draft) -> Draft:
    """Clause tables in one, the last clause first."""

    def turned(form: Form) -> Form:
        starts = [index for index, row in enumerate(form.rows) if len(row) == 1]
        blocks = [form.rows[start:end] for start, end in zip(starts, [*starts[1:], len(form.rows)], strict=True)]
        return replace(form, rows=tuple(row for block in reversed(blocks) for row in block))

    return map_table(draft, "disclosure", turned)


def outcomes_total_first(draft: Draft) -> Draft:
    """复议诉讼表 with 总计 as the first of each five."""

    def moved(cells: Sequence[FormCell]) -> tuple[FormCell, ...]:
        fives = [cells[start : start + 5] for start in range(0, len(cells), 5)]
        return tuple(cell for five in fives for cell in (five[-1], *five[:-1]))

    def turned(form: Form) -> Form:
        first, second, third, values = form.rows
        return replace(form, rows=(first, (*moved(second[:5]), *second[5:]), moved(third), moved(values)))

    return map_table(draft, "proceedings", turned)


def printed_twice(draft: Draft, table: str = "applications") -> Draft:
    """The same table twice, as pages do that hold a copy for telephones."""
    return _after(draft, table, lambda form: form)


def another_table_of_the_kind(draft: Draft, table: str = "applications") -> Draft:
    """A second table of the same form with other numbers: of the year before, or of the office alone."""

    def other(form: Form) -> Form:
        return map_cells(form, lambda cell: replace(cell, text=str(int(cell.text) + 1)) if cell.text.isdigit() else cell)

    return _after(draft, table, other)


def _after(draft: Draft, table: str, copy: Callable[[Form], Form]) -> Draft:
    blocks: list[Block] = []
    for block in draft.blocks:
        blocks.append(block)
        if isinstance(block, Form) and block.table == table:
            blocks += ["", copy(block)]
    return replace(draft, blocks=tuple(blocks))
