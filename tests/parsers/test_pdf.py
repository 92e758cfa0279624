"""PDF with a text layer: tables ruled and half ruled, over page breaks and torn by them; page furniture; text that is none."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib import pdfencrypt
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from flows.sample.forms import Form
from flows.sample.narrative import Heading
from flows.sample.picture import scanned_page
from parsers.parse import parse
from parsers.pdf import read_pdf
from parsers.records import Grid
from parsers.verdicts import NeedsOcr, Truncated, Unreadable
from tests.parsers.carried import TEMPLATES, carried, differences
from tests.rendering.as_pdf import FONT, Press, Print, pdf_bytes, register_font

PROSE = "门户网站全年更新栏目十二个,文件与解读同步发布,失效文件及时标注,查阅点由专人值守并按季度抽查信息更新情况。"


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize(
    "how",
    [
        Print(),
        Print(page_number="- {} -", running_head="政府信息公开年报"),
        Print(repeat_header=True, page_number="第{}页", height=560),
        Print(tear_rows=True, page_number="{}", height=470),
        Print(lonely_header=True, height=500),
        Print(rules="inner", page_number="— {} —", height=600),
        Print(bold_twice=True),
    ],
    ids=["plain", "furniture", "repeated-header", "torn-rows", "lonely-header", "inner-rules", "printed-twice"],
)
def test_every_figure(template: str, how: Print) -> None:
    report = carried(template)
    title = report.title.replace("20", "\n20", 1)  # the organisation on a line of its own
    assert report.assert_read(pdf_bytes(title, report.blocks, how), "report.pdf").source == "pdf"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    template=st.sampled_from(TEMPLATES),
    how=st.builds(
        Print,
        rules=st.sampled_from(("all", "inner")),
        repeat_header=st.booleans(),
        tear_rows=st.booleans(),
        lonely_header=st.booleans(),
        page_number=st.sampled_from(("", "- {} -", "·{}·", "第 {} 页 共 20 页", "{}/20")),
        height=st.integers(360, 900).map(float),
    ),
)
def test_wherever_the_page_ends(template: str, how: Print) -> None:
    report = carried(template)
    read = parse(pdf_bytes(report.title, report.blocks, how), file_name="report.pdf")
    if how.repeat_header and how.tear_rows:  # no word processor does both; what cannot be read must be said
        assert differences(read, report.figures) == {} or read.status == "suspect"
    else:
        assert differences(read, report.figures) == {}
        assert read.status == "valid"


def test_a_table_over_pages_is_one_grid_with_its_spans() -> None:
    report = carried("modern-2021")
    document = read_pdf(pdf_bytes(report.title, report.blocks, Print(height=430, page_number="- {} -")))
    applications = document.grids[1]
    assert [grid.width for grid in document.grids] == [4, 10, 15]
    results = next(cell for cell in applications.cells() if "".join(cell.text.split()) == "三、本年度办理结果")
    assert (results.column, results.rowspan, results.colspan) == (0, 22, 1)
    assert all(cell.row == number for number, row in enumerate(applications.rows) for cell in row)


def test_lines_become_paragraphs() -> None:
    press = Press(Print(height=300, page_number="- {} -"))
    for text in (PROSE * 3, "一、总体情况", PROSE, "(一)主动公开。" + PROSE * 5):
        press.text(text)
    document = read_pdf(press.bytes())
    assert [block.text for block in document.paragraphs] == [PROSE * 3, "一、总体情况", PROSE, "(一)主动公开。" + PROSE * 5]


def test_words_and_numbers_keep_their_distance() -> None:
    press = Press(Print())
    press.text("政务微博 Weibo Account 发布 1756 条,微信 265.994 万次," + PROSE)
    (paragraph,) = read_pdf(press.bytes()).paragraphs
    assert "Weibo Account" in paragraph.text
    assert "1756" in paragraph.text
    assert "265.994" in paragraph.text


def test_a_slanted_watermark_is_not_read() -> None:
    report = carried("modern-2021")
    press = Press(Print())
    press.text(report.title, size=18, centred=True)
    for block in report.blocks:
        press.canvas.saveState()
        press.canvas.translate(100, 100)
        press.canvas.rotate(45)
        press.canvas.setFont(FONT, 40)
        press.canvas.drawString(60, 40, "内部资料 888")
        press.canvas.restoreState()
        if isinstance(block, Form):
            press.table(block)
        else:
            press.text(block.text if isinstance(block, Heading) else block)
    report.assert_read(press.bytes(), "report.pdf")


def test_a_page_that_is_turned() -> None:
    report = carried("modern-2019")
    payload = pdf_bytes(report.title, report.blocks, Print(height=595))
    turned = payload.replace(b"/Rotate 0", b"/Rotate 360")
    assert turned != payload
    report.assert_read(turned, "report.pdf")


def pictures(pages: int, *, hidden_text: tuple[str, ...] = ()) -> bytes:
    """Scanned pages; `hidden_text` is what a scanner's software recognised, drawn invisibly behind the picture."""
    register_font()
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842), invariant=1)
    for _ in range(pages):
        for number, line in enumerate(hidden_text):
            text = canvas.beginText(72, 750 - 20 * number)
            text.setFont(FONT, 12)
            text.setTextRenderMode(3)
            text.textLine(line)
            canvas.drawText(text)
        canvas.drawImage(ImageReader(io.BytesIO(scanned_page())), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def test_scanned_pages_need_ocr() -> None:
    with pytest.raises(NeedsOcr, match="3 pages with 0 letters"):
        read_pdf(pictures(3))


def test_recognised_text_behind_a_picture_is_said_to_be_recognised() -> None:
    document = read_pdf(pictures(2, hidden_text=(PROSE[:40], PROSE[10:45], PROSE[:30])))
    assert document.source == "ocr"
    assert PROSE[:40] in document.page_text


def test_letters_without_meaning_need_ocr() -> None:
    """A font whose numbers stand for letters that only its own drawing knows."""
    report = carried("modern-2021")
    payload = pdf_bytes(report.title, report.blocks)
    nameless = payload.replace(b"/UniGB-UCS2-H", b"/Identity-H  ").replace(b"(Adobe)", b"(Noone)")
    assert nameless != payload
    with pytest.raises(NeedsOcr, match="do not say what their letters are"):
        read_pdf(nameless)


def protected(password: str) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=pdfencrypt.StandardEncryption(password, "owner", canCopy=0))
    for number in range(6):
        canvas.drawString(72, 700 - 20 * number, f"{number}. Yearly report on open government information")
    canvas.save()
    return stream.getvalue()


def test_a_password_makes_it_unreadable() -> None:
    with pytest.raises(Unreadable, match="password"):
        read_pdf(protected("secret"))


def test_a_file_that_only_forbids_copying_is_read() -> None:
    assert "3. Yearly report on open government information" in read_pdf(protected("")).page_text


def test_a_broken_cross_reference_table_is_rebuilt() -> None:
    report = carried("modern-2021")
    payload = pdf_bytes(report.title, report.blocks)
    broken = re.sub(rb"startxref\s+\d+", b"startxref\n7", payload)
    shifted = re.sub(rb"\n(\d{10}) 00000 n", lambda match: b"\n%010d 00000 n" % (int(match[1]) + 3), payload)
    for damaged in (broken, shifted):
        assert damaged != payload
        report.assert_read(damaged, "report.pdf")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_truncated(share: float) -> None:
    report = carried("modern-2021")
    payload = pdf_bytes(report.title, report.blocks)
    with pytest.raises(Truncated):
        parse(payload[: int(len(payload) * share)], file_name="report.pdf")


def test_grids_keep_the_order_of_the_document() -> None:
    report = carried("modern-2019")
    document = read_pdf(pdf_bytes(report.title, report.blocks, Print(height=500)))
    kinds = ["grid" if isinstance(block, Grid) else block.text[:2] for block in document.blocks]
    assert [kind for kind in kinds if kind == "grid" or kind[1] == "、"] == [
        "一、", "二、", "grid", "三、", "grid", "四、", "grid", "五、", "六、",
    ]  # fmt: skip
    assert [grid.caption[:2] for grid in document.grids] == ["二、", "三、", "四、"]
