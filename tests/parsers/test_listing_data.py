"""List APIs: how pages ask them, and how the records that they answer with become addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parsers.listing import ListPage, SubList, read_list
from parsers.listing_templates import address_templates

HOME = "http://www.qinghe.example.cn/xxgk/nb/"
API = "http://www.qinghe.example.cn/api/list"
TITLE = "清河县2023年政府信息公开工作年度报告"
MENU = '<div><ul><li><a href="/">首页</a></li><li><a href="/xw/">新闻中心</a></li><li><a href="/bs/">办事服务</a></li></ul></div>'


def asked_by(script: str, body: str = "<ul id='list'></ul>") -> tuple[SubList, ...]:
    text = f"<html><head><title>政府信息公开年报</title></head><body>{MENU}{body}<script>{script}</script></body></html>"
    return read_list(text, HOME).sub_lists


def answer(record: dict[str, Any], **options: Any) -> ListPage:
    return read_list(json.dumps({"data": {"list": [record], "total": 1}}), API, column=True, **options)


@pytest.mark.parametrize(
    ("script", "data"),
    [
        ("$.ajax({url:'/api/list', data:{channelId:5,pageNo:p}, success: draw})", "?channelId=5&pageNo=1"),
        ("axios.get('/api/list', {params: {pageNo: this.pageNo}}).then(draw)", "?pageNo=1"),
        ("let page = 0; fetch(`/api/list?page=${page}&size=10`).then(draw)", "?page=0&size=10"),
        ("fetch('/api/list', {method: 'POST', body: JSON.stringify({page: 1, cat: 'nb'})})", '{"page": 1, "cat": "nb"}'),
        ("$('#list').load('/api/list?id=7&page=' + n)", "?id=7&page=1"),
        ("xhr.open('GET', '/api/list?page=' + page, true)", "?page=1"),
        ("this.$http.post('/api/list', {pageNo: this.pageNo})", '{"pageNo": 1}'),
        ("const API = '/api'; let pageNum = 1; fetch(`${API}/list?pageNum=${pageNum}`)", "?pageNum=1"),
        (
            "$.ajax({url:'/api/list', type:'POST', contentType:'application/json', data:JSON.stringify({id:'x', page:{current:1}})})",
            '{"id": "x", "page": {"current": 1}}',
        ),
    ],
)
def test_list_apis_that_a_page_asks(script: str, data: str) -> None:
    """A site's menu with 新闻中心 in it is no list of bodies, and does not stand in for the list."""
    (asked,) = asked_by(script)
    assert (asked.request.data or asked.request.url.removeprefix(API)) == data


def test_a_list_that_shows_fewer_than_it_states_is_asked_for_the_rest() -> None:
    entry = f'<ul><li><a href="t88101.html">{TITLE}</a></li></ul>'
    script = "$.get('/api/list', {page: 2}, append)"
    assert [one.request.url for one in asked_by(script, entry + "<p>共45条</p>")] == [API + "?page=2"]
    assert asked_by(script, entry) == ()


@pytest.mark.parametrize(
    "script",
    [
        """html += '<li><a href="/nb/' + item.id + '.html" target="_blank">' + item.title + '</a></li>';""",
        r"""html += "<li><a href=\"/nb/" + item.id + ".html\">" + item.title;""",
        "ul.innerHTML += `<a href='/nb/${x.id}.html'>${x.title}</a>`;",
        "function detail(id) { window.open('/nb/' + id + '.html?detail=1'); }",
    ],
)
def test_addresses_that_only_the_page_can_make(script: str) -> None:
    (template, *_) = address_templates(f"<script>{script}</script>", script)
    (link,) = answer({"id": 77123, "title": TITLE}, shown_on=HOME, templates=(template,)).links
    assert link.url.removesuffix("?detail=1") == "http://www.qinghe.example.cn/nb/77123.html"


@pytest.mark.parametrize("attribute", [":href=\"'/nb/'+item.articleId+'.html'\"", 'ng-href="/nb/{{item.articleId}}.html"'])
def test_addresses_that_a_bound_attribute_makes(attribute: str) -> None:
    (template,) = address_templates(f'<a {attribute}>{{{{item.title}}}}</a><a href="/css/x.css">x</a>', "")
    (link,) = answer({"article_id": "77123", "title": TITLE}, shown_on=HOME, templates=(template,)).links
    assert link.url == "http://www.qinghe.example.cn/nb/77123.html"


def test_a_record_with_an_address_of_its_own_needs_none_made_of_its_id() -> None:
    record = {"id": 77123, "title": TITLE, "url": "/own/1.html"}
    (link,) = answer(record, templates=("/nb/{id}.html",)).links
    assert link.url == "http://www.qinghe.example.cn/own/1.html"
    (link,) = answer(record, templates=("/qinghe{url}",)).links
    assert link.url == "http://www.qinghe.example.cn/qinghe/own/1.html"


def test_relative_addresses_are_those_of_the_page_that_asks() -> None:
    (link,) = answer({"title": TITLE, "url": "./202401/t88101.html"}, shown_on=HOME).links
    assert link.url == HOME + "202401/t88101.html"
    (link,) = read_list(f'<li><a href="t88101.html">{TITLE}</a></li>', API, shown_on=HOME).links
    assert link.url == HOME + "t88101.html"
    (link,) = read_list(f'<html><body><a href="t88101.html">{TITLE}</a></body></html>', API, shown_on=HOME).links
    assert link.url == "http://www.qinghe.example.cn/api/t88101.html"


def test_a_list_api_that_answers_with_html_is_asked_for_its_next_page() -> None:
    found = read_list(f'<li><a href="t88101.html">{TITLE}</a></li>', API + "?page=1&size=10", shown_on=HOME)
    assert [(one.url, one.guess) for one in found.next_pages] == [(API + "?page=2&size=10", True)]


def test_the_next_page_stands_in_an_object_within_the_posted_one() -> None:
    record = {"title": TITLE, "url": "/1.html"}
    body = json.dumps({"id": "x", "page": {"current": 1, "size": 1}})
    found = read_list(json.dumps({"rows": [record], "total": 2}), API, column=True, body=body)
    assert [json.loads(one.data) for one in found.next_pages] == [{"id": "x", "page": {"current": 2, "size": 1}}]


@pytest.mark.parametrize(
    "nodes", ['[{"id":1,"name":"教育局","url":"jyj/"}]', "[{id:1, name:'教育局', url:'jyj/', open:true}]"]
)
def test_the_tree_of_a_menu_leads_to_the_columns_of_bodies(nodes: str) -> None:
    (column,) = asked_by(f"var zNodes = {nodes};", "<ul class='ztree'></ul>")
    assert (column.request.url, column.title) == (HOME + "jyj/", "教育局")


@pytest.mark.parametrize(
    "record",
    [
        {"DocTitle": TITLE, "DocPubUrl": "/1.html", "DocRelTime": "2024-01-26"},
        {"xxbt": TITLE, "xxlj": "/1.html", "fbsj": "2024-01-26 09:00"},
        {"contentTitle": TITLE, "contentUrl": "/1.html", "releaseTime": "2024-01-26", "titleImg": "/1.jpg"},
        {"mainTitle": TITLE, "thumbUrl": "/a.jpg", "webUrl": "/1.html", "createDateStr": "2024-01-26"},
    ],
)
def test_records_by_whatever_names_their_fields_have(record: dict[str, str]) -> None:
    (link,) = answer(record).links
    assert (link.title, link.url, link.listed_on) == (TITLE, "http://www.qinghe.example.cn/1.html", "2024-01-26")


def test_arrays_of_the_same_kind_are_one_list() -> None:
    """One array for each year or body; the menu beside them is another kind."""
    years = [
        {
            "year": year,
            "list": [
                {"title": f"第{body}镇{year}年政府信息公开工作年度报告", "url": f"/{year}{body}.html"}
                for body in range(1, size + 1)
            ],
        }
        for year, size in ((2023, 2), (2022, 1), (2021, 1))
    ]
    menu = [{"name": "新闻", "url": "/xw/", "icon": "n.png"} for _ in range(9)]
    found = read_list(json.dumps({"menu": menu[:1], "data": years}), API, column=True)
    assert [link.url.rpartition("/")[2] for link in found.links] == ["20231.html", "20232.html", "20221.html", "20211.html"]


def test_json_as_text_within_json() -> None:
    inner = json.dumps({"rows": [{"title": TITLE, "url": "/1.html"}], "total": 45})
    found = read_list(json.dumps({"code": "0", "data": inner}), API, column=True)
    assert ([link.title for link in found.links], found.total) == ([TITLE], 45)
