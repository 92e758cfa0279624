"""One page of a PDF -> what stands on it and where: lines of text, and tables by their ruled lines.

pdfplumber finds the rulings and the rectangles between them; letters are put into cells and lines here, by their midpoints, so
that each letter counts once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pdfplumber.table import TableFinder, merge_edges

from parsers.bounds import MAX_RULINGS
from parsers.pdf_bounded import BoundedPage

Letter = dict[
    str, Any
]  # pdfplumber's "char": text, x0, x1, top, bottom, size, matrix, ...; "spaced": a space came before it
Edge = dict[str, Any]  # pdfplumber's "edge": orientation, x0, x1, top, bottom

SNAP = 3.0  # points within which two rulings are one
_OVERPRINT = 1.0  # points within which the same letter again is bold type, not a second letter
_SAME_LINE = 0.4  # of the letters' size: how far midpoints of one line may lie apart
_WORD_GAP = 0.22  # of the size, between Latin letters and digits
_COLUMN_GAP = 0.9  # of the size, beside a Chinese character; less is spacing to fill the line
_MIN_OPEN_RULES = 2  # level lines that a table whose outer sides are not drawn has at least


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line of text outside of tables. Coordinates in points from the upper left corner, y downwards."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float  # of its letters
    page: int = 1


@dataclass(frozen=True, slots=True)
class PlacedCell:
    x0: float
    top: float
    x1: float
    bottom: float
    text: str


@dataclass(frozen=True, slots=True)
class PlacedTable:
    cells: tuple[PlacedCell, ...]
    page: int = 1

    @property
    def x0(self) -> float:
        return min(cell.x0 for cell in self.cells)

    @property
    def x1(self) -> float:
        return max(cell.x1 for cell in self.cells)

    @property
    def top(self) -> float:
        return min(cell.top for cell in self.cells)

    @property
    def bottom(self) -> float:
        return max(cell.bottom for cell in self.cells)


@dataclass(frozen=True, slots=True)
class PlacedPage:
    number: int
    width: float
    height: float
    items: tuple[PlacedLine | PlacedTable, ...]  # from top to bottom
    letters: int
    garbled: int  # letters whose font does not say what they are
    invisible: int  # letters recognised behind a picture
    images: int


def read_page(page: BoundedPage) -> PlacedPage:
    """Everything on one page. Raises `TooLarge` past a bound, and whatever pdfminer makes of a damaged page."""
    letters = list(_letters(page.chars))
    tables, rest = _tables(page, letters)
    items: list[PlacedLine | PlacedTable] = [*tables, *text_lines(rest, page.page_number)]
    garbled = sum(_is_garbled(letter["text"]) for letter in letters)
    return PlacedPage(
        page.page_number,
        float(page.width),
        float(page.height),
        tuple(sorted(items, key=lambda item: (item.top, item.x0))),
        len(letters),
        garbled,
        page.invisible,
        len(page.images),
    )


# --- letters ----------------------------------------------------------------------------------------------------------


def _letters(chars: Iterable[Letter]) -> Iterator[Letter]:
    """Letters without white space, slanted watermarks, and those that overprinting shows twice."""
    seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    spaced = False
    for char in chars:
        if not char["text"].strip():
            spaced = True
            continue
        if _is_slanted(char):
            continue
        x, y = char["x0"], char["top"]
        near = [
            place
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
            for place in seen.get((char["text"], int(x) + across, int(y) + down), ())
        ]
        if any(abs(x - left) < _OVERPRINT and abs(y - top) < _OVERPRINT for left, top in near):
            continue
        seen.setdefault((char["text"], int(x), int(y)), []).append((x, y))
        yield {**char, "spaced": spaced}
        spaced = False


def _is_slanted(char: Letter) -> bool:
    """On a line that runs askew, neither level nor upright."""
    along, across = char["matrix"][:2]
    return bool(abs(along) > 0.01 and abs(across) > 0.01)


def _is_garbled(text: str) -> bool:
    return text.startswith("(cid:") or any("\ue000" <= each <= "\uf8ff" or each in "\ufffd\x00" for each in text)


def _middle(letter: Letter) -> tuple[float, float]:
    return (letter["x0"] + letter["x1"]) / 2, (letter["top"] + letter["bottom"]) / 2


def text_lines(letters: Sequence[Letter], page: int = 1) -> list[PlacedLine]:
    """Letters -> lines, from top to bottom."""
    rows: list[list[Letter]] = []
    level = 0.0
    for letter in sorted(letters, key=lambda letter: _middle(letter)[1]):
        middle = _middle(letter)[1]
        if rows and middle - level < _SAME_LINE * letter["size"]:
            rows[-1].append(letter)
            level += (middle - level) / len(rows[-1])
        else:
            rows.append([letter])
            level = middle
    return [_line(sorted(row, key=lambda letter: letter["x0"]), page) for row in rows]


def _line(row: list[Letter], page: int) -> PlacedLine:
    text = row[0]["text"]
    for before, letter in pairwise(row):
        gap = letter["x0"] - before["x1"]
        latin = before["text"].isascii() and letter["text"].isascii()
        if gap > (_WORD_GAP if latin else _COLUMN_GAP) * letter["size"] or (latin and letter["spaced"]):
            text += " "
        text += letter["text"]
    return PlacedLine(
        text,
        row[0]["x0"],
        max(letter["x1"] for letter in row),
        min(letter["top"] for letter in row),
        max(letter["bottom"] for letter in row),
        max(letter["size"] for letter in row),
        page,
    )


# --- tables -----------------------------------------------------------------------------------------------------------


def _tables(page: BoundedPage, letters: list[Letter]) -> tuple[list[PlacedTable], list[Letter]]:
    """The ruled tables of the page, and the letters that stand in none of their cells."""
    edges = merge_edges(page.edges, SNAP, SNAP, SNAP, SNAP)
    level = [edge for edge in edges if edge["orientation"] == "h" and edge["x1"] - edge["x0"] > SNAP]
    upright = [edge for edge in edges if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > SNAP]
    if not level or not upright or len(level) * len(upright) > MAX_RULINGS:
        return [], letters  # a drawing; what stands in it is text
    sides = list(_open_sides(level, upright))
    ends = [_turned(side) for side in _open_sides([*map(_turned, upright)], [*map(_turned, level)])]
    finder = TableFinder(page, {"explicit_vertical_lines": sides, "explicit_horizontal_lines": ends})
    found: list[PlacedTable] = []
    for table in finder.tables:
        cells, letters = filled(table.cells, letters)
        found.append(PlacedTable(tuple(cells), page.page_number))
    return found, letters


def _open_sides(level: list[Edge], upright: list[Edge]) -> Iterator[Edge]:
    """The outer sides of tables that are ruled inside only: upright lines where the level lines of one table end.

    Turned, the same finds upper and lower ends: spreadsheets leave those out where a page cuts through a cell.
    """
    for end in ("x0", "x1"):
        ending: dict[int, list[Edge]] = {}
        for edge in level:
            ending.setdefault(round(edge[end] / SNAP), []).append(edge)
        for edges in ending.values():
            x = edges[0][end]
            for top, bottom in _ruled_inside(sorted(edges, key=lambda edge: edge["top"]), upright):
                drawn = any(
                    abs(edge["x0"] - x) < 2 * SNAP and edge["top"] < top + SNAP and edge["bottom"] > bottom - SNAP
                    for edge in upright
                )
                if not drawn:
                    size = {"height": bottom - top, "width": 0}
                    yield {"object_type": "line", "x0": x, "x1": x, "top": top, "bottom": bottom, **size}


def _turned(edge: Edge) -> Edge:
    """Level made upright, and the other way round."""
    places = {"x0": edge["top"], "x1": edge["bottom"], "top": edge["x0"], "bottom": edge["x1"]}
    return {**edge, **places, "width": edge["height"], "height": edge["width"]}


def _ruled_inside(level: list[Edge], upright: list[Edge]) -> Iterator[tuple[float, float]]:
    """Top and bottom of each run of level lines that upright ones connect from one to the next, within their length."""
    run: list[Edge] = level[:1]
    for before, after in pairwise(level):
        middle = (before["top"] + after["top"]) / 2
        left, right = max(before["x0"], after["x0"]) - SNAP, min(before["x1"], after["x1"]) + SNAP
        if not any(edge["top"] < middle < edge["bottom"] and left < edge["x0"] < right for edge in upright):
            if len(run) >= _MIN_OPEN_RULES:
                yield run[0]["top"], run[-1]["top"]
            run = []
        run.append(after)
    if len(run) >= _MIN_OPEN_RULES:
        yield run[0]["top"], run[-1]["top"]


def filled(
    boxes: Sequence[tuple[float, float, float, float]], letters: list[Letter]
) -> tuple[list[PlacedCell], list[Letter]]:
    """Put letters into the cells that they stand in. Returns the cells and the letters left over."""
    xs = sorted({x for box in boxes for x in (box[0], box[2])})
    ys = sorted({y for box in boxes for y in (box[1], box[3])})
    owner: dict[tuple[int, int], int] = {}
    for number, (x0, top, x1, bottom) in enumerate(boxes):
        for across in range(bisect_right(xs, x0), bisect_right(xs, x1)):
            for down in range(bisect_right(ys, top), bisect_right(ys, bottom)):
                owner[across, down] = number
    held: dict[int, list[Letter]] = {}
    rest: list[Letter] = []
    for letter in letters:
        x, y = _middle(letter)
        number = owner.get((bisect_right(xs, x), bisect_right(ys, y)), -1)
        if number < 0:
            rest.append(letter)
        else:
            held.setdefault(number, []).append(letter)
    return [
        PlacedCell(*box, "\n".join(line.text for line in text_lines(held.get(number, ()))))
        for number, box in enumerate(boxes)
    ], rest
