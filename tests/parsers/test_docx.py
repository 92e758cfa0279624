"""DOCX as Word and WPS write it: merged cells, automatic numbers, text boxes, controls, revisions, hidden text."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph

from flows.sample.forms import Form
from flows.sample.narrative import Heading
from flows.sample.picture import scanned_page
from parsers.docx import read_docx
from parsers.parse import parse
from parsers.verdicts import NeedsOcr, Truncated, Unreadable
from tests.parsers.carried import TEMPLATES, carried, differences
from tests.rendering.as_docx import add_form, add_title, docx_bytes, number_paragraph, saved

CHINESE_LIST = """
<w:abstractNum {ns} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="(%2)"/></w:lvl>
</w:abstractNum>"""


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_figure_of_each_template(template: str) -> None:
    report = carried(template)
    assert report.assert_read(docx_bytes(report.title, report.blocks), "report.docx").source == "docx"


def with_chinese_list(document: Document) -> int:
    """A list that Word numbers 一、 二、 and (一) (二) below it; returns its number."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(CHINESE_LIST.format(ns=nsdecls("w"))))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return 77


def test_sections_that_word_numbers() -> None:
    report = carried("modern-2021")
    document = docx.Document()
    number = with_chinese_list(document)
    add_title(document, report.title)
    for block in report.blocks:
        if isinstance(block, Form):
            add_form(document, block)
        elif isinstance(block, Heading):
            number_paragraph(document, block.text[2:], number_id=number)
        elif block.startswith("("):
            number_paragraph(document, block[3:], number_id=number, level=1)
        else:
            document.add_paragraph(block)
    read = report.assert_read(saved(document), "report.docx")
    assert read.sections[1].heading == "一、总体情况"
    assert [line[:3] for line in read.sections[1].text.splitlines()[1:]] == ["(一)", "(二)", "(三)"]


def test_numbers_restart_below_a_new_section() -> None:
    document = docx.Document()
    number = with_chinese_list(document)
    for level in (0, 1, 1, 0, 1):
        number_paragraph(document, "本年度公开工作的一段说明文字", number_id=number, level=level)
    marks = [block.text.removesuffix("本年度公开工作的一段说明文字") for block in read_docx(saved(document)).paragraphs]
    assert marks == ["一、", "(一)", "(二)", "二、", "(一)"]


def test_a_number_that_word_counts_is_no_part_of_a_figure() -> None:
    report = carried("modern-2021")
    document = docx.Document(io.BytesIO(docx_bytes(report.title, report.blocks)))
    number = with_chinese_list(document)
    for row in document.tables[1]._tbl.tr_lst[3:]:
        properties = row.tc_lst[-1].p_lst[0].get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'))
    report.assert_read(saved(document), "report.docx")


def wrapped_in_control(document: Document) -> None:
    """Every table into a content control (内容控件), as forms have them."""
    for table in document.tables:
        control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
        table._tbl.addprevious(control)
        control.append(content)
        content.append(table._tbl)


def cells_in_controls(document: Document) -> None:
    for table in document.tables:
        for cell in list(table._tbl.iter(qn("w:tc")))[::3]:
            control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
            cell.addprevious(control)
            control.append(content)
            content.append(cell)


def split_tables(document: Document) -> None:
    """Each table cut in two before its last row, as happens when tables are copied page by page."""
    for table in document.tables[:2]:
        second = OxmlElement("w:tbl")
        table._tbl.addnext(second)
        second.addprevious(OxmlElement("w:p"))
        second.append(table._tbl.tblPr.__deepcopy__({}))
        second.append(table._tbl.tr_lst[-1])


def in_a_layout_table(document: Document) -> None:
    """Everything in the one cell of a table, as in pages pasted from a site."""
    body = document.element.body
    outer = document.add_table(1, 1)
    cell = outer.cell(0, 0)._tc
    for element in list(body):
        if element is not outer._tbl and element.tag != qn("w:sectPr"):
            cell.append(element)


def numbers_in_tables_of_their_own(document: Document) -> None:
    """Each number in a table inside its cell, as converters from HTML leave it."""
    for table in document.tables:
        for cell in [cell for row in table.rows for cell in row.cells if cell.text.isdigit()]:
            number = cell.text
            cell.paragraphs[0].clear()
            cell.add_table(1, 1).cell(0, 0).text = number


def torn_runs(document: Document) -> None:
    """Each letter and digit in a run of its own, with proofing marks between."""
    for table in document.tables:
        for paragraph in table._tbl.iter(qn("w:p")):
            whole = Paragraph(paragraph, table)
            text = whole.text
            for run in list(whole.runs):
                paragraph.remove(run._r)
            for letter in text:
                whole.add_run(letter)
                paragraph.append(OxmlElement("w:proofErr"))


def hidden_remarks(document: Document) -> None:
    """Hidden text, text struck out and deleted revisions within figures."""
    deletion = f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:delText>9</w:delText></w:r></w:del>'
    for table in document.tables:
        for paragraph in table._tbl.iter(qn("w:p")):
            Paragraph(paragraph, table).add_run("77").font.hidden = True
            Paragraph(paragraph, table).add_run("12").font.strike = True
            paragraph.append(parse_xml(deletion))


def accepted_insertions(document: Document) -> None:
    """Each figure inserted under revision (修订)."""
    for table in document.tables:
        for run in list(table._tbl.iter(qn("w:r"))):
            insertion = parse_xml(f'<w:ins {nsdecls("w")} w:id="2" w:author="x"/>')
            run.addprevious(insertion)
            insertion.append(run)


MANNERS: dict[str, Callable[[Document], None]] = {
    change.__name__: change
    for change in (
        wrapped_in_control,
        cells_in_controls,
        split_tables,
        in_a_layout_table,
        numbers_in_tables_of_their_own,
        torn_runs,
        hidden_remarks,
        accepted_insertions,
    )
}


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("manner", MANNERS)
def test_ways_of_writing(manner: str, template: str) -> None:
    report = carried(template)
    document = docx.Document(io.BytesIO(docx_bytes(report.title, report.blocks)))
    MANNERS[manner](document)
    report.assert_read(saved(document), "report.docx")


def test_a_raised_digit_is_a_note_and_no_digit() -> None:
    report = carried("modern-2021")
    document = docx.Document(io.BytesIO(docx_bytes(report.title, report.blocks)))
    cell = document.tables[0].rows[6].cells[1]
    printed = cell.text
    cell.paragraphs[0].add_run("1").font.superscript = True
    read = parse(saved(document), file_name="report.docx")
    (figure,) = [each for each in read.figures if each.item == "licenses"]
    assert (figure.value, figure.raw, figure.absence) == (None, f"{printed}[1]", "unreadable")
    assert "unreadable_cell" in {issue.code for issue in read.issues if issue.severity == "error"}


def test_a_title_on_two_lines_is_one() -> None:
    report = carried("modern-2019")
    document = docx.Document(io.BytesIO(docx_bytes("", report.blocks)))
    first = document.paragraphs[0]
    first.alignment = WD_ALIGN_PARAGRAPH.CENTER
    first.text = "崇信县人民政府"
    second = document.paragraphs[1].insert_paragraph_before("2019年政府信息公开工作年度报告")
    second.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.core_properties.title = "某市2016年工作年度报告"  # left over from another file
    report.assert_read(saved(document), "report.docx")


def test_text_boxes_are_text() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph._p.append(  # Word writes each box twice, for itself and for its ancestors
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
            ' xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>'
            "<mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r><w:t>崇信县2023年政府信息公开工作年度报告</w:t></w:r></w:p>"
            "</w:txbxContent></w:drawing></mc:Choice>"
            "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>崇信县2023年政府信息公开工作年度报告</w:t></w:r></w:p>"
            "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    document.add_paragraph("本报告所列数据的统计期限为2023年1月1日至12月31日,由县政府办公室编制。")
    assert [block.text for block in read_docx(saved(document)).paragraphs] == [
        "崇信县2023年政府信息公开工作年度报告",
        "本报告所列数据的统计期限为2023年1月1日至12月31日,由县政府办公室编制。",
    ]


def test_a_table_of_contents_is_left_out() -> None:
    report = carried("modern-2021")
    document = docx.Document(io.BytesIO(docx_bytes(report.title, report.blocks)))
    style = document.styles.add_style("toc 1", 1)
    for block in report.blocks:
        if isinstance(block, Heading):
            document.paragraphs[1].insert_paragraph_before(f"{block.text}\t3", style=style)
    report.assert_read(saved(document), "report.docx")


def test_blank_cells_stay_blank() -> None:
    report = carried("modern-2021")
    blank = {key: None for key in report.figures.values if key[1] in ("litigation_direct", "regulations")}
    printed = carried("modern-2021", report.figures.with_values(blank))
    read = parse(docx_bytes(printed.title, printed.blocks), file_name="report.docx")
    assert differences(read, printed.figures) == {}
    assert {figure.absence for figure in read.figures if figure.value is None} == {"blank"}


def test_pictures_alone_need_ocr() -> None:
    document = docx.Document()
    document.add_paragraph("附件")
    for _ in range(3):
        document.add_picture(io.BytesIO(scanned_page()))
    with pytest.raises(NeedsOcr, match="3 images"):
        read_docx(saved(document))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95, 0.999])
def test_a_file_cut_short_is_truncated(share: float) -> None:
    report = carried("modern-2021")
    payload = docx_bytes(report.title, report.blocks)
    with pytest.raises(Truncated):
        parse(payload[: int(len(payload) * share)], file_name="report.docx")


def test_a_damaged_part_is_unreadable() -> None:
    report = carried("modern-2021")
    payload = bytearray(docx_bytes(report.title, report.blocks))
    at = payload.index(b"word/document.xml") + 200
    payload[at : at + 40] = bytes(40)
    with pytest.raises(Unreadable, match=r"document\.xml"):
        parse(bytes(payload), file_name="report.docx")
