"""Every official table is read twice, by columns and by order, and the two readings are held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from parsers.amounts import MONEY
from parsers.by_column import read_by_column
from parsers.by_order import read_by_order
from parsers.cells import CellValue, parse_cell
from parsers.codebook import Place, Table
from parsers.identities import broken, holding
from parsers.labels import Vocabulary
from parsers.lexemes import Lexeme
from parsers.readings import Reading
from parsers.records import Issue

Stated = Mapping[str, frozenset[str]]  # item -> the units of money that the table states for it
SIGNED_COLUMNS = frozenset({"change"})  # 本年增/减 may be negative


class Settled(NamedTuple):
    """The reading to keep; whether both agree (None: only one could be made); what to say about it."""

    reading: Reading
    agreed: bool | None
    notes: tuple[Issue, ...] = ()


def read_twice(table: Table, found: list[Lexeme], words: Vocabulary, stated: Stated) -> Settled | None:
    """One official table; `found` are its lexemes. None where the document does not print it."""
    ordered = read_by_order(table, found, words)
    by_column = read_by_column(table, found, words)
    if not ordered.items and not by_column.items:
        return None
    if not by_column.claims:
        return Settled(ordered, None)
    if not ordered.claims:
        return Settled(by_column, None)
    return _reconciled(table, by_column, ordered, stated)


def _reconciled(table: Table, by_column: Reading, ordered: Reading, stated: Stated) -> Settled:
    if _claimed_cells(by_column) == _claimed_cells(ordered) or _printed(by_column) == _printed(ordered):
        kept = min(
            (by_column, ordered), key=lambda reading: sum(trouble.severity == "error" for trouble in reading.troubles)
        )
        kept.items |= by_column.items | ordered.items
        kept.columns |= by_column.columns | ordered.columns
        return Settled(kept, True)
    ours, theirs = _printed(by_column), _printed(ordered)
    differing = sum(1 for place in {*ours, *theirs} if ours.get(place) != theirs.get(place))
    ranks = _rank(table, by_column, stated), _rank(table, ordered, stated)
    kept = by_column if ranks[0] >= ranks[1] else ordered
    settled = ranks[0] != ranks[1] and kept.is_sound
    how = "by the columns of the grid" if kept is by_column else "by the order of the cells"
    why = "which leaves nothing over and keeps the sums" if settled else "and nothing in the table settles which is right"
    message = f"reading by columns and reading by order differ in {differing} cells; the table is read {how}, {why}"
    issue = Issue("info" if settled else "error", "readings_disagree", message, table.key)
    return Settled(kept, settled, (issue,))


def _claimed_cells(reading: Reading) -> dict[Place, int]:
    """The very cells that were claimed, whatever they say; only cells that may say something count."""
    return {place: id(lexeme) for place, lexeme in reading.claims.items() if not lexeme.is_empty}


def _printed(reading: Reading) -> dict[Place, str]:
    return {place: text for place, text in reading.texts().items() if text}


def _rank(table: Table, reading: Reading, stated: Stated) -> tuple[int, int, int, int]:
    """Higher is better: no errors, no broken sums, more sums that hold over real figures, more cells claimed."""
    values = {place: cell.value for place, cell in _values(table, reading, stated).items()}
    errors = sum(trouble.severity == "error" for trouble in reading.troubles)
    return (-errors, -len(broken(table, values)), holding(table, values), len(_printed(reading)))


def _values(table: Table, reading: Reading, stated: Stated) -> dict[Place, CellValue]:
    cells: dict[Place, CellValue] = {}
    for place, lexeme in reading.claims.items():
        signed = place.column in SIGNED_COLUMNS
        header_unit = stated_unit(table, place, stated)
        cells[place] = parse_cell(lexeme.text, unit_of(table, place), signed=signed, header_unit=header_unit)
    return cells


def stated_unit(table: Table, place: Place, stated: Stated) -> str | None:
    """The one unit that the table states for an amount; None where it states none or several, and for counts."""
    units = stated.get(place.item, ()) if unit_of(table, place) == MONEY else ()
    return next(iter(units)) if len(units) == 1 else None


@lru_cache(maxsize=1024)
def unit_of(table: Table, place: Place) -> str | None:
    """The unit in which the codebook stores a figure; None for a plain count."""
    item = table.item(place.item)
    column = next(column for column in item.columns if column.key == place.column)
    return column.unit or item.unit
