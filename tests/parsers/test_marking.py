"""A figure's address leads back to the cell that prints it, in every carrier; what a page could do is taken out of it."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, document_fromstring

from parsers.marked_page import MARK
from parsers.marking import Spot, mark_document
from parsers.parse import parse
from parsers.records import Report
from tests.fixtures.case import Case
from tests.parsers.carried import carried
from tests.parsers.test_catalogue import READ, read
from tests.rendering.as_docx import docx_bytes
from tests.rendering.as_pdf import pdf_bytes
from tests.rendering.as_xls import xls_bytes
from tests.rendering.as_xlsx import xlsx_bytes

EVERY = 70  # figures of a page of which one is looked at: it is parsed anew for each


def marked(markup: str) -> HtmlElement:
    (found,) = document_fromstring(markup).xpath(f"//*[@id='{MARK}']")
    assert isinstance(found, HtmlElement)
    return found


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def assert_marked(payload: bytes, report: Report, *, charset: str | None = None) -> None:
    figures = [figure for figure in report.figures if figure.address]
    for figure in figures[::EVERY]:
        assert figure.address is not None
        shown = mark_document(payload, Spot(*figure.address), charset=charset)
        assert words(figure.raw) in words(shown.text), figure
        assert words(marked(shown.markup).text_content()) == words(shown.text)


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_every_page_of_the_catalogue(case: Case) -> None:
    page, report = read(case)
    assert_marked(page.payload, report, charset=case.arguments.get("charset"))


@pytest.mark.parametrize("write", [docx_bytes, pdf_bytes, xlsx_bytes, xls_bytes])
def test_other_carriers(write: object) -> None:
    source = carried("modern-2021")
    payload = write(source.title, source.blocks)  # type: ignore[operator]
    report = parse(payload)
    assert sum(figure.address is not None for figure in report.figures) == len(report.figures)
    assert_marked(payload, report)
    assert not mark_document(payload, None).as_archived


PAGE = """<html><head><base href="http://evil.example/"><meta http-equiv="refresh" content="0;url=http://evil.example/">
<link rel="stylesheet" href="http://evil.example/a.css"><style>@import url(http://evil.example/b.css); td {{ display: none }}</style>
<script src="http://evil.example/a.js"></script></head>
<body onload="go()" background="http://evil.example/bg.png">
<div style="position: fixed; display: none; background: url(http://evil.example/c.png); color: red" id="nianbao-mark">
<img src="http://evil.example/a.png" srcset="http://evil.example/b.png 2x" onerror="go()"><iframe src="http://evil.example/"></iframe>
<object data="http://evil.example/o"></object><embed src="http://evil.example/e"><video poster="http://evil.example/p"></video>
<svg><script>go()</script><image href="http://evil.example/s"/></svg>
<math><mtext><style><img src=x onerror=go()></style></mtext></math>
<form action="http://evil.example/f"><input type="image" src="http://evil.example/i">崇信县<button formaction="/x">去</button></form>
<a href="javascript:go()" ping="http://evil.example/ping">首页</a><noscript><img src="http://evil.example/n"></noscript>
<template><img src="http://evil.example/t"></template><unknown onclick="go()">机关</unknown>
{table}</div></body></html>"""


def _page() -> bytes:
    rows = "".join(
        f"<tr><td>{label}</td><td onclick='go()' style='color:red;display:none;width:expression(go())'><span>{value}</span>"
        "<span style='display:none'>9</span></td></tr>"
        for label, value in (("行政许可", 11), ("行政处罚", 12), ("行政强制", 13))
    )
    table = f"<table><tr><td>信息内容</td><td>本年处理决定数量</td></tr>{rows}</table>"
    return PAGE.format(table=table).encode()


def test_nothing_active_is_left() -> None:
    shown = mark_document(_page(), Spot(0, 2, 1))
    assert shown.as_archived
    assert shown.text == "12", "the cell as a person sees it, without what a style hides"
    for word in ("evil", "script", "go()", "url(", "expression", "display", "position", "<style", "<img", "refresh", "href"):
        assert word not in shown.markup.lower(), word
    assert "崇信县" in shown.markup
    assert "机关" in shown.markup
    assert marked(shown.markup).text_content() == "12"
    assert 'style="color: red"' in shown.markup
    assert 'style="color:red"' in shown.markup


@pytest.mark.parametrize(
    ("spot", "text"),
    [
        (Spot(0, 3), "行政强制13"),
        (Spot(0), "信息内容本年处理决定数量行政许可11行政处罚12行政强制13"),
        (Spot(0, 99), None),
        (Spot(0, 1, 7), None),
        (None, None),
    ],
)
def test_rows_tables_and_places_that_are_not_there(spot: Spot | None, text: str | None) -> None:
    shown = mark_document(_page(), spot)
    assert (shown.text and "".join(shown.text.split())) == text
    assert (f'id="{MARK}"' in shown.markup) is (text is not None)


def test_text_is_shown_as_its_lines() -> None:
    source = "行政许可|3\n行政处罚|<img src=x onerror=go()>\n行政强制|5\n".encode() * 2
    shown = mark_document(source, None, content_type="text/plain")
    assert not shown.as_archived
    assert "<img" not in shown.markup
