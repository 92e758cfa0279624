"""In which unit are the amounts of a table printed? The heading of their column, the clause above them, the label of their row
or a cell of its own may say so; where none does, the form asks for 万元."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from parsers.codebook import Table
from parsers.labels import Vocabulary
from parsers.lexemes import Lexeme
from parsers.normal import normalise
from parsers.pieces import Kind

MONEY = "万元"  # what the codebook stores amounts in
_UNIT = re.compile(r"(?:亿|[百千]?万|[百千])?元")
_LINE = re.compile(r"\(?(?:计量|金额)?单位[:为]?[^0-9。]{1,12}\)?")
_LONG = 30  # characters of a line that says more
_CLAUSE = "第二十条"  # begins the headings of the next rows


def amount_units(
    table: Table, lexemes: Iterable[Lexeme], words: Vocabulary, said: frozenset[str] = frozenset()
) -> Mapping[str, frozenset[str]]:
    """Units that the table states for each item that has an amount: none, one, or several that contradict each other.

    Keys are those of all items with an amount whose row the table prints; a cell's own unit (251000元) is no matter here.
    `said` is what lines of the text say (`units_of_lines`): they may speak of another table, so that they contradict the form
    where they name another unit than it.
    """
    amounts = {item.key for item in table.items if any((column.unit or item.unit) == MONEY for column in item.columns)}
    over: set[str] = set()  # what stands over the whole table
    above: set[str] = set()  # what stands over the next rows
    found: dict[str, set[str]] = {}
    row: set[str] = set()  # what the row says, while it is one with an amount
    clauses = False
    for lexeme in lexemes:
        meaning = words.meaning(lexeme.key, table.key)
        if lexeme.kind is Kind.LABEL and meaning.items:
            own = next((item.key for item in meaning.items if item.key in amounts), None)
            row = found.setdefault(own, set()) if own else set()
            row |= above | _units_in(lexeme.text)
        elif lexeme.kind is Kind.LABEL:
            units = _units_in(lexeme.text)
            if lexeme.key.startswith(_CLAUSE):
                clauses = True
                above.clear()
            if clauses or meaning.columns:
                above |= units
            else:
                over |= units
            row |= units if not meaning.columns else set()
        elif lexeme.kind is Kind.UNIT:
            row |= _units_in(lexeme.text)
        elif lexeme.kind in (Kind.OTHER, Kind.FRAGMENT) and not clauses:
            over |= units_of_lines((lexeme.text,))
    otherwise = over or (said | {MONEY} if said else said)
    return {item: frozenset(units or otherwise) for item, units in found.items()}


def units_of_lines(lines: Iterable[str]) -> frozenset[str]:
    """Units of money named by lines that do nothing else: 单位:元, (单位:件、万元)."""
    plain = (normalise(line) for line in lines if "元" in line and len(line) < _LONG)
    return frozenset(unit for line in plain if _LINE.fullmatch(line) for unit in _units_in(line))


def _units_in(text: str) -> set[str]:
    return set(_UNIT.findall(normalise(text)))
