"""Pages and texts: too deep, too wide, too long, or no text at all."""

from __future__ import annotations

from tests.hostile.cases import MB, case


@case("a.html")
def tables_nested_10000_deep() -> bytes:
    return b"<table><tr><td>" * 10_000 + b"1" + b"</td></tr></table>" * 10_000


@case("a.html")
def tables_nested_70_deep() -> bytes:
    return ("<table><tr><td>规章<td>行政规范性文件<td>行政许可<td>" * 70 + "</table>" * 70).encode() * 300


@case("a.html")
def elements_nested_100000_deep() -> bytes:
    return b"<div>" * 100_000


@case("a.html")
def spans_of_99999999_columns() -> bytes:
    return ("<table>" + ("<tr>" + "<td colspan=99999999>行政规范性文件</td>" * 100 + "</tr>") * 100).encode()


@case("a.html")
def spans_of_99999999_rows() -> bytes:
    return ("<table>" + ("<tr>" + "<td rowspan=99999999>行政规范性文件</td>" * 240 + "</tr>") * 200).encode()


@case("a.html")
def page_of_200_megabytes() -> bytes:
    return b"<p>" + b"a" * (200 * MB)


@case("a.html")
def page_of_nothing_but_tags() -> bytes:
    return b"<p>a" * 4_900_000


@case("a.html")
def as_many_paragraphs_as_are_let_in() -> bytes:
    return b"<p>a" * 199_000


@case("a.html")
def as_many_cells_as_are_let_in() -> bytes:
    return b"<table><tr>" + b"<td>1" * 1_900 * 25


@case("a.html")
def attributes_without_end() -> bytes:
    return b"<p " + b"a=1 " * 4_900_000


@case("a.html")
def character_references() -> bytes:
    return b"<p>" + b"&lt;" * 4_900_000


@case("a.html")
def nul_bytes() -> bytes:
    return b"<html><body><p>" + b"\x00a" * 9_000_000


@case("a.html")
def lone_surrogates_in_utf8() -> bytes:
    return b"<html><body>" + b"\xed\xa0\x80" * 2_000_000


@case("a.html")
def lone_surrogates_in_utf16() -> bytes:
    return b"\xff\xfe" + "<html><body><p>".encode("utf-16-le") + b"\x00\xd8" * 2_000_000


@case("a.html")
def encodings_mixed() -> bytes:
    return ("<p>政府信息".encode("gbk") + "公开年报".encode()) * 150_000


@case("a.txt")
def text_of_digits() -> bytes:
    return b"1 " * 20_000_000


@case("a.txt")
def text_of_bars() -> bytes:
    return b"|" * 999_000


@case("a.txt")
def text_of_headings() -> bytes:
    return "一、政府信息公开工作年度\n".encode() * 75_000


@case("a.txt")
def text_of_labels() -> bytes:
    return "规章\n0\n".encode() * 190_000
