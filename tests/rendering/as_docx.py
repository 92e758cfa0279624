"""A report as a DOCX, as Word writes it: merged cells, centred title, headings by style or numbered by Word itself."""

from __future__ import annotations

import io
from collections.abc import Iterable

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table

from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading


def docx_bytes(title: str, blocks: Iterable[Block]) -> bytes:
    """The report as the bytes of a .docx file."""
    document = docx.Document()
    add_title(document, title)
    for block in blocks:
        match block:
            case Form():
                add_form(document, block)
            case Heading():
                document.add_heading(block.text, level=1)
            case str():
                document.add_paragraph(block)
    return saved(document)


def add_title(document: Document, *lines: str) -> None:
    for line in lines:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER


def add_form(document: Document, form: Form) -> Table:
    """The form as a table: gridSpan and vMerge as Word writes them."""
    table = document.add_table(rows=len(form.rows), cols=form.width)
    table.style = "Table Grid"
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(form.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            for y in range(cell.rowspan):
                taken.update((number + y, column + x) for x in range(cell.colspan))
            target = table.cell(number, column)
            if cell.rowspan > 1 or cell.colspan > 1:
                target = target.merge(table.cell(number + cell.rowspan - 1, column + cell.colspan - 1))
            target.text = cell.text
            column += cell.colspan
    return table


def number_paragraph(document: Document, text: str, *, number_id: int, level: int = 0) -> None:
    """A paragraph whose number Word counts."""
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    numbering = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", number_id)):
        element = OxmlElement(name)
        element.set(qn("w:val"), str(value))
        numbering.append(element)
    properties.append(numbering)


def saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()
