"""List APIs that a page's scripts ask, found without running them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urlsplit

from parsers.listing_json import is_offset_name
from parsers.listing_pages import is_page_name, page_parameter
from parsers.listing_records import JSON, Request
from parsers.listing_scripts import UNKNOWN, evaluate, expression_at, inside, split_top, variables
from parsers.urls import canonical_url, same_site


def object_fields(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """Names and values of an object literal, as far as they are literals or known; an unknown page number counts as 1."""
    fields: dict[str, str] = {}
    for part in split_top(text, ","):
        key, colon, value = part.partition(":")
        name = key.strip().strip("'\"")
        evaluated = evaluate(value, known) if colon else None
        if not name or evaluated is None:
            continue
        fields[name] = "1" if UNKNOWN in evaluated and is_page_name(name) else evaluated.replace(UNKNOWN, "")
    return fields


def endpoints(script: str, url: str) -> Iterator[Request]:
    """List APIs that the page's scripts ask: $.ajax({url, type, data}), $.get, $.post, $.getJSON, fetch, axios."""
    known = variables(script)
    for match in re.finditer(r"(?:\$|jQuery)\.(get|post|getJSON)\s*\(|\baxios\.(get|post)\s*\(|\b(fetch)\s*\(", script):
        arguments = split_top(inside(script, match.end() - 1), ",")
        fields = (
            object_fields(arguments[1].strip()[1:-1], known)
            if len(arguments) > 1 and arguments[1].strip()[:1] == "{"
            else {}
        )
        post = "post" in (match[1], match[2])
        yield from _endpoint(
            evaluate(arguments[0], known), {} if match[3] else fields, url, post=post, as_json=bool(match[2])
        )
    for match in re.finditer(r"\burl\s*:\s*", script):
        around = script[max(0, match.start() - 600) : match.end() + 900]
        data = re.search(r"\b(?:data|where|params?)\s*:\s*\{", around)
        fields = object_fields(inside(around, data.end() - 1), known) if data else {}
        post = re.search(r"\b(?:type|method)\s*:\s*['\"]post['\"]", around, re.IGNORECASE) is not None
        as_json = post and re.search(r"application/json|JSON\.stringify", around) is not None
        yield from _endpoint(evaluate(expression_at(script, match.end()), known), fields, url, post=post, as_json=as_json)


def _endpoint(value: str | None, fields: dict[str, str], url: str, *, post: bool, as_json: bool) -> Iterator[Request]:
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
    paged = page_parameter(address) is not None or any(is_page_name(name) or is_offset_name(name) for name in fields)
    if not same_site(address, url) or not (
        paged or re.search(r"list|page|query|docs|article|infos?\b", urlsplit(address).path, re.I)
    ):
        return
    if not post:
        query = urlencode(fields)
        yield Request(address + (("&" if "?" in address else "?") + query if query else ""))
    elif as_json:
        yield Request(address, "POST", json.dumps(fields, ensure_ascii=False), JSON)
    else:
        yield Request(address, "POST", urlencode(fields))
