"""A portal on loopback whose every route is scripted: answers in turn, and each fault that real portals have.

    with Server() as server:
        server.add("/a.html", status(503), status(503), page("well"))
        server.add("/b.html", drip())
        ...
        server.seen  # what was asked, in order, with the times at which each request came and was done

Real sockets, no patching: what the client does here it does to a real portal. An answer is a function that is handed the
connection's handler and writes what it likes.
"""

from __future__ import annotations

import gzip
import io
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from parsers.records import Portal

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Answer = Callable[["Handler"], None]


@dataclass
class Seen:
    """One request as the server saw it. Times are time.monotonic()."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    began: float
    ended: float = 0.0  # when the last of the answer was handed to the socket: never after the client had it
    connection: int = 0  # port of the client: equal ports are one connection

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


@dataclass
class Route:
    answers: list[Answer]
    asked: int = 0


@dataclass
class Server:
    """A running portal. `host` is a real-looking name; `portal()` connects it to this server."""

    host: str = "www.qinghe.example.cn"
    tls: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    otherwise: Answer | None = None  # to what no route was added for; a 404 where there is none

    def __post_init__(self) -> None:
        self._routes: dict[str, Route] = {}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        handler = type("BoundHandler", (Handler,), {"portal_server": self})
        self._http = _Listener(("127.0.0.1", 0), handler)
        if self.tls is not None:
            self._http.socket = self.tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self.tls else 'http'}://{host or self.host}{path}"

    def portal(self, *hosts: str, **settings: Any) -> Portal:
        """A portal file's record: these hosts (default: this server's) are connected to this server, with no pause."""
        connect = dict.fromkeys(hosts or (self.host,), self.address)
        return Portal("qinghe", "130534", (self.url(),), **{"pace": 0.0, "connect": connect, **settings})

    def add(self, path: str, *answers: Answer) -> str:
        """Answer `path` with each of these in turn, the last one again and again. Returns the address."""
        self._routes[path] = Route(list(answers))
        return self.url(path)

    def answer(self, path: str) -> Answer:
        with self._lock:
            route = self._routes.get(path)
            if route is None:
                return self.otherwise or status(404)
            route.asked += 1
            return route.answers[min(route.asked, len(route.answers)) - 1]

    @property
    def most_at_once(self) -> int:
        """How many requests were being answered at one moment, at the most."""
        seen = list(self.seen)
        return max((sum(one.began <= other.began <= one.ended for one in seen) for other in seen), default=0)

    def asked(self, path: str | None = None) -> list[Seen]:
        """Requests for one path, or all but those for robots.txt."""
        return [one for one in list(self.seen) if (one.path == path if path else one.path != "/robots.txt")]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""


class _Wire(io.RawIOBase):
    """What is written goes to the client, and the log learns of it before the client can."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        self._handler.asked.ended = time.monotonic()
        self._handler.connection.sendall(data)
        return len(memoryview(data))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    portal_server: Server
    asked: Seen  # the request that is being answered
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.wfile = io.BufferedWriter(_Wire(self))

    def do_GET(self) -> None:
        server = self.portal_server
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        now = time.monotonic()
        seen = self.asked = Seen(self.command, self.path, headers, body, now, now, connection=self.client_address[1])
        server.seen.append(seen)
        server.answer(self.path)(self)
        self.wfile.flush()

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *args: object) -> None:
        """No log on stderr."""

    def head(self, code: int, headers: Mapping[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def pause(self, seconds: float) -> bool:
        """Wait; False when the server is closing."""
        return not self.portal_server.closing.wait(seconds)


# --- answers ------------------------------------------------------------------------------------------------------------


def page(
    body: str | bytes = "<html><body>年报</body></html>", content_type: str = "text/html; charset=utf-8", **headers: str
) -> Answer:
    payload = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Type": content_type, "Content-Length": str(len(payload)), **named})
        handler.wfile.write(payload)

    return answer


def status(code: int, body: bytes = b"<html><body>no</body></html>", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(handler: Handler) -> None:
        handler.head(code, {"Content-Type": "text/html", "Content-Length": str(len(body)), **named})
        handler.wfile.write(body)

    return answer


def redirect(to: str, code: int = 302, **headers: str) -> Answer:
    return status(code, b"", Location=to, **headers)


def revalidated(etag: str, body: str = "<html><body>年报</body></html>") -> Answer:
    """A page with an ETag and a date; 304 to who knows either."""

    def answer(handler: Handler) -> None:
        date = "Sat, 27 Jan 2024 01:30:00 GMT"
        if handler.headers.get("if-none-match") == etag or handler.headers.get("if-modified-since") == date:
            handler.head(304, {"ETag": etag})
        else:
            page(body, ETag=etag, Last_Modified=date)(handler)

    return answer


def slow(seconds: float, then: Answer | None = None) -> Answer:
    def answer(handler: Handler) -> None:
        if handler.pause(seconds):
            (then or page())(handler)

    return answer


def drip(interval: float = 0.05, headers_too: bool = False, chunked: bool = False) -> Answer:
    """A byte at a time, for ever: in the headers, in the body, or in the size of a chunk."""

    def answer(handler: Handler) -> None:
        if headers_too:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        elif chunked:
            handler.head(200, {"Transfer-Encoding": "chunked", "Content-Type": "text/html"})
        else:
            handler.head(200, {"Content-Length": "1000000", "Content-Type": "text/html"})
        while handler.pause(interval):
            handler.wfile.write(b"0" if chunked else b"x")
            handler.wfile.flush()

    return answer


def silence(handler: Handler) -> None:
    """Take the request and never answer."""
    handler.portal_server.closing.wait()


def reset(after: bytes = b"") -> Answer:
    """Break the connection with a reset, before the status line or in the middle of the body."""

    def answer(handler: Handler) -> None:
        if after:
            handler.head(200, {"Content-Length": "100000", "Content-Type": "text/html"})
            handler.wfile.write(after)
            handler.wfile.flush()
            time.sleep(0.05)  # let the bytes out before the reset overtakes them
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(handler.connection.detach())

    return answer


def hang_up(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def wrong_length(stated: int, body: bytes, *, close: bool = True) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Length": str(stated), "Content-Type": "text/html"})
        handler.wfile.write(body)
        handler.close_connection = close

    return answer


def broken_chunks(body: bytes, end: bytes = b"") -> Answer:
    """Chunks that stop without the last one."""

    def answer(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked", "Content-Type": "text/html"})
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) + end)
        handler.close_connection = True

    return answer


def chunks(*parts: bytes, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(handler: Handler) -> None:
        handler.head(200, {"Transfer-Encoding": "chunked", "Content-Type": "text/html", **named})
        for part in (*parts, b""):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    return answer


def zipped(body: bytes, cut: int = 0, stated: str = "gzip") -> Answer:
    """A gzip body, perhaps cut off by some bytes, with the length that it then has."""
    payload = gzip.compress(body)
    return page(payload[: len(payload) - cut], Content_Encoding=stated)


def bomb(megabytes: int, layers: int = 1) -> Answer:
    payload = b"\0" * (megabytes * 2**20)
    for _ in range(layers):
        payload = gzip.compress(payload)
    return page(payload, Content_Encoding=", ".join(["gzip"] * layers))


def flood(chunk: bytes = b"x" * 65_536) -> Answer:
    """A body without end and without a stated length."""

    def answer(handler: Handler) -> None:
        handler.head(200, {"Content-Type": "text/html", "Connection": "close"})
        while not handler.portal_server.closing.is_set():
            handler.wfile.write(chunk)

    return answer


def garbage(raw: bytes) -> Answer:
    """Bytes that are not HTTP, or not quite."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(raw)
        handler.close_connection = True

    return answer
