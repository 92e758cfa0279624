"""A whole HTTP response, its content coding undone, and the verdict that its status stands for."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from parsers.verdicts import Blocked, NotFound, RateLimited, ServerError, Timeout, TooLarge, Truncated, Unreadable, Verdict

Headers = tuple[tuple[str, str], ...]
LONGEST_RETRY = 86_400.0  # seconds of Retry-After that are believed
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


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
    """The verdict that the status stands for; None for 2xx and 304."""
    status = response.status
    said = f"HTTP {status} {response.reason}".rstrip() + f" for {response.final_url}"
    wait = retry_after(response.header("retry-after"))
    if 200 <= status < 300 or status == 304:
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
    return Unreadable(f"{said}: a redirect without an address" if status >= 300 else said)


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


def inflate(body: bytes, coding: str, limit: int) -> bytes:
    """Undo the content coding (gzip, deflate, or several) within `limit` bytes of output.

    Raises TooLarge past the limit, Truncated when the stream ends early, Unreadable when it is no such stream.
    """
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("", "identity", "none", "utf-8"):
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            raise Unreadable(f"content coding {name!r}, which we did not ask for")
        body = _inflate_once(body, limit)
    return body


def _inflate_once(body: bytes, limit: int) -> bytes:
    if not body:
        return b""
    out = bytearray()
    try:
        unzip = zlib.decompressobj(GZIP_OR_ZLIB)
        try:
            out += unzip.decompress(body, limit + 1)
        except zlib.error:
            unzip = zlib.decompressobj(-zlib.MAX_WBITS)  # "deflate" without its zlib header, as old servers send it
            out += unzip.decompress(body, limit + 1)
        while unzip.eof and unzip.unused_data.startswith(b"\x1f\x8b") and len(out) <= limit:  # further gzip members
            rest = unzip.unused_data
            unzip = zlib.decompressobj(GZIP_OR_ZLIB)
            out += unzip.decompress(rest, limit + 1 - len(out))
    except zlib.error as error:
        raise Unreadable(f"the body is not compressed as its header says: {error}") from error
    if len(out) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes once unpacked")
    if not unzip.eof:
        raise Truncated("the compressed body ends in the middle")
    return bytes(out)
