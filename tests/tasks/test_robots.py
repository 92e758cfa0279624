"""A robots.txt that leads to another host's is that host's too, and is not asked for again."""

from __future__ import annotations

import pytest

from tasks.http import Client
from tests.portal_server import Answer, Handler, Server, page, redirect, status

BARE, FULL = "qinghe.example.cn", "www.qinghe.example.cn"


@pytest.mark.parametrize("answer", [page("User-agent: *\nDisallow: /admin/", "text/plain"), status(404)])
def test_a_robots_txt_behind_a_redirect_is_asked_for_once(answer: Answer) -> None:
    def robots(handler: Handler) -> None:
        (redirect(f"http://{FULL}/robots.txt", 301) if handler.headers["host"] == BARE else answer)(handler)

    with Server() as server:
        server.add("/robots.txt", robots)
        server.add("/a.html", page())
        portal = server.portal(BARE, FULL)
        client = Client()
        for host in (BARE, FULL):
            client.fetch(f"http://{host}/a.html", portal=portal)
        client.close()
        assert [(one.host, one.path) for one in server.seen] == [
            (BARE, "/robots.txt"),
            (FULL, "/robots.txt"),
            (BARE, "/a.html"),
            (FULL, "/a.html"),
        ]
