"""Addresses in one form, and what makes two of them one document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.urls import canonical_url, document_key, page_key, same_site

BASE = "https://www.qinghe.example.cn/xxgk/nb/index.html"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("./t1.html", "https://www.qinghe.example.cn/xxgk/nb/t1.html"),
        ("./2023/../t1.html#top", "https://www.qinghe.example.cn/xxgk/nb/t1.html"),
        ("../../../../a.html", "https://www.qinghe.example.cn/a.html"),
        ("//file.example.cn/A.pdf", "https://file.example.cn/A.pdf"),
        ("HTTP://WWW.Example.CN:80/A/b.html", "http://www.example.cn/A/b.html"),
        ("https://example.cn:443", "https://example.cn/"),
        ("https://example.cn:8443/x", "https://example.cn:8443/x"),
        ("http://user:secret@example.cn/x", "http://example.cn/x"),
        ("http://example.cn/a;jsessionid=9F?id=3&utm_source=wx&from=timeline", "http://example.cn/a?id=3"),
        ("http://example.cn/s?from=2023-01-01&to=2023-12-31", "http://example.cn/s?from=2023-01-01&to=2023-12-31"),
        ("http://example.cn/年报 2023.pdf", "http://example.cn/%E5%B9%B4%E6%8A%A5%202023.pdf"),
        ("http://example.cn/%e5%b9%b4%7E1", "http://example.cn/%E5%B9%B4~1"),
        ("http://例子.example.cn/", "http://xn--fsqu00a.example.cn/"),
        ("\u3000http://example.cn/a\r\n/b.html ", "http://example.cn/a/b.html"),
        ("http:\\\\example.cn\\a.html", "http://example.cn/a.html"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
        ("http://example.cn/a//b/", "http://example.cn/a//b/"),
        ("?page=2", "https://www.qinghe.example.cn/xxgk/nb/index.html?page=2"),
        ("javascript:void(0)", "javascript:void(0)"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical_url(url, BASE) == expected


@pytest.mark.parametrize("url", ["http://", "http://a:b/", "http://[::1/", "http://example.cn:99999/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.cn/nb/t1.html?b=2&a=1",
        "http://EXAMPLE.cn/nb/./t1.html?a=1&b=2#x",
        "http://example.cn:80//nb/t1.html?utm_medium=x&b=2&a=1",
    ],
)
def test_addresses_of_one_document(url: str) -> None:
    assert document_key(url) == "example.cn/nb/t1.html?a=1&b=2"


@pytest.mark.parametrize(
    "other", ["http://example.cn/NB/t1.html", "http://xxgk.example.cn/nb/t1.html", "http://example.cn:8080/nb/t1.html"]
)
def test_addresses_of_other_documents(other: str) -> None:
    assert document_key(other) != document_key("http://example.cn/nb/t1.html")


def test_a_server_that_takes_no_notice_of_case() -> None:
    assert document_key("http://example.cn/Art/View.aspx?id=A") == document_key("http://example.cn/art/view.ASPX?id=A")
    assert document_key("http://example.cn/Art/View.aspx?id=A") != document_key("http://example.cn/Art/View.aspx?id=a")


def test_a_folder_and_its_index_are_one_list() -> None:
    assert len({page_key(f"http://example.cn/nb/{name}") for name in ("", "index.html", "index.shtml", "Default.aspx")}) == 1
    assert page_key("http://example.cn/nb/index_1.html") != page_key("http://example.cn/nb/")


def test_same_site() -> None:
    assert same_site("http://www.example.cn/a", "https://example.cn:8443/b")
    assert not same_site("http://a.example.cn/", "http://example.cn/")


@given(st.text(max_size=80), st.sampled_from(["http://example.cn/", "http://example.cn/a/b.html?x=1"]))
def test_canonical_is_a_fixed_point(text: str, base: str) -> None:
    try:
        once = canonical_url(text, base)
    except ValueError:
        return
    assert canonical_url(once) == once
    if once.startswith(("http://", "https://")):
        assert document_key(once) == document_key(text if text.startswith("http") and "://" in text[:8] else once)
