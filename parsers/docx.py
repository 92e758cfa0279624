"""DOCX -> `Document`: python-docx opens the package, its XML is walked here.

python-docx gives no text boxes, no automatic numbering, no content controls and no merged cells as spans; a report needs all
four. Revisions are read as accepted; hidden text and tables of contents are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from parsers.assembly import Block, LaidTable, Line, assemble
from parsers.bounds import MAX_GRID_CELLS, MAX_NESTED_TABLES, MAX_SPAN
from parsers.docx_dialects import as_docx
from parsers.grids import tidy, with_inner
from parsers.numbering import Numbering, W, number_of
from parsers.packages import check_package
from parsers.records import Cell, Document, Grid
from parsers.verdicts import TooLarge, Unreadable

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PICTURES = ("{http://schemas.openxmlformats.org/drawingml/2006/picture}pic", "{urn:schemas-microsoft-com:vml}imagedata")
# Elements around paragraphs, rows, cells or runs that say nothing of their own.
_WRAPPERS = frozenset(
    {
        f"{W}{name}"
        for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "hyperlink", "fldSimple", "dir", "bdo")
    }
    | {f"{_MC}Choice"}
)
_REMOVED = frozenset(f"{W}{name}" for name in ("del", "moveFrom", "sdtPr", "sdtEndPr", "pPr", "rPr", "tblPr", "tblGrid"))
_CHARACTERS = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_HEADINGS = ("heading", "标题", "title")
_NO_TITLE = "Word Document"  # what python-docx makes up for a file without properties
_MAX_STYLES = 20  # styles that a style is based on, one after another


@dataclass
class _Reader:
    """State of one reading: counters of lists, pictures seen, how deep in tables we are."""

    numbering: Numbering
    styles: dict[str, _Element]  # by styleId
    images: int = 0
    depth: int = 0
    cells: int = 0
    in_cell: bool = False  # the text is that of a cell of figures
    boxes: list[_Element] = field(default_factory=list)  # text boxes met in the paragraph that is being read


def read_docx(payload: bytes) -> Document:
    """Read one DOCX. Raises `NeedsOcr`, `TooLarge`, `Truncated` or `Unreadable`."""
    check_package(payload)
    body, styles, numbering, title = _open(as_docx(payload))
    reader = _Reader(Numbering(numbering), {style.get(f"{W}styleId", ""): style for style in styles})
    blocks = list(_blocks(reader, body))
    return assemble("docx", blocks, title=title, images=reader.images)


def _open(payload: bytes) -> tuple[_Element, list[_Element], _Element | None, str]:
    """Body, style elements, root of the numbering part, title of the core properties."""
    import docx  # noqa: PLC0415  takes 0.2 s to import
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415

    try:
        document = docx.Document(io.BytesIO(payload))
        part = document.part
        numbering = next((rel.target_part for rel in part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NUMBERING), None)
        styles = list(document.styles.element.iterfind(f"{W}style"))
        title = document.core_properties.title or ""
        return document.element.body, styles, getattr(numbering, "element", None), "" if title == _NO_TITLE else title
    except Exception as error:  # python-docx raises whatever the damaged part leads to: KeyError, ValueError, XMLSyntaxError
        raise Unreadable(f"the DOCX is damaged: {error or type(error).__name__}") from error


def _children(element: _Element) -> Iterator[_Element]:
    """Children with wrappers opened. Of alternative contents the first is taken, or what stands in for it."""
    for child in element:
        if child.tag in _WRAPPERS:
            if not _is_contents(child):
                yield from _children(child)
        elif child.tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            chosen = choice if choice is not None else child.find(f"{_MC}Fallback")
            if chosen is not None:
                yield from _children(chosen)
        elif isinstance(child.tag, str) and child.tag not in _REMOVED:
            yield child


def _is_contents(element: _Element) -> bool:
    """A content control that holds Word's own table of contents (目录)."""
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def _blocks(reader: _Reader, container: _Element) -> Iterator[Block]:
    for child in _children(container):
        if child.tag == f"{W}p":
            yield from _paragraph(reader, child)
        elif child.tag == f"{W}tbl":
            yield _table(reader, child)


# --- paragraphs -------------------------------------------------------------------------------------------------------


def _paragraph(reader: _Reader, element: _Element) -> Iterator[Block]:
    """The lines of a paragraph, the first with its number, and after them what its text boxes hold."""
    text = _text(reader, element)
    boxes, reader.boxes = reader.boxes, []
    properties = [element.find(f"{W}pPr"), *_style_properties(reader, element)]
    style = _style_name(reader, element)
    if text.strip() and not style.startswith("toc"):
        number = number_of(properties)
        mark = reader.numbering.next(*number) if number else ""
        heading = style.startswith(_HEADINGS) or _first(properties, "outlineLvl") in set("012345678")
        centred = _first(properties, "jc") == "center"
        for position, line in enumerate(line for line in text.split("\n") if line.strip()):
            written = " ".join(line.split())
            yield Line(f"{mark}{written}" if position == 0 else written, heading, centred)
    for box in boxes:
        yield from _blocks(reader, box)


def _style_properties(reader: _Reader, paragraph: _Element) -> list[_Element | None]:
    """The w:pPr of the paragraph's style and of those that it is based on, nearest first."""
    found: list[_Element | None] = []
    reference = paragraph.find(f"{W}pPr/{W}pStyle")
    while reference is not None and len(found) < _MAX_STYLES:
        style = reader.styles.get(reference.get(f"{W}val", ""))
        if style is None:
            break
        found.append(style.find(f"{W}pPr"))
        reference = style.find(f"{W}basedOn")
    return found


def _style_name(reader: _Reader, paragraph: _Element) -> str:
    reference = paragraph.find(f"{W}pPr/{W}pStyle")
    style = None if reference is None else reader.styles.get(reference.get(f"{W}val", ""))
    name = None if style is None else style.find(f"{W}name")
    return "" if name is None else name.get(f"{W}val", "").lower()


def _first(properties: Sequence[_Element | None], name: str) -> str | None:
    for each in properties:
        found = None if each is None else each.find(f"{W}{name}")
        if found is not None:
            return found.get(f"{W}val")
    return None


def _text(reader: _Reader, element: _Element) -> str:
    """Text of a paragraph or of part of one, hidden runs left out; pictures are counted, text boxes set aside."""
    parts: list[str] = []
    for child in _children(element):
        if child.tag == f"{W}r":
            if not _is_unseen(child):
                text = _text(reader, child)
                parts.append(f"[{text}]" if reader.in_cell and _is_note(child, text) else text)
        elif child.tag == f"{W}t":
            parts.append(child.text or "")
        elif child.tag in _CHARACTERS:
            parts.append(_CHARACTERS[child.tag])
        elif child.tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            reader.images += sum(1 for _ in child.iter(*_PICTURES))
            reader.boxes.extend(_outermost(child, f"{W}txbxContent"))
    return "".join(parts)


def _is_unseen(run: _Element) -> bool:
    """Hidden, or struck out."""
    looks = [run.find(f"{W}rPr/{W}{name}") for name in ("vanish", "strike", "dstrike")]
    return any(look is not None and look.get(f"{W}val", "true") not in ("0", "false", "off") for look in looks)


def _is_note(run: _Element, text: str) -> bool:
    """A raised digit is a note, and no digit of the number before it."""
    raised = run.find(f"{W}rPr/{W}vertAlign")
    return raised is not None and raised.get(f"{W}val") == "superscript" and text.strip().isdecimal()


def _outermost(element: _Element, tag: str) -> Iterator[_Element]:
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag != f"{_MC}Fallback":
            yield from _outermost(child, tag)


# --- tables -----------------------------------------------------------------------------------------------------------


def _table(reader: _Reader, table: _Element) -> LaidTable:
    reader.depth += 1
    if reader.depth > MAX_NESTED_TABLES:
        raise TooLarge(f"tables are nested more than {MAX_NESTED_TABLES} deep")
    rows: list[list[Cell]] = []
    inside: list[Block] = []
    anchors: dict[int, tuple[int, int]] = {}  # column -> where the cell stands that may go on below (vMerge)
    width = 0
    for row in _rows(table):
        column = _number(row, f"{W}trPr/{W}gridBefore")
        rows.append([])
        reached: dict[int, tuple[int, int]] = {}
        for element in _children(row):
            if element.tag != f"{W}tc":
                continue
            colspan = min(max(_number(element, f"{W}tcPr/{W}gridSpan"), 1), MAX_SPAN)
            blocks, text = _cell(reader, element)
            inside += blocks
            merge = element.find(f"{W}tcPr/{W}vMerge")
            if _value(element, "hMerge") == "continue" and rows[-1]:
                rows[-1][-1] = _grown(rows[-1][-1], columns=colspan)
            elif merge is not None and merge.get(f"{W}val", "continue") == "continue" and column in anchors:
                above, at = reached[column] = anchors[column]
                rows[above][at] = _grown(rows[above][at], rows=1)
            else:
                if merge is not None:
                    reached[column] = (len(rows) - 1, len(rows[-1]))
                rows[-1].append(Cell(text, len(rows) - 1, column, 1, colspan))
            column += colspan
            reader.cells += colspan
            if reader.cells > MAX_GRID_CELLS:
                raise TooLarge(f"the tables have more than {MAX_GRID_CELLS} cells")
        anchors = reached
        width = max(width, column)
    reader.depth -= 1
    return LaidTable(Grid(tuple(map(tuple, rows)), width), tuple(inside))


def _rows(table: _Element) -> Iterator[_Element]:
    for row in _children(table):
        if row.tag == f"{W}tr" and row.find(f"{W}trPr/{W}del") is None:
            yield row


def _cell(reader: _Reader, cell: _Element) -> tuple[list[Block], str]:
    """What a cell holds, as blocks, and as the text of a cell of figures: without automatic numbers and larger tables.

    A number that Word counts before 5 would make 1.5 of it; labels are compared without their numbers anyway.
    """
    blocks: list[Block] = []
    texts: list[str] = []
    for child in _children(cell):
        if child.tag == f"{W}tbl":
            blocks.append(_table(reader, child))
        elif child.tag == f"{W}p":
            blocks += _paragraph(reader, child)
            texts.append(_text(_Reader(reader.numbering, reader.styles, in_cell=True), child))
    inner = [each.text for block in blocks if isinstance(block, LaidTable) for row in block.grid.rows for each in row]
    return blocks, tidy(with_inner("\n".join(texts), inner))


def _grown(cell: Cell, *, rows: int = 0, columns: int = 0) -> Cell:
    return Cell(cell.text, cell.row, cell.column, cell.rowspan + rows, min(cell.colspan + columns, MAX_SPAN))


def _number(element: _Element, path: str) -> int:
    found = element.find(path)
    text = "" if found is None else found.get(f"{W}val", "")
    return min(int(text), MAX_SPAN) if text.isdecimal() and len(text) < 9 else 0


def _value(cell: _Element, name: str) -> str | None:
    found = cell.find(f"{W}tcPr/{W}{name}")
    return None if found is None else found.get(f"{W}val", "continue")
