"""Portals drawn by hypothesis: reports and other papers, listed in some layout and paged in some way, served page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlsplit

from hypothesis import strategies as st

from parsers.listing import Request

HOST = "http://www.qinghe.example.cn"
BODIES = (
    "清河县",
    "清河县教育局",
    "县财政局",
    "城关镇人民政府",
    "县审计局",
    "黄金庄镇",
    "县残疾人联合会",
    "经济开发区管委会",
)
REPORTS = (
    "{body}{year}年政府信息公开工作年度报告",
    "{body}{year}年度政府信息公开年度报告",
    "{year}年{body}政府信息公开年报",
    "{body}政府信息公开工作年度报告({year}年)",
    "关于{body}{year}年政府信息公开工作情况的报告",
    "{body}{year}年政府信息公开工作总结",
    "{body}{year}年年报",
    "{body}{year}年度报告",
    "{body}{year}年度",
    "{year}年{body}",
)
OTHERS = (
    "关于做好{year}年政府信息公开工作年度报告编制工作的通知",
    "{body}{year}年政府信息公开工作年度报告解读",
    "{body}{year}年部门决算公开",
    "{year}年法治政府建设年度报告",
    "{year}年政府网站工作年度报表",
    "{body}{year}年政务公开工作要点",
    "{year}年政府工作报告",
    "政府信息公开指南({year}年版)",
    "一图读懂{year}年政府信息公开工作年度报告",
)
PATHS = (
    "{0}{1:02}/t{0}{1:02}{2:02}_{3}.html",
    "../art/{0}/{1}/{2}/art_77_{3}.html",
    "/info/1021/{3}.htm",
    "show.jsp?id={3}",
)
DATES = ("{0}-{1:02}-{2:02}", "[{0}/{1}/{2}]", "{0}年{1}月{2}日", "({0}.{1:02}.{2:02})")


@dataclass(frozen=True)
class Paper:
    """One entry of a list."""

    title: str
    path: str
    date: str
    is_report: bool


@st.composite
def papers(draw: st.DrawFn) -> list[Paper]:
    count = draw(st.integers(1, 40))
    date = draw(st.sampled_from(DATES))
    path = draw(
        st.sampled_from(
            [
                "{0}{1:02}/t{0}{1:02}{2:02}_{3}.html",
                "../art/{0}/{1}/{2}/art_77_{3}.html",
                "/info/1021/{3}.htm",
                "show.jsp?id={3}",
            ]
        )
    )
    found = []
    for number in range(count):
        is_report = number == 0 or draw(st.booleans())
        body, year = BODIES[number % len(BODIES)], 2024 - number // len(BODIES)
        title = draw(st.sampled_from(REPORTS if is_report else OTHERS)).format(body=body, year=year)
        day = (year + 1, 1 + number % 3, 1 + number % 28)
        found.append(Paper(title, path.format(*day, 10_001 + number), date.format(*day), is_report))
    return found


# --- how an entry is written -------------------------------------------------------------------------------------------


def _link(paper: Paper, cut: bool) -> str:
    text = paper.title[:12] + "..." if cut else paper.title
    title = f' title="{escape(paper.title)}"' if cut else ""
    return f'<a href="{paper.path}"{title} target="_blank">{escape(text)}</a>'


def as_items(entries: list[Paper], cut: bool) -> str:
    return '<ul class="list">' + "".join(f"<li>{_link(one, cut)}<span>{one.date}</span></li>" for one in entries) + "</ul>"


def as_rows(entries: list[Paper], cut: bool) -> str:
    return "<table>" + "".join(f"<tr><td>·{_link(one, cut)}</td><td>{one.date}</td></tr>" for one in entries) + "</table>"


def as_terms(entries: list[Paper], cut: bool) -> str:
    return "<div>" + "".join(f"<dl><dt>{_link(one, cut)}</dt><dd>{one.date}</dd></dl>" for one in entries) + "</div>"


def as_lines(entries: list[Paper], cut: bool) -> str:
    return "<div>" + "".join(f"{_link(one, cut)}&nbsp;{one.date}<br>" for one in entries) + "</div>"


def as_blocks_of_five(entries: list[Paper], cut: bool) -> str:
    blocks = [entries[start : start + 5] for start in range(0, len(entries), 5)]
    return "<div class='box'>" + "".join(as_items(block, cut) for block in blocks) + "</div>"


def as_undated_items(entries: list[Paper], cut: bool) -> str:
    return "<ul>" + "".join(f"<li>{_link(one, cut)}</li>" for one in entries) + "</ul>"


def as_rows_with_a_button(entries: list[Paper], cut: bool) -> str:
    row = "<tr><td>{0}</td><td>{1.title}</td><td>{1.date}</td><td><a href='{1.path}'>查看</a></td></tr>"
    return "<table>" + "".join(row.format(number, one) for number, one in enumerate(entries, 1)) + "</table>"


def as_scripted_items(entries: list[Paper], cut: bool) -> str:
    item = "<li><a href='javascript:void(0)' onclick=\"window.open('{0.path}')\">{0.title}</a><i>{0.date}</i></li>"
    return "<ul>" + "".join(item.format(one) for one in entries) + "</ul>"


def as_one_paragraph_each(entries: list[Paper], cut: bool) -> str:
    return "<div>" + "".join(f"<p>{one.date}　{_link(one, cut)}</p>" for one in entries) + "</div>"


def as_cards(entries: list[Paper], cut: bool) -> str:
    card = "<div class='item'><h4>{0}</h4><p class='time'>发布日期:{1}</p></div>"
    return "<div>" + "".join(card.format(_link(one, cut), one.date) for one in entries) + "</div>"


LAYOUTS = (
    *(as_items, as_rows, as_terms, as_lines, as_blocks_of_five, as_undated_items, as_rows_with_a_button, as_scripted_items),
    *(as_one_paragraph_each, as_cards),
)
HEADER = (
    '<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk/">政务公开</a></li></ul></div>'
    '<div class="left"><ul><li><a href="/xxgk/zn/">政府信息公开指南</a></li><li><a href="/xxgk/zd/">政府信息公开制度</a></li>'
    '<li><a href="/xxgk/nb/">政府信息公开年报</a></li></ul></div>'
)
FOOTER = '<div class="footer"><a href="http://www.gov.example/">中国政府网</a> <a href="/wzdt/">网站地图</a></div>'


# --- how a list is paged -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DrawnPortal:
    """A portal with one list, answering requests."""

    papers: list[Paper]
    size: int
    layout: Callable[[list[Paper], bool], str]
    cut: bool
    build: str
    total: bool  # it says 共N条

    @property
    def pages(self) -> int:
        return -(-len(self.papers) // self.size)

    @property
    def start(self) -> str:
        return f"{HOST}/xxgk/nb/" + {"json": "list?pageNo=1&pageSize=" + str(self.size)}.get(self.build, "")

    def answer(self, request: Request) -> str | None:
        """The page for a request; None is a 404."""
        if self.build.startswith("frame") and request.url.endswith("/nb/"):
            return f'<html><title>政府信息公开年报</title>{HEADER}<iframe src="main/index.html" width="100%"></iframe>{FOOTER}</html>'
        number = self._number(request) if "/xxgk/nb/" in request.url else None
        if number is None or number > self.pages:
            return None
        entries = self.papers[(number - 1) * self.size : number * self.size]
        if self.build == "json":
            rows = [{"title": one.title, "url": one.path, "pubDate": one.date} for one in entries]
            return json.dumps({"data": {"total": len(self.papers), "rows": rows}}, ensure_ascii=False)
        return self._html(entries, number)

    def _number(self, request: Request) -> int | None:
        parts = urlsplit(request.url)
        fields = dict(parse_qsl(parts.query) + parse_qsl(request.data))
        name = parts.path.rpartition("/")[2].removesuffix(".html")
        for key in ("page", "PageIndex", "pageNo", "curPage", "__EVENTARGUMENT"):
            if key in fields:
                return int(fields[key])
        stem, _, digits = name.partition("_")
        if stem not in ("", "index"):
            return None
        return (int(digits) + (0 if self.build in {"static one", "script one"} else 1)) if digits else 1

    def _html(self, entries: list[Paper], number: int) -> str:
        size = f"共{len(self.papers)}条 " if self.total else ""
        body = self.layout(entries, self.cut)
        if self.build == "postback":
            hidden = '<input type="hidden" name="__VIEWSTATE" value="x"><input type="hidden" name="__EVENTTARGET">'
            body = f'<form method="post" action="">{hidden}{body}<div class="page">{size}{self._pager(number)}</div></form>'
        else:
            body += f'<div class="page">{size}{self._pager(number)}</div>'
        crumbs = '<div class="position">当前位置:<a href="/">首页</a> &gt; 政府信息公开年报</div>'
        return f"<html><head><title>政府信息公开年报</title></head><body>{HEADER}{crumbs}{body}{FOOTER}</body></html>"

    def _pager(self, number: int) -> str:
        zero_based, last = self.build != "static one", self.pages
        match self.build:
            case "static zero" | "static one" | "frame":
                names = {n: "index.html" if n == 1 else f"index_{n - zero_based}.html" for n in range(1, last + 1)}
                return _links({n: names[n] for n in names if abs(n - number) < 3}, names.get(number + 1))
            case "script zero":
                return f'<script>createPageHTML({last}, {number - 1}, "index", "html");</script>'
            case "script one":
                return f'<script>createPageHTML("page_div", {last}, {number}, "index", "html", {len(self.papers)});</script>'
            case "function":
                script = '<script>function goPage(n) { location.href = "index_" + (n - 1) + ".html"; }</script>'
                return (
                    script
                    + f"第{number}页 共{last}页 "
                    + _links({}, f"javascript:goPage({number + 1})" if number < last else None)
                )
            case "postback":
                numbers = {n: f"javascript:__doPostBack('Pager','{n}')" for n in range(1, last + 1) if n != number}
                return _links(numbers, None)
            case "form":
                form = f'<form method="post" action="list.do"><input type="hidden" name="curPage" value="{number}"></form>'
                return f"{form}第{number}/{last}页 <a href='javascript:void(0)' onclick='turn()'>下一页</a>"
            case name:
                numbers = {n: f"?{name}={n}" for n in range(1, last + 1) if abs(n - number) < 3}
                return _links(numbers, f"?{name}={number + 1}" if number < last else None)


def _links(numbers: dict[int, str], onward: str | None) -> str:
    shown = " ".join(f'<a href="{address}">{number}</a>' for number, address in numbers.items())
    return f'{shown} <a href="{onward}">下一页</a>' if onward else f"{shown} <span>下一页</span>"


BUILDS = (
    *("static zero", "static one", "frame", "script zero", "script one", "function", "postback", "form", "json"),
    *("page", "PageIndex", "pageNo", "curPage"),
)


@st.composite
def portals(draw: st.DrawFn) -> DrawnPortal:
    return DrawnPortal(
        draw(papers()),
        draw(st.sampled_from([3, 5, 15])),
        draw(st.sampled_from(LAYOUTS)),
        draw(st.booleans()),
        draw(st.sampled_from(BUILDS)),
        draw(st.booleans()),
    )
