"""One document, one address: addresses resolved, cleaned and compared.

`canonical_url` is what gets fetched and shown; it never changes what the server would answer. `document_key` goes further
and says which addresses are the same document, so that http and https, with and without `www.`, count once.
"""

from __future__ import annotations

import functools
import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# Parameters that only say where a visitor came from, and session ids.
TRACKING = re.compile(
    r"(?:utm_\w+|spm|isappinstalled|share_?token|gclid|fbclid|msclkid|wechat_redirect|jsessionid|phpsessid|aspsessionid\w*)"
    r"(?:=.*)?|from=[a-z_]+",  # from=timeline, from=singlemessage; from=2023-01-01 is a search
    re.IGNORECASE,
)
# `;jsessionid=...` that Java servers write into the path for a visitor without cookies.
SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
SAFE = "%/:=&?~#+!$,;'@()*[]|"
# Servers (IIS) that take no notice of case in a path.
CASELESS = re.compile(r"\.(?:aspx?|ashx)$", re.IGNORECASE)
# What a folder answers with; such an address and that of the folder are one page.
FOLDER_PAGE = re.compile(r"/(?:index|default)\.(?:s?html?|jsp|aspx?|php)$", re.IGNORECASE)


def canonical_url(url: str, base: str | None = None) -> str:
    """The address in the form that is fetched and recorded.

    Resolved against `base`; `./` and `x/../` of the path removed; scheme and host in lower case, the host in its IDNA form;
    default port, user name, fragment, session ids and tracking parameters dropped; escapes in one form, other characters
    quoted as UTF-8. The case of the path and the order of the query stay: servers tell them apart. Addresses that are not
    http(s) come back resolved and otherwise untouched.

    Raises ValueError where the text is no address (no host, a port that is no number, brackets that do not close).
    """
    # Authors break addresses over lines, leave full-width space around them and write Windows' slashes.
    text = re.sub(r"[\t\r\n\u200b\ufeff]", "", url).strip(" \u3000\xa0").replace("\\", "/")
    if base is not None:
        text = urljoin(base, text)
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        return text
    authority = _authority(scheme, parts.hostname, parts.port)
    return urlunsplit((scheme, authority, _path(parts.path), _query(parts.query), ""))


@functools.lru_cache(maxsize=8192)  # a list asks for the same few again and again
def document_key(url: str) -> str:
    """What names the document; two addresses with equal keys are the same document. Its hash is the document's id.

    The canonical address without its scheme, without a leading `www.`, with doubled slashes single, the parameters in
    order, and in lower case where the server (IIS) takes no notice of case.
    """
    parts = urlsplit(canonical_url(url))
    path = re.sub(r"/{2,}", "/", parts.path)
    path = path.lower() if CASELESS.search(path) else path
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return parts.netloc.removeprefix("www.") + path + (f"?{query}" if query else "")


@functools.lru_cache(maxsize=8192)
def page_key(url: str) -> str:
    """As `document_key`, for list pages: `x/`, `x/index.html` and `x/default.aspx` are one page."""
    path, question, query = document_key(url).partition("?")
    return FOLDER_PAGE.sub("/", path) + question + query


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are on one host, with or without `www.`; the port does not count."""
    return _bare_host(one) == _bare_host(other)


def _bare_host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _authority(scheme: str, host: str | None, port: int | None) -> str:
    if not host:
        raise ValueError("the address names no host")
    host = host.rstrip(".").lower()
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    return host if port in (None, DEFAULT_PORTS[scheme]) else f"{host}:{port}"


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in SESSION_PATH.sub("", path).split("/")[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if path.endswith(("/.", "/..")):
        kept.append("")
    return _escaped("/" + "/".join(kept))


def _query(query: str) -> str:
    return _escaped("&".join(pair for pair in query.split("&") if pair and not TRACKING.fullmatch(pair)))


def _escaped(text: str) -> str:
    """Percent escapes in capitals, none for a letter that needs none, one for every character that does."""

    def tidy(match: re.Match[str]) -> str:
        letter = chr(int(match[1], 16))
        return letter if letter in UNRESERVED else f"%{match[1].upper()}"

    return quote(ESCAPE.sub(tidy, text), safe=SAFE)
