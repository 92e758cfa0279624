"""Table cells -> a flat run of lexemes: labels, values, blanks, and text that nothing explains.

Both readings of a table start from these: the one by coordinates uses each lexeme's column in the grid, the one by order uses
only the sequence, which is all that a flattened text has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from parsers.cells import parse_cell
from parsers.labels import UNITS, Vocabulary, is_fragment, scan, vocabulary
from parsers.normal import label_key
from parsers.records import Address, Cell, Grid, TemplateId


class Kind(Enum):
    LABEL = "label"
    VALUE = "value"  # a number or a stated absence
    BLANK = "blank"
    UNIT = "unit"
    FRAGMENT = "fragment"  # a label cut short: 结果 for 结果维持
    OTHER = "other"
    BREAK = "break"  # between two tables


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


class _Piece(NamedTuple):
    """A part of a cell's text and what it is, before it has a place."""

    kind: Kind
    text: str
    key: str = ""
    fuzzy: bool = False


# 收到申请数:3件 in one cell: a label, then its value.
_LABEL_AND_VALUE = re.compile(
    r"(?P<label>.*[^\s0-9.,:(\uff1a\uff0c\uff08])[\s:\uff1a]+(?P<value>[+-]?[0-9][0-9,.]*\s*[条件次篇个人项万亿元]{0,2})[。;\uff1b]?",
    re.DOTALL,
)
# 3、件 and 1<次: neither a number that can be read nor the bare unit that is left without its numbering.
_MARRED_COUNT = re.compile(r"[^\w\n]*[0-9\uff10-\uff19]+[^\w\n]*[条件次篇个人项]{1,2}[^\w\n()]*")


def lexemes(grids: Iterable[Grid], template_id: TemplateId) -> Mapping[str, list[Lexeme]]:
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


def _row_lexemes(row: Iterable[Cell], grid: Grid, number: int, template_id: TemplateId) -> list[Lexeme]:
    flattened, index = grid.flattened, grid.index
    in_row = not flattened or len(grid.rows) > 1
    return [
        Lexeme(kind, text, (index, at_row, column), key, None if flattened else column, colspan, number, in_row, fuzzy)
        for cell_text, at_row, column, _, colspan in row
        for kind, text, key, fuzzy in _pieces(cell_text, template_id, flattened)
    ]


@lru_cache(maxsize=1 << 13)  # the same labels and small numbers stand in every report
def _pieces(text: str, template_id: TemplateId, flattened: bool) -> tuple[_Piece, ...]:
    """What the text of one cell is made of, wherever it stands."""
    key = label_key(text)
    if key in vocabulary(template_id) and key not in UNITS:
        lines = (flattened and _label_lines(text, template_id)) or [(key, text)]
        return tuple(_Piece(Kind.LABEL, line, part) for part, line in lines)
    value = parse_cell(text)
    if value.absence == "blank":
        return (_Piece(Kind.BLANK, text),)
    if value.is_readable or parse_cell(text, "万元").is_readable or parse_cell(text, signed=True).is_readable:
        return (_Piece(Kind.VALUE, text),)
    if _MARRED_COUNT.fullmatch(text):
        return (_Piece(Kind.OTHER, text),)
    if key in UNITS:
        return (_Piece(Kind.UNIT, text, key),)
    return tuple(_mixed(text, template_id, flattened))


def _label_lines(text: str, template_id: TemplateId) -> list[tuple[str, str]]:
    """法人或其他组织 / 合计 on two lines are two labels if each is one, though run together they may be a third."""
    parts = [scan(line, template_id) for line in text.split("\n")]
    if len(parts) > 1 and all(part.keys and not part.rest and not part.fuzzy for part in parts):
        return [(key, line) for part, line in zip(parts, text.split("\n"), strict=True) for key in part.keys]
    return []


def _lines_under_heading(text: str, template_id: TemplateId) -> list[_Piece]:
    """Lines that are labels each, if only by likeness, once what stands over the first heading (统计指标) is set aside.

    Flattening ran a title, headings and the label of the first row together. A heading begins anew: what stands over it is
    no part of it, whereas over a label without a heading it could be the half of another label.
    """
    lines = text.split("\n")
    words = vocabulary(template_id)
    parts = [scan(line, template_id) for line in lines]
    labels = sum(1 for _ in takewhile(lambda part: part.keys and not part.rest, reversed(parts)))
    begins = range(len(lines) - labels, len(lines))
    start = next((number for number in begins if words.is_heading(label_key(lines[number]))), len(lines))
    parts = parts[start:]
    if len(lines) < 2 or not parts:
        return []
    over = [_Piece(Kind.OTHER, "\n".join(lines[:start]))] if start else []
    return over + [
        _Piece(Kind.LABEL, line, key, part.fuzzy)
        for line, part in zip(lines[start:], parts, strict=True)
        for key in part.keys
    ]


def _mixed(text: str, template_id: TemplateId, flattened: bool) -> Iterator[_Piece]:
    result = scan(text, template_id)
    lines = _label_lines(text, template_id)
    if lines or (result.keys and not result.rest):
        for key, line in lines or [(key, text) for key in result.keys]:
            yield _Piece(Kind.LABEL, line, key, result.fuzzy and not lines)
        return
    if flattened and (pieces := _lines_under_heading(text, template_id)):
        yield from pieces
        return
    pair = _LABEL_AND_VALUE.fullmatch(text.strip())
    if pair:
        label = scan(pair["label"], template_id)
        if label.keys and not label.rest and parse_cell(pair["value"]).is_readable:
            for key in label.keys:
                yield _Piece(Kind.LABEL, pair["label"], key)
            yield _Piece(Kind.VALUE, pair["value"])
            return
    if is_fragment(text):
        yield _Piece(Kind.FRAGMENT, text, label_key(text))
    else:
        yield _Piece(Kind.OTHER, text)


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
