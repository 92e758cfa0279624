"""Lists of dataproxy.jsp (大汉 jpage): XML whose records are HTML in CDATA, asked for in groups by GET or POST."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from parsers.listing_expressions import evaluate, expression_at, inside
from parsers.listing_objects import object_fields
from parsers.listing_records import Request
from parsers.listing_scripts import variables
from parsers.urls import canonical_url, same_site

DATAPROXY = re.compile(r"""[^\s'"<>()\[\]]*dataproxy\.jsp[^\s'"<>()\[\]]*""", re.IGNORECASE)
RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
NEXT_GROUP = re.compile(
    r"<nextgroup>\s*<!\[CDATA\[\s*<a\b[^>]*?href=(?P<quote>[\"'])(.*?)(?P=quote)", re.IGNORECASE | re.DOTALL
)
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

    GET where the page names an address with its parameters; POST where the script has them apart (ajaxParam, data). Some
    servers go by the window of records, others by the number of the group; both are told to all of them.
    """
    for address, posted in _addresses(script, url):
        query = parse_qsl(urlsplit(address).query, keep_blank_values=True)
        start, end = _window(query + posted)
        total = total or _number(script, "totalrecords?|total")
        if total is None and start is None:
            if _first(query, "page") is not None:
                return [Request(address, guess=True)]
            continue
        size = _first(query + posted, "perpage") or _number(script, "perpage|pagesize") or 15
        step = end - start + 1 if start and end and end >= start else size * GROUP_SIZE
        last, group = total or shown + step, _first(query, "page")
        fixed = [(key, value) for key, value in query if key.lower() not in WINDOW]
        body = urlencode([(key, value) for key, value in posted if key.lower() not in WINDOW])
        requests = []
        for number, first in enumerate(range(shown + 1, last + 1, step)):
            window = [("startrecord", str(first)), ("endrecord", str(min(first + step - 1, last))), ("perpage", str(size))]
            window += [("page", str(group + number))] if group is not None else []
            target = urlunsplit(urlsplit(address)._replace(query=urlencode(window + fixed)))
            requests.append(Request(target, "POST" if body else "GET", body))
        return requests
    return []


def next_dataproxy_pages(text: str, url: str, body: str, total: int | None) -> list[Request]:
    """The group after this one, of an answer of dataproxy.jsp: by its window, its number, or the link that it gives itself."""
    query, posted = (parse_qsl(part, keep_blank_values=True) for part in (urlsplit(url).query, body))
    start, end = _window(query + posted)
    group, groups = _first(query + posted, "page"), dataproxy_size(text)[1]
    change: dict[str, str] = {}
    if start and end and end >= start and (total is None or end < total):
        last = end + (end - start + 1)
        change = {"startrecord": str(end + 1), "endrecord": str(last if total is None else min(last, total))}
    if group is not None and (change or (groups is not None and group < groups)):
        change["page"] = str(group + 1)
    if not RECORD.search(text):
        return []
    if change:
        query, posted = ([(key, change.get(key.lower(), value)) for key, value in pairs] for pairs in (query, posted))
        address = urlunsplit(urlsplit(url)._replace(query=urlencode(query)))
        return [Request(address, "POST" if body else "GET", urlencode(posted), guess=True)]
    link = NEXT_GROUP.search(text) if start is None else None
    return [Request(canonical_url(link[2].replace("&amp;", "&"), url), guess=True)] if link and link[2] else []


def _addresses(script: str, url: str) -> Iterator[tuple[str, Pairs]]:
    """Addresses of dataproxy.jsp in a page's script, with what is to be posted there; that of the next group first."""
    link = NEXT_GROUP.search(script)
    found = [(link[2], link.start())] if link is not None and link[2] else []
    found += [(match[0], match.start()) for match in DATAPROXY.finditer(script)]
    for text, place in found:
        address = canonical_url(text.replace("&amp;", "&"), url)
        if same_site(address, url):
            yield address, [] if "?" in text and "columnid" in text.lower() else _parameters_near(script, place)


def _parameters_near(script: str, place: int) -> Pairs:
    """What the script posts beside the address at `place`: data: {...}, ajaxParam: "webid=1&...", proxyParam: {...}."""
    for match in re.finditer(r"\b(?:data|\w*params?)\s*:\s*(?=[{'\"])", script, re.IGNORECASE):
        if abs(match.start() - place) < 2000:
            if script[match.end()] == "{":
                return list(object_fields(inside(script, match.end()), variables(script)).items())
            text = evaluate(expression_at(script, match.end()), {})
            if text and "=" in text:
                return parse_qsl(text.lstrip("?&"), keep_blank_values=True)
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
