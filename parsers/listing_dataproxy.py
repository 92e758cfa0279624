"""Lists of dataproxy.jsp (大汉 jpage): XML whose records are HTML in CDATA, asked for in groups by GET or POST."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from parsers.listing_endpoints import object_fields
from parsers.listing_records import Request
from parsers.listing_scripts import inside, variables
from parsers.urls import canonical_url, same_site

DATAPROXY = re.compile(r"""[^\s'"<>()\[\]]*dataproxy\.jsp[^\s'"<>()\[\]]*""", re.IGNORECASE)
RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
WINDOW = ("startrecord", "endrecord", "perpage", "page")  # parameters that say which records are asked for
GROUP_SIZE = 3  # pages that dataproxy's own script asks for at once

Pairs = list[tuple[str, str]]


def is_dataproxy(text: str) -> bool:
    """Whether the text is the XML of dataproxy.jsp, or a page that carries such XML."""
    return "<datastore" in text[:20_000].lower() or RECORD.search(text) is not None


def dataproxy_records(text: str) -> list[str]:
    """The records as HTML fragments."""
    return [match[1] for match in RECORD.finditer(text)]


def dataproxy_size(text: str) -> tuple[int | None, int | None]:
    """Total of records and pages, as the XML says."""
    return _number(text, "totalrecord"), _number(text, "totalpage")


def dataproxy_pages(script: str, url: str, total: int | None, shown: int) -> list[Request]:
    """The groups of records after the `shown` first ones, of a page with dataproxy's script in it.

    GET where the page names an address with its parameters; POST where the script has them apart (proxyParam, data).
    """
    for match in DATAPROXY.finditer(script.replace("&amp;", "&")):
        address = canonical_url(match[0], url)
        query = parse_qsl(urlsplit(address).query, keep_blank_values=True)
        posted = _parameters_near(script, match.start())
        start, end = _window(query + posted)
        total = total or _number(script, "totalrecords?|total")
        if not same_site(address, url) or (total is None and start is None):
            continue
        size = _first(query + posted, "perpage") or _number(script, "perpage|pagesize") or 15
        step = end - start + 1 if start and end and end >= start else size * GROUP_SIZE
        last = total or shown + step
        bare = urlunsplit(urlsplit(address)._replace(query=""))
        windows = [
            [("startrecord", str(first)), ("endrecord", str(min(first + step - 1, last))), ("perpage", str(size))]
            for first in range(shown + 1, last + 1, step)
        ]
        fixed = [(key, value) for key, value in query if key.lower() not in WINDOW]
        body = urlencode([(key, value) for key, value in posted if key.lower() not in WINDOW])
        return [Request(f"{bare}?{urlencode(window + fixed)}", "POST" if body else "GET", body) for window in windows]
    return []


def next_dataproxy_pages(url: str, body: str, records: int, total: int | None) -> list[Request]:
    """The group after this one, of an answer of dataproxy.jsp. The window stands in the address or in what was posted."""
    query, posted = (parse_qsl(text, keep_blank_values=True) for text in (urlsplit(url).query, body))
    start, end = _window(query + posted)
    if not records or not start or not end or end < start or (total is not None and end >= total):
        return []
    last = end + (end - start + 1)
    change = {"startrecord": str(end + 1), "endrecord": str(last if total is None else min(last, total))}
    query, posted = ([(key, change.get(key.lower(), value)) for key, value in pairs] for pairs in (query, posted))
    address = urlunsplit(urlsplit(url)._replace(query=urlencode(query)))
    return [Request(address, "POST" if body else "GET", urlencode(posted))]


def _parameters_near(script: str, place: int) -> Pairs:
    """The object that the script posts beside the address at `place`: data: {...}, proxyParam: {...}."""
    for match in re.finditer(r"(?:\bdata|proxyParams?|params?)\s*:\s*\{", script):
        if abs(match.start() - place) < 2000:
            return list(object_fields(inside(script, match.end() - 1), variables(script)).items())
    return []


def _window(pairs: Iterable[tuple[str, str]]) -> tuple[int | None, int | None]:
    pairs = list(pairs)
    return _first(pairs, "startrecord"), _first(pairs, "endrecord")


def _first(pairs: Iterable[tuple[str, str]], name: str) -> int | None:
    return next((int(value) for key, value in pairs if key.lower() == name and value.isdecimal()), None)


def _number(text: str, names: str) -> int | None:
    """A number that XML or a script gives under one of these names."""
    match = re.search(rf"\b(?:{names})['\"]?\s*[:=]\s*['\"]?(\d{{1,6}})\b|<(?:{names})>\s*(\d{{1,6}})", text, re.IGNORECASE)
    return int(match[1] or match[2]) if match else None
