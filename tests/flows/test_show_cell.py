"""`nianbao show --cell`: from a number to the place in its document, as a page that a real browser opens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml.html import document_fromstring, tostring

from parsers.marked_page import MARK
from parsers.parse import PARSER_VERSION
from storage.documents import ReadOutcome, Selector
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import load_report
from tests.chromium import Chromium, find_chromium, listening
from tests.flows.conftest import CommandLine
from tests.kept import keep_document
from tests.parsers.carried import ORGANIZATION, carried
from tests.rendering.as_docx import docx_bytes
from tests.rendering.draft import Draft
from tests.rendering.writing import write_html

PNG = b"\x89PNG\r\n\x1a\n"
RED = "applications/granted/natural_person"
REACHING_OUT = """<link rel="stylesheet" href="{0}/css"><style>@import url({0}/import); body {{ background: url({0}/style) }}</style>
<script src="{0}/script"></script><script>fetch("{0}/fetch")</script>
<img src="{0}/image" onerror="fetch('{0}/handler')"><iframe src="{0}/frame"></iframe><object data="{0}/object"></object>
<video poster="{0}/poster"></video><p style="background-image: url({0}/inline)">.</p><svg><image href="{0}/vector"/></svg>"""
ON_ITS_WAY = '<head><base href="{0}/"><meta http-equiv="refresh" content="1;url={0}/refresh">'


@pytest.fixture
def chromium(tmp_path: Path) -> Chromium:
    return find_chromium(tmp_path / "profiles")


def report_page(reach: str | None = None, *, charset: Any = "gb18030") -> bytes:
    """A report; with an address, one that reaches out to it in every way that a page can."""
    source = carried("modern-2021")
    draft = Draft(source.figures, source.blocks, source.title, ORGANIZATION, source.year)
    page = write_html(draft, charset=charset).payload.decode(charset)
    if reach is not None:
        page = page.replace("<head>", ON_ITS_WAY.format(reach), 1).replace(
            "<body>", "<body>" + REACHING_OUT.format(reach), 1
        )
        assert page.count(reach) == 14
    return page.encode(charset)


def test_a_browser_shows_the_figure_where_it_stands(nianbao: CommandLine, chromium: Chromium) -> None:
    with listening() as outside:
        payload = report_page(outside.address)
        report = keep_document(DataDirectory(nianbao.folder / "data"), payload, content_type="text/html; charset=gb2312")
        shown = nianbao.json("show", report, "--cell", RED)
        assert shown["figure"]["raw"] == shown["text"] != ""

        page = document_fromstring(chromium.dump(shown["page"]))
        (cell,) = page.xpath(f"//td[@id='{MARK}']")
        assert cell.text_content().strip() == shown["figure"]["raw"]
        banner = page.xpath("//header")[0].text_content()
        for said in (ORGANIZATION, "收到和处理政府信息公开申请情况", "予以公开", "自然人", shown["content_digest"]):
            assert said in banner
        picture = chromium.screenshot(shown["page"], nianbao.folder / "cell.png")
        assert picture.startswith(PNG)
        assert len(picture) > 20_000, "a page of one colour"
        assert outside.asked == []

        before = nianbao.folder / "as-it-came.html"
        before.write_bytes(payload)
        chromium.dump(before.as_uri())
        reached = {"/css", "/import", "/script", "/fetch", "/image", "/frame", "/refresh"}
        assert reached <= set(outside.asked), "nothing would have been noticed"


def test_a_file_is_shown_as_it_was_read(nianbao: CommandLine, chromium: Chromium) -> None:
    source = carried("modern-2021")
    data = DataDirectory(nianbao.folder / "data")
    report = keep_document(data, docx_bytes(source.title, source.blocks), content_type="application/msword")
    shown = nianbao.json("show", report, "--cell", RED)
    (cell,) = document_fromstring(chromium.dump(shown["page"])).xpath(f"//td[@id='{MARK}']")
    assert cell.text_content() == shown["figure"]["raw"]


@pytest.mark.parametrize(
    ("taken", "cell", "absence", "marks"),
    [
        ("", "applications/granted/other", "blank", {"table", "row", "column"}),
        ("row", "applications/carried_out/total", "row_missing", {"table"}),
        ("table", "proceedings/reconsideration/total", "table_missing", set()),
    ],
)
def test_a_figure_that_is_not_there_says_why(
    nianbao: CommandLine, taken: str, cell: str, absence: str, marks: set[str]
) -> None:
    page = document_fromstring(report_page(charset="utf-8"))
    figures = carried("modern-2021").figures.values
    tables = page.xpath("//table")
    if taken == "table":
        tables[-1].drop_tree()
    elif taken == "row":
        tables[1].xpath(".//tr")[-1].drop_tree()
    else:
        number = figures[("applications", "granted", "other")]
        (printed,) = tables[1].xpath(f".//td[normalize-space() = '{number:g}']")
        printed.text = ""
    report = keep_document(DataDirectory(nianbao.folder / "data"), tostring(page, encoding="utf-8"))
    shown = nianbao.json("show", report, "--cell", cell)
    assert (shown["figure"]["value"], shown["figure"]["absence"]) == (None, absence)
    assert set(shown["marked"]) == marks
    said = nianbao("show", report, "--cell", cell)
    assert (said.returncode, "no value: " in said.stdout, absence in said.stdout) == (0, True, True)
    (written,) = (nianbao.folder / "data/views").iterdir()
    assert (f'id="{MARK}"' in written.read_text(encoding="utf-8")) is bool(marks)


def test_wrong_calls_and_documents_without_figures(nianbao: CommandLine) -> None:
    data = DataDirectory(nianbao.folder / "data")
    report = keep_document(data, report_page())
    failed = keep_document(data, b"<html><p>404</p></html>", url="https://www.example.gov.cn/nb/2.html")
    unknown = nianbao("show", report, "--cell", "applications/recieved/total")
    assert unknown.returncode == 2
    assert "did you mean applications/received/total?" in unknown.stderr
    assert nianbao("show", report, "--cell", RED, "--history").returncode == 2
    without = nianbao("show", failed, "--cell", RED)
    assert without.returncode == 1
    assert "has no figures in the lake: " in without.stderr
    assert not data.views.exists()


def test_a_reading_that_no_longer_fits_its_document_is_told(nianbao: CommandLine) -> None:
    """As after the parser changed how it counts tables, and before a reparse."""
    data = DataDirectory(nianbao.folder / "data")
    report = keep_document(data, report_page())
    ledger = Ledger(data.ledger)
    (job,) = ledger.documents_to_read(Selector(documents=(report,)), parser_version=PARSER_VERSION, force=True)
    read = load_report(ledger, report)
    assert read is not None
    moved = tuple(figure._replace(address=(9, 9, 9)) for figure in read.figures)
    ledger.save_readings("run-2", PARSER_VERSION, [ReadOutcome(job, replace(read, figures=moved))])
    ledger.close()
    told = nianbao("show", report, "--cell", RED)
    assert told.returncode == 1
    assert "nianbao reparse" in told.stderr
