"""Placed cells of a PDF -> grids. A table that runs over a page break is one table, and a row that the break tears is one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.assembly import LaidTable, Line
from parsers.cells import parse_cell
from parsers.labels import scan
from parsers.pdf_page import SNAP, PlacedCell, PlacedLine, PlacedTable
from parsers.records import Cell, Grid

_SENTENCE_END = "。!?;:!?;:"

Item = PlacedLine | PlacedTable


# --- over page breaks -------------------------------------------------------------------------------------------------


def joined_tables(items: Iterable[Item]) -> Iterator[Item]:
    """Tables that go on at the top of the next page as one table, whose parts lie below each other."""
    pending: PlacedTable | None = None
    for item in items:
        if pending is not None and isinstance(item, PlacedTable) and _goes_on(pending, item):
            pending = _joined(pending, item)
            continue
        if pending is not None:
            yield pending
            pending = None
        if isinstance(item, PlacedTable):
            pending = item
        else:
            yield item
    if pending is not None:
        yield pending


def _goes_on(table: PlacedTable, after: PlacedTable) -> bool:
    """Nothing stands between them, the page changes, and their sides are the same."""
    return after.page == table.page + 1 and abs(table.x0 - after.x0) < 2 * SNAP and abs(table.x1 - after.x1) < 2 * SNAP


def _joined(table: PlacedTable, after: PlacedTable) -> PlacedTable:
    cells = _without_repeated_heading(table, after)
    if not cells:
        return replace(table, page=after.page)
    down = table.bottom - min(cell.top for cell in cells)
    below = [replace(cell, top=cell.top + down, bottom=cell.bottom + down) for cell in cells]
    seams = _seams(table.cells, below, table.bottom)
    sewn = _torn_row(seams) or [seam for seam in seams if seam.is_tall and (not seam.is_conflict or seam.is_one_label)]
    gone = {cell for seam in sewn for cell in (seam.above, seam.below)}
    kept = [cell for cell in (*table.cells, *below) if cell not in gone]
    return PlacedTable((*kept, *(seam.sewn() for seam in sewn)), after.page)


def _without_repeated_heading(table: PlacedTable, after: PlacedTable) -> list[PlacedCell]:
    """The cells below the rows with which both parts begin alike. Rows of figures are no heading, however alike."""
    cells = list(after.cells)
    for ours, theirs in zip(_rows(table.cells), _rows(after.cells), strict=False):
        if _signature(ours) != _signature(theirs) or any(parse_cell(cell.text).is_number for cell in ours):
            break
        cells = [cell for cell in cells if cell not in theirs]
    return cells


def _rows(cells: Sequence[PlacedCell]) -> list[list[PlacedCell]]:
    """Cells by the ruling at which they begin."""
    rows: dict[int, list[PlacedCell]] = {}
    rulings = _rulings(cell.top for cell in cells)
    for cell in cells:
        rows.setdefault(rulings[cell.top], []).append(cell)
    return [rows[number] for number in sorted(rows)]


def _signature(row: Iterable[PlacedCell]) -> set[tuple[int, int, str]]:
    return {(round(cell.x0 / SNAP), round(cell.x1 / SNAP), cell.text) for cell in row}


@dataclass(frozen=True, slots=True)
class _Seam:
    """Two cells of the same width that meet at the page break: two parts of one cell, or not."""

    above: PlacedCell
    below: PlacedCell
    is_tall: bool  # one of the parts spans several rows, as cells of figures never do

    @property
    def is_conflict(self) -> bool:
        return bool(self.above.text and self.below.text)

    @property
    def is_one_label(self) -> bool:
        """Do both texts together make labels that neither of them makes alone? A value is no part of a label."""
        if any(parse_cell(part).is_readable for part in (self.above.text, self.below.text)):
            return False
        whole = scan(self.above.text + self.below.text)
        explained = bool(whole.keys) and not whole.rest and not whole.fuzzy
        return explained and any(
            not part.keys or part.rest or part.fuzzy for part in map(scan, (self.above.text, self.below.text))
        )

    def sewn(self) -> PlacedCell:
        return replace(self.above, bottom=self.below.bottom, text=self.above.text + self.below.text)


def _seams(above: Sequence[PlacedCell], below: Sequence[PlacedCell], at: float) -> list[_Seam]:
    ending = [cell for cell in above if cell.bottom > at - SNAP]
    starting = [cell for cell in below if cell.top < at + SNAP]
    if not ending or not starting:
        return []
    last_row, first_row = max(cell.top for cell in ending), min(cell.bottom for cell in starting)
    return [
        _Seam(upper, lower, upper.top < last_row - SNAP or lower.bottom > first_row + SNAP)
        for lower in starting
        for upper in ending
        if abs(upper.x0 - lower.x0) < SNAP and abs(upper.x1 - lower.x1) < SNAP
    ]


def _torn_row(seams: list[_Seam]) -> list[_Seam]:
    """All seams, where the break runs through a row: nothing is in conflict but a label that only both parts explain, and
    no more than one part holds the values. Empty where the break runs between two rows.
    """
    row = [seam for seam in seams if not seam.is_tall]
    torn_labels = [seam for seam in row if seam.is_conflict]
    if not row or not all(seam.is_one_label for seam in torn_labels):
        return []
    rest = [seam for seam in row if not seam.is_conflict]
    only_above = [seam for seam in rest if seam.above.text]
    only_below = [seam for seam in rest if seam.below.text]
    if torn_labels:
        whole = not (only_above and only_below)
    else:  # the label stands in one part and the values in the other, or a part is empty
        whole = not only_below or max((seam.above.x0 for seam in only_above), default=0) < min(
            seam.below.x0 for seam in only_below
        )
    return [seam for seam in seams if not seam.is_conflict or seam in torn_labels or seam.is_tall] if whole else []


# --- grids ------------------------------------------------------------------------------------------------------------


def laid_table(table: PlacedTable) -> LaidTable:
    """Rows and columns out of the places of the cells; a cell spans every ruling between its sides."""
    xs = _rulings(x for cell in table.cells for x in (cell.x0, cell.x1))
    ys = _rulings(y for cell in table.cells for y in (cell.top, cell.bottom))
    rows: list[list[Cell]] = [[] for _ in range(max(1, *ys.values()))]
    for cell in sorted(table.cells, key=lambda cell: cell.x0):
        row, column = min(ys[cell.top], len(rows) - 1), xs[cell.x0]
        rows[row].append(Cell(cell.text, row, column, max(1, ys[cell.bottom] - row), max(1, xs[cell.x1] - column)))
    inside = tuple(Line(line) for row in rows for cell in row for line in _cell_lines(cell.text))
    return LaidTable(Grid(tuple(map(tuple, rows)), max(xs.values())), inside)


def _rulings(places: Iterable[float]) -> dict[float, int]:
    """Which ruling each coordinate is, counted from 0; those closer than SNAP are the same."""
    rulings: dict[float, int] = {}
    number, start = -1, float("-inf")
    for place in sorted(set(places)):
        if place - start > SNAP:
            number, start = number + 1, place
        rulings[place] = number
    return rulings


def _cell_lines(text: str) -> list[str]:
    """Lines of a cell that lays out prose, joined up to the end of each sentence."""
    joined: list[str] = []
    for line in text.split("\n"):
        if joined and joined[-1][-1:] not in _SENTENCE_END and len(joined[-1]) > 12:
            joined[-1] += line
        else:
            joined.append(line)
    return [line for line in joined if line.strip()]
