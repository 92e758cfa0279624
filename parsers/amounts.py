"""In which unit are the amounts of a table printed? The heading of their column, the clause above them, the label of their row
or a cell of its own may say so; where none does, the form asks for 万元."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from parsers.codebook import Table
from parsers.labels import Vocabulary
from parsers.lexemes import Kind, Lexeme
from parsers.normal import normalise

MONEY = "万元"  # what the codebook stores amounts in
_UNIT = re.compile(r"(?:亿|[百千]?万|[百千])?元")
_CLAUSE = "第二十条"  # begins the headings of the next rows


def amount_units(table: Table, lexemes: Iterable[Lexeme], words: Vocabulary) -> Mapping[str, frozenset[str]]:
    """Units that the table states for each item that has an amount: none, one, or several that contradict each other.

    Keys are those of all items with an amount whose row the table prints; a cell's own unit (251000元) is no matter here.
    """
    amounts = {item.key for item in table.items if any((column.unit or item.unit) == MONEY for column in item.columns)}
    above: set[str] = set()
    found: dict[str, set[str]] = {}
    row: set[str] = set()  # what the row says, while it is one with an amount
    for lexeme in lexemes:
        meaning = words.meaning(lexeme.key, table.key)
        if lexeme.kind is Kind.LABEL and meaning.items:
            own = next((item.key for item in meaning.items if item.key in amounts), None)
            row = found.setdefault(own, set()) if own else set()
            row |= above | _units_in(lexeme.text)
        elif lexeme.kind is Kind.LABEL:
            if lexeme.key.startswith(_CLAUSE):
                above.clear()
            above |= _units_in(lexeme.text)
            row |= _units_in(lexeme.text) if meaning.known and not meaning.columns else set()
        elif lexeme.kind is Kind.UNIT:
            row |= _units_in(lexeme.text)
    return {item: frozenset(units) for item, units in found.items()}


def _units_in(text: str) -> set[str]:
    return set(_UNIT.findall(normalise(text)))
