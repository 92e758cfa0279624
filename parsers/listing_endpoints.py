"""List APIs that a page's scripts ask, found without running them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup

from parsers.listing_expressions import UNKNOWN, evaluate, expression_at, inside, split_top
from parsers.listing_json import is_offset_name, parse_json
from parsers.listing_names import is_page_name
from parsers.listing_objects import Values, as_fields, object_fields, object_values
from parsers.listing_pages import page_parameter
from parsers.listing_records import JSON, Request
from parsers.listing_scripts import variables
from parsers.listing_soup import tags
from parsers.listing_titles import names_column
from parsers.urls import canonical_url, same_site

# $.get, jQuery.post, axios.get, this.$http.post, request.post; $("#list").load; fetch
CALL = re.compile(
    r"(?:\$|jQuery)\.(get|post|getJSON)\s*\(|(?<![\w$])(?:axios|\$?http|\$axios|request|api)\.(get|post)\s*\("
    r"|\.(load)\s*\(|(?<![\w$.])(fetch)\s*\("
)
OPENED = re.compile(r"\.open\s*\(\s*['\"](?:GET|POST)['\"]\s*,", re.IGNORECASE)  # XMLHttpRequest
DATA = re.compile(r"\b(?:data|where|params?)\s*:\s*(?:JSON\.stringify\s*\(\s*)?\{")
UNIT_SIZE = 20  # entries that a unit is asked for at once
MOST_CATEGORIES = 5


def units(soup: BeautifulSoup, url: str) -> Iterator[Request]:
    """Lists that a page has its server build (大汉 jpaas): <script url="/.../build/unit" queryData="{'pageId': ...}">."""
    for tag in tags(soup, "script", having=["url", "querydata"]):
        fields = object_fields(inside(str(tag["querydata"]), 0), {})
        fields.setdefault("paramJson", json.dumps({"pageNo": 1, "pageSize": UNIT_SIZE}, separators=(",", ":")))
        address = canonical_url(str(tag["url"]), url)
        if len(fields) > 1 and same_site(address, url):
            yield Request(f"{address}?{urlencode(fields)}")


def catalogue(script: str, url: str, fragment: str) -> Iterator[Request]:
    """The list API of Guangdong's catalogues (gkmlpt): .../gkmlpt/annualreport#2629 shows /gkmlpt/api/all/2629.

    `fragment` is what stood behind the # in the portal file; without it, the categories that are named after the reports.
    """
    site = re.search(r"\bSID\s*:\s*['\"]?(\d+)", script)
    base, found, _ = url.partition("/gkmlpt/")
    if site is None or not found:
        return
    named = re.findall(r'"id"\s*:\s*(\d+)\s*,[^{}]{0,200}?"name"\s*:\s*"([^"]{1,40})"', script)
    categories = [fragment] if fragment.isdecimal() else [number for number, name in named if names_column(_unescaped(name))]
    for category in categories[:MOST_CATEGORIES]:
        yield Request(f"{base}/gkmlpt/api/all/{category}?page=1&sid={site[1]}")


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def endpoints(script: str, url: str) -> Iterator[Request]:
    """List APIs that the page's scripts ask: $.ajax({url, type, data}), $.get, $.post, $.getJSON, fetch, axios, XMLHttpRequest."""
    known = variables(script)
    for match in CALL.finditer(script):
        arguments = [part.strip() for part in split_top(inside(script, match.end() - 1), ",")]
        values = object_values(arguments[1][1:-1], known) if len(arguments) > 1 and arguments[1][:1] == "{" else {}
        post, as_json = "post" in (match[1], match[2]), bool(match[2])
        if match[4]:  # fetch(address, {method: "POST", body: JSON.stringify({...})})
            body = parse_json(str(values.get("body", "")))
            post, as_json = str(values.get("method", "")).upper() == "POST", isinstance(body, dict)
            values = body if isinstance(body, dict) else {}
        elif as_json and isinstance(values.get("params"), dict):  # axios.get(address, {params: {...}})
            values = values["params"]
        yield from _endpoint(evaluate(arguments[0], known), values, url, post=post, as_json=as_json)
    for match in OPENED.finditer(script):
        post = "post" in match[0].lower()
        yield from _endpoint(evaluate(expression_at(script, match.end()), known), {}, url, post=post, as_json=False)
    for match in re.finditer(r"\burl\s*:\s*", script):
        around = script[max(0, match.start() - 600) : match.end() + 900]
        data = DATA.search(around)
        values = object_values(inside(around, data.end() - 1), known) if data else {}
        post = re.search(r"\b(?:type|method)\s*:\s*['\"]post['\"]", around, re.IGNORECASE) is not None
        as_json = post and re.search(r"application/json|JSON\.stringify", around) is not None
        yield from _endpoint(evaluate(expression_at(script, match.end()), known), values, url, post=post, as_json=as_json)


def _endpoint(value: str | None, values: Values, url: str, *, post: bool, as_json: bool) -> Iterator[Request]:
    if not value or not re.search(r"[/.?]", value):
        return
    value = re.sub(
        rf"([?&]([\w-]+)=){re.escape(UNKNOWN)}", lambda found: found[1] + ("1" if is_page_name(found[2]) else ""), value
    )
    if UNKNOWN in value:
        return
    try:
        address = canonical_url(value, url)
    except ValueError:
        return
    paged = page_parameter(address) is not None or any(map(_is_place, _names(values)))
    if not same_site(address, url) or not (
        paged or re.search(r"list|page|query|docs|article|infos?\b", urlsplit(address).path, re.I)
    ):
        return
    if not post:
        query = urlencode(as_fields(values))
        yield Request(address + (("&" if "?" in address else "?") + query if query else ""))
    elif as_json:
        yield Request(address, "POST", json.dumps(values, ensure_ascii=False), JSON)
    else:
        yield Request(address, "POST", urlencode(as_fields(values)))


def _names(values: Values) -> Iterator[str]:
    for name, value in values.items():
        yield name
        if isinstance(value, dict):
            yield from _names(value)


def _is_place(name: str) -> bool:
    return is_page_name(name) or is_offset_name(name)
