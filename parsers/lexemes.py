"""Table cells -> a flat run of lexemes: labels, values, blanks, and text that nothing explains.

Both readings of a table start from these: the one by coordinates uses each lexeme's column in the grid, the one by order uses
only the sequence, which is all that a flattened text has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from parsers.cells import parse_cell
from parsers.labels import Vocabulary, vocabulary
from parsers.outlines import GridOutline, OutlinedCell
from parsers.pieces import Kind, pieces
from parsers.records import Address, TemplateId

_CELLS = (Kind.VALUE, Kind.BLANK, Kind.UNIT)
_ROW_NUMBER = "序号"
MAX_VALUE_TEXT = 40  # characters of a cell that may be meant as a value; more is a remark


class Lexeme(NamedTuple):  # made by the hundred for each report, which a dataclass takes three times as long for
    """One meaningful piece of a cell, with where it stands."""

    kind: Kind
    text: str
    address: Address
    key: str = ""  # of labels and fragments
    column: int | None = None  # in the expanded grid; None in flattened text
    colspan: int = 1
    row: int = 0  # running row number over the whole document
    in_row: bool = True  # False where the text was flattened so far that rows are lost
    fuzzy: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing: an empty cell, unless it says so (空)."""
        return self.kind is Kind.BLANK and not self.text.strip()


class NumberSeenError(Exception):
    """Somebody asked for a number that is not to be known."""


class UnseenNumber(Lexeme):
    """The lexeme of a cell whose number the outline leaves out.

    It cannot be read by mistake: what a reader makes of a table without meeting `NumberSeenError` is so for any numbers.
    """

    __slots__ = ()

    @classmethod
    def at(cls, position: int, address: Address, column: int | None, colspan: int, row: int, *, in_row: bool) -> Lexeme:
        """`position` is that of the cell in the document."""
        return cls(Kind.VALUE, str(position), address, "", column, colspan, row, in_row)

    @property
    def position(self) -> int:
        """Which cell of the document it is."""
        return int(self[1])

    @property
    def text(self) -> str:
        raise NumberSeenError


def lexemes(grids: Iterable[GridOutline], template_id: TemplateId) -> Mapping[str, list[Lexeme]]:
    """Every cell of the grids, in document order, read with the labels of this template: official table -> its lexemes."""
    found: list[Lexeme] = []
    row_number = 0
    words = vocabulary(template_id)
    for grid in grids:
        cells = [Lexeme(Kind.BREAK, "", (grid.index, 0, 0), row=row_number)]
        for row in grid.rows:
            row_number += 1
            cells += _row_lexemes(row, grid, row_number, template_id)
        if not _is_foreign(cells, words):
            found.extend(cells)
    return _by_table(_cells_of_rows(_without_row_numbers(found), words), words)


def _is_foreign(cells: list[Lexeme], words: Vocabulary) -> bool:
    """A table of the author's own: it has headings, and none of them is an official one that could stand nowhere else."""
    official = any(
        all(bool(meaning.items) != bool(meaning.columns) for meaning in words.meanings[cell.key].values())
        for cell in cells
        if cell.kind is Kind.LABEL and words.meanings[cell.key]
    )  # 合计 may stand anywhere
    return not official and any(cell.kind in (Kind.OTHER, Kind.FRAGMENT) for cell in cells)


def _row_lexemes(row: Iterable[OutlinedCell], grid: GridOutline, number: int, template_id: TemplateId) -> Iterator[Lexeme]:
    in_row = not grid.flattened or len(grid.rows) > 1
    for text, at_row, at_column, colspan in row:
        address = (grid.index, at_row, at_column)
        column = None if grid.flattened else at_column
        if isinstance(text, int):
            yield UnseenNumber.at(text, address, column, colspan, number, in_row=in_row)
            continue
        for kind, part, key, fuzzy in pieces(text, template_id, grid.flattened):
            yield Lexeme(kind, part, address, key, column, colspan, number, in_row, fuzzy)


def _without_row_numbers(found: list[Lexeme]) -> list[Lexeme]:
    """Drop what stands before the first label of its row: row numbers (序号) and the empty cells of spans above."""
    leading: dict[int, int] = {}  # row -> position of its first label
    numbered: list[int] = []  # rows that are whole tables, with a column 序号
    for position, lexeme in enumerate(found):
        if lexeme.kind is Kind.LABEL:
            leading.setdefault(lexeme.row, position)
            if not lexeme.in_row and lexeme.key == _ROW_NUMBER:
                numbered.append(lexeme.row)
    dropped = _numbers_of_lost_rows(found, set(numbered)) if numbered else frozenset()
    return [
        lexeme
        for position, lexeme in enumerate(found)
        if lexeme.kind not in (Kind.VALUE, Kind.BLANK)
        or (position > leading.get(lexeme.row, -1) and position not in dropped)
    ]


def _numbers_of_lost_rows(found: list[Lexeme], numbered: set[int]) -> frozenset[int]:
    """Positions of the row numbers in text whose rows are lost and whose heading names their column.

    They count 1, 2, 3 without a gap, each behind the cells of one row and before the label of the next. Where a single row
    does not begin so, none of them is taken for a number of its row.
    """
    numbers: dict[int, list[int]] = {}
    last = {lexeme.row: position for position, lexeme in enumerate(found) if lexeme.kind is Kind.VALUE}
    below_heading = False
    for position, (before, number, lexeme) in enumerate(zip(found, found[1:], found[2:], strict=False), start=1):
        if lexeme.row not in numbered or number.kind not in _CELLS or lexeme.kind in (*_CELLS, Kind.BREAK):
            continue
        if lexeme.key == _ROW_NUMBER:  # the heading, printed again on another page
            below_heading = True
            continue
        counted = numbers.setdefault(lexeme.row, [])
        behind_row = before.kind in (Kind.VALUE, Kind.BLANK) or below_heading or not counted
        if not behind_row and lexeme.kind is Kind.OTHER and position == last[lexeme.row]:
            continue  # a remark under the table (填表人)
        if not behind_row or number.kind is not Kind.VALUE or parse_cell(number.text).value != len(counted) + 1:
            return frozenset()
        counted.append(position)
        below_heading = False
    return frozenset(position for counted in numbers.values() for position in counted)


def _cells_of_rows(found: list[Lexeme], words: Vocabulary) -> list[Lexeme]:
    """What stands in a row behind the label of an item, or among values, is meant as a value: 详见附件 is an unreadable one."""
    rows: dict[int, list[Lexeme]] = {}
    for lexeme in found:
        if lexeme.in_row:
            rows.setdefault(lexeme.row, []).append(lexeme)
    meant: set[int] = set()
    for row in rows.values():
        if all(lexeme.kind is not Kind.OTHER for lexeme in row):
            continue
        labels = [position for position, lexeme in enumerate(row) if lexeme.kind is Kind.LABEL]
        names_item = any(meaning.items for position in labels for meaning in words.meanings[row[position].key].values())
        among_values = not labels and sum(lexeme.kind is Kind.VALUE for lexeme in row) > 1
        if names_item or among_values:
            start = labels[-1] + 1 if labels else next(n for n, lexeme in enumerate(row) if lexeme.kind is Kind.VALUE)
            meant.update(
                id(lexeme) for lexeme in row[start:] if lexeme.kind is Kind.OTHER and len(lexeme.text) <= MAX_VALUE_TEXT
            )
    return [lexeme._replace(kind=Kind.VALUE) if id(lexeme) in meant else lexeme for lexeme in found]


def _by_table(found: list[Lexeme], words: Vocabulary) -> dict[str, list[Lexeme]]:
    """Give every lexeme to its official table: that of the labels around it, carried forward over what is ambiguous.

    A row's labels are asked together, so that 其他 and 总计, which several tables print, follow their neighbours.
    """
    rows: dict[int, set[str]] = {}
    for lexeme in found:
        if lexeme.kind is Kind.LABEL:
            tables = words.tables_of(lexeme.key)
            known = rows.get(lexeme.row)
            rows[lexeme.row] = set(tables) if known is None else (known & tables) or known
    by_table: dict[str, list[Lexeme]] = {}
    current = ""
    for position, lexeme in enumerate(found):
        candidates: Iterable[str] = ()
        if lexeme.kind is Kind.LABEL:
            own = words.tables_of(lexeme.key)
            candidates = own if not lexeme.in_row else (rows[lexeme.row] & own) or own
        elif lexeme.kind is Kind.BREAK:
            current = _next_table(found, position, words) or current
        if candidates and current not in candidates:
            current = (
                next(iter(candidates)) if len(list(candidates)) == 1 else (_next_table(found, position, words) or current)
            )
        by_table.setdefault(current, []).append(lexeme)
    return by_table


def _next_table(found: list[Lexeme], position: int, words: Vocabulary) -> str | None:
    """The table of the next label that belongs to one table only."""
    for lexeme in found[position : position + 60]:
        if lexeme.kind is Kind.LABEL:
            tables = words.tables_of(lexeme.key)
            if len(tables) == 1:
                return next(iter(tables))
    return None
