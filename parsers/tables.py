"""Grids -> figures: the cells that the layout names, each made a number or a stated absence, and what is to be said of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from parsers.amounts import MONEY, units_of_lines
from parsers.cells import CellValue, parse_cell
from parsers.codebook import Place, Table
from parsers.identities import broken, identity_issues, instances
from parsers.layouts import TableLayout, lay_out
from parsers.normal import normalise
from parsers.reconciliation import SIGNED_COLUMNS, unit_of
from parsers.records import Document, Figure, Issue, TemplateId


@dataclass(frozen=True, slots=True)
class TableReading:
    """One official table, read: its figures in the order of the codebook, and what is to be said of them."""

    figures: tuple[Figure, ...]
    issues: tuple[Issue, ...]


def read_tables(document: Document, template_id: TemplateId) -> TableReading:
    """Every figure of the template; those that the document does not give are null, with the reason. Never raises."""
    said = units_of_lines(paragraph.text for paragraph in document.paragraphs)
    layout, texts = lay_out(document.grids, template_id, said)
    figures: list[Figure] = []
    issues: list[Issue] = []
    for table in layout:
        part = _read_table(table, texts)
        figures += part.figures
        issues += part.issues
    return TableReading(tuple(figures), tuple(issues))


def _read_table(layout: TableLayout, texts: Sequence[str]) -> TableReading:
    """`texts` are those of all cells of the document."""
    table = layout.table
    figures: list[Figure] = []
    cells: dict[Place, CellValue] = {}
    values: dict[Place, float | None] = {}
    for each in layout.figures:
        if isinstance(each, Figure):
            figures.append(each)
            continue
        place, unit, header_unit, signed, source, address = each
        text = source if isinstance(source, str) else texts[source]
        plain = unit is None and not signed  # nearly all: a call of a single argument is found sooner among those kept
        cell = parse_cell(text) if plain else parse_cell(text, unit, signed=signed, header_unit=header_unit)
        cells[place], values[place] = cell, cell.value
        absence = cell.absence if cell.is_readable else "unreadable"
        figures.append(Figure(*place, cell.value, text, absence, cell.scaled_from, address))
    issues = [*layout.notes, *_figure_issues(layout, figures, cells)]
    issues += identity_issues(table, values, labels(table), agreed=layout.agreed)
    issues += layout.misspelt
    return TableReading(tuple(figures), tuple(issues))


@cache
def labels(table: Table) -> dict[Place, str]:
    """What a person calls each figure: 予以公开·自然人."""
    single = len(table.columns) == 1
    return {
        Place(table.key, item.key, column.key): item.label if single else f"{item.label}·{column.label}"
        for item in table.items
        for column in item.columns
    }


def _figure_issues(layout: TableLayout, figures: Sequence[Figure], cells: Mapping[Place, CellValue]) -> Iterator[Issue]:
    table = layout.table
    yield from _unreadable_cells(table, figures, cells)
    yield from layout.missing
    absences = [figure.absence for figure in figures]
    blank = absences.count("blank")
    if blank:
        where = "all" if blank == len(figures) else f"{blank} of {len(figures)}"
        yield Issue("warning", "blank_cells", f"{where} cells are blank; blank is not 0", table.key)
    if layout.has_amounts:
        yield from _unsettled_units(layout, figures)
    marked = absences.count("slash") + absences.count("not_applicable")
    if marked:
        yield Issue(
            "info", "marked_cells", f"{marked} of {len(figures)} cells hold a mark (/, -, 无) instead of a number", table.key
        )


def _unsettled_units(layout: TableLayout, figures: Sequence[Figure]) -> Iterator[Issue]:
    """An amount without any unit is taken for 万元, as the form asks; authors who meant 元 are off by ten thousand."""
    table = layout.table
    for figure in figures:
        place = Place(figure.table, figure.item, figure.column)
        if not figure.value or unit_of(table, place) != MONEY or re.search("[元万亿]", normalise(figure.raw or "")):
            continue
        units = layout.stated.get(figure.item, frozenset())
        if len(units) > 1:
            named = ", ".join(sorted(units))
            yield Issue("error", "units_disagree", f"“{figure.raw}” stands under several units: {named}", *place)
        elif not units and table.key != "statistics":
            yield Issue("warning", "unit_unstated", f"“{figure.raw}” stands without a unit and is taken for 万元", *place)


def _unreadable_cells(table: Table, figures: Sequence[Figure], cells: Mapping[Place, CellValue]) -> Iterator[Issue]:
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
        elif cell.value is not None and not cell.value.is_integer() and unit_of(table, place) != "万元":
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
