"""Every way in which a portal lists its reports, each on a page of its own under tests/fixtures/listing."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from parsers.listing import ListPage, read_list
from parsers.verdicts import TooLarge

FIXTURES = Path(__file__).parent.parent / "fixtures" / "listing"
HOME = "http://www.qinghe.example.cn/xxgk/nb/"


def page(name: str, url: str = HOME, **options: object) -> ListPage:
    return read_list((FIXTURES / name).read_text(encoding="utf-8"), url, **options)  # type: ignore[arg-type]


def paths(found: ListPage) -> list[str]:
    return [urlsplit(link.url).path for link in found.links]


def following(found: ListPage) -> list[str]:
    return [request.url.removeprefix(HOME) for request in found.next_pages]


def test_reports_are_told_from_other_entries_with_a_reason() -> None:
    found = page("static_zero_based.html")
    assert paths(found) == [
        "/xxgk/nb/202401/t20240126_88101.html",
        "/xxgk/nb/202401/t20240119_88052.html",
        "/xxgk/nb/202301/t20230120_70001.html",
    ]
    assert [(link.title, link.reason) for link in found.left_out] == [
        ("关于做好2023年政府信息公开工作年度报告编制发布工作的通知", "about the report, by the word 做好"),
        ("《清河县2022年政府信息公开工作年度报告》解读", "about the report, by the word 解读"),
    ]
    assert all("names the report" in link.reason for link in found.links)


def test_a_title_that_was_cut_off_comes_from_the_title_attribute() -> None:
    assert page("static_zero_based.html").links[0].title == "清河县2023年政府信息公开工作年度报告"


def test_dates_beside_the_links() -> None:
    found = page("static_zero_based.html")
    assert [link.listed_on for link in found.links] == ["2024-01-26", "2024-01-19", "2023-01-20"]


def test_dates_stay_with_their_own_entry() -> None:
    found = page("many_shapes.html")
    assert [(link.title, link.listed_on) for link in found.links] == [
        ("东乡镇2023年年报", "2024-01-03"),
        ("东乡镇2022年年报", "2023-01-03"),
        ("东乡镇2021年年报", None),
        ("东乡镇2020年政府信息公开工作年度报告", "2020-12-31"),
        ("东乡镇2019年政府信息公开工作年度报告", None),
    ]


def test_zero_based_files() -> None:
    found = page("static_zero_based.html")
    assert (found.build, following(found)) == ("static", ["index_1.html", "index_2.html"])


def test_one_based_files_and_the_stated_size() -> None:
    found = page("static_one_based.html", HOME + "list.shtml")
    assert (found.build, following(found)) == ("static", ["list_2.shtml", "list_3.shtml"])
    assert (found.total, found.pages) == (5, 3)


@pytest.mark.parametrize("name", ["page", "PageIndex", "pageNo", "currPage", "curPage", "p", "pageNum", "cur_page"])
def test_page_parameters(name: str) -> None:
    text = (FIXTURES / "parameter.html").read_text(encoding="utf-8").replace("PARAM", name)
    found = read_list(text, f"{HOME}list.aspx?lm=7&{name}=1")
    assert found.build == "parameter"
    assert [dict(parse_qsl(urlsplit(request.url).query))[name] for request in found.next_pages] == ["2", "3"]
    assert found.total == 6


def created(call: str, url: str = HOME + "index.html") -> list[str]:
    found = read_list(f"<html><body><ul></ul><script>{call};</script></body></html>", url)
    assert found.build == "script"
    return [request.url.removeprefix(HOME) + ("?" if request.guess else "") for request in found.next_pages]


@pytest.mark.parametrize(
    "call",
    [
        'createPageHTML(3, 0, "index", "html")',
        "createPageHTML(3,0,'index','html');",
        'createPageHTML(0, 3, "index", "html")',
        'createPageHTML("index", "html", 3, 0)',
        'createPageHTML("page_div", 3, 0, "index", "html", 45)',
        'createPageHTML(45, 3, 0, "index", "html")',
        'createPageHTML(45, 20, 3, 0, "index", "html")',
        'createPageHTML("3", "0", "index", ".html")',
        'var countPage = 3; var currentPage = 0; createPageHTML(countPage, currentPage, "index", "html")',
        'createPageHtml("html", "index", 0, 3)',
        "var currentPage = 0; var countPage = 3; document.write('共' + countPage + '页')",
    ],
)
def test_create_page_html_in_any_order_of_arguments(call: str) -> None:
    assert created(call) == ["index_1.html", "index_2.html"]


def test_create_page_html_counted_from_one() -> None:
    # A site that counts from 1 and numbers from 0 has an index_1 and no index_3: both are guesses.
    assert created('createPageHTML(3, 1, "index", "shtml")', HOME + "index.shtml") == [
        "index_2.shtml",
        "index_3.shtml?",
        "index_1.shtml?",
    ]


def test_create_page_html_of_a_single_page_goes_nowhere() -> None:
    assert page("static_zero_based.html").build == "static"
    found = read_list('<script>createPageHTML(1, 0, "index", "html");</script>', HOME)
    assert found.next_pages == ()


def test_a_definition_of_create_page_html_is_no_call() -> None:
    text = "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt) { return 9; }</script>"
    assert read_list(text, HOME).next_pages == ()


def test_create_page_html_that_claims_a_million_pages_is_not_believed() -> None:
    assert read_list('<script>createPageHTML(999999, 0, "index", "html");</script>', HOME).next_pages == ()


def test_page_links_that_call_a_function_of_the_page() -> None:
    found = page("script_function.html")
    assert [urlsplit(request.url).path for request in found.next_pages] == [
        "/zwgk/xxgknb/list_2.html",
        "/zwgk/xxgknb/list_3.html",
    ]


def test_pages_that_only_a_function_knows() -> None:
    text = """<html><body><div>共3页</div><script>
    function jump(page) { location.href = "index_" + page + ".html"; }</script></body></html>"""
    assert following(read_list(text, HOME)) == ["index_2.html", "index_3.html"]


def test_a_select_that_jumps_to_pages() -> None:
    text = """<html><body><select onchange="location.href=this.value"><option value="index.html">1</option>
    <option value="index_1.html">2</option><option value="index_2.html">3</option></select></body></html>"""
    assert following(read_list(text, HOME)) == ["index_1.html", "index_2.html"]


def test_pages_that_are_stated_and_not_linked_are_guessed() -> None:
    found = read_list("<html><body><div>共3页 上一页 下一页</div></body></html>", HOME)
    assert following(found) == ["index_1.html", "index_2.html", "index_3.html"]
    assert all(request.guess for request in found.next_pages)


def test_days_of_a_calendar_are_no_pages() -> None:
    days = "".join(f'<td><a href="/rili/day.jsp?date=2024-01-{day:02}">{day}</a></td>' for day in range(1, 29))
    found = read_list(f"<html><body><table><tr>{days}</tr></table></body></html>", HOME)
    assert found.next_pages == ()


def test_pages_of_another_host_are_not_followed() -> None:
    text = '<div class="page">共3页 <a href="http://elsewhere.example/index_1.html">下一页</a></div>'
    assert all("elsewhere" not in request.url for request in read_list(text, HOME + "a.do").next_pages)


def test_dataproxy_in_a_page_goes_on_by_get() -> None:
    found = page("dataproxy_get.html")
    assert [link.title for link in found.links] == [
        "南溪区2023年政府信息公开工作年度报告",
        "南溪区2022年政府信息公开工作年度报告",
    ]
    assert (found.build, found.total) == ("dataproxy", 5)
    (request,) = found.next_pages
    assert request.method == "GET"
    query = dict(parse_qsl(urlsplit(request.url).query))
    assert (query["startrecord"], query["endrecord"], query["columnid"], query["unitid"], query["webid"]) == (
        "3",
        "5",
        "1229",
        "6044",
        "12",
    )


def test_dataproxy_by_post() -> None:
    found = page("dataproxy_post.html")
    (request,) = found.next_pages
    assert (request.method, urlsplit(request.url).path) == ("POST", "/module/web/jpage/dataproxy.jsp")
    assert dict(parse_qsl(urlsplit(request.url).query)) == {"startrecord": "1", "endrecord": "4", "perpage": "2"}
    assert dict(parse_qsl(request.data))["columnid"] == "1229"
    assert found.sub_lists == ()


def test_answers_of_dataproxy_are_read_and_continued() -> None:
    url = "http://www.nanxi.example.cn/module/web/jpage/dataproxy.jsp?startrecord=1&endrecord=2&perpage=2&columnid=1229"
    found = page("dataproxy_answer.xml", url)
    assert [link.listed_on for link in found.links] == ["2022-01-20", "2021-01-22"]
    assert (found.build, found.total, found.pages) == ("dataproxy", 5, 3)
    assert [request.url for request in found.next_pages] == [
        url.replace("startrecord=1&endrecord=2", "startrecord=3&endrecord=4")
    ]


def test_answers_of_dataproxy_end_at_their_total() -> None:
    url = "http://www.nanxi.example.cn/module/web/jpage/dataproxy.jsp?startrecord=5&endrecord=6&perpage=2"
    assert page("dataproxy_answer.xml", url).next_pages == ()


def test_json_api() -> None:
    found = page("api_answer.json", HOME + "list?channelId=1105&pageNo=1&pageSize=2")
    assert [(link.title, urlsplit(link.url).path, link.listed_on) for link in found.links] == [
        ("龙泉镇2023年政府信息公开工作年度报告", "/xxgk/detail/71001.html", "2024-01-22")
    ]
    assert [link.listed_on for link in found.left_out] == ["2023-05-01"]  # milliseconds since 1970, in China's time
    assert following(found) == ["list?channelId=1105&pageNo=2&pageSize=2"]
    assert (found.build, found.total) == ("json", 5)


def test_json_api_by_offset() -> None:
    assert following(page("api_answer.json", HOME + "list?start=2&limit=2")) == ["list?start=4&limit=2"]


@pytest.mark.parametrize("query", ["pageNo=3&pageSize=2", "start=4&limit=2"])
def test_json_api_ends_at_its_total(query: str) -> None:
    assert following(page("api_answer.json", f"{HOME}list?{query}")) == []


@pytest.mark.parametrize(
    ("body", "next_body"),
    [
        ("channelId=1105&pageNo=1&pageSize=2", "channelId=1105&pageNo=2&pageSize=2"),
        ('{"pageNo": 1, "size": 2}', '{"pageNo": 2, "size": 2}'),
    ],
)
def test_json_api_by_post(body: str, next_body: str) -> None:
    (request,) = page("api_answer.json", HOME + "list", body=body).next_pages
    assert (request.method, request.data) == ("POST", next_body)


def test_jsonp() -> None:
    text = "jsonp_12(" + (FIXTURES / "api_answer.json").read_text(encoding="utf-8") + ");"
    assert len(read_list(text, HOME).links) == 1


def test_the_api_that_a_script_asks() -> None:
    (sub_list,) = page("api_page.html").sub_lists
    assert sub_list.request.url == "http://www.qinghe.example.cn/api/article/list?channelId=1105&pageNo=1&pageSize=2"
    assert sub_list.column


def test_an_ajax_call_that_posts() -> None:
    text = """<html><head><title>信息公开年报</title></head><body><script>
    $.ajax({ url: "/api/list", type: "post", data: { channel: "12", pageIndex: page, size: 20 } });</script></body></html>"""
    (sub_list,) = read_list(text, HOME).sub_lists
    assert (sub_list.request.method, sub_list.request.data) == ("POST", "channel=12&pageIndex=1&size=20")


def test_records_inside_the_page_s_own_script() -> None:
    found = page("data_in_page.html")
    assert [link.url for link in found.links] == [
        "http://www.jingyuan.example.cn/nb/t20240110_5.html",
        HOME + "t20230110_4.html",
    ]


def test_links_that_a_script_writes() -> None:
    found = page("written_by_script.html")
    assert [(link.title, link.listed_on) for link in found.links] == [("同心县2023年政府信息公开工作年度报告", "2024-01-05")]


def test_a_form_that_turns_pages() -> None:
    found = page("post_form.html", HOME + "list.do")
    assert [(request.method, request.url, request.data) for request in found.next_pages] == [
        ("POST", HOME + "list.do", "columnId=88&pageNo=2"),
        ("POST", HOME + "list.do", "columnId=88&pageNo=3"),
    ]


def test_do_post_back() -> None:
    found = page("postback.html", HOME + "List.aspx?lm=12")
    (request,) = found.next_pages
    assert (request.method, request.url) == ("POST", HOME + "List.aspx?lm=12")
    assert dict(parse_qsl(request.data)) == {"__VIEWSTATE": "/wEPDwUK", "__EVENTTARGET": "Pager", "__EVENTARGUMENT": "2"}


def test_a_search_that_must_be_made_first_and_not_the_site_s_own() -> None:
    (sub_list,) = page("search_form.html").sub_lists
    assert (sub_list.request.method, sub_list.request.url, sub_list.request.data) == (
        "POST",
        HOME + "annual.do",
        "catalog=nb&year=",
    )


def test_frames_that_hold_the_list() -> None:
    (sub_list,) = page("frame.html").sub_lists
    assert (sub_list.request.url, sub_list.column) == (HOME + "list.html", True)


def test_short_titles_count_where_the_frame_s_page_is_a_column_of_reports() -> None:
    assert page("frame_list.html").links == ()
    assert [link.title for link in page("frame_list.html", column=True).links] == ["2023年度", "2022年度", "2021年度"]


@pytest.mark.parametrize(
    "text",
    [
        '<html><head><meta http-equiv="Refresh" content="0; url=list/index.html"></head><body></body></html>',
        '<html><head><script>window.location.href = "list/index.html";</script></head><body></body></html>',
        "<script>location.replace('list/index.html')</script>",
        '<frameset cols="20%,80%"><frame src="top.html"><frame src="list/index.html"></frameset>',
    ],
)
def test_pages_that_send_on(text: str) -> None:
    assert [sub_list.request.url for sub_list in read_list(text, HOME).sub_lists] == [HOME + "list/index.html"]


def test_titles_that_stand_beside_their_links() -> None:
    rows = [
        "<td>1</td><td>清河县2023年政府信息公开工作年度报告</td><td>2024-01-30</td><td><a href='a1.html'>查看</a></td>",
        "<td>2</td><td>清河县2022年政府信息公开工作年度报告</td><td>2023-01-30</td><td><a href='b1.pdf' title='下载'>PDF版</a></td>",
    ]
    text = f"<html><body><table><tr>{'</tr><tr>'.join(rows)}</tr></table></body></html>"
    assert [(link.title, link.listed_on) for link in read_list(text, HOME).links] == [
        ("清河县2023年政府信息公开工作年度报告", "2024-01-30"),
        ("清河县2022年政府信息公开工作年度报告", "2023-01-30"),
    ]


def test_links_that_only_attributes_name() -> None:
    title = "年政府信息公开工作年度报告"
    text = f"<ul><li data-href='t1.html'>清河县2023{title}</li><li data-url='t2.html'>清河县2022{title}</li></ul>"
    assert [link.url.removeprefix(HOME) for link in read_list(text, HOME).links] == ["t1.html", "t2.html"]


def test_a_pager_drawn_by_layui() -> None:
    text = """<html><body><script>laypage.render({ elem: 'page', count: 45, limit: 15, curr: 1,
      jump: function (obj, first) { if (!first) { location.href = '?page=' + obj.curr; } } });</script></body></html>"""
    found = read_list(text, HOME)
    assert (found.total, found.pages, following(found)) == (45, 3, ["?page=2", "?page=3"])


def test_an_arrow_without_text_leads_on() -> None:
    text = "<div><a class='page-next' href='index_1.html'></a><a rel='next' href='index_1.html'></a></div>"
    assert following(read_list(text, HOME)) == ["index_1.html"]


def test_a_year_is_no_page_number() -> None:
    years = "<ul><li><a href='2023/'>2023</a></li><li><a href='2022/'>2022</a></li></ul>"
    found = read_list(f"<html><head><title>政府信息公开年报</title></head>{years}", HOME)
    assert [sub_list.title for sub_list in found.sub_lists] == ["2023", "2022"]
    assert found.next_pages == ()


def test_columns_by_year() -> None:
    found = page("years.html")
    assert [(sub_list.title, sub_list.request.url.removeprefix(HOME)) for sub_list in found.sub_lists] == [
        ("2023年", "2023/"),
        ("2022年", "2022/index.html"),
        ("2021年度", "2021/"),
    ]
    assert found.links == ()


def test_columns_by_department_and_lists_shown_in_part() -> None:
    found = page("departments.html")
    assert [sub_list.title for sub_list in found.sub_lists] == [
        "更多",
        "县教育局",
        "县财政局",
        "县审计局",
        "刘家峡镇",
        "盐锅峡镇",
    ]
    assert [link.title for link in found.links] == ["2023年永靖县政府信息公开工作年度报告"]


def test_a_page_that_collects_the_reports_of_all_bodies() -> None:
    found = page("collection.html")
    assert [link.title for link in found.links] == ["县发展和改革局", "县审计局", "县财政局", "洗车河镇", "里耶镇"]
    assert found.links[2].url.endswith("/files/czj2023.pdf")


def test_a_collection_among_reports_is_a_list() -> None:
    text = """<html><head><title>政府信息公开年报</title></head><body><ul>
    <li><a href="t20240206_1.html">龙山县2023年政府信息公开工作年度报告汇总</a><span>2024-02-06</span></li>
    <li><a href="t20240130_1.html">龙山县2023年政府信息公开工作年度报告</a><span>2024-01-30</span></li></ul></body></html>"""
    found = read_list(text, HOME)
    assert [link.url for link in found.links] == [HOME + "t20240130_1.html"]
    (sub_list,) = found.sub_lists
    assert (sub_list.request.url, sub_list.link is not None) == (HOME + "t20240206_1.html", True)


def test_links_in_scripts_and_event_handlers() -> None:
    found = page("scripted_links.html")
    assert [link.url.removeprefix("http://www.qinghe.example.cn") for link in found.links] == [
        "/nb/2023/t1001.html",
        "/content.jsp?id=90022",
        "/nb/2021/t801.html",
        "/xxgk/nb/2020/t701.html",
    ]


def test_a_column_of_everything_gives_its_report_alone() -> None:
    found = page("mixed.html", "http://www.huize.example.cn/xxgk/gg/")
    assert [link.title for link in found.links] == ["会泽县二〇二三年政府信息公开工作年度报告"]
    assert len(found.left_out) == 5
    assert [sub_list.request.url for sub_list in found.sub_lists] == ["http://www.huize.example.cn/xxgk/nb/"]


def test_a_column_may_show_its_newest_report_itself() -> None:
    text = """<html><head><title>清河县2023年政府信息公开工作年度报告</title></head><body><h1>清河县2023年政府信息公开工作年度报告</h1>
    <table><tr><td>一、本年新收政府信息公开申请数量</td><td>12</td></tr></table>
    <ul><li><a href="t2.html">清河县2022年政府信息公开工作年度报告</a></li><li><a href="../2021/">2021年</a></li>
    <li><a href="../jj/t9.html">清河县简介</a></li></ul></body></html>"""
    found = read_list(text, HOME + "2023/index.html")
    assert [(link.url.removeprefix(HOME), link.title) for link in found.entries] == [
        ("2023/index.html", "清河县2023年政府信息公开工作年度报告"),
        ("2023/t2.html", "清河县2022年政府信息公开工作年度报告"),
    ]
    assert [sub_list.request.url for sub_list in found.sub_lists] == [HOME + "2021/"]


def test_the_build_of_the_portal_file_is_the_only_one_tried() -> None:
    text = """<div class="page">共9条 <a href="?page=2">下一页</a></div><script>createPageHTML(3, 0, "index", "html")</script>"""
    assert following(read_list(text, HOME)) == ["index_1.html", "index_2.html"]
    assert following(read_list(text, HOME, build="parameter")) == ["?page=2"]
    assert following(read_list(text, HOME, build="single")) == []


def test_an_unknown_build_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown build 'statik'"):
        read_list("<html></html>", HOME, build="statik")


@pytest.mark.parametrize(
    ("text", "total", "pages"),
    [
        ('<div class="page">共 <b>45</b> 条 第 1/3 页</div>', 45, 3),
        ("<p>记录总数：45 总页数：3 下一页</p>", 45, 3),
        ("<div>总共45条记录 页次：1/3 首页</div>", 45, 3),
        ("<span>共４５条</span>", 45, None),
        ("<script>pager({ totalRecord: 45, totalPage: 3 })</script>", 45, 3),
        ("<p>全年主动公开政府信息共1234条，其中规范性文件3件。</p>", None, None),
    ],
)
def test_stated_sizes(text: str, total: int | None, pages: int | None) -> None:
    found = read_list(f"<html><body>{text}</body></html>", HOME + "a.do")
    assert (found.total, found.pages) == (total, pages)


@pytest.mark.parametrize(
    "text", ["", "   ", "\0\0", "<", "{", "[1, 2", "<html>", "共5页", "]]></record>", "<a href='http://[::1'>x</a>"]
)
def test_anything_can_be_read(text: str) -> None:
    assert read_list(text, HOME).links == ()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 250 + '<a href="t1.html">2023年政府信息公开工作年度报告</a>',
        "<p><a href='x.html'>共5条</a></p>" * 5_000,
        "<a href='index_2.html'>2</a>" * 5_000,
        "<script>" + "createPageHTML((((" * 5_000 + "</script>",
        "<script>" + "<li><a " * 20_000 + "</script>",
        "<script>function f(a){location.href='x_'+a+'.html';" * 3_000 + "</script>",
        "[" * 5_000 + "]" * 5_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
    ],
    ids=["deep", "totals", "pages", "calls", "written", "functions", "arrays", "objects"],
)
def test_hostile_lists_end_in_time(text: str) -> None:
    assert read_list(text, HOME).total in (None, 5)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text", ["<div>" * 5_000, "<li><a href='x.html'>共5条" * 5_000, "<p>x</p>" * 500_000], ids=["deep", "open", "long"]
)
def test_lists_past_the_bounds_are_refused(text: str) -> None:
    with pytest.raises(TooLarge):
        read_list(text, HOME)
