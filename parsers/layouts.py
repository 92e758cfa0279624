"""Which cell holds which figure: the layout of a document's tables, found once for all documents of one outline.

Both readings of a table ask for its labels, for the places of its cells and for which of them are empty, and hardly ever for
a number. Where neither asked for one, what they found holds for every document with the same outline, and is kept.
Where one did ask (a number torn over two cells, a row printed twice), the document is read with its numbers, as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from parsers.amounts import MONEY, amount_units
from parsers.codebook import Place, Table, load_template
from parsers.folded import unfolded
from parsers.labels import vocabulary
from parsers.lexemes import Lexeme, NumberSeenError, UnseenNumber, lexemes
from parsers.outlines import GridOutline, full_outlines, outlines, texts
from parsers.pieces import Kind
from parsers.readings import Reading
from parsers.reconciliation import SIGNED_COLUMNS, Settled, Stated, read_twice, stated_unit, unit_of
from parsers.records import Absence, Address, Figure, Grid, Issue, Severity, TemplateId

MAX_KEPT = 128  # layouts; one takes some 50 kB
MAX_KEPT_CELLS = 1_000  # of a document whose layout is kept: an official form has fewer than 400
MAX_KEPT_TEXT = 20_000  # characters in all of its cells


class FigureCell(NamedTuple):
    """One figure of the codebook and the cell that holds it."""

    place: Place
    unit: str | None  # that the codebook stores
    header_unit: str | None  # that the table states for cells that print none
    signed: bool
    source: str | int  # what the cell says, or which cell of the document it is
    address: Address


@dataclass(frozen=True, slots=True)
class TableLayout:
    """One official table of a document: where its figures stand, and what is to be said of that."""

    table: Table
    figures: tuple[FigureCell | Figure, ...]  # in the order of the codebook; a `Figure` where no cell holds it
    agreed: bool | None  # did both readings give the same? None: only one could be made
    stated: Stated  # units of its amounts
    has_amounts: bool  # are there cells with amounts?
    notes: tuple[Issue, ...]  # on how it was read
    missing: tuple[Issue, ...]  # rows and columns that it does not print
    misspelt: tuple[Issue, ...]


Layout = tuple[TableLayout, ...]


def lay_out(grids: Sequence[Grid], template_id: TemplateId, said: frozenset[str] = frozenset()) -> tuple[Layout, list[str]]:
    """The layout of each table of the template, and the texts of all cells, to which a `FigureCell.source` may point.

    `said` are the units of money that lines of the text name (`parsers.amounts.units_of_lines`).
    """
    cells = texts(grids)
    if len(cells) <= MAX_KEPT_CELLS and sum(map(len, cells)) <= MAX_KEPT_TEXT:
        layout = _layout_without_numbers(outlines(grids, template_id), template_id, said)
        if layout is not None:
            return layout, cells
    return _layout(full_outlines(grids), template_id, said), cells


@lru_cache(maxsize=MAX_KEPT)
def _layout_without_numbers(grids: tuple[GridOutline, ...], template_id: TemplateId, said: frozenset[str]) -> Layout | None:
    """The layout of every document with this outline; None where their numbers decide it."""
    try:
        return _layout(grids, template_id, said)
    except NumberSeenError:
        return None


def _layout(grids: tuple[GridOutline, ...], template_id: TemplateId, said: frozenset[str]) -> Layout:
    found = lexemes(grids, template_id)
    return tuple(
        _table_layout(table, found.get(table.key, []), template_id, said) for table in load_template(template_id).tables
    )


def _table_layout(table: Table, found: list[Lexeme], template_id: TemplateId, said: frozenset[str]) -> TableLayout:
    words = vocabulary(template_id)
    if table.key == "statistics":
        found = unfolded(table, found, words)
    stated = amount_units(table, found, words, said)
    settled = read_twice(table, found, words, stated)
    if settled is None:
        figures = tuple(Figure(*place, None, None, "table_missing") for place in table.places())
        issue = Issue("error", "table_missing", f"the document prints no table “{table.key}”", table.key)
        return TableLayout(table, figures, None, stated, has_amounts=False, notes=(issue,), missing=(), misspelt=())
    placed = tuple(_figure_cell(table, place, settled.reading, stated) for place in table.places())
    return TableLayout(
        table,
        placed,
        settled.agreed,
        stated,
        has_amounts=any(unit_of(table, place) == MONEY for place in settled.reading.claims),
        notes=tuple(_notes(table, settled)),
        missing=tuple(_missing_parts(table, placed)),
        misspelt=tuple(_misspelt_labels(table, found)),
    )


def _notes(table: Table, settled: Settled) -> Iterator[Issue]:
    yield from settled.notes
    for trouble in settled.reading.troubles:
        yield Issue(trouble.severity, trouble.code, trouble.message, table.key, trouble.item, trouble.column)
    if not settled.reading.claims:
        message = f"the document prints the headings of the table “{table.key}” and not one cell under them"
        yield Issue("error", "row_missing", message, table.key)


def _figure_cell(table: Table, place: Place, reading: Reading, stated: Stated) -> FigureCell | Figure:
    lexeme = reading.claims.get(place)
    if lexeme is None:
        return Figure(*place, None, None, _absence(place, reading))
    source = lexeme.position if isinstance(lexeme, UnseenNumber) else lexeme.text
    signed = place.column in SIGNED_COLUMNS
    header_unit = stated_unit(table, place, stated)
    return FigureCell(place, unit_of(table, place), header_unit, signed, source, lexeme.address)


def _absence(place: Place, reading: Reading) -> Absence:
    if place.item not in reading.items:
        return "row_missing"
    if (place.item, place.column) in reading.unread:
        return "unreadable"
    return "blank" if (place.item, place.column) in reading.columns else "column_missing"


def _missing_parts(table: Table, figures: Sequence[FigureCell | Figure]) -> Iterator[Issue]:
    """Rows and columns that the document does not print: a warning for a total, an error for what the total is made of."""
    of_items: dict[str, set[Absence | None]] = {}
    of_columns: dict[str, set[Absence | None]] = {}
    for place, figure in zip(table.places(), figures, strict=True):
        absence = figure.absence if isinstance(figure, Figure) else None
        of_items.setdefault(place.item, set()).add(absence)
        if absence != "row_missing":
            of_columns.setdefault(place.column, set()).add(absence)
    for item in table.items:
        if of_items[item.key] == {"row_missing"}:
            message = f"the row {item.label} is not in the document"
            yield Issue(_gravity(item.key == "concluded"), "row_missing", message, table.key, item.key)
    for column in table.columns:
        if of_columns.get(column.key) == {"column_missing"}:
            message = f"the column {column.label} is not in the document"
            yield Issue(_gravity(column.key == "total"), "column_missing", message, table.key, None, column.key)


def _gravity(is_total: bool) -> Severity:
    return "warning" if is_total else "error"


def _misspelt_labels(table: Table, found: list[Lexeme]) -> Iterator[Issue]:
    for text in dict.fromkeys(lexeme.text for lexeme in found if lexeme.kind is Kind.LABEL and lexeme.fuzzy):
        yield Issue("info", "label_misspelt", f"“{text}” was taken for the official label that it resembles", table.key)
