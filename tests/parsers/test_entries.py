"""Which links of a page are entries of its list; what addresses look like, and dates."""

from __future__ import annotations

import pytest

from parsers.listing import ListPage, read_list
from parsers.listing_entries import find_date
from parsers.listing_shapes import Shape, shape_of

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


NB = HOST + "/xxgk/nb/"
TITLE = "清河县2023年政府信息公开工作年度报告"


def column(body: str) -> ListPage:
    return read_list(f"<html><head><title>政府信息公开年报</title></head><body>{body}</body></html>", NB)


def leads(found: ListPage) -> list[str]:
    return [sub_list.request.url.removeprefix(HOST) for sub_list in found.sub_lists]


def test_a_menu_that_begins_with_the_home_page_is_no_list_of_bodies() -> None:
    names = {"/": "首页", "/jyj/": "教育局", "/czj/": "财政局"}
    menu = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in names.items())
    assert leads(column(f"<ul>{menu}</ul>")) == []
    assert leads(column(f"<ul>{menu.replace('首页', '公安局').replace('/xw/', '/gaj/')}</ul>")) == ["/jyj/", "/czj/"]


def test_a_departments_own_home_page_is_no_column() -> None:
    names = {
        "http://jyj.qinghe.example.cn/": "教育局",
        "http://czj.qinghe.example.cn/index.html": "财政局",
        "gaj/": "公安局",
    }
    assert leads(column("".join(f'<li><a href="{url}">{name}</a></li>' for url, name in names.items()))) == ["/xxgk/nb/gaj/"]


def test_options_of_a_menu_are_links() -> None:
    units = (
        '<option value="">请选择</option><option value="./jyj/">教育局</option><option value="/czj/nb.html">财政局</option>'
    )
    assert leads(column(f"<select onchange='location=this.value'>{units}</select>")) == [
        "/xxgk/nb/jyj/",
        "/czj/nb.html",
    ]
    years = "".join(f'<option value="/nb/art_{year}0131.html">{year}年</option>' for year in (2022, 2023))
    assert [link.title for link in column(f"<select>{years}</select>").links] == ["2022年", "2023年"]


def test_areas_of_an_image_map_are_links() -> None:
    (link,) = column(f'<map><area href="t2023012688.html" alt="{TITLE}"></map>').links
    assert link.title == TITLE


def test_the_last_row_of_a_table_of_names_may_have_one_link() -> None:
    cells = [f'<td><a href="/nb/2023{number:04}.pdf">第{number}镇</a></td>' for number in range(7)]
    rows = "".join(f"<tr>{''.join(cells[start : start + 3])}</tr>" for start in (0, 3, 6))
    assert len(column(f"<table>{rows}</table>").links) == 7


def test_a_function_may_put_the_address_together_in_a_variable() -> None:
    script = 'function show(id, kind) { var url = "/detail/" + kind + "/" + id + ".shtml"; window.open(url); }'
    (link,) = column(f"<a href='#' onclick=\"show('8002','nb')\">{TITLE}</a><script>{script}</script>").links
    assert link.url == HOST + "/detail/nb/8002.shtml"


@pytest.mark.parametrize(
    "item",
    [
        '<li title="WHOLE"><a href="t88101.html">CUT</a></li>',
        '<li><a href="t88101.html"><span title="WHOLE">CUT</span></a></li>',
        '<li><a href="t88101.html" data-original-title="WHOLE">CUT</a></li>',
    ],
)
def test_a_cut_title_is_whole_in_an_attribute_nearby(item: str) -> None:
    whole = "清河县经济技术开发区管理委员会2023年政府信息公开工作年度报告"
    assert [link.title for link in column(item.replace("WHOLE", whole).replace("CUT", whole[:16] + "…")).links] == [whole]


def test_what_is_about_a_report_is_no_column() -> None:
    items = "".join(f'<li><a href="{name}.html">{TITLE}</a></li>' for name in ("t88101", "t88102"))
    assert leads(column(f'<ul>{items}<li><a href="nb/tj.html">一图读懂{TITLE}</a></li></ul>')) == []
