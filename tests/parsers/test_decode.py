"""Bytes to text: who is believed about a charset."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decode import decode

TEXT = "清河县二〇二三年政府信息公开工作年度报告,经办人:赵喆,㐀镕"


def html(declared: str, text: str = TEXT, head: str = "") -> str:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    return f"<html><head>{head}{meta}<title>年报</title></head><body>{text}</body></html>"


@pytest.mark.parametrize(
    ("payload", "content_type", "encoding", "witness"),
    [
        (codecs.BOM_UTF8 + html("gb2312").encode(), "text/html; charset=gbk", "utf-8", "bom"),
        (codecs.BOM_UTF16_LE + html("").encode("utf-16-le"), "", "utf-16-le", "bom"),
        (html("").encode(), "text/html; charset=UTF-8", "utf-8", "header"),
        (html("").encode("gb18030"), "text/html; charset=gb2312", "gb18030", "header"),
        (html("utf-8").encode(), "text/html", "utf-8", "meta"),
        (html("gb2312").encode("gb18030"), "text/html", "gb18030", "meta"),
        (html("GBK").encode("gb18030"), "text/html", "gb18030", "meta"),
        (html("").encode(), "text/html", "utf-8", "detected"),
        (html("").encode("gb18030"), "", "gb18030", "detected"),
        (html("").encode("utf-16-le"), "", "utf-16-le", "detected"),
        (html("").encode("utf-16-be"), "", "utf-16-be", "detected"),
        # declared wrongly
        (html("utf-8").encode("gb18030"), "text/html; charset=utf-8", "gb18030", "detected"),
        (html("gb2312").encode("gb18030"), "text/html; charset=utf-8", "gb18030", "meta"),
        (html("gb2312").encode(), "text/html; charset=gbk", "utf-8", "detected"),
        (html("utf-8").encode(), "text/html; charset=gbk", "utf-8", "meta"),
        (html("gbk").encode("gb18030"), "text/html; charset=ISO-8859-1", "gb18030", "meta"),
        (html("x-unknown").encode(), "text/html; charset=binary", "utf-8", "detected"),
    ],
)
def test_who_is_believed(payload: bytes, content_type: str, encoding: str, witness: str) -> None:
    found = decode(payload, content_type)
    assert (found.encoding, found.witness, found.noise) == (encoding, witness, 0)
    assert TEXT in found.text


def test_the_portal_file_overrides_what_the_page_declares() -> None:
    payload = html("utf-8", "聯通公司資訊").replace("年报", "").encode("big5")
    found = decode(payload, "text/html; charset=utf-8", "big5")
    assert (found.witness, found.encoding) == ("given", "big5hkscs")
    assert "聯通公司資訊" in found.text


def test_a_meta_tag_after_a_long_head() -> None:
    payload = html("gb2312", "联通", head="<script>" + "var x = 1;" * 3000 + "</script>").encode("gb18030")
    found = decode(payload)
    assert (found.witness, "联通</body>" in found.text) == ("meta", True)


def test_two_words_that_are_valid_in_both_follow_the_declaration() -> None:
    assert decode("联通".encode("gb18030"), "text/html; charset=gbk").text == "联通"


def test_an_xml_declaration() -> None:
    payload = '<?xml version="1.0" encoding="gb2312"?><datastore>赵喆</datastore>'.encode("gb18030")
    assert decode(payload).witness == "meta"
    assert "赵喆" in decode(payload).text


def test_a_broken_byte_does_not_turn_utf_8_into_noise() -> None:
    payload = html("utf-8", TEXT * 20).encode().replace("赵".encode(), b"\xe8\xb5", 1)
    found = decode(payload, "text/html; charset=utf-8")
    assert (found.encoding, found.noise) == ("utf-8", 1)
    assert found.text.count("清河县") == 20


def test_a_broken_byte_does_not_turn_gb18030_into_noise() -> None:
    payload = html("gbk", TEXT * 20).encode("gb18030").replace("报告".encode("gb18030"), b"\xff\xff", 1)
    found = decode(payload)
    assert found.encoding == "gb18030"
    assert 1 <= found.noise <= 2
    assert found.text.count("清河县") == 20


@given(st.binary(max_size=300), st.text(max_size=20))
def test_it_never_fails(payload: bytes, charset: str) -> None:
    found = decode(payload, f"text/html; charset={charset}", charset)
    assert found.noise == found.text.count("\ufffd") or found.witness != "detected"


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=30))
def test_undeclared_chinese_is_read_in_either_charset(text: str) -> None:
    assert decode(text.encode()).text == text
    assert decode(text.encode("gb18030")).text == text
