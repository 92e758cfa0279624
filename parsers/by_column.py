"""Read a table by the columns of its grid, spans expanded: a value belongs to the heading above it and the label beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from parsers.cells import parse_cell
from parsers.codebook import Column, Item, Place, Table
from parsers.headers import ORGANISATIONS
from parsers.labels import NO_MEANING, Meaning, Vocabulary
from parsers.lexemes import Lexeme
from parsers.pieces import Kind
from parsers.readings import Reading


@dataclass
class _Header:
    """Which column of the grid carries which heading, rebuilt when a new heading comes."""

    columns: dict[int, Column] = field(default_factory=dict)
    groups: dict[int, Item] = field(default_factory=dict)  # proceedings: which kind of case

    def over(self, lexeme: Lexeme) -> Column | None:
        """The one heading that stands over a cell; None where there is none, or more than one."""
        at = lexeme.column or 0
        first = self.columns.get(at)
        if lexeme.colspan == 1:
            return first
        found = {column for column in map(self.columns.get, range(at, at + lexeme.colspan)) if column is not None}
        return found.pop() if len(found) == 1 else None

    def clear(self) -> None:
        self.columns.clear()
        self.groups.clear()


def read_by_column(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    """One table of the document. Claims nothing for flattened text, where columns mean nothing."""
    reading = Reading(table.key)
    header = _Header()
    below_heading = False
    for _, group in groupby((lexeme for lexeme in lexemes if lexeme.column is not None), key=lambda lexeme: lexeme.row):
        row = [lexeme for lexeme in group if lexeme.kind is not Kind.BREAK]
        if _is_heading_row(row, header, table, words):
            if below_heading and (table.key in ("disclosure", "proceedings") or _has_columns(row, table, words)):
                header.clear()
            below_heading = False
            _take_heading(row, header, table, words, reading)
        else:
            below_heading = True
            _take_row(row, header, table, words, reading)
    return reading


def _meaning(lexeme: Lexeme, table: Table, words: Vocabulary) -> Meaning:
    return words.meaning(lexeme.key, table.key) if lexeme.kind is Kind.LABEL else NO_MEANING


def _has_columns(row: list[Lexeme], table: Table, words: Vocabulary) -> bool:
    return any((meaning := _meaning(lexeme, table, words)).columns and not meaning.items for lexeme in row)


def _is_heading_row(row: list[Lexeme], header: _Header, table: Table, words: Vocabulary) -> bool:
    """A row of headings prints no values, and no label that can only name a row."""
    if any(lexeme.kind is Kind.VALUE for lexeme in row):
        return False
    meanings = [_meaning(lexeme, table, words) for lexeme in row if lexeme.kind is Kind.LABEL]
    if table.key == "proceedings":  # its items are headings too, unless empty cells follow them under outcomes named above
        blank = any(lexeme.kind is Kind.BLANK for lexeme in row)
        return bool(meanings) and (any(meaning.columns for meaning in meanings) or not header.columns or not blank)
    if any(meaning.items and not meaning.columns for meaning in meanings):
        return False
    if table.key == "applications" and all(meaning.items for meaning in meanings if meaning.columns):
        return any(meaning.known for meaning in meanings) and not any(meaning.items for meaning in meanings)
    return bool(meanings)


def _take_heading(row: list[Lexeme], header: _Header, table: Table, words: Vocabulary, reading: Reading) -> None:
    group: Item | None = None
    for lexeme in row:
        meaning = _meaning(lexeme, table, words)
        at = lexeme.column or 0
        covered = range(at, at + lexeme.colspan)
        if lexeme.kind is Kind.BLANK and group is not None:  # a span whose text stands in its first cell alone
            header.groups.update(dict.fromkeys(covered, group))
            continue
        group = meaning.items[0] if table.key == "proceedings" and meaning.items and not meaning.columns else None
        if group is not None:
            header.groups.update(dict.fromkeys(covered, group))
        elif meaning.columns:
            _take_column(meaning.columns[0], covered, header, table)
        elif lexeme.kind is not Kind.BLANK:  # a heading that is no column of ours hides what a wider one said above it
            for column in covered:
                header.columns.pop(column, None)


def _take_column(column: Column, covered: range, header: _Header, table: Table) -> None:
    if table.key == "applications" and column.key == "total":
        left = covered.start
        right_of_organisations = all(
            at < left for at, other in header.columns.items() if other.key in ORGANISATIONS and at not in covered
        )
        known = [at for at, other in header.columns.items() if other.key == "total"]
        if known and min(known) > left:
            return  # 合计 left of 总计: the subtotal of the organisations
        if known and right_of_organisations and min(known) < left:
            for at in known:
                del header.columns[at]
    header.columns.update(dict.fromkeys(covered, column))


def _take_row(row: list[Lexeme], header: _Header, table: Table, words: Vocabulary, reading: Reading) -> None:
    item: Item | None = None
    label_end = -1
    for lexeme in row:
        meaning = _meaning(lexeme, table, words)
        if meaning.items and lexeme.column is not None:
            item, label_end = _homonym(meaning, table, reading), lexeme.column
    if item is not None:
        reading.items.add(item.key)
        reading.columns.update((item.key, column.key) for column in header.columns.values() if column in item.columns)
    for lexeme in row:
        misplaced = lexeme.kind is Kind.UNIT and header.columns.get(lexeme.column or 0) is not None  # 件 and no number
        if lexeme.kind is Kind.VALUE or (item is not None and (misplaced or lexeme.kind is Kind.BLANK)):
            _take_value(lexeme, item, label_end, header, reading)
    if item is not None:
        _refuse_short_row(row, item, label_end, header, reading)
    if item is None and table.key == "proceedings":
        _take_empty_outcomes(row, header, reading, table)


def _refuse_short_row(row: list[Lexeme], item: Item, label_end: int, header: _Header, reading: Reading) -> None:
    """A row that has no cell at all under some heading lost one, and the cells behind it may have moved."""
    covered = {
        at for lexeme in row if lexeme.column is not None for at in range(lexeme.column, lexeme.column + lexeme.colspan)
    }
    due = {at for at, column in header.columns.items() if column in item.columns and at > label_end}
    if due - covered:
        reading.unread.update((item.key, column.key) for column in item.columns)
        reading.trouble(
            "error", "short_row", f"the row {item.label} has no cell under {len(due - covered)} of its headings", item.key
        )


def _homonym(meaning: Meaning, table: Table, reading: Reading) -> Item:
    """被依法纠错数 stands under 行政复议 and under 行政诉讼: the first that has not been read yet."""
    return next((item for item in meaning.items if item.key not in reading.items), meaning.items[-1])


def _take_value(lexeme: Lexeme, item: Item | None, label_end: int, header: _Header, reading: Reading) -> None:
    at = lexeme.column or 0
    if item is not None and at < label_end:
        return  # a number of the row (序号)
    owner = item or header.groups.get(at)
    column = header.over(lexeme)
    if owner is not None and column in owner.columns:
        place = Place(reading.table, owner.key, column.key)
        reading.items.add(owner.key)
        if place in reading.claims and lexeme.kind is Kind.VALUE and reading.claims[place].kind is Kind.VALUE:
            reading.trouble(
                "error", "misfit_row", f"two cells of {owner.label} stand under one heading", owner.key, column.key
            )
        reading.claim(place, lexeme)
    elif lexeme.kind is Kind.VALUE and parse_cell(lexeme.text).absence is None:  # a mark is no number that could be lost
        whose = owner.label if owner else "no row of the official table"
        message = f"a value under no heading of the official table: {whose} {lexeme.text}"
        reading.trouble("error", "unclaimed_cells", message, owner.key if owner else None)


def _take_empty_outcomes(row: list[Lexeme], header: _Header, reading: Reading, table: Table) -> None:
    """The single row of the proceedings table: its headings say which figures it has, empty or not."""
    for at, column in header.columns.items():
        group = header.groups.get(at)
        if group is not None and row:
            reading.items.add(group.key)
            reading.columns.add((group.key, column.key))
    covered = {
        at for lexeme in row if lexeme.column is not None for at in range(lexeme.column, lexeme.column + lexeme.colspan)
    }
    due = header.columns.keys() & header.groups.keys()
    if due - covered and due & covered:
        reading.unread.update((header.groups[at].key, header.columns[at].key) for at in due)
        reading.trouble("error", "short_row", f"the row of outcomes has no cell under {len(due - covered)} of its headings")
    for lexeme in row:
        if lexeme.kind is Kind.BLANK and lexeme.column in header.groups and lexeme.column in header.columns:
            place = Place(table.key, header.groups[lexeme.column].key, header.columns[lexeme.column].key)
            reading.claims.setdefault(place, lexeme)
