"""A long table folded into two halves side by side (统计指标 | 单位 | 统计数 | 统计指标 | 单位 | 统计数) -> one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from parsers.codebook import Table
from parsers.labels import Vocabulary
from parsers.lexemes import Lexeme
from parsers.pieces import Kind

_CELLS = (Kind.VALUE, Kind.BLANK, Kind.UNIT)


def unfolded(table: Table, lexemes: Iterable[Lexeme], words: Vocabulary) -> list[Lexeme]:
    """The lexemes of one table, in every grid of it that is folded those of the right half behind those of the left."""
    found: list[Lexeme] = []
    for _, group in groupby(lexemes, key=lambda lexeme: lexeme.address[0]):
        grid = list(group)
        fold = _fold(table, grid, words)
        if fold is None:
            found += grid
        else:
            found += [lexeme for lexeme in grid if (lexeme.column or 0) < fold]
            found += [lexeme for lexeme in grid if (lexeme.column or 0) >= fold]
    return found


def _fold(table: Table, grid: list[Lexeme], words: Vocabulary) -> int | None:
    """The column at which the right half begins: most rows have a second label of the form there, behind a value."""
    rows = 0
    second: list[int] = []
    for _, group in groupby((lexeme for lexeme in grid if lexeme.column is not None), key=lambda lexeme: lexeme.row):
        labels = list(_labels_behind_values(table, group, words))
        rows += bool(labels)
        second += labels[1:2]
    return min(second) if 2 * len(second) > rows else None


def _labels_behind_values(table: Table, row: Iterable[Lexeme], words: Vocabulary) -> Iterator[int]:
    """Columns of the row's labels, of those that follow each other only the first."""
    behind = True
    for lexeme in row:
        if lexeme.kind in _CELLS:
            behind = True
        elif behind and words.meaning(lexeme.key, table.key).items:
            behind = False
            yield lexeme.column or 0
