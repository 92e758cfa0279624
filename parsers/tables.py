"""Grids -> figures: every official table is read twice, by columns and by order, and the readings are held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from parsers.amounts import MONEY, amount_units, units_of_lines
from parsers.by_column import read_by_column
from parsers.by_order import read_by_order
from parsers.cells import CellValue, parse_cell
from parsers.codebook import Column, Item, Place, Table, Template, load_template
from parsers.folded import unfolded
from parsers.identities import broken, holding, identity_issues, instances
from parsers.labels import vocabulary
from parsers.lexemes import Kind, Lexeme, lexemes
from parsers.normal import normalise
from parsers.readings import Reading
from parsers.records import Absence, Document, Figure, Issue, Severity, TemplateId

Stated = Mapping[str, frozenset[str]]  # item -> the units of money that the table states for it
SIGNED_COLUMNS = frozenset({"change"})  # 本年增/减 may be negative


@dataclass(frozen=True, slots=True)
class TableReading:
    """One official table, read: its figures in the order of the codebook, and what is to be said of them."""

    figures: tuple[Figure, ...]
    issues: tuple[Issue, ...]


def read_tables(document: Document, template_id: TemplateId) -> TableReading:
    """Every figure of the template; those that the document does not give are null, with the reason. Never raises."""
    template = load_template(template_id)
    found = lexemes(document.grids, template_id)
    said = units_of_lines(paragraph.text for paragraph in document.paragraphs)
    figures: list[Figure] = []
    issues: list[Issue] = []
    for table in template.tables:
        part = _read_table(table, found.get(table.key, []), template_id, said)
        figures += part.figures
        issues += part.issues
    return TableReading(tuple(figures), tuple(issues))


def _read_table(table: Table, found: list[Lexeme], template_id: TemplateId, said: frozenset[str]) -> TableReading:
    words = vocabulary(template_id)
    if table.key == "statistics":
        found = unfolded(table, found, words)
    ordered = read_by_order(table, found, words)
    by_column = read_by_column(table, found, words)
    if not ordered.items and not by_column.items:
        figures = tuple(Figure(*place, None, None, "table_missing") for place in table.places())
        return TableReading(
            figures, (Issue("error", "table_missing", f"the document prints no table “{table.key}”", table.key),)
        )
    stated = amount_units(table, found, words, said)
    reading, agreed, notes = _reconcile(table, by_column, ordered, stated)
    cells = _cells(table, reading, stated)
    figures = tuple(_figure(table, item, column, reading, cells) for item in table.items for column in item.columns)
    issues = [*notes, *(Issue(t.severity, t.code, t.message, table.key, t.item, t.column) for t in reading.troubles)]
    if all(figure.address is None for figure in figures):
        message = f"the document prints the headings of the table “{table.key}” and not one cell under them"
        issues.append(Issue("error", "row_missing", message, table.key))
    issues += _figure_issues(table, figures, cells, stated)
    issues += identity_issues(table, {place: cell.value for place, cell in cells.items()}, labels(table), agreed=agreed)
    issues += _fuzzy_labels(table, found)
    return TableReading(figures, tuple(issues))


# --- two readings -----------------------------------------------------------------------------------------------------


def _reconcile(
    table: Table, by_column: Reading, ordered: Reading, stated: Stated
) -> tuple[Reading, bool | None, list[Issue]]:
    """The reading to keep; whether both agree (None: only one could be made); what to say about it."""
    if not by_column.claims:
        return ordered, None, []
    if not ordered.claims:
        return by_column, None, []
    ours, theirs = _printed(by_column), _printed(ordered)
    if ours == theirs:
        kept = min(
            (by_column, ordered), key=lambda reading: sum(trouble.severity == "error" for trouble in reading.troubles)
        )
        kept.items |= by_column.items | ordered.items
        kept.columns |= by_column.columns | ordered.columns
        return kept, True, []
    differing = sum(1 for place in {*ours, *theirs} if ours.get(place) != theirs.get(place))
    ranks = _rank(table, by_column, stated), _rank(table, ordered, stated)
    kept = by_column if ranks[0] >= ranks[1] else ordered
    settled = ranks[0] != ranks[1] and kept.is_sound
    how = "by the columns of the grid" if kept is by_column else "by the order of the cells"
    why = "which leaves nothing over and keeps the sums" if settled else "and nothing in the table settles which is right"
    message = f"reading by columns and reading by order differ in {differing} cells; the table is read {how}, {why}"
    return kept, settled, [Issue("info" if settled else "error", "readings_disagree", message, table.key)]


def _printed(reading: Reading) -> dict[Place, str]:
    return {place: text for place, text in reading.texts().items() if text}


def _rank(table: Table, reading: Reading, stated: Stated) -> tuple[int, int, int, int]:
    """Higher is better: no errors, no broken sums, more sums that hold over real figures, more cells claimed."""
    values = {place: cell.value for place, cell in _cells(table, reading, stated).items()}
    errors = sum(trouble.severity == "error" for trouble in reading.troubles)
    return (-errors, -len(broken(table, values)), holding(table, values), len(_printed(reading)))


# --- figures ----------------------------------------------------------------------------------------------------------


def _cells(table: Table, reading: Reading, stated: Stated) -> dict[Place, CellValue]:
    cells: dict[Place, CellValue] = {}
    for place, lexeme in reading.claims.items():
        unit = _unit(table, place)
        units = stated.get(place.item, ()) if unit == MONEY else ()
        header_unit = next(iter(units)) if len(units) == 1 else None
        cells[place] = parse_cell(lexeme.text, unit, signed=place.column in SIGNED_COLUMNS, header_unit=header_unit)
    return cells


@lru_cache(maxsize=1024)
def _unit(table: Table, place: Place) -> str | None:
    item = table.item(place.item)
    column = next(column for column in item.columns if column.key == place.column)
    return column.unit or item.unit


def _figure(table: Table, item: Item, column: Column, reading: Reading, cells: Mapping[Place, CellValue]) -> Figure:
    place = Place(table.key, item.key, column.key)
    lexeme = reading.claims.get(place)
    if lexeme is None:
        return Figure(*place, None, None, _absence(place, reading))
    cell = cells[place]
    absence: Absence | None = cell.absence if cell.is_readable else "unreadable"
    return Figure(*place, cell.value, lexeme.text, absence, cell.scaled_from, lexeme.address)


def _absence(place: Place, reading: Reading) -> Absence:
    if place.item not in reading.items:
        return "row_missing"
    if (place.item, place.column) in reading.unread:
        return "unreadable"
    return "blank" if (place.item, place.column) in reading.columns else "column_missing"


# --- issues -----------------------------------------------------------------------------------------------------------


@cache
def labels(table: Table) -> dict[Place, str]:
    """What a person calls each figure: 予以公开·自然人."""
    single = len(table.columns) == 1
    return {
        Place(table.key, item.key, column.key): item.label if single else f"{item.label}·{column.label}"
        for item in table.items
        for column in item.columns
    }


def _figure_issues(
    table: Table, figures: tuple[Figure, ...], cells: Mapping[Place, CellValue], stated: Stated
) -> Iterator[Issue]:
    yield from _unreadable_cells(table, figures, cells)
    yield from _missing_parts(table, figures)
    blank = [figure for figure in figures if figure.absence == "blank"]
    if blank:
        where = "all" if len(blank) == len(figures) else f"{len(blank)} of {len(figures)}"
        yield Issue("warning", "blank_cells", f"{where} cells are blank; blank is not 0", table.key)
    yield from _unsettled_units(table, figures, stated)
    marked = sum(figure.absence in ("slash", "not_applicable") for figure in figures)
    if marked:
        yield Issue(
            "info", "marked_cells", f"{marked} of {len(figures)} cells hold a mark (/, -, 无) instead of a number", table.key
        )


def _unsettled_units(table: Table, figures: tuple[Figure, ...], stated: Stated) -> Iterator[Issue]:
    """An amount without any unit is taken for 万元, as the form asks; authors who meant 元 are off by ten thousand."""
    for figure in figures:
        place = Place(figure.table, figure.item, figure.column)
        if not figure.value or _unit(table, place) != MONEY or re.search("[元万亿]", normalise(figure.raw or "")):
            continue
        units = stated.get(figure.item, frozenset())
        if len(units) > 1:
            named = ", ".join(sorted(units))
            yield Issue("error", "units_disagree", f"“{figure.raw}” stands under several units: {named}", *place)
        elif not units and table.key != "statistics":
            yield Issue("warning", "unit_unstated", f"“{figure.raw}” stands without a unit and is taken for 万元", *place)


def _unreadable_cells(table: Table, figures: tuple[Figure, ...], cells: Mapping[Place, CellValue]) -> Iterator[Issue]:
    if all(map(_is_plain_count, cells.values())):  # as in nearly every table
        return
    for figure in figures:
        place = Place(figure.table, figure.item, figure.column)
        cell = cells.get(place)
        if cell is None:
            continue
        if not cell.is_readable:
            yield Issue("error", "unreadable_cell", f"“{figure.raw}” is no number", *place)
        elif cell.torn and not _confirmed(table, place, cells):
            yield Issue(
                "error", "torn_number", f"“{figure.raw}” was read as {figure.value:g}, and no sum confirms it", *place
            )
        elif cell.value is not None and place.column not in SIGNED_COLUMNS and cell.value < 0:
            yield Issue("error", "negative_count", f"{figure.value:g} is less than nothing", *place)
        elif cell.value is not None and not cell.value.is_integer() and _unit(table, place) != "万元":
            yield Issue("error", "fractional_count", f"{figure.value:g} is no whole number", *place)


def _is_plain_count(cell: CellValue) -> bool:
    return cell.absence is not None or (
        cell.value is not None and cell.value >= 0 and cell.value.is_integer() and not cell.torn
    )


def _confirmed(table: Table, place: Place, cells: Mapping[Place, CellValue]) -> bool:
    """Does some sum that holds depend on this figure, and none that is broken?"""
    values = {at: cell.value for at, cell in cells.items()}
    within = [instance for instance in instances(table) if place in instance.places and instance.identity.relation == "="]
    wrong = {id(fault.instance) for fault in broken(table, values)}
    stated = [instance for instance in within if all(values.get(at) is not None for at in instance.left)]
    return bool(stated) and not any(id(instance) in wrong for instance in within)


def _missing_parts(table: Table, figures: tuple[Figure, ...]) -> Iterator[Issue]:
    """Rows and columns that the document does not print: a warning for a total, an error for what the total is made of."""
    of_items: dict[str, set[Absence | None]] = {}
    of_columns: dict[str, set[Absence | None]] = {}
    for figure in figures:
        of_items.setdefault(figure.item, set()).add(figure.absence)
        if figure.absence != "row_missing":
            of_columns.setdefault(figure.column, set()).add(figure.absence)
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


def _fuzzy_labels(table: Table, found: list[Lexeme]) -> Iterator[Issue]:
    for text in dict.fromkeys(lexeme.text for lexeme in found if lexeme.fuzzy and lexeme.kind is Kind.LABEL):
        yield Issue("info", "label_misspelt", f"“{text}” was taken for the official label that it resembles", table.key)


def template_places(template: Template) -> int:
    """How many figures the template has."""
    return sum(1 for _ in template.places())
