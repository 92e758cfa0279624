"""What is asked for, and where a redirect leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit, urlunsplit

from parsers.verdicts import Blocked, Unreadable, UnsafeUrl
from tasks.responses import Response

MOST_REDIRECTS = 8


@dataclass(frozen=True)
class Errand:
    """One request still to be made."""

    url: str
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # beside those of every request

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    def redirected(self, response: Response, seen: tuple[str, ...]) -> Errand | None:
        """The errand that the redirect makes of this one; None when the response is none.

        `seen` are the addresses asked so far, this one last. Raises Blocked for a circle or a chain without end: the usual
        reason is a wall that wants a cookie back, which a visitor without cookies never passes. UnsafeUrl: another scheme.
        """
        if not 300 <= response.status < 400 or response.status == 304:
            return None
        location = response.header("location")
        if not location:
            raise Unreadable(f"HTTP {response.status} for {self.url}: a redirect without an address")
        target = checked_url(_decoded(location).strip(), self.url)
        if target in seen:
            cookie = "with a cookie, " if response.header("set-cookie") else ""
            raise Blocked(f"{self.url} redirects in a circle, {cookie}as walls against visitors without cookies do")
        if len(seen) > MOST_REDIRECTS:
            raise Blocked(f"{seen[0]} leads through more than {MOST_REDIRECTS} redirects")
        if response.status == 303 or (response.status in (301, 302) and self.method == "POST"):
            kept = {name: value for name, value in self.headers.items() if name.lower() != "content-type"}
            return Errand(target, "GET", None, kept)
        return Errand(target, self.method, self.body, self.headers)


def checked_url(url: str, base: str = "") -> str:
    """The address, resolved against `base`, without fragment, user name and password; in all else as it was given.

    Raises UnsafeUrl unless it is http or https.
    """
    try:
        parts = urlsplit(urljoin(base, url))
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UnsafeUrl(f"{url!r} is no address: {error}") from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise UnsafeUrl(f"only http and https addresses are fetched, not {url!r}")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def _decoded(location: str) -> str:
    """A Location header as its server meant it: bytes beyond ASCII are UTF-8, or else GBK."""
    raw = location.encode("latin-1", "replace")  # how http.client had read it
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
