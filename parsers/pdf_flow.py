"""Pages of a PDF -> one run of blocks: running heads and page numbers dropped, tables joined over page breaks, lines made
into paragraphs, tables without rulings read as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parsers.assembly import Block, LaidTable, Line
from parsers.pdf_page import PlacedLine, PlacedPage, PlacedTable
from parsers.pdf_tables import joined_tables, laid_table
from parsers.records import Paragraph
from parsers.text import read_text

_MARGIN = 64.0  # points above and below, or a tenth of a high page: where running heads and page numbers stand
_PAGE_NUMBER = re.compile(
    r"[-—–―_·~\s]*(?:第\s*)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:页)?(?:\s*[,,//]?\s*(?:共\s*)?\d{1,3}\s*(?:页)?)?[-—–―_·~\s]*"
    r"|page\s*\d{1,3}(?:\s*of\s*\d{1,3})?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"[((]?[一二三四五六七八九十]{1,3}[))、..,]|第[一二三四五六七八九十]{1,3}(?:部分|章)|附[件表]|[1-9][0-9]?[、..](?!\d)"
)
_INDENT = 0.8  # of the letters' size: what starts a paragraph
_SHORT = 1.8  # of the letters' size: a line that ends this far from the margin ends its paragraph
_LEADING = 2.6  # of the letters' size: lines farther apart than this belong to different paragraphs
_CENTRED = 1.5  # of the letters' size: how unequal the margins of a centred line may be

Item = PlacedLine | PlacedTable


def flow(pages: Sequence[PlacedPage]) -> list[Block]:
    """The document in reading order."""
    items = _without_running_heads(pages)
    blocks: list[Block] = []
    lines: list[PlacedLine] = []
    frame = _Frame.around([item for item in items if isinstance(item, PlacedLine)])
    for item in joined_tables(items):
        if isinstance(item, PlacedLine):
            lines.append(item)
        else:
            blocks += _text_blocks(lines, frame)
            lines = []
            blocks.append(laid_table(item))
    return [*blocks, *_text_blocks(lines, frame)]


# --- running heads ----------------------------------------------------------------------------------------------------


def _without_running_heads(pages: Sequence[PlacedPage]) -> list[Item]:
    """Page numbers go; a line that stands in the same place on most pages stays the first time that it is a head."""
    repeated = Counter(key for page in pages for key in {_running(page, item) for item in page.items} - {None})
    often = {key for key, count in repeated.items() if count >= max(3, len(pages) / 2)}
    kept: list[Item] = []
    seen: set[object] = set()
    for page in pages:
        for item in page.items:
            key = _running(page, item)
            if isinstance(item, PlacedLine) and key is not None:
                if _PAGE_NUMBER.fullmatch(item.text.strip()):
                    continue
                if key in often and (key in seen or key[0] == "foot"):
                    continue
                seen.add(key)
            kept.append(item)
    return kept


def _running(page: PlacedPage, item: Item) -> tuple[str, str] | None:
    """Which running line this may be: where it stands, and its text without numbers."""
    if isinstance(item, PlacedTable):
        return None
    text = re.sub(r"\d+", "#", "".join(item.text.split()))
    margin = max(_MARGIN, page.height / 10)
    if item.bottom < margin:
        return "head", text
    return ("foot", text) if item.top > page.height - margin else None


# --- text -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the lines of running text begin and end."""

    left: float
    right: float

    @classmethod
    def around(cls, lines: Sequence[PlacedLine]) -> _Frame:
        """The left margin is where most lines begin, the right one the farthest that several of them reach."""
        if not lines:
            return cls(0, 0)
        starts = Counter(round(line.x0) for line in lines if len(line.text) > 10) or Counter(
            round(line.x0) for line in lines
        )
        most = starts.most_common(1)[0][1]
        left = min(start for start, count in starts.items() if count >= max(1, most / 4))
        ends = sorted((line.x1 for line in lines), reverse=True)
        return cls(left, ends[min(len(ends) - 1, len(ends) // 20)])

    def is_centred(self, line: PlacedLine) -> bool:
        before, after = line.x0 - self.left, self.right - line.x1
        return abs(before - after) < _CENTRED * line.size and before > line.size


def _text_blocks(lines: list[PlacedLine], frame: _Frame) -> Iterator[Block]:
    """Paragraphs; and tables without rulings, which are told by their words."""
    prose: list[PlacedLine] = []
    rest = iter(lines)
    for block in read_text("\n".join(line.text for line in lines)).blocks:
        if isinstance(block, Paragraph):
            line = next((line for line in rest if _same(line.text, block.text)), None)
            if line is not None:
                prose.append(line)
        else:
            yield from _paragraphs(prose, frame)
            prose = []
            yield LaidTable(block)
    yield from _paragraphs(prose, frame)


def _same(printed: str, read: str) -> bool:
    return "".join(printed.split()).strip("|") == "".join(read.split())


def _paragraphs(lines: list[PlacedLine], frame: _Frame) -> Iterator[Line]:
    run: list[PlacedLine] = []
    for line in lines:
        if run and not _continues(run[-1], line, frame):
            yield _paragraph(run, frame)
            run = []
        run.append(line)
    if run:
        yield _paragraph(run, frame)


def _paragraph(run: Sequence[PlacedLine], frame: _Frame) -> Line:
    text = run[0].text
    for before, line in pairwise(run):
        apart = (
            before.text[-1:].isascii() and before.text[-1:].isalpha() and line.text[:1].isascii() and line.text[:1].isalpha()
        )
        text += (" " if apart else "") + line.text
    return Line(text, centred=len(run) == 1 and frame.is_centred(run[0]))


def _continues(before: PlacedLine, line: PlacedLine, frame: _Frame) -> bool:
    """Does the line go on with the paragraph of the line before it?"""
    if line.x0 > frame.left + _INDENT * line.size or before.x1 < frame.right - _SHORT * before.size:
        return False
    if abs(line.size - before.size) > 0.15 * before.size or _NUMBERED.match(line.text):
        return False
    return line.page != before.page or line.top - before.top < _LEADING * line.size
