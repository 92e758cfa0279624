"""Give the cells of each row of the applications table to its columns.

A flattened row often has more cells than columns: the label's span left empty cells before or behind the values. Which of
the two is a habit of the whole table, so it is settled for the table, and only by cells that are empty.
"""

from __future__ import annotations

from itertools import pairwise

from parsers.cells import parse_cell
from parsers.codebook import Column, Place, Table
from parsers.lexemes import Lexeme
from parsers.pieces import Kind
from parsers.readings import Reading


def align(reading: Reading, table: Table, rows: dict[str, list[Lexeme]], columns: list[Column | None]) -> None:
    """Claim a place for every cell; a row that fits in no way becomes trouble, its figures unread."""
    width = len(columns)
    if not width:
        return
    leading = _pads_lead(rows, width, columns)
    for key, cells in rows.items():
        fitted = _fit(cells, width, leading=leading)
        if fitted is None:
            fitted = _mend_torn(cells, columns)
            if fitted is not None:
                reading.trouble(
                    "warning", "torn_number", f"a number of {table.item(key).label} stands torn over two cells", key
                )
        if fitted is None:
            _misfit(reading, table, key, cells, width)
            continue
        for column, cell in zip(columns, fitted, strict=False):
            if column is not None:
                reading.claim(Place(table.key, key, column.key), cell)


def _misfit(reading: Reading, table: Table, key: str, cells: list[Lexeme], width: int) -> None:
    printed = [cell for cell in cells if cell.kind is Kind.VALUE]
    reading.unread.update((key, column.key) for column in table.columns)
    reading.trouble(
        "error",
        "misfit_row",
        f"{table.item(key).label} has {len(printed)} values in {len(cells)} cells under {width} columns",
        key,
    )


def _pads_lead(rows: dict[str, list[Lexeme]], width: int, columns: list[Column | None]) -> bool:
    """Do the superfluous empty cells stand before the values? Asked of every row that has any; a tie is settled by the sums."""
    long = [cells for cells in rows.values() if len(cells) > width and any(cell.kind is Kind.VALUE for cell in cells)]
    trailing = sum(_fit(cells, width, leading=False, strict=True) is not None for cells in long)
    leading = sum(_fit(cells, width, leading=True, strict=True) is not None for cells in long)
    if leading != trailing:
        return leading > trailing
    return sum(_adds_up(_fit(cells, width, leading=True), columns) for cells in long) > sum(
        _adds_up(_fit(cells, width, leading=False), columns) for cells in long
    )


def _fit(cells: list[Lexeme], width: int, *, leading: bool, strict: bool = False) -> list[Lexeme] | None:
    """Drop superfluous empty cells on one side, then (unless strict) on the other; None where values would be lost."""
    if not any(cell.kind is Kind.VALUE for cell in cells):
        return cells[:width]
    kept = list(cells)
    for from_front in (leading,) if strict else (leading, not leading):
        while len(kept) > width and kept[0 if from_front else -1].kind is Kind.BLANK:
            kept.pop(0 if from_front else -1)
    return kept if len(kept) == width else None


def _adds_up(cells: list[Lexeme] | None, columns: list[Column | None]) -> bool:
    """Does the row's 总计 equal its parts, and is it more than nothing?"""
    if cells is None:
        return False
    values = {column.key: parse_cell(cell.text).value for column, cell in zip(columns, cells, strict=False) if column}
    total = values.pop("total", None)
    return bool(total) and total == sum(value or 0 for value in values.values())


def fit_by_sums(cells: list[Lexeme], places: list[Place]) -> list[Lexeme] | None:
    """Drop superfluous empty cells at both ends of a row of outcomes; where several ways are open, the sums must settle it."""
    excess = len(cells) - len(places)
    if excess < 0:
        return None
    windows = [
        cells[start : start + len(places)]
        for start in range(excess + 1)
        if all(cell.kind is Kind.BLANK for cell in (*cells[:start], *cells[start + len(places) :]))
    ]
    if len(windows) < 2 or not any(cell.kind is Kind.VALUE for cell in cells):
        return windows[0] if windows else None
    scores = [_outcome_sums(window, places) for window in windows]
    best = [window for window, score in zip(windows, scores, strict=True) if score == max(scores)]
    return best[0] if len(best) == 1 else None


def _outcome_sums(cells: list[Lexeme], places: list[Place]) -> int:
    """How many kinds of case have a 总计 that equals its parts and is more than nothing, less those where it does not."""
    score = 0
    for item in dict.fromkeys(place.item for place in places):
        values = {
            place.column: parse_cell(cell.text).value
            for place, cell in zip(places, cells, strict=True)
            if place.item == item
        }
        total = values.pop("total", None)
        parts = sum(value or 0 for value in values.values())
        score += 0 if not total and not parts else 1 if total == parts else -1
    return score


def _mend_torn(cells: list[Lexeme], columns: list[Column | None]) -> list[Lexeme] | None:
    """20 as the cells 2 and 0: joined where exactly one pair of neighbours makes the row fit and its sum hold."""
    if len(cells) != len(columns) + 1:
        return None
    mended: list[list[Lexeme]] = []
    for position, (first, second) in enumerate(pairwise(cells)):
        if first.text.strip().isdecimal() and second.text.strip().isdecimal() and first.text.strip() != "0":
            joined = first._replace(text=f"{first.text.strip()} {second.text.strip()}")
            candidate = [*cells[:position], joined, *cells[position + 2 :]]
            if _adds_up(candidate, columns):
                mended.append(candidate)
    return mended[0] if len({tuple(cell.text for cell in row) for row in mended}) == 1 else None
