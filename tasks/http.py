"""The only place that opens a socket: one polite, bounded, guarded HTTP request at a time.

`Client.fetch` makes one attempt and returns a whole response or raises a verdict; trying again is Prefect's business.
Below it stand requests' transport adapter and urllib3. A `requests.Session` is not used on purpose: it follows redirects,
keeps cookies and reads proxies from the environment, and all three would go around the guards here.

The address guard stands where the connection is made (`_GuardedConnection`): a name is resolved, its addresses checked,
and the connection goes to a checked address, so that a name that resolves differently a moment later (DNS rebinding)
gains nothing. The deadline is kept by the socket itself (`_Deadlined`), so that a server that sends a byte a second is
cut off in the status line, in a chunk header and under TLS alike.
"""

from __future__ import annotations

import contextvars
import http.client
import importlib.metadata
import os
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import requests.certs
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, InvalidChunkLength
from urllib3.exceptions import TimeoutError as TimeoutErrorOfUrllib3

from parsers.records import Portal
from parsers.urls import canonical_url
from parsers.verdicts import Blocked, ConnectionFailed, NotFound, Timeout, TooLarge, Truncated, UnsafeUrl, Verdict
from tasks.addresses import Gate, Resolver
from tasks.politeness import Politeness, Turn
from tasks.responses import Response, inflate, status_verdict
from tasks.robots import Robots, Rules

CHUNK = 65_536  # bytes per read
MOST_OF_A_REFUSAL = 2**20  # bytes of an error page that are read
MOST_REDIRECTS = 8
MOST_SITES = 128  # portals whose connections are kept open for reuse
REDIRECTS = frozenset({301, 302, 303, 307, 308})


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

    def left(self, at_most: float) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline for the whole response has passed")
        return min(left, at_most)


_exchange: contextvars.ContextVar[_Exchange] = contextvars.ContextVar("exchange")


class _Deadlined:
    """Mixed into sockets: no read waits longer than the exchange of its thread has left."""

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        exchange = _exchange.get()
        self.settimeout(exchange.left(exchange.silence))  # type: ignore[attr-defined]
        return int(super().recv_into(buffer, nbytes, flags))  # type: ignore[misc]


class _Socket(_Deadlined, socket.socket):
    pass


class _TLSSocket(_Deadlined, ssl.SSLSocket):
    pass


class _Guarded:
    """Mixed into urllib3's connections: they reach only what the portal's gate lets through."""

    host: str
    port: int

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        exchange = _exchange.get()
        exchange.dialled = True
        try:
            target = self._gate.target(self.host, self.port)
        except (OSError, UnicodeError) as error:
            raise ConnectionFailed(f"the name {self.host} was not found: {error}") from error
        failure: OSError | None = None
        for address in target.addresses:
            sock = _Socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
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


class _Connection(_Guarded, HTTPConnection):
    pass


class _TLSConnection(_Guarded, HTTPSConnection):
    pass


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


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
    """requests' transport over the guarded pools, with a TLS context of its own."""

    def __init__(self, gate: Gate, context: ssl.SSLContext) -> None:
        self._gate = gate
        self._context = context
        super().__init__(pool_connections=16, pool_maxsize=2)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        self.poolmanager = _Pools(
            self._gate, num_pools=connections, maxsize=maxsize, block=block, ssl_context=self._context, **kwargs
        )

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context holds the authorities already; requests would read their file again for each connection."""


def _tls_context(tls: str) -> ssl.SSLContext:
    """The TLS of a portal: "verify"; "legacy" (old protocols and ciphers, certificate checked); "insecure" (unchecked)."""
    context = ssl.create_default_context(cafile=requests.certs.where())
    context.sslsocket_class = _TLSSocket
    if tls != "verify":
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    if tls == "insecure":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Client:
    """Fetches for any number of portals and threads.

    `contact` (default: NIANBAO_CONTACT) goes into the User-Agent. `keep`, where given, receives every complete answer that
    `fetch` does not return: redirects, refusals and robots.txt, so that the archive can hold them too.
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
        robots_saved: MutableMapping[str, tuple[float, bytes]] | None = None,
        keep: Callable[[Response], None] | None = None,
    ) -> None:
        contact = contact or os.environ.get("NIANBAO_CONTACT", "")
        self.user_agent = f"nianbao/{_version()} (+{contact})" if contact else f"nianbao/{_version()}"
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._obey_robots = obey_robots
        self._resolver = resolver
        self._politeness = politeness or Politeness()
        self._robots = Robots("nianbao", robots_saved)
        self._keep = keep
        self._adapters: OrderedDict[tuple[Gate, str], _Adapter] = OrderedDict()
        self._contexts: dict[str, ssl.SSLContext] = {}
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
        """Fetch one address, redirects followed, for a portal whose pace, gate and TLS setting hold.

        With `etag` or `last_modified` of an earlier answer the request is conditional: `Response.not_modified`.
        Raises a Verdict; see `tasks.responses.status_verdict` for those of a status.
        """
        extra = dict(headers or {})
        if etag:
            extra["If-None-Match"] = etag
        if last_modified:
            extra["If-Modified-Since"] = last_modified
        body = urlencode(data) if isinstance(data, Mapping) else data
        if body is not None:
            extra.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
        return self._follow(url, portal, method, body, extra, obey=self._obey_robots)

    def close(self) -> None:
        """Close idle connections."""
        with self._guard:
            for adapter in self._adapters.values():
                adapter.close()
            self._adapters.clear()

    def _follow(
        self, url: str, portal: Portal, method: str, body: str | bytes | None, extra: dict[str, str], *, obey: bool
    ) -> Response:
        seen: list[str] = []
        current, left = url, self._deadline
        while True:
            pace = portal.pace
            host = _host(current)
            if obey:
                rules = self._rules(current, portal)
                rules.check(current, "nianbao")
                pace = max(pace, rules.delay)
            with self._politeness.turn(host, current, pace) as turn:
                response = self._send(current, portal, method, body, extra, left, turn)
                target = _redirect(response)
                verdict = None if target else status_verdict(response)
                if verdict is not None:
                    self._aside(response)
                    raise verdict
            if target is None:
                return replace(response, url=url, redirects=tuple(seen))
            self._aside(response)
            seen.append(current)
            _check_redirect(response, target, seen)
            if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                method, body = "GET", None
                extra = {name: value for name, value in extra.items() if name.lower() != "content-type"}
            current, left = target, max(left - response.elapsed, 0.001)

    def _rules(self, url: str, portal: Portal) -> Rules:
        def get(address: str) -> bytes:
            parts = urlsplit(address)
            self._gate(portal).target(parts.hostname or "", parts.port or 80)
            try:
                return self._follow(address, portal, "GET", None, {}, obey=False).body
            except (NotFound, Blocked, TooLarge, UnsafeUrl):
                return b""

        return self._robots.rules(url, get)

    def _send(
        self, url: str, portal: Portal, method: str, body: str | bytes | None, extra: dict[str, str], left: float, turn: Turn
    ) -> Response:
        """One request and its whole answer."""
        request = _prepare(url, method, body, {**self._standing_headers(), **extra})
        adapter = self._adapter(portal)
        for attempt in (1, 2):
            exchange = _Exchange(time.monotonic() + left, self._read_timeout, self._connect_timeout)
            token = _exchange.set(exchange)
            try:
                return self._exchange(adapter, request, portal, turn)
            except Verdict:
                raise
            except (requests.RequestException, HTTPError, OSError) as error:
                # A kept connection may have been closed by the server while it lay idle; that says nothing of the document.
                if attempt == 1 and not exchange.dialled and not turn.answered:
                    continue
                raise _network_verdict(url, error) from error
            finally:
                _exchange.reset(token)
        raise AssertionError("unreachable")

    def _exchange(self, adapter: _Adapter, request: requests.PreparedRequest, portal: Portal, turn: Turn) -> Response:
        started, clock = datetime.now(UTC), time.monotonic()
        answer = adapter.send(request, stream=True, timeout=self._read_timeout, verify=portal.tls != "insecure")
        turn.answered = True
        raw: urllib3.HTTPResponse = answer.raw
        try:
            payload = self._payload(raw, answer.status_code)
        finally:
            raw.close()
        sent = request.body or b""
        return Response(
            url=str(request.url),
            final_url=str(request.url),
            status=answer.status_code,
            reason=answer.reason or "",
            headers=tuple(raw.headers.items()),
            body=payload,
            method=str(request.method),
            request_headers=tuple((name, str(value)) for name, value in request.headers.items()),
            request_body=sent if isinstance(sent, bytes) else str(sent).encode(),
            fetched_at=started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            elapsed=time.monotonic() - clock,
        )

    def _payload(self, raw: urllib3.HTTPResponse, status: int) -> bytes:
        """The body, content coding undone. That of a refusal is kept when it is small and whole, and else of no interest."""
        good = 200 <= status < 300
        limit = self._max_bytes if good else MOST_OF_A_REFUSAL
        try:
            stated = raw.headers.get("content-length", "")
            if stated.isdigit() and int(stated) > limit:
                raise TooLarge(f"the server states {stated} bytes; the bound is {limit}")
            body = bytearray()
            while chunk := raw.read(CHUNK, decode_content=False):
                body += chunk
                if len(body) > limit:
                    raise TooLarge(f"the body is larger than {limit} bytes")
            return inflate(bytes(body), raw.headers.get("content-encoding", ""), limit)
        except (Verdict, HTTPError, OSError):
            if good:
                raise
            return b""

    def _aside(self, response: Response) -> None:
        if self._keep is not None:
            self._keep(response)

    def _standing_headers(self) -> dict[str, str]:
        return {
            "User-Agent": self.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "keep-alive",
        }

    def _gate(self, portal: Portal) -> Gate:
        return Gate.of(portal, self._resolver)

    def _adapter(self, portal: Portal) -> _Adapter:
        gate = self._gate(portal)
        with self._guard:
            adapter = self._adapters.get((gate, portal.tls))
            if adapter is None:
                context = self._contexts.setdefault(portal.tls, _tls_context(portal.tls))
                adapter = self._adapters[gate, portal.tls] = _Adapter(gate, context)
            self._adapters.move_to_end((gate, portal.tls))
            if len(self._adapters) > MOST_SITES:
                self._adapters.popitem(last=False)[1].close()  # requests under way keep their connection to its end
        return adapter


def _version() -> str:
    try:
        return importlib.metadata.version("nianbao")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def _host(url: str) -> str:
    """Host of an address that may be fetched. Raises UnsafeUrl."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UnsafeUrl(f"{url!r} is no address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise UnsafeUrl(f"only http and https addresses are fetched, not {url!r}")
    return host.lower()


def _prepare(url: str, method: str, body: str | bytes | None, headers: dict[str, str]) -> requests.PreparedRequest:
    parts = urlsplit(url)
    try:
        return requests.Request(
            method, url.partition("#")[0], headers={"Host": parts.netloc.rpartition("@")[2], **headers}, data=body
        ).prepare()
    except (requests.RequestException, ValueError) as error:
        raise UnsafeUrl(f"{url!r} is no address: {error}") from error


def _redirect(response: Response) -> str | None:
    """The address that a redirect leads to, or None."""
    location = response.header("location")
    if response.status not in REDIRECTS or not location:
        return None
    raw = location.encode("latin-1", "replace")  # how http.client read it
    for encoding in ("utf-8", "gb18030"):
        try:
            location = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    try:
        return canonical_url(urljoin(response.final_url, location))
    except ValueError as error:
        raise UnsafeUrl(f"redirected to {location!r}, which is no address: {error}") from error


def _check_redirect(response: Response, target: str, seen: list[str]) -> None:
    """Raise Blocked for redirects that lead nowhere."""
    if target in seen:
        wall = " with a cookie" if response.header("set-cookie") else ""
        raise Blocked(f"{response.final_url} redirects in a circle{wall}: a wall in front of visitors without cookies")
    if len(seen) > MOST_REDIRECTS:
        raise Blocked(f"{seen[0]} leads through more than {MOST_REDIRECTS} redirects")


def _network_verdict(url: str, error: BaseException) -> Verdict:
    """What an exception of requests, urllib3, http.client or the socket means."""
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError | requests.Timeout | TimeoutErrorOfUrllib3) for cause in causes):
        return Timeout(f"{url} was not answered in time, or not to the end")
    if any(isinstance(cause, ssl.SSLError | ssl.CertificateError) for cause in causes):
        reason = next(cause for cause in causes if isinstance(cause, ssl.SSLError | ssl.CertificateError))
        return ConnectionFailed(f"TLS with {urlsplit(url).netloc} failed: {reason}")
    if any(isinstance(cause, http.client.IncompleteRead | InvalidChunkLength) for cause in causes):
        return Truncated(f"the answer of {url} ended before its end")
    return ConnectionFailed(f"the connection for {url} broke: {causes[-1]}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that it wraps, in whichever way."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [
            part for part in (current.__cause__, current.__context__, *current.args) if isinstance(part, BaseException)
        ]
