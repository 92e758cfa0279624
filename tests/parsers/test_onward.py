"""Pages that lead to the report, and pages that are it whatever they have attached."""

from __future__ import annotations

import pytest

from parsers.onward import report_elsewhere

URL = "http://www.qinghe.example.cn/nb/202401/t20240129_1.html"
FOLDER = "http://www.qinghe.example.cn/nb/202401/"
NAVIGATION = '<div class="nav"><a href="/file/help.pdf">帮助</a><a href="/">首页</a></div>'


def page(body: str, head: str = "") -> str:
    title = "清河县2023年政府信息公开工作年度报告"
    return f"<html><head><title>{title}</title>{head}</head><body>{NAVIGATION}<h1>{title}</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "goal"),
    [
        ('<p>全文见附件。</p><a href="P0201.pdf">清河县2023年政府信息公开工作年度报告.pdf</a>', "P0201.pdf"),
        ('<p>附件:<a href="./P0201.docx">下载</a></p>', "P0201.docx"),
        ('<a href="/f?id=7" title="清河县2023年政府信息公开年度报告.doc">附件1</a>', None),
        (
            '<a href="a.xls">清河县2023年政府信息公开年度报告</a><a href="a.doc">清河县2023年政府信息公开年度报告</a>',
            "a.doc",
        ),
        ('<a href="zn.pdf">清河县政府信息公开指南.pdf</a><a href="b.pdf">2023年年报.pdf</a>', "b.pdf"),
        ("<a href=\"javascript:window.open('c.wps')\">附件</a>", "c.wps"),
        ('<embed src="d.pdf" type="application/pdf">', "d.pdf"),
        ('<object data="e.pdf" type="application/pdf"></object>', "e.pdf"),
        ('<iframe src="/pdfjs/web/viewer.html?file=/nb/202401/f.pdf"></iframe>', "f.pdf"),
        ('<iframe src="g.html" width="100%"></iframe>', "g.html"),
    ],
)
def test_where_the_report_is(body: str, goal: str | None) -> None:
    found = report_elsewhere(page(body), URL)
    assert found == (f"{FOLDER}{goal}" if goal else "http://www.qinghe.example.cn/f?id=7")


@pytest.mark.parametrize(
    "text",
    [
        '<html><head><meta http-equiv="refresh" content="0; url=./new.html"></head><body></body></html>',
        "<html><body><script>location.href = 'new.html';</script></body></html>",
    ],
)
def test_pages_that_send_on(text: str) -> None:
    assert report_elsewhere(text, URL) == f"{FOLDER}new.html"


@pytest.mark.parametrize(
    "body",
    [
        "<h2>一、总 体 情 况</h2><p>本年度清河县做好各项工作。</p><a href='tjb.xls'>统计表.xls</a>",
        "<table><tr><td>本年新收政府信息<br>公开申请数量</td><td>3</td></tr></table><a href='a.pdf'>PDF版</a>",
        "<p>" + "清河县认真办理群众提出的每一件申请。" * 20 + "</p><a href='a.pdf'>附件</a>",
        "<a href='a.pdf'>附件1</a><a href='b.pdf'>附件2</a>",  # which of them?
        "<a href='zn.pdf'>政府信息公开指南.pdf</a>",
        "<iframe src='https://www.other.example/list.html'></iframe>",
        "<iframe src='count.html' width='0' height='0'></iframe>",
        "<p>正文为图片</p><img src='1.jpg'>",
        "<a href='ftp://www.qinghe.example.cn/a.pdf'>清河县2023年政府信息公开工作年度报告.pdf</a>",
    ],
)
def test_pages_that_lead_nowhere(body: str) -> None:
    assert report_elsewhere(page(body), URL) is None


def test_what_is_too_deep_or_too_long_is_left_to_the_reader() -> None:
    assert report_elsewhere(page("<div>" * 400 + "<a href='a.pdf'>附件</a>"), URL) is None
    assert report_elsewhere(page("<a href='a.pdf'>附件</a>" + "x" * 500_000), URL) is None
