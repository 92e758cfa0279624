"""A whole HTTP response, and the verdict that a status or a network error stands for."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parsers.verdicts import (
    Blocked,
    ConnectionFailed,
    NotFound,
    RateLimited,
    ServerError,
    Timeout,
    Truncated,
    Unreadable,
    Verdict,
)

Headers = tuple[tuple[str, str], ...]
LONGEST_RETRY = 86_400.0  # seconds of Retry-After that are believed


@dataclass(frozen=True, slots=True)
class Response:
    """One complete answer; after redirects, that of the last hop."""

    url: str  # as asked for
    final_url: str  # that answered
    status: int
    reason: str
    headers: Headers  # as received, in order
    body: bytes  # content coding undone, chunks joined; empty for a 304
    method: str
    request_headers: Headers
    request_body: bytes
    fetched_at: str  # UTC, ISO 8601 with a trailing Z: when the request was sent
    elapsed: float  # seconds until the last byte
    redirects: tuple[str, ...] = ()  # addresses passed on the way, the first one asked for included

    def header(self, name: str) -> str | None:
        """The first header of this name, in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str:
        return self.header("content-type") or ""

    @property
    def etag(self) -> str | None:
        return self.header("etag")

    @property
    def last_modified(self) -> str | None:
        return self.header("last-modified")

    @property
    def not_modified(self) -> bool:
        """The document is still the one whose ETag or Last-Modified was sent along (status 304)."""
        return self.status == 304


def status_verdict(response: Response) -> Verdict | None:
    """The verdict that the status stands for; None for 2xx, for redirects and for 304."""
    status = response.status
    said = f"HTTP {status} {response.reason}".rstrip() + f" for {response.final_url}"
    wait = retry_after(response.header("retry-after"))
    if 200 <= status < 400:
        return None
    if status in (404, 410):
        return NotFound(said)
    if status == 429 or (status == 503 and wait is not None):
        return RateLimited(said, retry_after=wait)
    if status == 408:
        return Timeout(said, retry_after=wait)
    if status == 521 or 400 <= status < 500:
        # 412 and 521 are what the usual firewalls of government sites answer before their JavaScript challenge.
        return Blocked(said)
    if status >= 500:
        return ServerError(said, retry_after=wait)
    return Unreadable(said)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for, in both its forms (seconds, HTTP date); None when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    seconds = (at - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY)


def unfolded(value: str) -> str:
    """A header value on one line; old servers fold them, and a folded one could not be sent back (ETag)."""
    return " ".join(value.split()) if "\n" in value or "\r" in value else value


def network_verdict(url: str, error: BaseException) -> Verdict:
    """What an exception of requests, urllib3, http.client, ssl or the socket means."""
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return Timeout(f"{url} was not answered in time, or not to the end")
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return ConnectionFailed(f"TLS failed for {url}: {tls}")
    if any(isinstance(cause, http.client.IncompleteRead) for cause in causes):
        return Truncated(f"the answer of {url} broke off before its end")
    return ConnectionFailed(f"the connection for {url} broke: {causes[-1]}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that it wraps, in whichever way, the outermost first."""
    waiting, seen = [error], set()
    while waiting:
        current = waiting.pop(0)
        if id(current) not in seen:
            seen.add(id(current))
            yield current
            wrapped = (current.__cause__, current.__context__, *current.args)
            waiting += [part for part in wrapped if isinstance(part, BaseException)]
