"""A report as a PDF with a text layer: tables that run over pages as Word lays them out, page numbers, running heads.

reportlab's own tables do not break inside cells that span rows, so a small press of our own sets them. The Chinese font is
one that every PDF reader is expected to have (STSong-Light), so none needs to be embedded.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from flows.sample.forms import Form, FormCell
from flows.sample.narrative import Block, Heading

FONT = "STSong-Light"
WIDTH = 595.0
MARGIN = 72.0
CELL_SIZE, CELL_LEADING, PADDING = 8.0, 10.0, 3.0


@dataclass(frozen=True)
class Print:
    """How a report is printed."""

    rules: Literal["all", "inner", "none"] = "all"  # inner: without the outer sides
    repeat_header: bool = False
    lonely_header: bool = False  # a table's heading may stand alone at the end of a page
    tear_rows: bool = False  # a page break may run through a row
    page_number: str = ""  # "- {} -"
    running_head: str = ""
    height: float = 842.0  # of the page; a low one forces page breaks
    bold_twice: bool = False  # bold type by printing each letter twice, a little apart
    packed: bool = True  # streams are deflated


def pdf_bytes(title: str, blocks: Iterable[Block], how: Print | None = None) -> bytes:
    """The report as the bytes of a .pdf file."""
    press = Press(how or Print())
    press.report(title, blocks)
    return press.bytes()


@cache
def register_font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def wrapped(text: str, width: float, size: float, indent: float = 0.0) -> list[str]:
    """Lines of at most `width` points; Chinese breaks anywhere, a number does not."""
    lines, line, room = [], "", width - indent
    for word in _pieces(text):
        if word == "\n" or (line and pdfmetrics.stringWidth(line + word, FONT, size) > room):
            lines.append(line)
            line, room = "", width
        line += word.strip("\n")
    return [*lines, line] if line else lines


def _pieces(text: str) -> Iterator[str]:
    number = ""
    for letter in text:
        if letter in "0123456789.,":
            number += letter
            continue
        if number:
            yield number
            number = ""
        yield letter
    if number:
        yield number


class Paper(Protocol):
    """What the press prints on: the part of reportlab's canvas that it needs. y runs up from the foot of the page."""

    def setFont(self, font: str, size: float) -> None: ...  # noqa: N802
    def drawString(self, x: float, y: float, text: str) -> None: ...  # noqa: N802
    def line(self, x0: float, y0: float, x1: float, y1: float) -> None: ...
    def showPage(self) -> None: ...  # noqa: N802
    def getPageNumber(self) -> int: ...  # noqa: N802
    def save(self) -> None: ...


@dataclass(frozen=True)
class _Box:
    """A cell of a table that has been set; y runs down from the top of the table."""

    x0: float
    x1: float
    top: float
    bottom: float
    lines: tuple[str, ...]


class Press:
    """Sets text and tables from top to bottom of as many pages as it takes."""

    def __init__(self, how: Print, canvas: Paper | None = None) -> None:
        register_font()
        self.how = how
        self._stream = io.BytesIO()
        self.canvas = canvas or Canvas(
            self._stream, pagesize=(WIDTH, how.height), invariant=1, pageCompression=int(how.packed)
        )
        self.y = how.height - MARGIN
        self._begin_page()

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._stream.getvalue()

    def report(self, title: str, blocks: Iterable[Block]) -> None:
        for line in title.split("\n"):
            self.text(line, size=18, centred=True)
        for block in blocks:
            match block:
                case Form():
                    self.table(block)
                case Heading():
                    self.text(block.text, size=13)
                case str():
                    self.text(block)

    def text(self, text: str, *, size: float = 12.0, centred: bool = False) -> None:
        width, indent = WIDTH - 2 * MARGIN, 0.0 if centred else 2 * size
        for number, line in enumerate(wrapped(text, width, size, indent)):
            if self.y - 1.6 * size < MARGIN:
                self.new_page()
            self.y -= 1.6 * size
            free = width - pdfmetrics.stringWidth(line, FONT, size)
            self._draw(MARGIN + (free / 2 if centred else indent if number == 0 else 0), self.y, line, size)

    def table(self, form: Form) -> None:
        """The table, cut where pages end."""
        boxes, row_tops = _set(form, (WIDTH - 2 * MARGIN) / form.width)
        head = row_tops[form.header_rows] if self.how.repeat_header else 0.0
        start, bottom = 0.0, row_tops[-1]
        self.y -= 6
        while start < bottom:
            repeated = head if start > 0 else 0.0
            end = self._cut(row_tops, start, self.y - MARGIN - repeated)
            heading = row_tops[form.header_rows]
            if end <= start or (end <= heading and not self.how.lonely_header) or (end < heading and self.how.repeat_header):
                if self.y < self.how.height - MARGIN - 6:
                    self.new_page()
                    continue
                head, repeated, end = 0.0, 0.0, min(start + self.y - MARGIN, bottom)  # taller than a page: cut where it ends
            if repeated:
                self._part(boxes, 0.0, head)
            self._part(boxes, start, end)
            start = end
            if start < bottom:
                self.new_page()
        self.y -= 6

    def new_page(self) -> None:
        self.canvas.showPage()
        self.y = self.how.height - MARGIN
        self._begin_page()

    def _begin_page(self) -> None:
        if self.how.running_head:
            self._draw(MARGIN, self.how.height - 40, self.how.running_head, 9)
        if self.how.page_number:
            self._draw(WIDTH / 2 - 10, 30, self.how.page_number.format(self.canvas.getPageNumber()), 9)

    def _cut(self, row_tops: list[float], start: float, room: float) -> float:
        """Where the page ends: below the last row that fits, or below the last line of text that does."""
        row = max((top for top in row_tops if top <= start + room), default=start)
        if self.how.tear_rows and row < row_tops[-1] and row in row_tops:
            lines = int((start + room - row - PADDING) // CELL_LEADING)
            torn = row + PADDING + lines * CELL_LEADING
            if lines >= 1 and torn < row_tops[row_tops.index(row) + 1] - CELL_LEADING:
                return torn
        return max(row, start)

    def _part(self, boxes: list[_Box], start: float, end: float) -> None:
        """What of the table lies between two levels of it."""
        for box in boxes:
            top, bottom = max(box.top, start), min(box.bottom, end)
            if bottom - top < 1:
                continue
            self._rules(box, self.y - (top - start), self.y - (bottom - start))
            for number, line in enumerate(box.lines):
                line_top = box.top + PADDING + number * CELL_LEADING
                if start <= line_top + CELL_LEADING / 2 < end:
                    x = (box.x0 + box.x1 - pdfmetrics.stringWidth(line, FONT, CELL_SIZE)) / 2
                    inside = min(max(line_top, start), end - CELL_LEADING)
                    self._draw(x, self.y - (inside - start) - 0.9 * CELL_SIZE, line, CELL_SIZE)
        self.y -= end - start

    def _rules(self, box: _Box, top: float, bottom: float) -> None:
        if self.how.rules == "none":
            return
        self.canvas.line(box.x0, top, box.x1, top)
        self.canvas.line(box.x0, bottom, box.x1, bottom)
        for x in (box.x0, box.x1):
            if self.how.rules == "all" or MARGIN + 1 < x < WIDTH - MARGIN - 1:
                self.canvas.line(x, top, x, bottom)

    def _draw(self, x: float, y: float, text: str, size: float) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, y, text)
        if self.how.bold_twice:
            self.canvas.drawString(x + 0.3, y, text)


def _set(form: Form, unit: float) -> tuple[list[_Box], list[float]]:
    """The cells with their lines, and the level of the top of each row and of the end."""
    placed: list[tuple[int, int, FormCell, tuple[str, ...]]] = []
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(form.rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            taken.update((row + y, column + x) for y in range(cell.rowspan) for x in range(cell.colspan))
            lines = wrapped(cell.text, cell.colspan * unit - 2 * PADDING, CELL_SIZE)
            placed.append((row, column, cell, tuple(lines)))
            column += cell.colspan
    heights = [CELL_LEADING + 2 * PADDING] * len(form.rows)
    for row, _, cell, lines in sorted(placed, key=lambda each: each[2].rowspan):
        missing = len(lines) * CELL_LEADING + 2 * PADDING - sum(heights[row : row + cell.rowspan])
        heights[row + cell.rowspan - 1] += max(0.0, missing)
    tops = [sum(heights[:row]) for row in range(len(heights) + 1)]
    return [
        _Box(MARGIN + column * unit, MARGIN + (column + cell.colspan) * unit, tops[row], tops[row + cell.rowspan], lines)
        for row, column, cell, lines in placed
    ], tops
