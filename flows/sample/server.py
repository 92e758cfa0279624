"""The sample portal on a loopback port: a real HTTP/1.1 server with keep-alive, ETags and 304 answers."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import NamedTuple

from flows.sample.content import Column, SamplePage, sample_columns, sample_pages
from flows.sample.site import LAST_MODIFIED, Answer, SampleSites
from parsers.records import Portal

ADDRESS = "127.0.0.1"
MINIMUM_YIELD = 3  # each column holds more, even with its broken pages away
IDLE_SECONDS = 30.0  # after which a connection without a request is closed


class Asked(NamedTuple):
    """One request as the server saw it, and what it answered."""

    method: str
    host: str
    target: str
    status: int


class SampleServer:
    """A running sample portal. `portals` are ready to harvest; `close` it, or use it in a `with` statement."""

    def __init__(self, port: int = 0, *, mended: bool = False) -> None:
        self._sites = SampleSites(mended=mended)
        self._log: list[Asked] = []
        self._lock = Lock()
        self._server = _Listener((ADDRESS, port), _Handler)
        self._server.sample = self
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="sample", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, where both sites are served whatever their host names say."""
        return f"{ADDRESS}:{self._server.server_port}"

    @property
    def portals(self) -> list[Portal]:
        """One portal a column, connected to this server. Their lists and names are the same on every port."""
        return [column_portal(column, self.address) for column in sample_columns()]

    @property
    def pages(self) -> tuple[SamplePage, ...]:
        """Every page that the lists link to, with what a right reading of it gives."""
        return sample_pages()

    @property
    def requests(self) -> tuple[Asked, ...]:
        """The requests answered so far, oldest first."""
        with self._lock:
            return tuple(self._log)

    def mend(self) -> None:
        """Repair the portal: the dead link leads to its report, the page that was down answers."""
        self._sites.mended = True

    def close(self) -> None:
        """Stop listening. Safe to call twice."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> SampleServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def answer(self, method: str, host: str, target: str, *, known_etag: str | None) -> Answer:
        """Answer one request and note it."""
        answer = self._sites.answer(host, target)
        if answer.etag and known_etag and answer.etag in {tag.strip().removeprefix("W/") for tag in known_etag.split(",")}:
            answer = Answer(304, b"", {"ETag": answer.etag, "Last-Modified": LAST_MODIFIED})
        with self._lock:
            self._log.append(Asked(method, host, target, answer.status))
        return answer


def column_portal(column: Column, address: str) -> Portal:
    """The portal of a column, reached at `address` instead of by its name."""
    return Portal(
        name=column.name,
        region=column.region,
        lists=(column.first_list + ("index.html" if column.site == "a" else ""),),
        pace=0,
        minimum=MINIMUM_YIELD,
        allow_hosts=(ADDRESS,),
        connect={column.host: address},
        notes="sample: served by nianbao itself",
    )


class _Listener(ThreadingHTTPServer):
    daemon_threads = True  # an idle keep-alive connection does not hold up closing
    request_queue_size = 128
    sample: SampleServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body leave in one write,
    disable_nagle_algorithm = True  # and at once
    server: _Listener

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        host = self.headers.get("Host", "").partition(":")[0].lower()
        answer = self.server.sample.answer(self.command, host, self.path, known_etag=self.headers.get("If-None-Match"))
        self.send_response_only(answer.status)  # without Date and Server: the same bytes at any time
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Quiet: `SampleServer.requests` is the log."""
