"""A report as a DOCX, as Word writes it: merged cells, centred title, headings by style or numbered by Word itself."""

from __future__ import annotations

import io
from collections.abc import Iterable
from html import escape

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading

_ROOM = 8_600  # width of a table, in twentieths of a point


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


def add_form(document: Document, form: Form) -> None:
    """The form as a table: gridSpan and vMerge as Word writes them."""
    rows: list[dict[int, str]] = [{} for _ in form.rows]
    for number, row in enumerate(form.rows):
        column = 0
        for cell in row:
            while column in rows[number]:
                column += 1
            for below in range(cell.rowspan):
                merge = "" if cell.rowspan == 1 else "<w:vMerge/>" if below else '<w:vMerge w:val="restart"/>'
                rows[number + below][column] = _cell("" if below else cell.text, cell.colspan, merge, _ROOM // form.width)
                rows[number + below].update((column + across, "") for across in range(1, cell.colspan))
            column += cell.colspan
    written = "".join(f"<w:tr>{''.join(cells[column] for column in sorted(cells))}</w:tr>" for cells in rows)
    columns = f'<w:gridCol w:w="{_ROOM // form.width}"/>' * form.width
    style = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    table = parse_xml(f"<w:tbl {nsdecls('w')}>{style}<w:tblGrid>{columns}</w:tblGrid>{written}</w:tbl>")
    document.element.body.insert_element_before(table, "w:sectPr")


def _cell(text: str, colspan: int, merge: str, unit: int) -> str:
    width = f'<w:tcW w:w="{unit * colspan}" w:type="dxa"/>'
    span = f'<w:gridSpan w:val="{colspan}"/>' if colspan > 1 else ""
    lines = "<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:tc><w:tcPr>{width}{span}{merge}</w:tcPr><w:p><w:r>{lines}</w:r></w:p></w:tc>"


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
