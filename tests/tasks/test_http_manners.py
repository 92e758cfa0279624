"""Manners, read from the server's own log: order, spacing, headers, robots.txt, nothing asked twice."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from parsers.verdicts import ConnectionFailed, DisallowedByRobots, RateLimited, ServerError, Verdict
from storage.locks import HostLocks
from tasks.http import Client, Response
from tasks.politeness import Politeness
from tests.portal_server import Answer, Server, page, redirect, reset, revalidated, slow, status

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(contact="mailto:harvest@example.org", connect_timeout=1.0, read_timeout=2.0)
    yield client
    client.close()


def test_the_user_agent_names_the_project_and_whom_to_write_to(client: Client, server: Server) -> None:
    client.fetch(server.add("/t1.html", page()), portal=server.portal())
    agents = {one.headers["user-agent"] for one in server.seen}
    assert len(agents) == 1
    agent = agents.pop()
    assert agent.startswith("nianbao/")
    assert "mailto:harvest@example.org" in agent


def test_the_contact_comes_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_CONTACT", "https://example.org/about")
    assert "+https://example.org/about" in Client().user_agent


def test_requests_to_a_host_keep_their_distance(client: Client, server: Server) -> None:
    url = server.add("/t1.html", page())
    for _ in range(4):
        client.fetch(url, portal=server.portal(pace=0.2))
    gaps = [after.began - before.ended for before, after in zip(server.seen, server.seen[1:], strict=False)]
    assert len(gaps) == 4  # robots.txt first
    assert all(gap >= 0.2 for gap in gaps)


def test_threads_share_the_pace_and_one_connection_at_a_time(client: Client, server: Server) -> None:
    urls = [server.add(f"/t{number}.html", slow(0.02)) for number in range(8)]
    portal = server.portal(pace=0.05)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda url: client.fetch(url, portal=portal), urls))
    assert server.most_at_once == 1
    assert len(server.asked()) == 8
    seen = sorted(server.seen, key=lambda one: one.began)
    assert all(after.began - before.ended >= 0.05 for before, after in itertools.pairwise(seen))


def test_processes_on_one_data_directory_share_the_pace(server: Server, tmp_path: Path) -> None:
    """Each with a client of its own, as two harvests at once have; nothing but the lock files is common to them."""
    urls = [server.add(f"/t{number}.html", slow(0.02)) for number in range(8)]
    server.add("/other.html", slow(0.02))
    portal = server.portal(server.host, "other.example.cn", pace=0.1)
    processes = [Client(politeness=Politeness(shared=HostLocks(tmp_path / "hosts")), obey_robots=False) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda item: processes[item[0] % 2].fetch(item[1], portal=portal), enumerate(urls)))
    seen = sorted(server.seen, key=lambda one: one.began)
    assert len(seen) == 8
    assert server.most_at_once == 1
    assert all(
        after.began - before.ended >= 0.095 for before, after in itertools.pairwise(seen)
    )  # a file's clock is coarser
    slower = replace(portal, pace=30.0)
    began = time.monotonic()
    processes[0].fetch(server.url("/other.html", "other.example.cn"), portal=slower)
    assert time.monotonic() - began < 30, "another host has a turn of its own"


def test_different_hosts_do_not_wait_for_each_other(client: Client, server: Server) -> None:
    hosts = [f"h{number}.example.cn" for number in range(8)]
    server.add("/t1.html", slow(0.5))
    portal = server.portal(*hosts)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda host: client.fetch(server.url("/t1.html", host), portal=portal), hosts))
    assert server.most_at_once >= 4


def test_the_pace_slows_when_the_server_errs_and_recovers(client: Client, server: Server) -> None:
    url = server.add("/t1.html", page(), status(500), status(500), page())
    portal = server.portal(pace=0.1)
    for _ in range(8):
        try:
            client.fetch(url, portal=portal)
        except ServerError:
            continue
    seen = server.asked()
    gaps = [after.began - before.ended for before, after in itertools.pairwise(seen)]
    assert gaps[1] >= 0.2  # after the first error
    assert gaps[2] >= 0.4  # after the second
    assert gaps[-1] < gaps[2]


def test_retry_after_is_kept_to(client: Client, server: Server) -> None:
    url = server.add("/t1.html", status(429, Retry_After="1"), page())
    with pytest.raises(RateLimited):
        client.fetch(url, portal=server.portal())
    client.fetch(url, portal=server.portal())
    first, second = server.asked()
    assert second.began - first.ended >= 1.0


def test_a_long_retry_after_is_not_slept_through(client: Client, server: Server) -> None:
    url = server.add("/t1.html", status(503, Retry_After="3600"), page())
    for _ in range(2):
        with pytest.raises(RateLimited) as raised:
            client.fetch(url, portal=server.portal())
    assert raised.value.retry_after == pytest.approx(3600, abs=5)
    assert len(server.asked()) == 1


def test_a_dead_host_is_left_alone(client: Client, server: Server) -> None:
    server.add("/robots.txt", status(404))
    urls = [server.add(f"/t{number}.html", reset()) for number in range(12)]
    for url in urls:
        with pytest.raises(ConnectionFailed):
            client.fetch(url, portal=server.portal())
    assert len({one.path for one in server.asked()}) == 5


# --- robots.txt ---------------------------------------------------------------------------------------------------------


def test_robots_txt_is_asked_for_once_and_first(client: Client, server: Server) -> None:
    server.add("/robots.txt", page("User-agent: *\nDisallow: /admin/\n", "text/plain"))
    urls = [server.add(f"/t{number}.html", page()) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda url: client.fetch(url, portal=server.portal()), urls))
    assert next(one.path for one in server.seen) == "/robots.txt"
    assert len(server.asked("/robots.txt")) == 1


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /xxgk/", "/xxgk/t1.html", False),
        ("User-agent: *\nDisallow: /xxgk/", "/nb/t1.html", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: nianbao\nAllow: /", "/xxgk/t1.html", True),
        ("User-agent: Nianbao\nDisallow: /", "/xxgk/t1.html", False),
        ("User-agent: Baiduspider\nDisallow: /", "/xxgk/t1.html", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/xxgk/t1.pdf", False),
        ("User-agent: *\nDisallow: /\nAllow: /xxgk/", "/xxgk/t1.html", True),
        ("\ufeffUser-agent: *\nDisallow: /", "/xxgk/t1.html", False),
        ("User-agent: *\nDisallow:", "/xxgk/t1.html", True),
        ("<html>User-agent: * Disallow: /</html>", "/xxgk/t1.html", True),
    ],
)
def test_robots_txt_is_obeyed(client: Client, server: Server, robots: str, path: str, allowed: bool) -> None:
    server.add("/robots.txt", page(robots, "text/plain"))
    url = server.add(path, page())
    if allowed:
        assert client.fetch(url, portal=server.portal()).status == 200
    else:
        with pytest.raises(DisallowedByRobots, match=r"robots\.txt of www\.qinghe"):
            client.fetch(url, portal=server.portal())
        assert server.asked() == []


@pytest.mark.parametrize("code", [401, 403, 404, 410, 412])
def test_no_robots_txt_means_that_all_is_allowed(client: Client, server: Server, code: int) -> None:
    server.add("/robots.txt", status(code))
    assert client.fetch(server.add("/t1.html", page()), portal=server.portal()).status == 200


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [(status(500), ServerError), (status(429, Retry_After="0"), RateLimited), (reset(), ConnectionFailed)],
    ids=["500", "429", "reset"],
)
def test_a_robots_txt_that_cannot_be_had_stops_the_host_for_now(
    client: Client, server: Server, fault: Answer, verdict: type[Verdict]
) -> None:
    server.add("/robots.txt", fault, page("User-agent: *\nDisallow: /admin/"))
    url = server.add("/t1.html", page())
    with pytest.raises(verdict) as raised:
        client.fetch(url, portal=server.portal())
    assert raised.value.transient
    assert server.asked() == []
    assert client.fetch(url, portal=server.portal()).status == 200  # asked for again, and obeyed


def test_robots_txt_may_be_redirected(client: Client, server: Server) -> None:
    server.add("/robots.txt", redirect("/robots/all.txt"))
    server.add("/robots/all.txt", page("User-agent: *\nDisallow: /"))
    with pytest.raises(DisallowedByRobots):
        client.fetch(server.add("/t1.html", page()), portal=server.portal())


def test_crawl_delay_holds_against_a_shorter_pace(client: Client, server: Server) -> None:
    server.add("/robots.txt", page("User-agent: *\nCrawl-delay: 0.3\n"))
    url = server.add("/t1.html", page())
    for _ in range(3):
        client.fetch(url, portal=server.portal(pace=0.05))
    gaps = [after.began - before.ended for before, after in zip(server.seen, server.seen[1:], strict=False)]
    assert all(gap >= 0.3 for gap in gaps)


def test_redirects_obey_the_robots_txt_of_where_they_lead(client: Client, server: Server) -> None:
    server.add("/robots.txt", page("User-agent: *\nDisallow: /hidden/"))
    url = server.add("/t1.html", redirect("/hidden/t1.html"))
    with pytest.raises(DisallowedByRobots):
        client.fetch(url, portal=server.portal())
    assert [one.path for one in server.asked()] == ["/t1.html"]


def test_robots_txt_outlives_the_client_where_it_is_kept(server: Server) -> None:
    server.add("/robots.txt", page("User-agent: *\nDisallow: /admin/"))
    url = server.add("/t1.html", page())
    kept: dict[str, tuple[float, bytes]] = {}
    for _ in range(2):
        Client(robots_saved=kept).fetch(url, portal=server.portal())
    assert len(server.asked("/robots.txt")) == 1
    kept["http://www.qinghe.example.cn"] = (time.time() - 86_401, b"")  # a day later
    Client(robots_saved=kept).fetch(url, portal=server.portal())
    assert len(server.asked("/robots.txt")) == 2


# --- conditional requests, cookies, the archive's share -----------------------------------------------------------------


def test_an_unchanged_document_is_not_sent_again(client: Client, server: Server) -> None:
    url = server.add("/t1.html", revalidated('"a1"'))
    first = client.fetch(url, portal=server.portal())
    for known in (
        {"etag": first.etag},
        {"last_modified": first.last_modified},
        {"etag": first.etag, "last_modified": first.last_modified},
    ):
        again = client.fetch(url, portal=server.portal(), **known)
        assert (again.not_modified, again.status, again.body) == (True, 304, b"")
    assert not first.not_modified
    assert client.fetch(url, portal=server.portal(), etag='"other"').body == first.body


def test_no_cookie_is_kept(client: Client, server: Server) -> None:
    url = server.add("/t1.html", page(Set_Cookie="session=1; Path=/"))
    for _ in range(3):
        client.fetch(url, portal=server.portal())
    assert all("cookie" not in one.headers for one in server.seen)


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, client: Client, server: Server) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert client.fetch(server.add("/t1.html", page()), portal=server.portal()).status == 200


def test_posting_a_form(client: Client, server: Server) -> None:
    url = server.add("/list.do", page())
    client.fetch(url, portal=server.portal(), method="POST", data={"year": "2023", "名": "年报"})
    client.fetch(
        url, portal=server.portal(), method="POST", data='{"page": 1}', headers={"Content-Type": "application/json"}
    )
    form, json = server.asked()
    assert (form.method, form.body) == ("POST", b"year=2023&%E5%90%8D=%E5%B9%B4%E6%8A%A5")
    assert form.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert (json.body, json.headers["content-type"]) == (b'{"page": 1}', "application/json")


def test_what_fetch_does_not_return_can_be_kept(server: Server) -> None:
    kept: list[Response] = []
    client = Client(keep=kept.append)
    server.add("/robots.txt", page("User-agent: *\nDisallow: /admin/"))
    server.add("/t2.html", page())
    returned = client.fetch(server.add("/t1.html", redirect("/t2.html")), portal=server.portal())
    with pytest.raises(ServerError):
        client.fetch(server.add("/t3.html", status(500, b"broken")), portal=server.portal())
    names = [(one.final_url.rpartition("/")[2], one.status) for one in kept]
    assert names == [("robots.txt", 200), ("t1.html", 302), ("t3.html", 500)]
    assert kept[-1].body == b"broken"
    assert returned.final_url.endswith("/t2.html")


def test_what_was_sent_is_on_record(client: Client, server: Server) -> None:
    url = server.add("/list.do", page())
    response = client.fetch(url, portal=server.portal(), method="POST", data="a=1", etag='"x"')
    sent = {name.lower(): value for name, value in response.request_headers}
    seen = server.asked()[0]
    assert sent == seen.headers
    assert (response.method, response.request_body) == ("POST", b"a=1")


def test_many_portals_do_not_keep_many_connections(server: Server) -> None:
    server.add("/robots.txt", status(404))
    server.add("/t1.html", page())
    client = Client()
    for number in range(200):
        host = f"h{number}.example.cn"
        client.fetch(server.url("/t1.html", host), portal=server.portal(host))
    assert len(client._adapters) <= 128
    assert threading.active_count() < 180
