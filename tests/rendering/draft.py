"""A report on its way to a page: blocks to be written down, and what a right reading of them gives.

An irregularity is a function `Draft -> Draft`. One that takes figures away (a column left out) also takes them out of
`figures`, so that a draft always knows its own truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from flows.sample.figures import PageFigures
from flows.sample.forms import Form, FormCell, Key
from flows.sample.narrative import Block, Heading, report_blocks

Irregularity = Callable[["Draft"], "Draft"]


@dataclass(frozen=True)
class Draft:
    """A report before it is written down. Forms in `blocks` are filled in: their cells hold the text to print."""

    figures: PageFigures
    blocks: tuple[Block, ...]
    title: str
    organization: str
    year: int

    def forms(self) -> tuple[Form, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Form))


@dataclass(frozen=True)
class Page:
    """A page as captured, and the figures that it holds."""

    payload: bytes
    content_type: str
    figures: PageFigures
    title: str
    organization: str
    year: int
    file_name: str = ""


def draft_report(
    figures: PageFigures, *, organization: str = "崇信县人民政府", year: int | None = None, variety: int = 0
) -> Draft:
    """A clean report with these figures, in the official form."""
    year = year or {"legacy-2017": 2017, "modern-2019": 2019}.get(figures.template, 2024)
    title = f"{organization}{year}年政府信息公开工作年度报告"
    return Draft(figures, report_blocks(organization, year, figures, variety=variety), title, organization, year)


def apply(draft: Draft, *irregularities: Irregularity) -> Draft:
    """The draft after each irregularity in turn."""
    for irregularity in irregularities:
        draft = irregularity(draft)
    return draft


def map_forms(draft: Draft, change: Callable[[Form], Form | tuple[Form, ...]]) -> Draft:
    """Change each form; a change that gives several puts them where the one was."""
    blocks: list[Block] = []
    for block in draft.blocks:
        if isinstance(block, Form):
            changed = change(block)
            blocks.extend((changed,) if isinstance(changed, Form) else changed)
        else:
            blocks.append(block)
    return replace(draft, blocks=tuple(blocks))


def map_table(draft: Draft, table: str, change: Callable[[Form], Form | tuple[Form, ...]]) -> Draft:
    """Change the forms of one table and leave the others alone."""
    return map_forms(draft, lambda form: change(form) if form.table == table else form)


def map_cells(form: Form, change: Callable[[FormCell], FormCell]) -> Form:
    return replace(form, rows=tuple(tuple(change(cell) for cell in row) for row in form.rows))


def map_labels(draft: Draft, change: Callable[[str], str]) -> Draft:
    """Change the text of every cell that prints no figure."""
    return map_forms(
        draft, lambda form: map_cells(form, lambda cell: cell if cell.figure else replace(cell, text=change(cell.text)))
    )


def map_figures(draft: Draft, change: Callable[[Key, str], str]) -> Draft:
    """Change what the cells of figures print; their values stay."""

    def changed(cell: FormCell) -> FormCell:
        return replace(cell, text=change(cell.figure, cell.text)) if cell.figure else cell

    return map_forms(draft, lambda form: map_cells(form, changed))


def map_headings(draft: Draft, change: Callable[[str], str]) -> Draft:
    blocks = tuple(Heading(change(block.text)) if isinstance(block, Heading) else block for block in draft.blocks)
    return replace(draft, blocks=blocks)


def map_paragraphs(draft: Draft, change: Callable[[str], str]) -> Draft:
    return replace(draft, blocks=tuple(change(block) if isinstance(block, str) else block for block in draft.blocks))


def without_figures(draft: Draft, absent: Callable[[Key], bool]) -> Draft:
    """The draft whose truth no longer holds these figures. The cells are the caller's to remove."""
    return replace(draft, figures=draft.figures.with_values({key: None for key in draft.figures.values if absent(key)}))
