"""Every way in which portals list their reports, on a real server: what is found, and what the server's own log says of us."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from parsers.listing import Request
from parsers.pagination import LONGEST_DROUGHT, MOST_PAGES
from parsers.records import Portal, ReportLink
from storage.documents import document_id
from storage.ledger import Ledger
from storage.overview import portal_rows, select_documents
from tasks.archiving import ArchiveWriters
from tasks.discover import Discovered, Discovery, PortalError, discover
from tasks.fetch import ALL_BUT_FINAL, FetchBatch, PortalBook, fetch
from tasks.http import Client
from tests.parsers.drawn_portals import BUILDS, LAYOUTS, DrawnPortal, Paper, as_items
from tests.parsers.test_pagination import FIXTURES, entry, jpage, listing
from tests.portal_server import Answer, Handler, Server, page, redirect, slow, status

Site = Callable[[Request], str | None]
PAPERS = [
    Paper(
        f"清河县第{number}镇2023年政府信息公开工作年度报告", f"/info/1021/{1000 + number}.htm", "2024-01-20", is_report=True
    )
    for number in range(13)
]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.add("/robots.txt", page("User-agent: *\nDisallow: /admin/", "text/plain"))
        yield server


def serve(server: Server, site: Site) -> None:
    """Answer everything as the site does."""

    def answer(handler: Handler) -> None:
        url = f"http://{server.host}{handler.path}"
        text = site(Request(url, "POST" if handler.command == "POST" else "GET", handler.asked.body.decode()))
        (status(404) if text is None else page(text))(handler)

    server.otherwise = answer


class Look:
    """Discovers the portal of a server, and looks into the server's log."""

    def __init__(self, server: Server, client: Client, writers: ArchiveWriters, ledger: Ledger) -> None:
        self.server, self.client, self.writers, self.ledger = server, client, writers, ledger

    def __call__(self, *lists: str, **settings: object) -> Discovered:
        portal = self.portal(*lists, **settings)
        found = discover.fn(Discovery(portal), "run", self.client, self.writers, self.ledger)
        self._was_polite(portal)
        return found

    def portal(self, *lists: str, **settings: object) -> Portal:
        return replace(self.server.portal(**settings), lists=tuple(f"http://{self.server.host}{path}" for path in lists))

    def _was_polite(self, portal: Portal) -> None:
        seen = sorted(self.server.seen, key=lambda one: one.began)
        assert seen[0].path == "/robots.txt"
        asked = [(one.method, one.path, one.body) for one in seen]
        assert len(asked) == len(set(asked)), "something was asked for twice"
        assert self.server.most_at_once == 1
        assert all(after.began - before.ended >= portal.pace for before, after in itertools.pairwise(seen))
        assert all(one.headers["user-agent"].startswith("nianbao/") for one in seen)
        assert not any("cookie" in one.headers or one.path.startswith("/admin/") for one in seen)


@pytest.fixture
def look(server: Server, client: Client, writers: ArchiveWriters, ledger: Ledger) -> Look:
    return Look(server, client, writers, ledger)


@pytest.mark.parametrize("build", BUILDS)
def test_paging(server: Server, look: Look, build: str) -> None:
    site = DrawnPortal(PAPERS, 5, as_items, cut=False, build=build, total=True)
    serve(server, site.answer)
    found = look(site.start.removeprefix(f"http://{server.host}"))
    assert len(found.document_ids) == len(PAPERS)
    assert found.issues == ()
    assert len(server.asked()) <= site.pages + 3
    (row,) = portal_rows(look.ledger)
    assert (row.found, row.error) == (13, None)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_layouts(server: Server, look: Look, layout: Callable[[list[Paper], bool], str]) -> None:
    site = DrawnPortal(PAPERS, 5, layout, cut=False, build="script zero", total=False)
    serve(server, site.answer)
    assert len(look("/xxgk/nb/").document_ids) == len(PAPERS)


@pytest.mark.parametrize("posts", [False, True], ids=["get", "post"])
def test_dataproxy(server: Server, look: Look, posts: bool) -> None:
    serve(server, jpage(30, "window", posts=posts))
    assert len(look("/nb/").document_ids) == 30
    assert {one.method for one in server.asked() if "dataproxy" in one.path} == {"POST" if posts else "GET"}


def test_columns_by_year(server: Server, look: Look) -> None:
    server.add("/xxgk/nb/", page((FIXTURES / "years.html").read_text(encoding="utf-8")))
    server.add("/xxgk/nb/2023/", page(listing(entry(1))))
    server.add("/xxgk/nb/2022/index.html", page(listing(entry(2, 2022))))
    server.add("/xxgk/nb/2021/", page(listing(entry(3, 2021))))
    assert len(look("/xxgk/nb/").document_ids) == 3


def test_columns_by_department(server: Server, look: Look) -> None:
    server.add("/nb/", page((FIXTURES / "departments.html").read_text(encoding="utf-8")))
    server.add("/nb/xzf/", page(listing(entry(1), entry(2))))
    assert len(look("/nb/").document_ids) >= 2
    assert {one.host for one in server.seen} == {server.host}, "another site was visited"


def test_a_frame_and_a_refresh(server: Server, look: Look) -> None:
    server.add("/nb/", page('<html><head><meta http-equiv="refresh" content="0; url=/new/"></head><body></body></html>'))
    server.add("/new/", page('<html><title>政府信息公开年报</title><body><iframe src="list.html"></iframe></body></html>'))
    server.add("/new/list.html", page(listing(entry(1), entry(2))))
    assert len(look("/nb/").document_ids) == 2
    assert [one.path for one in server.asked()] == ["/nb/", "/new/", "/new/list.html"]


def test_one_document_under_several_addresses_is_fetched_once(server: Server, look: Look) -> None:
    shapes = ("/nb/t1.html", "./x/../t1.html", "http://QINGHE.example.cn/nb/t1.html?utm_source=wx", "t1.html#top")
    links = [f'<li><a href="{shape}">清河县2023年政府信息公开工作年度报告</a></li>' for shape in shapes]
    server.add("/nb/", page(listing(*links)))
    server.add("/nb/t1.html", page("<html><body>一、总体情况</body></html>"))
    found = look("/nb/")
    _fetch(look, found.document_ids)
    assert [one.path for one in server.asked()] == ["/nb/", "/nb/t1.html"]


def test_a_pace_between_list_pages(server: Server, look: Look) -> None:
    site = DrawnPortal(PAPERS, 5, as_items, cut=False, build="static one", total=True)
    serve(server, site.answer)
    look("/xxgk/nb/", pace=0.1)


# --- lists that would not end, and lists that cannot be had ---------------------------------------------------------------


def _onward(number: int, *entries: str) -> str:
    return listing(*entries, rest=f'<div class="page"><a href="?page={number + 1}">下一页</a></div>')


def _number(request: Request) -> int:
    return int(request.url.rpartition("=")[2]) if "=" in request.url else 1


@pytest.mark.parametrize(
    ("of_page", "pages"),
    [
        (lambda number: _onward(number, entry(number)), MOST_PAGES),
        (lambda number: _onward(number, entry(min(number, 3))), 4),
        (lambda number: _onward(number, *([entry(1)] if number == 1 else [])), 3),
        (
            lambda number: _onward(
                number,
                entry(1)
                if number == 1
                else f'<li><a href="/gg/t2024_{number}00001.html">通知{number}</a><i>2024-01-02</i></li>',
            ),
            1 + LONGEST_DROUGHT,
        ),
    ],
    ids=["for ever", "the last page again", "a calendar", "other papers"],
)
def test_lists_end(server: Server, look: Look, of_page: Callable[[int], str], pages: int) -> None:
    serve(server, lambda request: of_page(_number(request)))
    look("/nb/")
    assert len(server.asked()) == pages


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (status(404), "HTTP 404"),
        (status(412, b"<script>challenge()</script>"), "HTTP 412"),
        (status(521), "HTTP 521"),
        (redirect("/nb/", Set_Cookie="wall=1"), "circle"),
        (page("<html><title>404</title><body>您访问的页面不存在</body></html>"), "not there"),
        (page("<html><title>统一身份认证登录</title><body><form><input type='password'></form></body></html>"), "login"),
        (page(""), "no report was found"),
        (slow(0.2, status(500)), "HTTP 500"),
    ],
    ids=["404", "412", "521", "cookie", "soft 404", "login", "empty", "500"],
)
def test_a_list_that_cannot_be_had_fails_its_portal_and_is_left_alone(
    server: Server, look: Look, answer: Answer, what: str
) -> None:
    server.add("/nb/", answer)
    with pytest.raises(PortalError, match=what):
        look("/nb/")
    assert len(server.asked()) == 1
    (row,) = portal_rows(look.ledger)
    assert (row.found, row.error is not None) == (0, True)


# --- documents that are not there, with status 200 ------------------------------------------------------------------------


def _fetch(look: Look, documents: tuple[str, ...], run: str = "run") -> None:
    portal = look.portal("/nb/")
    batch = FetchBatch("host", documents, ALL_BUT_FINAL)
    fetch.fn(batch, run=run, client=look.client, portals=PortalBook([portal]), writers=look.writers, ledger=look.ledger)


def _one(look: Look) -> str:
    portal = look.portal("/nb/")
    url = f"http://{look.server.host}/nb/t20230101_1.html"
    look.ledger.record_links(
        "run", portal, [ReportLink(url, "清河县2023年政府信息公开工作年度报告", portal.name, portal.lists[0])]
    )
    return document_id(url)


@pytest.mark.parametrize(
    "answer",
    [
        page("<html><title>错误</title><body>您访问的页面不存在或已被删除</body></html>"),
        redirect("/"),
        redirect("/404.html"),
        page(listing(entry(1), entry(2), entry(3), entry(4))),
    ],
    ids=["constant error page", "redirect home", "redirect to an error page", "the list again"],
)
def test_soft_404(server: Server, look: Look, answer: Answer) -> None:
    server.add("/", page("<html><title>清河县人民政府</title><body><a href='/nb/'>年报</a></body></html>"))
    server.add("/404.html", page("<html><body>sorry</body></html>"))
    server.add("/nb/t20230101_1.html", answer)
    _fetch(look, (_one(look),))
    (row,) = select_documents(look.ledger)
    assert (row.verdict, row.transient) == ("soft_404", False)


def test_a_page_that_changes_between_two_fetches(server: Server, look: Look) -> None:
    first, second = (page(f"<html><body>一、总体情况 {word}</body></html>", ETag=f'"{word}"') for word in ("old", "new"))
    server.add("/nb/t20230101_1.html", first, second, second)
    document = _one(look)
    digests = []
    for run in ("run", "run 2", "run 3"):
        _fetch(look, (document,), run)
        digests.append(select_documents(look.ledger)[0].content_digest)
    assert digests[0] != digests[1] == digests[2]
    assert [one.headers.get("if-none-match") for one in server.asked()] == [None, '"old"', '"new"']
