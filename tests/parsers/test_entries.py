"""What addresses look like, and dates."""

from __future__ import annotations

import pytest

from parsers.listing_entries import Shape, find_date, shape_of

HOST = "http://www.qinghe.example.cn"


@pytest.mark.parametrize(
    "path",
    [
        "/xxgk/nb/202401/t20240126_88101.html",
        "/art/2024/1/16/art_1229779591_86714.html",
        "/site_wz/channel_x_5669_13598/doc_65b069ef3a2203212e9eea8f.html",
        "/nw12344/20230331/4a03b5fa47ae4c73b7ecabc0de6be66f.html",
        "/hebdlq/c112289c/202602/c01_1108994.shtml",
        "/gkmlpt/content/2/2155/post_2155421.html",
        "/col/4039_446643/art/17356608/17364738729029ffO7DUB.html",
        "/info/1021/3323.htm",
        "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1021&wbnewsid=3323",
        "/art/view.aspx?id=901",
        "/2024/0130/c123a4567/page.htm",
        "/files/2023nb.pdf",
        "/2024/01/30/1234567/index.html",
        "/contents/123/45678.html",
    ],
)
def test_documents(path: str) -> None:
    assert shape_of(HOST + path) is Shape.DOCUMENT


@pytest.mark.parametrize(
    "path",
    [
        "/xxgk/nb/",
        "/xxgk/nb/index.html",
        "/xxgk/nb/index_1.html",
        "/col/col1229214366/index.html",
        "/site_wz/channel_x_5669_13598/",
        "/zwgk/list.htm",
        "/zwgk/list2.htm",
        "/channels/123.html",
        "/channels/123_2.html",
        "/node_12345.htm",
        "/zfxxgk.jsp?urltype=tree.TreeTempUrl&wbtreeid=1021",
        "/list.aspx?lm=7&id=3",
        "/InfoPublic.aspx?columnid=1019&page=1",
        "",
    ],
)
def test_columns(path: str) -> None:
    assert shape_of(HOST + path) is Shape.COLUMN


@pytest.mark.parametrize("path", ["/zwgk/xxgknb.htm", "/nb/2023.html", "/zwgk/zfxxgk"])
def test_what_may_be_either(path: str) -> None:
    assert shape_of(HOST + path) is Shape.UNKNOWN


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-01-26", "2024-01-26"),
        ("[2024/1/6]", "2024-01-06"),
        ("发布时间: 2024年1月26日 09:30", "2024-01-26"),
        ("2024.01.26", "2024-01-26"),
        ("2024-13-45 2024-02-28", "2024-02-28"),
        ("2023年政府信息公开", None),
        ("01-26", None),
        ("12024-01-26", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert find_date(text) == day
