"""One document, one address: addresses resolved, cleaned and compared.

`canonical_url` is what gets fetched and shown; it never changes what the server would answer. `document_key` goes further
and says which addresses are the same document, so that http and https, with and without `www.`, count once.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# Names that only say where a visitor came from, whatever their value.
TRACKING = re.compile(
    r"^(utm_\w+|spm|from|isappinstalled|share_?token|gclid|fbclid|msclkid|wechat_redirect|jsessionid|phpsessid)$", re.I
)
# `;jsessionid=...` that Java servers write into the path of a visitor without cookies.
SESSION_PATH = re.compile(r";jsessionid=[^/?#]*", re.I)
# Characters that are left as they stand; "%" too, because an address may be quoted already.
SAFE = "%/:=&?~#+!$,;'@()*[]"


def canonical_url(url: str, base: str | None = None) -> str:
    """The address in the form that is fetched and recorded.

    Resolved against `base`; `./`, `x/../` and `//` of the path removed; scheme and host in lower case, the host in its
    IDNA form; default port, user name, fragment, session id and tracking parameters dropped; other characters quoted as
    UTF-8. The case of the path and the order of the query stay: servers tell them apart.

    Raises ValueError where the text is no address (a port that is no number, brackets that do not close).
    """
    # Authors break addresses over lines and leave full-width space around them.
    text = re.sub(r"[\t\r\n]", "", url).strip().strip("\u3000\ufeff\u200b").replace("\\", "/")
    if base is not None:
        text = urljoin(base, text)
    parts = urlsplit(text)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        return text
    return urlunsplit((scheme, _authority(scheme, parts.hostname, parts.port), _path(parts.path), _query(parts.query), ""))


def document_key(url: str) -> str:
    """What names the document: the canonical address without its scheme and without a leading `www.`.

    Two addresses with equal keys are the same document. Their hash is the document's id (storage.ledger).
    """
    parts = urlsplit(canonical_url(url))
    host = parts.netloc.removeprefix("www.")
    return urlunsplit(("", host, parts.path, parts.query, "")).removeprefix("//")


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
    path = SESSION_PATH.sub("", path)
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if kept:
                kept.pop()
        elif segment not in ("", "."):
            kept.append(segment)
    tail = "/" if kept and path.endswith(("/", "/.", "/..")) else ""
    return quote("/" + "/".join(kept) + tail, safe=SAFE)


def _query(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not TRACKING.match(pair.partition("=")[0])]
    return quote("&".join(kept), safe=SAFE)
