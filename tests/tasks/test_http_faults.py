"""Everything that servers do wrong ends in the right verdict, in bounded time and memory."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from parsers.verdicts import (
    Blocked,
    ConnectionFailed,
    NotFound,
    RateLimited,
    ServerError,
    Timeout,
    TooLarge,
    Truncated,
    Unreadable,
    UnsafeUrl,
    Verdict,
)
from tasks.http import Client, Response
from tests.portal_server import (
    Answer,
    Server,
    bomb,
    broken_chunks,
    chunks,
    drip,
    flood,
    garbage,
    hang_up,
    page,
    redirect,
    reset,
    silence,
    slow,
    status,
    wrong_length,
    zipped,
)

pytestmark = pytest.mark.timeout(30)
PAGE = "<html><body>清河县2023年政府信息公开工作年度报告</body></html>".encode()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client(contact="mailto:test@example.org", connect_timeout=1.0, read_timeout=0.6, deadline=1.5, max_bytes=2**20)
    yield client
    client.close()


def fetch(client: Client, server: Server, answer: Answer, path: str = "/t1.html") -> Response:
    return client.fetch(server.add(path, answer), portal=server.portal())


def verdict(client: Client, server: Server, answer: Answer) -> Verdict:
    """The verdict of one fetch, which comes well within three seconds."""
    started = time.monotonic()
    with pytest.raises(Verdict) as raised:
        fetch(client, server, answer)
    assert time.monotonic() - started < 3.0
    return raised.value


def test_a_page_that_comes_whole(client: Client, server: Server) -> None:
    response = fetch(client, server, page(PAGE, ETag='"a1"', Last_Modified="Sat, 27 Jan 2024 01:30:00 GMT"))
    assert (response.status, response.body, response.url, response.final_url) == (
        200,
        PAGE,
        server.url("/t1.html"),
        server.url("/t1.html"),
    )
    assert (response.etag, response.last_modified) == ('"a1"', "Sat, 27 Jan 2024 01:30:00 GMT")
    assert response.content_type == "text/html; charset=utf-8"
    assert 0 < response.elapsed < 1
    assert response.fetched_at.endswith("Z")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, Blocked),
        (401, Blocked),
        (403, Blocked),
        (404, NotFound),
        (408, Timeout),
        (410, NotFound),
        (412, Blocked),
        (429, RateLimited),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (521, Blocked),
    ],
)
def test_statuses(client: Client, server: Server, code: int, kind: type[Verdict]) -> None:
    found = verdict(client, server, status(code))
    assert type(found) is kind
    assert str(code) in found.message


def test_a_server_that_fails_a_few_times_works_in_the_end(client: Client, server: Server) -> None:
    url = server.add("/t1.html", status(500), status(502), status(503), page(PAGE))
    for _ in range(3):
        with pytest.raises(ServerError):
            client.fetch(url, portal=server.portal())
    assert client.fetch(url, portal=server.portal()).body == PAGE
    assert len(server.asked()) == 4  # one attempt per call: trying again is the caller's business


def test_retry_after_in_seconds(client: Client, server: Server) -> None:
    for code in (429, 503):
        found = verdict(Client(), server, status(code, Retry_After="7"))
        assert (type(found), found.retry_after) == (RateLimited, 7.0)


def test_retry_after_as_a_date(client: Client, server: Server) -> None:
    from email.utils import formatdate

    found = verdict(client, server, status(503, Retry_After=formatdate(time.time() + 60, usegmt=True)))
    assert isinstance(found, RateLimited)
    assert found.retry_after == pytest.approx(60, abs=3)


def test_a_reset_before_the_answer(client: Client, server: Server) -> None:
    assert type(verdict(client, server, reset())) is ConnectionFailed


def test_a_reset_in_the_middle_of_the_body(client: Client, server: Server) -> None:
    assert type(verdict(client, server, reset(after=b"<html>half"))) in (ConnectionFailed, Truncated)


def test_a_connection_that_is_closed_without_an_answer(client: Client, server: Server) -> None:
    assert type(verdict(client, server, hang_up)) is ConnectionFailed


def test_a_port_where_nobody_listens(client: Client, server: Server) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        portal = server.portal(connect={server.host: f"127.0.0.1:{unused.getsockname()[1]}"})
        with pytest.raises(ConnectionFailed, match="no connection to"):
            client.fetch(server.url("/"), portal=portal)


def test_a_name_that_nobody_knows(server: Server) -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(ConnectionFailed, match="was not found"):
        Client(resolver=nobody).fetch("http://nirgends.example/", portal=server.portal())


def test_a_body_shorter_than_its_length(client: Client, server: Server) -> None:
    assert type(verdict(client, server, wrong_length(500, PAGE))) is Truncated


def test_a_body_longer_than_its_length(client: Client, server: Server) -> None:
    # a server that counted characters: the page would lose its end without a word
    assert type(verdict(client, server, wrong_length(40, PAGE + PAGE))) is Truncated


def test_line_ends_behind_the_body_are_no_fault(client: Client, server: Server) -> None:
    assert fetch(client, server, wrong_length(len(PAGE), PAGE + b"\r\n\r\n")).body == PAGE


def test_an_ending_that_fits_makes_a_surplus_harmless(client: Client, server: Server) -> None:
    assert fetch(client, server, wrong_length(len(PAGE), PAGE + b"<script>injected()</script>" * 9)).body == PAGE


def test_chunks_that_break_off(client: Client, server: Server) -> None:
    assert type(verdict(client, server, broken_chunks(PAGE))) is Truncated


def test_chunks_of_nonsense(client: Client, server: Server) -> None:
    assert type(verdict(client, server, broken_chunks(PAGE, b"zz\r\n"))) is Truncated


def test_chunks_that_come_whole(client: Client, server: Server) -> None:
    assert fetch(client, server, chunks(PAGE[:10], PAGE[10:])).body == PAGE


def test_gzip(client: Client, server: Server) -> None:
    assert fetch(client, server, zipped(PAGE)).body == PAGE


def test_gzip_that_ends_early(client: Client, server: Server) -> None:
    assert type(verdict(client, server, zipped(PAGE * 50, cut=12))) is Truncated


def test_a_body_that_is_not_packed_as_stated(client: Client, server: Server) -> None:
    assert type(verdict(client, server, page(PAGE, Content_Encoding="gzip"))) is Unreadable


def test_a_packing_that_nobody_asked_for(client: Client, server: Server) -> None:
    assert type(verdict(client, server, zipped(PAGE, stated="br"))) is Unreadable


@pytest.mark.parametrize(
    ("headers_too", "chunked"), [(False, False), (True, False), (False, True)], ids=["body", "headers", "chunk size"]
)
def test_a_drip_is_cut_off_at_the_deadline(client: Client, server: Server, headers_too: bool, chunked: bool) -> None:
    started = time.monotonic()
    assert type(verdict(client, server, drip(0.05, headers_too, chunked))) is Timeout
    assert time.monotonic() - started == pytest.approx(1.5, abs=0.5)


def test_a_server_that_takes_the_request_and_never_answers(client: Client, server: Server) -> None:
    started = time.monotonic()
    assert type(verdict(client, server, silence)) is Timeout
    assert time.monotonic() - started == pytest.approx(0.6, abs=0.4)


def test_a_server_that_takes_the_connection_and_never_answers(client: Client, server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        portal = server.portal(connect={server.host: f"127.0.0.1:{mute.getsockname()[1]}"})
        with pytest.raises(Timeout):
            client.fetch(server.url("/"), portal=portal)


def test_a_slow_server_that_answers_in_time_is_well(client: Client, server: Server) -> None:
    assert fetch(client, server, slow(0.3, page(PAGE))).body == PAGE


def measured(client: Client, server: Server, answer: Answer) -> tuple[Verdict, int]:
    """The verdict, and the peak of memory (bytes) that it took the client."""
    server.add("/t1.html", answer)
    tracemalloc.start()
    try:
        with pytest.raises(Verdict) as raised:
            client.fetch(server.url("/t1.html"), portal=server.portal())
        return raised.value, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("layers", [1, 2])
def test_a_gzip_bomb(client: Client, server: Server, layers: int) -> None:
    found, peak = measured(client, server, bomb(64, layers))
    assert type(found) is TooLarge
    assert peak < 12 * 2**20


def test_a_body_without_end(client: Client, server: Server) -> None:
    found, peak = measured(client, server, flood())
    assert type(found) is TooLarge
    assert peak < 12 * 2**20


def test_a_stated_length_of_300_megabytes_is_not_even_begun(client: Client, server: Server) -> None:
    assert "314572800" in verdict(client, server, wrong_length(300 * 2**20, b"x")).message


def test_the_page_of_a_refusal_is_bounded_too(client: Client, server: Server) -> None:
    started = time.monotonic()
    found, peak = measured(client, server, status(500, b"x" * 8 * 2**20))
    assert type(found) is ServerError
    assert peak < 24 * 2**20  # the server's own copy among it
    assert time.monotonic() - started < 2


def test_redirects_are_followed_to_another_host(client: Client, server: Server) -> None:
    server.add("/new.html", page(PAGE))
    url = server.add("/t1.html", redirect("http://new.qinghe.example.cn/./x/../new.html"))
    response = client.fetch(url, portal=server.portal(server.host, "new.qinghe.example.cn"))
    assert (response.url, response.final_url) == (url, "http://new.qinghe.example.cn/new.html")
    assert response.redirects == (url,)
    assert [one.host for one in server.asked()] == [server.host, "new.qinghe.example.cn"]


def test_a_redirect_in_chinese(client: Client, server: Server) -> None:
    server.add("/%E5%B9%B4%E6%8A%A5.html", page(PAGE))
    location = "/年报.html".encode().decode("latin-1")
    assert fetch(client, server, redirect(location)).final_url == server.url("/%E5%B9%B4%E6%8A%A5.html")


def test_a_redirect_circle(client: Client, server: Server) -> None:
    server.add("/b.html", redirect("/t1.html"))
    assert type(verdict(client, server, redirect("/b.html"))) is Blocked
    assert len(server.asked()) == 2


def test_a_redirect_to_itself_with_a_cookie(client: Client, server: Server) -> None:
    found = verdict(client, server, redirect("/t1.html", Set_Cookie="wall=1"))
    assert type(found) is Blocked
    assert "cookie" in found.message
    assert "cookie" not in server.asked()[-1].headers


def test_a_chain_of_redirects_without_end(client: Client, server: Server) -> None:
    for number in range(20):
        server.add(f"/r{number}.html", redirect(f"/r{number + 1}.html"))
    assert type(verdict(client, server, redirect("/r0.html"))) is Blocked
    assert len(server.asked()) == 9


def test_a_chain_of_eight_redirects_is_well(client: Client, server: Server) -> None:
    for number in range(7):
        server.add(f"/r{number}.html", redirect(f"/r{number + 1}.html", 301))
    server.add("/r7.html", page(PAGE))
    assert fetch(client, server, redirect("/r0.html")).body == PAGE


def test_a_slow_chain_has_one_deadline(client: Client, server: Server) -> None:
    for number in range(8):
        server.add(f"/r{number}.html", slow(0.4, redirect(f"/r{number + 1}.html")))
    assert type(verdict(client, server, redirect("/r0.html"))) is Timeout


def test_a_redirect_without_an_address(client: Client, server: Server) -> None:
    assert type(verdict(client, server, status(302))) is Unreadable


def test_a_redirect_to_no_address(client: Client, server: Server) -> None:
    assert type(verdict(client, server, redirect("http://[::1"))) is UnsafeUrl


def test_a_form_that_redirects_is_asked_for_with_get(client: Client, server: Server) -> None:
    server.add("/list.html", page(PAGE))
    url = server.add("/search.do", redirect("/list.html"))
    client.fetch(url, portal=server.portal(), method="POST", data={"year": "2023"})
    assert [(one.method, one.body) for one in server.asked()] == [("POST", b"year=2023"), ("GET", b"")]


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"\0\0\0\0",
        b"HTTP/1.1 twohundred OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
    ids=["words", "zeros", "status", "many headers", "long header"],
)
def test_what_is_no_http(client: Client, server: Server, raw: bytes) -> None:
    assert type(verdict(client, server, garbage(raw))) is ConnectionFailed


def test_an_empty_body(client: Client, server: Server) -> None:
    assert fetch(client, server, page(b"")).body == b""


def test_a_body_that_ends_with_the_connection(client: Client, server: Server) -> None:
    assert fetch(client, server, garbage(b"HTTP/1.0 200 OK\r\n\r\n" + PAGE)).body == PAGE


def test_a_folded_header(client: Client, server: Server) -> None:
    raw = b'HTTP/1.1 200 OK\r\nETag: W/\r\n  "a1"\r\nContent-Length: 2\r\n\r\nok'
    response = fetch(client, server, garbage(raw))
    assert response.etag == 'W/ "a1"'
    client.fetch(server.url("/t1.html"), portal=server.portal(), etag=response.etag)


def test_the_others_are_unharmed(client: Client, server: Server) -> None:
    """While one address of another host drips, pages keep coming."""
    server.add("/drip.html", drip())
    server.add("/t1.html", page(PAGE))
    portal = server.portal(server.host, "slow.example.cn")
    verdicts: list[Verdict] = []

    def wait_for_the_drip() -> None:
        with pytest.raises(Timeout) as raised:
            client.fetch("http://slow.example.cn/drip.html", portal=portal)
        verdicts.append(raised.value)

    thread = threading.Thread(target=wait_for_the_drip)
    thread.start()
    fetched = 0
    while thread.is_alive():
        fetched += client.fetch(server.url("/t1.html"), portal=portal).status == 200
    thread.join()
    assert verdicts
    assert fetched > 50


def test_a_connection_that_lay_idle_too_long_is_made_anew(client: Client, server: Server) -> None:
    """A server that closes kept connections without a word: the next request is not lost."""

    def once(handler: object) -> None:
        page(PAGE)(handler)  # type: ignore[arg-type]
        handler.close_connection = True  # type: ignore[attr-defined]

    url = server.add("/t1.html", once)
    for _ in range(5):
        assert client.fetch(url, portal=server.portal()).body == PAGE
    assert len({one.connection for one in server.asked()}) == 5


def test_a_kept_connection_that_dies_under_a_request_is_no_failure(client: Client, server: Server) -> None:
    url = server.add("/t1.html", page(PAGE), hang_up, page(PAGE))
    assert client.fetch(url, portal=server.portal()).body == PAGE
    assert client.fetch(url, portal=server.portal()).body == PAGE  # asked on the kept connection in vain, then on a new one
    assert len(server.asked()) == 3


def test_kept_connections_are_used_again(client: Client, server: Server) -> None:
    url = server.add("/t1.html", page(PAGE))
    for _ in range(5):
        client.fetch(url, portal=server.portal())
    assert len({one.connection for one in server.asked()}) == 1
