"""What an attachment holds, in order -> `Document`: tables of figures stay grids, tables that only lay out text become text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

from parsers.cells import parse_cell
from parsers.labels import count_labels, counts_publicity
from parsers.records import Document, Grid, Paragraph
from parsers.verdicts import NeedsOcr, Unreadable

MIN_LABELS = 3  # different labels of the codebook that make a table one of figures, whatever else it holds
BEGINNING = 15  # blocks among which a title stands
MAX_TITLE_LINES = 4
MAX_TITLE_LINE = 60  # characters
MIN_TEXT = 40  # characters beside pictures; with fewer, the pictures are the document

_TITLE_END = re.compile(r"(?:年度?报告?|年度報告|年报|年報|工作报告|工作報告)(?:表)?$")
_NUMBERED = re.compile(r"^[((]?[一二三四五六七八九十]+[))、..,]|^第[一二三四五六七八九十]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as laid out: it still knows whether it was centred, as the lines of a title are."""

    text: str
    heading: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class LaidTable:
    """A table as laid out; `inside` is what its cells hold, as text and tables in order, should it be no table of figures."""

    grid: Grid
    inside: tuple[Line | LaidTable, ...] = ()


Block = Line | LaidTable


def assemble(
    source: Literal["docx", "pdf", "xlsx", "xls", "ocr"],
    blocks: Sequence[Block],
    *,
    title: str = "",
    metadata: dict[str, str] | None = None,
    images: int = 0,
) -> Document:
    """Number the grids, caption each with the paragraph before it, and write down the narrative.

    Raises `NeedsOcr` where there are pictures and hardly any text, `Unreadable` where there is nothing at all.
    """
    ordered: list[Paragraph | Grid] = []
    caption = ""
    for block in _settled(_with_title(blocks)):
        if isinstance(block, Grid):
            index = sum(isinstance(other, Grid) for other in ordered)
            ordered.append(replace(block, index=index, caption=block.caption or caption))
        else:
            ordered.append(block)
            caption = block.text
    narrative = "\n".join(block.text for block in ordered if isinstance(block, Paragraph))
    page_text = "\n".join(block.text if isinstance(block, Paragraph) else _grid_text(block) for block in ordered)
    if len("".join(page_text.split())) < MIN_TEXT:
        if images:
            raise NeedsOcr(f"the report is a picture: {images} images and {len(page_text)} characters of text")
        if not page_text.strip():
            raise Unreadable("the file holds no text and no pictures")
    return Document(
        source,
        tuple(ordered),
        title=_printed_title(ordered) or title,
        metadata=metadata or {},
        narrative=narrative,
        images=images,
        page_text=page_text,
        other_tables=sum(_counts_otherwise(block) for block in blocks),
    )


def _settled(blocks: Iterable[Block]) -> Iterator[Paragraph | Grid]:
    """Each table as what it turns out to be."""
    for block in blocks:
        if isinstance(block, Line):
            if block.text:
                yield Paragraph(block.text, block.heading)
        elif holds_figures(block.grid):
            yield block.grid
            nested = (inner for inner in block.inside if isinstance(inner, LaidTable))
            yield from (inner for inner in _settled(nested) if isinstance(inner, Grid))
        else:
            yield from _settled(block.inside)


def holds_figures(grid: Grid) -> bool:
    """Labels of the codebook enough; or one at least beside numbers, as in the last rows of a table that was split."""
    labels = count_labels(grid.texts())
    if labels >= MIN_LABELS:
        return True
    numbers = sum(parse_cell(cell.text).is_number for cell in grid.cells() if len(cell.text) < 16)
    return labels > 0 and numbers >= labels


def _printed_title(blocks: Sequence[Paragraph | Grid]) -> str:
    """The line over the text that names a report. What the file's properties say is often left over from another one."""
    for block in blocks[:BEGINNING]:
        if (
            isinstance(block, Paragraph)
            and len(block.text) <= MAX_TITLE_LINE
            and _TITLE_END.search("".join(block.text.split()))
        ):
            return block.text
    return ""


def _counts_otherwise(block: Block) -> bool:
    """Figures about publicity in a form of its own."""
    if isinstance(block, Line) or holds_figures(block.grid):
        return False
    return counts_publicity(block.grid.texts())


def _grid_text(grid: Grid) -> str:
    return "\n".join("\t".join(" ".join(cell.text.split()) for cell in row) for row in grid.rows)


def _with_title(blocks: Sequence[Block]) -> list[Block]:
    """The centred lines over a report as the one title that they are: 崇信县人民政府 / 2024年政府信息公开工作年度报告."""
    over = list(takewhile(lambda block: isinstance(block, Line) and block.centred, blocks))
    lines = [block.text for block in over if isinstance(block, Line)]
    for start in range(len(lines)):
        for end in range(start + 1, min(len(lines), start + MAX_TITLE_LINES) + 1):
            if len(lines[end - 1]) > MAX_TITLE_LINE or _NUMBERED.match(lines[end - 1]):
                break
            if _TITLE_END.search("".join(lines[end - 1].split())):
                return [*blocks[:start], Line("".join(lines[start:end]), heading=True), *blocks[end:]]
    return list(blocks)
