"""HTML table element -> `Grid`: rows of anchor cells with their place in the expanded grid.

A nested table is a grid of its own; its text does not count as text of the cell that holds it, unless it is all that the cell
has: editors and converters wrap a number in a table of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from lxml.etree import tostring
from lxml.html import HtmlElement

from parsers.bounds import MAX_GRID_CELLS, MAX_GRID_WIDTH, MAX_SPAN
from parsers.records import Cell, Grid
from parsers.verdicts import TooLarge

BLOCK_TAGS = frozenset(
    {"p", "div", "br", "li", "tr", "table", "section", "article", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "ul", "ol"}
)
MOST_INNER_CELLS, LONGEST_INNER = 4, 60  # cells, and characters, of tables in a cell that are what the cell says
INLINE_TAGS = ("span", "font", "b", "strong", "i", "em", "u")  # change the look of a few words

_INLINE = frozenset(INLINE_TAGS)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_BREAKS = re.compile(r"\s*\n\s*")


def tidy(text: str) -> str:
    """Runs of spaces to one, runs of line breaks to one."""
    text = text.strip()
    if len(text.split(None, 1)) < 2:  # no white space in it, as in most cells
        return text
    return _BREAKS.sub("\n", _SPACES.sub(" ", text))


def with_inner(own: str, inner: Sequence[str]) -> str:
    """The text of a cell: its own, else that of the few small cells of the tables in it. Several numbers make no number."""
    if own.strip() or not 0 < len(inner) <= MOST_INNER_CELLS:
        return own
    text = " ".join(filter(None, map(str.strip, inner)))
    return text if len(text) <= LONGEST_INNER else own


def mark_blocks(root: HtmlElement) -> None:
    """Put a line break around every block element, so that `text_content()` keeps 商业 and 企业, or 2 and 0, apart."""
    for element in root.iter("br", "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "dd", "dt"):
        element.tail = "\n" + (element.tail or "")
        if element.tag != "br":
            _break_before(element)


def _break_before(element: HtmlElement) -> None:
    """A line break before a block, unless it begins its parent; what wraps it from its first word on is looked through."""
    while (previous := element.getprevious()) is None:
        parent = element.getparent()
        if parent is None:
            return
        if parent.text and not parent.text.isspace():
            parent.text += "\n"
            return
        if parent.tag not in _INLINE:
            return
        element = parent
    tail = previous.tail or ""
    if not tail.endswith("\n"):
        previous.tail = tail + "\n"


def read_grid(table: HtmlElement, index: int) -> Grid:
    """The cells that belong to this table itself. Expects `mark_blocks` to have run on the tree.

    Raises `TooLarge` past MAX_GRID_CELLS or MAX_GRID_WIDTH.
    """
    nested = next(table.iterdescendants("table"), None) is not None
    rows: list[tuple[Cell, ...]] = []
    open_spans: dict[int, int] = {}  # column -> rows that a cell above still covers
    width = count = 0
    for at, row_element in enumerate(_own(table, ("tr",), nested=nested)):
        row: list[Cell] = []
        column = 0
        below: dict[int, int] = {}  # the same for the next row, of cells in this one
        for element in _own(row_element, ("td", "th"), nested=nested):
            while column in open_spans:
                column += 1
            rowspan = 1 if (stated := element.get("rowspan")) is None else _span(stated)
            colspan = 1 if (stated := element.get("colspan")) is None else _span(stated)
            count += colspan
            if count > MAX_GRID_CELLS or column > MAX_GRID_WIDTH:
                raise TooLarge(f"a table has more than {MAX_GRID_CELLS} cells or {MAX_GRID_WIDTH} columns")
            text = _own_text(element) if nested else _whole_text(element)
            row.append(Cell(tidy(text), at, column, rowspan, colspan))
            if rowspan > 1:
                below.update(dict.fromkeys(range(column, column + colspan), rowspan - 1))
            column += colspan
        width = max(width, column)
        for covered, remaining in open_spans.items():
            if remaining > 1 and below.get(covered, 0) < remaining - 1:
                below[covered] = remaining - 1
        open_spans = below
        rows.append(tuple(row))
    return Grid(tuple(rows), width, index)


def row_elements(table: HtmlElement) -> list[HtmlElement]:
    """The elements of `read_grid(table).rows`, one for one."""
    return _own(table, ("tr",), nested=table.find(".//table") is not None)


def cell_elements(table: HtmlElement, row: int) -> list[HtmlElement]:
    """The elements of `read_grid(table).rows[row]`, one for one."""
    return _own(row_elements(table)[row], ("td", "th"), nested=table.find(".//table") is not None)


def _own(parent: HtmlElement, tags: tuple[str, ...], *, nested: bool) -> list[HtmlElement]:
    """Rows of a table, or cells of a row, that do not belong to a table further down."""
    if not nested:
        return list(parent.iter(*tags))
    found: list[HtmlElement] = []
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag in tags:
            found.append(element)
        elif isinstance(element.tag, str) and element.tag != "table":
            stack.extend(reversed(element))
    return found


def _whole_text(element: HtmlElement) -> str:
    """`text_content()` in half of its time; in a tenth where no element stands in the cell."""
    if len(element) == 0:
        return element.text or ""
    return tostring(element, method="text", encoding="unicode", with_tail=False)


def _own_text(element: HtmlElement) -> str:
    """The text without that of tables inside, as far as they are more than the wrapping of a number."""
    if len(element) == 0 or next(element.iterdescendants("table"), None) is None:
        return _whole_text(element)
    parts: list[str] = [element.text or ""]
    stack: list[HtmlElement | str] = []
    for child in reversed(element):
        stack += [child.tail or "", child]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
        elif node.tag == "table":
            parts.append("\n")
        else:
            if isinstance(node.tag, str):
                parts.append(node.text or "")
            for child in reversed(node):
                stack += [child.tail or "", child]
    inner = (cell for cell in element.iterdescendants("td", "th") if next(cell.iterdescendants("table"), None) is None)
    return with_inner("".join(parts), [_whole_text(cell) for cell in islice(inner, MOST_INNER_CELLS + 1)])


def _span(stated: str) -> int:
    digits = re.match(r"\s*(\d{1,9})", stated)
    return min(max(int(digits[1]), 1), MAX_SPAN) if digits else 1
