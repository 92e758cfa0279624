"""How discovery goes through the lists of a portal, and that it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from parsers.listing import Request
from parsers.pagination import LONGEST_DROUGHT, MOST_PAGES, Crawl
from parsers.records import Portal
from parsers.verdicts import NotFound, ServerError

FIXTURES = Path(__file__).parent.parent / "fixtures" / "listing"
HOST = "http://www.qinghe.example.cn"
Site = dict[str, str] | Callable[[Request], str | None]


def portal(*lists: str, **settings: object) -> Portal:
    return Portal("qinghe", "130534", lists or (f"{HOST}/nb/",), **settings)  # type: ignore[arg-type]


def run(site: Site, crawl: Crawl) -> list[str]:
    """Drive the crawl over a site; returns what was asked for, in order."""
    asked = []
    while (request := crawl.next_request()) is not None:
        name = request.url.removeprefix(HOST) + (f" POST {request.data}" if request.method == "POST" else "")
        asked.append(name)
        text = site(request) if callable(site) else site.get(name)
        if text is None:
            crawl.fail(request, NotFound(f"HTTP 404 for {request.url}"))
        else:
            crawl.feed(request, text)
    return asked


def entry(number: int, year: int = 2023) -> str:
    return f'<li><a href="/nb/t{year}0101_{number}.html">第{number}镇{year}年政府信息公开工作年度报告</a><span>2024-01-02</span></li>'


def listing(*entries: str, rest: str = "", title: str = "政府信息公开年报") -> str:
    return f"<html><head><title>{title}</title></head><body><ul>{''.join(entries)}</ul>{rest}</body></html>"


def codes(crawl: Crawl) -> list[str]:
    return [issue.code for issue in crawl.issues()]


def test_all_pages_of_a_static_list_once_each() -> None:
    pager = '<div class="page"><a href="index.html">1</a><a href="index_1.html">2</a><a href="index_2.html">3</a></div>'
    site = {
        "/nb/": listing(entry(1), rest=pager),
        "/nb/index_1.html": listing(entry(2), rest=pager),
        "/nb/index_2.html": listing(entry(3)),
    }
    crawl = Crawl(portal())
    assert run(site, crawl) == ["/nb/", "/nb/index_1.html", "/nb/index_2.html"]
    assert len(crawl.links) == 3
    assert crawl.issues() == ()
    assert crawl.pages_read == 3


def test_links_carry_where_and_why() -> None:
    crawl = Crawl(portal())
    run({"/nb/": listing(entry(1))}, crawl)
    (link,) = crawl.links
    assert (link.url, link.portal, link.found_on) == (f"{HOST}/nb/t20230101_1.html", "qinghe", f"{HOST}/nb/")
    assert (link.listed_on, link.year, link.reason) == ("2024-01-02", 2023, "names the report: 信息公开工作年度报告")


def test_one_document_under_several_addresses_is_one() -> None:
    addresses = [
        "/nb/t1.html",
        "./t1.html#top",
        "../nb/./t1.html?utm_source=wx",
        "https://www.qinghe.example.cn/nb/t1.html",
        "http://QINGHE.example.cn:80/nb/t1.html?from=timeline",
    ]
    entries = [f'<li><a href="{address}">清河县2023年政府信息公开工作年度报告</a></li>' for address in addresses]
    crawl = Crawl(portal())
    run({"/nb/": listing(*entries)}, crawl)
    assert [link.url for link in crawl.links] == [f"{HOST}/nb/t1.html"]


def endless(request: Request) -> str:
    number = int(request.url.rpartition("=")[2]) if "=" in request.url else 1
    return listing(entry(number), rest=f'<div class="page"><a href="?page={number + 1}">下一页</a></div>')


def test_a_list_without_end_ends_at_the_bound_and_says_so() -> None:
    crawl = Crawl(portal())
    assert len(run(endless, crawl)) == MOST_PAGES
    assert codes(crawl) == ["list.bound"]


def test_the_bound_of_a_portal() -> None:
    crawl = Crawl(portal(), max_pages=7)
    assert len(run(endless, crawl)) == 7
    assert codes(crawl) == ["list.bound"]


def test_a_list_ends_at_its_stated_total() -> None:
    crawl = Crawl(portal())
    asked = run(lambda request: endless(request).replace("</ul>", "</ul><p>共4条 首页 下一页</p>"), crawl)
    assert len(asked) == 4
    assert crawl.issues() == ()


def test_a_list_ends_where_it_repeats_itself() -> None:
    def last_page_again(request: Request) -> str:
        number = int(request.url.rpartition("=")[2]) if "=" in request.url else 1
        return listing(entry(min(number, 3)), rest=f'<div class="page"><a href="?page={number + 1}">下一页</a></div>')

    crawl = Crawl(portal())
    assert len(run(last_page_again, crawl)) == 4
    assert (len(crawl.links), crawl.issues()) == (3, ())


def test_a_calendar_of_empty_pages_ends() -> None:
    def month(request: Request) -> str:
        number = int(request.url.rpartition("=")[2]) if "=" in request.url else 1
        return listing(
            entry(1) if number == 1 else "", rest=f'<div class="page"><a href="?page={number + 1}">下一页</a></div>'
        )

    crawl = Crawl(portal())
    assert len(run(month, crawl)) == 3


def test_a_list_of_ever_new_things_that_are_no_reports_ends() -> None:
    def notices(request: Request) -> str:
        number = int(request.url.rpartition("=")[2]) if "=" in request.url else 1
        notice = f'<li><a href="/gg/t2024_{number}00001.html">关于第{number}号事项的通知</a><span>2024-01-02</span></li>'
        page = f'<div class="page"><a href="?page={number + 1}">下一页</a></div>'
        return listing(entry(1) if number == 1 else notice, rest=page)

    crawl = Crawl(portal())
    assert len(run(notices, crawl)) == 1 + LONGEST_DROUGHT
    assert codes(crawl) == ["list.drought"]


def test_a_total_of_something_else_does_not_end_a_list() -> None:
    crawl = Crawl(portal())
    site = {
        "/nb/": listing(entry(1), entry(2), rest='<p>共1条</p><div class="page"><a href="?page=2">下一页</a></div>'),
        "/nb/?page=2": listing(entry(3), rest="<p>共1条</p>"),
    }
    run(site, crawl)
    assert len(crawl.links) == 3


def test_fewer_entries_than_stated_is_an_issue() -> None:
    crawl = Crawl(portal())
    run({"/nb/": listing(entry(1), entry(2), rest="<div>共9条 第1/1页</div>")}, crawl)
    (issue,) = crawl.issues()
    assert (issue.severity, issue.code) == ("warning", "list.fewer")
    assert "states 9 entries, 2 were found" in issue.message
    assert crawl.expected == 9


def test_what_is_expected_counts_reports_and_not_the_other_entries_of_a_list() -> None:
    notice = '<li><a href="/nb/t20240101_9.html">关于做好年报编制工作的通知</a><span>2024-01-01</span></li>'
    crawl = Crawl(portal(f"{HOST}/a/", f"{HOST}/b/"))
    site = {
        "/a/": listing(entry(1), entry(2), notice, rest="<div>共5条 第1/1页</div>"),
        "/b/": listing(entry(3), rest="<div>共1条</div>"),
    }
    run(site, crawl)
    assert (len(crawl.links), crawl.expected) == (3, 5)


def test_nothing_is_expected_where_no_list_says_how_many_it_has() -> None:
    crawl = Crawl(portal())
    run({"/nb/": listing(entry(1))}, crawl)
    assert crawl.expected is None


def test_a_portal_without_reports_is_an_error() -> None:
    crawl = Crawl(portal())
    run({"/nb/": listing()}, crawl)
    assert [(issue.severity, issue.code) for issue in crawl.issues()] == [("error", "list.nothing")]


def test_a_list_that_fails_is_an_issue_and_the_others_go_on() -> None:
    crawl = Crawl(portal(f"{HOST}/a/", f"{HOST}/b/"))
    request = crawl.next_request()
    assert request is not None
    crawl.fail(request, ServerError("HTTP 500"))
    assert run({"/b/": listing(entry(1))}, crawl) == ["/b/"]
    assert (len(crawl.links), codes(crawl)) == (1, ["list.server_error"])


def test_an_error_page_with_status_200_is_no_list() -> None:
    crawl = Crawl(portal())
    run({"/nb/": "<html><head><title>404</title></head><body>您访问的页面不存在</body></html>"}, crawl)
    assert codes(crawl) == ["list.soft_404", "list.nothing"]


def test_a_guess_that_is_wrong_is_no_issue() -> None:
    script = '<script>createPageHTML(2, 1, "index", "html")</script>'
    crawl = Crawl(portal())
    asked = run({"/nb/": listing(entry(1), rest=script), "/nb/index_2.html": listing(entry(2))}, crawl)
    assert asked == ["/nb/", "/nb/index_2.html", "/nb/index_1.html"]
    assert (len(crawl.links), crawl.issues()) == (2, ())


def test_a_site_that_counts_from_one_and_numbers_from_zero_loses_nothing() -> None:
    script = '<script>createPageHTML(3, 1, "index", "html")</script>'
    site = {
        "/nb/": listing(entry(1), rest=script),
        "/nb/index_1.html": listing(entry(2), rest=script.replace(" 1,", " 2,")),
        "/nb/index_2.html": listing(entry(3), rest=script.replace(" 1,", " 3,")),
    }
    crawl = Crawl(portal())
    run(site, crawl)
    assert len(crawl.links) == 3


def test_columns_by_year_are_lists_of_their_own() -> None:
    site = {
        "/xxgk/nb/": (FIXTURES / "years.html").read_text(encoding="utf-8"),
        "/xxgk/nb/2023/": listing(entry(1), rest="<div>共1条 第1/1页</div>"),
        "/xxgk/nb/2022/index.html": listing(entry(2, 2022)),
        "/xxgk/nb/2021/": listing(entry(3, 2021)),
    }
    crawl = Crawl(portal(f"{HOST}/xxgk/nb/"))
    assert set(run(site, crawl)) == set(site)
    assert (len(crawl.links), crawl.issues()) == (3, ())


def test_columns_of_other_years_are_not_asked_for() -> None:
    site = {
        "/xxgk/nb/": (FIXTURES / "years.html").read_text(encoding="utf-8"),
        "/xxgk/nb/2023/": listing(entry(1)),
        "/xxgk/nb/2022/index.html": listing(entry(2, 2022)),
    }
    crawl = Crawl(portal(f"{HOST}/xxgk/nb/"), years=[2022])  # 2023年 may be the year of publication
    assert run(site, crawl) == ["/xxgk/nb/", "/xxgk/nb/2023/", "/xxgk/nb/2022/index.html"]
    assert [link.year for link in crawl.links] == [2022]
    assert [link.reason for link in crawl.left_out] == ["of another year than 2022"]


def test_a_year_that_may_be_that_of_the_publication_is_not_taken_for_the_report_s() -> None:
    within = entry(1, 2024)  # listed on 2024-01-02: a report of 2023, or one of 2024 that came before its year had begun
    for years, found in (((2023,), 1), ((2024,), 1), ((2022,), 0)):
        crawl = Crawl(portal(), years=years)
        run({"/nb/": listing(within)}, crawl)
        assert [link.year for link in crawl.links] == [None] * found


def test_columns_by_department_and_the_rest_of_a_list() -> None:
    home = (FIXTURES / "departments.html").read_text(encoding="utf-8")
    site = {
        "/nb/": home,
        "/nb/xzf/": listing(entry(1), entry(2)),
        "/nb/bm/jyj/": listing(
            '<li><a href="2023.html">2023年度</a></li><li><a href="2022.html">2022年度</a></li>', title="县教育局"
        ),
        "/nb/bm/jyj/2023.html": "<html><title>县教育局2023年政府信息公开工作年度报告</title><img src='a.png'></html>",
        "/nb/bm/jyj/2022.html": "<html><title>县教育局</title><table><tr><td>未经复议直接起诉</td></tr></table></html>",
    }
    crawl = Crawl(portal())
    run(site, crawl)
    found = {link.url.removeprefix(f"{HOST}/nb/") for link in crawl.links}
    assert {"xzf/t20240129_1.html", "t20230101_1.html", "t20230101_2.html", "bm/jyj/2023.html", "bm/jyj/2022.html"} <= found
    assert not any("lanzhou" in link.url for link in crawl.links)


def test_a_frame_holds_the_list() -> None:
    site = {
        name: (FIXTURES / file).read_text(encoding="utf-8")
        for name, file in {"/nb/": "frame.html", "/nb/list.html": "frame_list.html"}.items()
    }
    crawl = Crawl(portal())
    assert run(site, crawl) == ["/nb/", "/nb/list.html"]
    assert [link.title for link in crawl.links] == ["2023年度", "2022年度", "2021年度"]
    assert [link.year for link in crawl.links] == [None, None, None]


def test_frames_within_frames_end() -> None:
    def nested(request: Request) -> str:
        return f'<html><body><iframe src="{request.url.removeprefix(HOST)}x/"></iframe></body></html>'

    crawl = Crawl(portal())
    assert len(run(nested, crawl)) <= 6


def test_the_portal_file_s_word_counts_where_the_page_says_nothing() -> None:
    entry_of_a_year = "<li><a href='t20240101_1.html'>2023年度</a><i>2024-01-01</i></li>"
    crawl = Crawl(portal())
    run({"/nb/": listing(entry_of_a_year, title="清河县")}, crawl)
    assert [link.title for link in crawl.links] == ["2023年度"]


def test_dataproxy_to_its_total() -> None:
    def site(request: Request) -> str:
        if "dataproxy" not in request.url:
            return (FIXTURES / "dataproxy_get.html").read_text(encoding="utf-8")
        return "<datastore><totalrecord>5</totalrecord><recordset>" + "".join(
            f"<record><![CDATA[{entry(number, 2010 + number)}]]></record>" for number in (3, 4, 5)
        )

    crawl = Crawl(portal())
    assert len(run(site, crawl)) == 2
    assert (len(crawl.links), crawl.issues()) == (5, ())


def test_an_api_that_is_the_list_itself() -> None:
    def api(request: Request) -> str:
        number = int(request.url.rpartition("=")[2])
        rows = [
            f'{{"title": "第{n}镇2023年政府信息公开工作年度报告", "url": "/d/{n}.html"}}'
            for n in (2 * number - 1, 2 * number)
        ]
        return f'{{"total": 5, "rows": [{", ".join(rows[: 5 - 2 * (number - 1)])}]}}'

    crawl = Crawl(portal(f"{HOST}/api/list?size=2&pageNo=1"))
    assert run(api, crawl) == [f"/api/list?size=2&pageNo={number}" for number in (1, 2, 3)]
    assert (len(crawl.links), crawl.issues()) == (5, ())


def test_a_portal_file_may_name_a_list_that_is_posted() -> None:
    crawl = Crawl(portal(f"POST {HOST}/api/list?channel=3&pageNo=1&pageSize=1"))
    answer = '{"total": 2, "rows": [{"title": "第%s镇2023年政府信息公开工作年度报告", "url": "/d/%s.html"}]}'
    asked = run(lambda request: answer % (("1", "1") if "pageNo=1" in request.data else ("2", "2")), crawl)
    assert asked == ["/api/list POST channel=3&pageNo=1&pageSize=1", "/api/list POST channel=3&pageNo=2&pageSize=1"]
    assert len(crawl.links) == 2


def test_folder_and_index_are_one_page() -> None:
    crawl = Crawl(portal(f"{HOST}/nb/", f"{HOST}/nb/index.html", "https://qinghe.example.cn/nb/"))
    assert run({"/nb/": listing(entry(1))}, crawl) == ["/nb/"]


# --- makers of portals, each as a small server -----------------------------------------------------------------------------


def jpage(total: int, goes_by: str, posts: bool = False) -> Callable[[Request], str]:
    """大汉 jpage with `total` records in groups of 4, of which the column's page carries the first."""
    towns = [entry(number, 2023) for number in range(1, total + 1)]

    def records(first: int, last: int) -> str:
        inside = "".join(f"<record><![CDATA[{town}]]></record>" for town in towns[first - 1 : last])
        return f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // 4)}</totalpage><recordset>{inside}</recordset>"

    def site(request: Request) -> str:
        query = dict(parse_qsl(urlsplit(request.url).query))
        if "dataproxy" in request.url:
            wanted = {**query, **dict(parse_qsl(request.data))}
            assert (wanted["columnid"], request.method) == ("44", "POST" if posts else "GET")
            first = {"window": int(query.get("startrecord", 1)), "page from 0": 4 * int(query.get("page", 0)) + 1}.get(
                goes_by, 4 * int(query.get("page", 1)) - 3
            )
            last = int(query.get("endrecord", 4)) if goes_by == "window" else first + 3
            return f"<datastore>{records(first, last)}</datastore>"
        proxy = "/module/web/jpage/dataproxy.jsp"
        if posts:
            posted = "ajaxParam: 'webid=1&columnid=44'"
            script = f"$('#4440').jpage({{ perPage: 4, totalRecord: {total}, proxyUrl: '{proxy}', {posted} }});"
            return listing(rest=f"<script>{script}</script>")
        link = f"<nextgroup><![CDATA[<a href=\"{proxy}?page=1&webid=1&path='/'&columnid=44&unitid=4440\"></a>]]></nextgroup>"
        script = f"$('#4440').jpage({{ perPage: 4, totalRecord: {total}, groupSize: 1 }});"
        return listing(
            rest=f'<script type="text/xml"><datastore>{link}{records(1, 4)}</datastore></script><script>{script}</script>'
        )

    return site


@pytest.mark.parametrize("goes_by", ["window", "page from 0", "page from 1"])
@pytest.mark.parametrize("total", [3, 4, 5, 30, 61])
def test_jpage_whatever_its_server_goes_by(goes_by: str, total: int) -> None:
    crawl = Crawl(portal())
    asked = run(jpage(total, goes_by), crawl)
    assert (len(crawl.links), crawl.issues()) == (total, ())
    assert len(asked) <= total / 4 + 4


@pytest.mark.parametrize("total", [3, 30])
def test_jpage_that_is_posted_to(total: int) -> None:
    crawl = Crawl(portal())
    run(jpage(total, "window", posts=True), crawl)
    assert (len(crawl.links), crawl.issues()) == (total, ())


def test_jpage_s_data_may_be_named_in_the_portal_file() -> None:
    crawl = Crawl(portal(f"{HOST}/module/web/jpage/dataproxy.jsp?page=1&webid=1&columnid=44&unitid=4440"))
    run(jpage(13, "page from 1"), crawl)
    assert len(crawl.links) == 13


def test_jpaas_builds_its_lists_on_request() -> None:
    towns = [entry(number) for number in range(1, 46)]
    unit = "{'parseType':'bulidstatic','webId':'3549','pageType':'column','tagId':'当前栏目list','pageId':'1229187636'}"

    def site(request: Request) -> str:
        if "/build/unit" not in request.url:
            return listing(
                rest=f'<script src="/unitbuild.js" url="/api-gateway/jpaas/front/page/build/unit" queryData="{unit}"></script>'
            )
        query = dict(parse_qsl(urlsplit(request.url).query))
        assert query["pageId"] == "1229187636"
        wanted = json.loads(query["paramJson"])
        first = (wanted["pageNo"] - 1) * wanted["pageSize"]
        pager = "<div class='pagination' querydata=\"{'rows':'20','count':'45','pageNo':'1'}\"></div>"
        html = f"<ul>{''.join(towns[first : first + wanted['pageSize']])}</ul>{pager}"
        return json.dumps({"success": True, "data": {"html": html}}, ensure_ascii=False)

    crawl = Crawl(portal())
    assert len(run(site, crawl)) == 4
    assert (len(crawl.links), crawl.issues()) == (45, ())
    assert crawl.links[0].listed_on == "2024-01-02"


@pytest.mark.parametrize(
    "address",
    [f"{HOST}/gkmlpt/annualreport#2629", f"{HOST}/gkmlpt/index", f"{HOST}/gkmlpt/api/all/2629?page=1&sid=175"],
)
def test_the_catalogues_of_guangdong(address: str) -> None:
    def site(request: Request) -> str | None:
        if "/api/all/2629?" in request.url:
            number = int(dict(parse_qsl(urlsplit(request.url).query))["page"])
            articles = [
                {
                    "title": f"第{n}镇2023年政府信息公开工作年度报告",
                    "url": f"/gkmlpt/content/0/post_{n}.html",
                    "created_at": "2024-01-05",
                }
                for n in ((1, 2), (3,))[number - 1]
            ]
            return json.dumps({"classify": {"id": 2629, "post_count": 3}, "articles": articles})
        if "/api/" in request.url:
            return None
        tree = '[{"id": 2621, "parent": 0, "name": "机构职能"}, {"id": 2629, "parent": 0, "name": "政府信息公开年报"}]'
        script = f"<script>_CONFIG = {{ SID: '175', TREE: {tree} }};</script>"
        return f"<html><head><title>信息公开</title></head><body><div id='app'></div>{script}</body></html>"

    crawl = Crawl(portal(address))
    run(site, crawl)
    assert (len(crawl.links), crawl.issues()) == (3, ())
    assert crawl.links[0].listed_on == "2024-01-05"


def test_an_api_that_gives_all_at_once() -> None:
    rows = ", ".join(f'{{"title": "第{n}镇2023年政府信息公开工作年度报告", "url": "/d/{n}.html"}}' for n in range(1, 8))
    crawl = Crawl(portal(f"{HOST}/api/list?page=1"))
    run({"/api/list?page=1": f'{{"articles": [{rows}]}}'}, crawl)
    assert (len(crawl.links), crawl.issues()) == (7, ())


def test_pages_that_nothing_names_are_given_up_after_three_that_are_not_there() -> None:
    crawl = Crawl(portal())
    asked = run({"/nb/": listing(entry(1), rest="<p>共45条</p>")}, crawl)
    assert asked == ["/nb/", "/nb/index_1.html", "/nb/index_2.html", "/nb/index_3.html"]
    assert codes(crawl) == ["list.fewer"]


def test_a_numbered_page_of_a_posted_form_is_asked_for_once_whatever_its_state() -> None:
    """Each page of an ASP.NET list carries a state of its own; page 3 is the same from all of them."""

    def site(request: Request) -> str:
        number = int(dict(parse_qsl(request.data)).get("__EVENTARGUMENT", "1"))
        links = "".join(
            f"<a href=\"javascript:__doPostBack('P','{page}')\">{page}</a>" for page in range(1, 4) if page != number
        )
        state = f'<input type="hidden" name="__VIEWSTATE" value="state{number}">'
        return listing(entry(number), rest=f'<form method="post" action="">{state}<div class="page">{links}</div></form>')

    crawl = Crawl(portal())
    asked = run(site, crawl)
    assert [dict(parse_qsl(name.partition("POST ")[2])).get("__EVENTARGUMENT") for name in asked] == [None, "2", "3", "1"]
    assert len(crawl.links) == 3


def test_a_list_api_that_gives_the_same_page_again_is_left_alone() -> None:
    rows = [{"title": "清河县2023年政府信息公开工作年度报告", "url": "/1.html"}]
    crawl = Crawl(portal(f"{HOST}/api/list?page=1"))
    assert len(run(lambda request: json.dumps({"rows": rows}), crawl)) == 2


@pytest.mark.parametrize("method", ["get", "post"])
def test_lists_to_choose_by_year_and_by_body_are_visited_once_each(method: str) -> None:
    def select(name: str, choices: dict[str, str], chosen: str) -> str:
        options = (f'<option value="{key}"{" selected" * (key == chosen)}>{text}</option>' for key, text in choices.items())
        return f'<select name="{name}" onchange="this.form.submit()">{"".join(options)}</select>'

    def site(request: Request) -> str:
        fields = dict(parse_qsl(request.data or urlsplit(request.url).query))
        year, body = fields.get("nd", "2023"), fields.get("dw", "1")
        selects = select("nd", {"2023": "2023年", "2022": "2022年"}, year) + select(
            "dw", {"1": "教育局", "2": "财政局"}, body
        )
        return listing(entry(int(body), int(year)), rest=f'<form method="{method}" action="/nb/">{selects}</form>')

    crawl = Crawl(portal())
    asked = run(site, crawl)
    assert len(crawl.links) == 4
    assert len(asked) == len(set(asked)) == 5  # the first page is that of a year and a body too
