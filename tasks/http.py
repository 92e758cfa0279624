"""The only place that opens a socket: one polite, bounded, guarded HTTP request at a time.

`Client.fetch` makes one attempt and returns a whole response or raises a verdict; trying again is Prefect's business.
Below it stand requests' transport adapter and urllib3. A `requests.Session` is not used on purpose: it keeps cookies,
reads proxies from the environment, and swallows the body of a redirect whole, all of which would go around the bounds here.

The address guard stands where the connection is made (`_Guarded`): a name is resolved, its addresses are checked, and the
connection goes to a checked address, so that a name that resolves differently a moment later (DNS rebinding) gains
nothing. The deadline is kept by the socket itself (`_Deadlined`), so that a server that sends a byte a second is cut off
in the status line, in a chunk header and under TLS alike.
"""

from __future__ import annotations

import contextvars
import importlib.metadata
import os
import socket
import ssl
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from parsers.records import Portal
from parsers.verdicts import Blocked, ConnectionFailed, NotFound, Timeout, TooLarge, UnsafeUrl, Verdict
from tasks.addresses import Gate, Resolver
from tasks.bodies import read_body
from tasks.politeness import Politeness, Turn
from tasks.redirects import Errand, checked_url
from tasks.responses import Response, network_verdict, status_verdict, unfolded
from tasks.robots import Robots, Rules, Saved
from tasks.tls import tls_context

AGENT = "nianbao"  # the name that robots.txt files may address
MOST_OF_A_REFUSAL = 2**20  # bytes of an error page that are read
MOST_PORTALS = 128  # whose idle connections are kept open


def system_resolver(host: str, port: int) -> list[str]:
    """Addresses of `host` by the operating system, in its order of preference, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(slots=True)
class _Exchange:
    """The request that this thread is busy with: how long it may take, and how far it has come."""

    until: float  # time.monotonic() at which it must be over
    silence: float  # seconds that may pass between two bytes
    connect: float  # seconds that connecting may take
    dialled: bool = False  # a new connection was made for it
    received: int = 0  # bytes, status line and headers included

    def left(self, at_most: float) -> float:
        """Seconds to wait now, `at_most` that long. Raises TimeoutError when the time is up."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline for the whole response has passed")
        return min(left, at_most)


_exchange: contextvars.ContextVar[_Exchange] = contextvars.ContextVar("exchange")


class _Deadlined(socket.socket):
    """A socket whose reads wait no longer than the exchange of their thread has left."""

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        exchange = _exchange.get()
        wait = exchange.left(exchange.silence)
        if wait != self.gettimeout():  # to set it is a call of the system, and takes the turn of this thread away
            self.settimeout(wait)
        count = super().recv_into(buffer, len(buffer) if nbytes is None else nbytes, flags)
        exchange.received += count
        return count


class _DeadlinedTLS(_Deadlined, ssl.SSLSocket):
    """The same under TLS; made by `tls_context`."""


class _Guarded(HTTPConnection):
    """A connection that reaches only what the portal's gate lets through."""

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        exchange = _exchange.get()
        exchange.dialled = True
        try:
            target = self._gate.target(self.host, self.port or 80)
        except (OSError, UnicodeError) as error:
            raise ConnectionFailed(f"the name {self.host} was not found: {error}") from error
        failure: OSError | None = None
        for address in target.addresses:
            sock = _Deadlined(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.settimeout(exchange.left(exchange.connect))
                sock.connect((address, target.port))
            except OSError as error:
                sock.close()
                failure = error
            else:
                return sock
        if isinstance(failure, TimeoutError):
            raise Timeout(f"{self.host} did not take the connection in time") from failure
        raise ConnectionFailed(f"no connection to {self.host}: {failure}") from failure


class _GuardedTLS(_Guarded, HTTPSConnection):
    """The same under TLS; the name checked and sent (SNI) is the address's own host, wherever the connection goes."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Guarded


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedTLS


class _Pools(urllib3.PoolManager):
    """Hands the gate to every connection that it makes."""

    def __init__(self, gate: Gate, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}
        self._gate = gate

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> urllib3.HTTPConnectionPool:
        context = self.connection_pool_kw.copy() if request_context is None else request_context
        return super()._new_pool(scheme, host, port, {**context, "gate": self._gate})


class _Adapter(HTTPAdapter):
    """requests' transport over the guarded pools, with a TLS context of its own.

    What it does around a request for others is left out (proxies, the file of authorities, a jar of cookies for each answer):
    none of it may apply here, and it takes half as long as the request itself.
    """

    def __init__(self, gate: Gate, context: ssl.SSLContext) -> None:
        self._gate = gate
        self._context = context
        super().__init__(pool_connections=16, pool_maxsize=2)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = _Pools(
            self._gate, num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._context, **kwargs
        )

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> urllib3.HTTPConnectionPool:
        pool: urllib3.HTTPConnectionPool = self.poolmanager.connection_from_url(str(request.url))
        return pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context holds the authorities already; requests would read their file again for each connection."""

    def build_response(self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse) -> requests.Response:
        answer = requests.Response()
        answer.request, answer.raw = req, resp
        return answer


class Client:
    """Fetches for any number of portals and threads.

    `contact` (default: NIANBAO_CONTACT) goes into the User-Agent. Seconds: `connect_timeout`, `read_timeout` between two
    bytes, `deadline` for one `fetch` without its waiting for turns. `max_bytes` bounds a body, packed and unpacked.
    `robots_saved` keeps what robots.txt files say over runs.
    `keep`, where given, receives every complete answer that `fetch` does not return (redirects, refusals, robots.txt),
    so that the archive can hold them too.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        deadline: float = 60.0,
        max_bytes: int = 50 * 2**20,
        obey_robots: bool = True,
        resolver: Resolver = system_resolver,
        politeness: Politeness | None = None,
        robots_saved: Saved | None = None,
        keep: Callable[[Response], None] | None = None,
    ) -> None:
        contact = contact or os.environ.get("NIANBAO_CONTACT", "")
        self.user_agent = f"{AGENT}/{importlib.metadata.version('nianbao')}" + (f" (+{contact})" if contact else "")
        self._connect_timeout, self._read_timeout, self._deadline = connect_timeout, read_timeout, deadline
        self._max_bytes, self._obey_robots = max_bytes, obey_robots
        self._resolver = resolver
        self._politeness = politeness or Politeness()
        self._robots = Robots(AGENT, robots_saved)
        self._aside = keep or (lambda response: None)
        self._adapters: OrderedDict[tuple[Gate, str], _Adapter] = OrderedDict()
        self._guard = threading.Lock()

    def fetch(
        self,
        url: str,
        *,
        portal: Portal,
        method: str = "GET",
        data: str | bytes | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Response:
        """Fetch one address, redirects followed, by the pace, the gate and the TLS setting of `portal`.

        With `etag` or `last_modified` of an earlier answer the request is conditional: see `Response.not_modified`.
        Raises a Verdict: those of `status_verdict` and `network_verdict`, DisallowedByRobots, TooLarge, UnsafeUrl.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        extra = {**(headers or {}), **{name: value for name, value in conditions.items() if value}}
        text = urlencode(data) if isinstance(data, Mapping) else data
        body = (text.encode() if isinstance(text, str) else text) or None
        if body:
            extra.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
        return self._follow(Errand(checked_url(url), method, body, extra), portal, obey=self._obey_robots)

    def ready_in(self, url: str) -> float:
        """Seconds until the host of `url` may be asked again: see `Politeness.ready_in`."""
        return self._politeness.ready_in(Errand(checked_url(url)).host)

    def asked_elsewhere(self, host: str) -> None:
        """Keep the pace from now on, as if `host` had just been asked: see `Politeness.asked_elsewhere`."""
        self._politeness.asked_elsewhere(Errand(f"http://{host}").host)

    def close(self) -> None:
        """Close idle connections."""
        with self._guard:
            while self._adapters:
                self._adapters.popitem()[1].close()

    def _follow(self, errand: Errand, portal: Portal, *, obey: bool) -> Response:
        """Run the errand to its end over redirects; each hop has its own turn, robots.txt and gate."""
        asked, left = errand.url, self._deadline
        seen: tuple[str, ...] = ()
        while True:
            pace = portal.pace
            if obey:
                rules = self._rules(errand.url, portal)
                rules.check(errand.url, AGENT)
                pace = max(pace, rules.delay)
            with self._politeness.turn(errand.host, errand.url, pace) as turn:
                response = self._send(errand, portal, left, turn)
                verdict = status_verdict(response)
                if verdict is not None:
                    self._aside(response)
                    if not obey and isinstance(verdict, NotFound):
                        self._robots.learn(errand.url, b"")
                    raise verdict
            seen = (*seen, errand.url)
            following = errand.redirected(response, seen)
            if following is None:
                return replace(response, url=asked, redirects=seen[:-1])
            self._aside(response)
            errand, left = following, left - response.elapsed

    def _rules(self, url: str, portal: Portal) -> Rules:
        def get(address: str) -> bytes:
            Gate.of(portal, self._resolver).target(urlsplit(address).hostname or "", urlsplit(address).port or 80)
            try:
                response = self._follow(Errand(address), portal, obey=False)
            except (NotFound, Blocked, TooLarge, UnsafeUrl):
                return b""  # none that we may read; RFC 9309, 2.3.1.3
            self._aside(response)
            self._robots.learn(response.final_url, response.body)
            return response.body

        try:
            return self._robots.rules(url, get)
        except OSError as error:
            raise ConnectionFailed(f"the name of {url} was not found: {error}") from error

    def _send(self, errand: Errand, portal: Portal, left: float, turn: Turn) -> Response:
        """One request and its whole answer."""
        request, adapter = self._prepare(errand), self._adapter(portal)
        while True:
            exchange = _Exchange(time.monotonic() + left, self._read_timeout, self._connect_timeout)
            token = _exchange.set(exchange)
            try:
                return self._transfer(adapter, request, turn)
            except (requests.RequestException, HTTPError, OSError) as error:
                verdict = network_verdict(errand.url, error)
                # A connection that lay idle may have been closed by the server; that says nothing about the document.
                if exchange.dialled or turn.answered or not isinstance(verdict, ConnectionFailed):
                    raise verdict from error
            finally:
                _exchange.reset(token)

    def _transfer(self, adapter: _Adapter, request: requests.PreparedRequest, turn: Turn) -> Response:
        clock, now = time.monotonic(), datetime.now(UTC)
        answer = adapter.send(request, stream=True, timeout=(self._connect_timeout, self._read_timeout))
        turn.answered = True
        raw: urllib3.HTTPResponse = answer.raw
        try:
            body = self._body(raw)
        finally:
            raw.close()  # the connection too, unless the answer was read to its end
        return Response(
            url=str(request.url),
            final_url=str(request.url),
            status=raw.status,
            reason=raw.reason or "",
            headers=tuple((name, unfolded(value)) for name, value in raw.headers.items()),
            body=body,
            method=str(request.method),
            request_headers=tuple((name, str(value)) for name, value in request.headers.items()),
            request_body=request.body if isinstance(request.body, bytes) else b"",
            fetched_at=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            elapsed=time.monotonic() - clock,
        )

    def _body(self, raw: urllib3.HTTPResponse) -> bytes:
        good = 200 <= raw.status < 300
        try:
            return read_body(raw, self._max_bytes if good else MOST_OF_A_REFUSAL, lambda: _exchange.get().received)
        except (Verdict, HTTPError, OSError):
            if good:
                raise
            return b""  # the status says it all; the page of a refusal is kept only when it is small and whole

    def _prepare(self, errand: Errand) -> requests.PreparedRequest:
        headers = {
            "Host": "",  # first, as servers expect it
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
            **errand.headers,
        }
        request = requests.PreparedRequest()  # step by step: of cookies, credentials and hooks there are none
        try:
            request.prepare_method(errand.method)
            request.prepare_url(errand.url, None)
            request.prepare_headers(headers)
            request.prepare_body(errand.body, None)
        except (requests.RequestException, ValueError) as error:
            raise UnsafeUrl(f"{errand.url!r} cannot be asked for: {error}") from error
        request.headers["Host"] = urlsplit(str(request.url)).netloc
        return request

    def _adapter(self, portal: Portal) -> _Adapter:
        """The connections of this portal. Never another's: those may lead where this one's gate does not let through."""
        key = (Gate.of(portal, self._resolver), portal.tls)
        with self._guard:
            adapter = self._adapters.get(key)
            if adapter is None:
                if portal.tls == "insecure":  # the portal file says so; urllib3 need not repeat it at each request
                    warnings.simplefilter("ignore", InsecureRequestWarning)
                adapter = self._adapters[key] = _Adapter(key[0], tls_context(portal.tls, _DeadlinedTLS))
            self._adapters.move_to_end(key)
            if len(self._adapters) > MOST_PORTALS:
                self._adapters.popitem(last=False)[1].close()  # requests under way keep their connection to its end
        return adapter
