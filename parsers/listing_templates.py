"""How a page's scripts make addresses of the records that its list API gives: '<a href="/content/' + item.id + '.html">'."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from parsers.listing_expressions import UNKNOWN, evaluate, expression_at
from parsers.listing_scripts import GOES_TO

MOST_LOOKED_AT = 400  # links of one page's source
MOST_TEMPLATES = 10
LONGEST_VALUE = 300  # characters of a field that becomes part of an address

HREF = re.compile(r"(?<![\w-])(?:ng-)?href\s*=\s*\\?[\"'`]?")
# A part of the address: a field of a record, summed (' + item.id + ') or put in its place (${item.id}, {{item.id}}), or text.
PART = re.compile(
    r"(?:\\?[\"']\s*\+\s*|\$\{\s*|\{\{\s*)(?:encodeURI(?:Component)?\(\s*)?(?:[\w$]+\.)*(?P<field>[A-Za-z_$][\w$]*)\s*\)?\s*"
    r"(?:\+\s*\\?[\"']|\}{1,2})?"
    r"|(?P<text>[^\"'`+<>\s\\{}$]{1,300})"
)
FIELD = re.compile(r"\{([\w$]+)\}")
# Where a script sends the visitor for one document of many.
ONE_DOCUMENT = re.compile(r"detail|content|article|info|show|view|art(?![a-z])|doc", re.IGNORECASE)


def address_templates(source: str, script: str) -> tuple[str, ...]:
    """Addresses with names of fields in braces ("/content/{id}.html"). `source` is the page's text, `script` its scripts alone."""
    written = (_written(source, match.end()) for match in itertools.islice(HREF.finditer(source), MOST_LOOKED_AT))
    found = dict.fromkeys(template for template in itertools.chain(written, _gone_to(script)) if FIELD.search(template))
    return tuple(itertools.islice(found, MOST_TEMPLATES))


def filled(template: str, fields: Mapping[str, Any]) -> str | None:
    """The address of a record, by its fields in lower case without "_"; None where it lacks one of the template's."""
    values = {name: fields.get(plain_name(name)) for name in FIELD.findall(template)}
    if not all(isinstance(value, str | int) and 0 < len(str(value)) <= LONGEST_VALUE for value in values.values()):
        return None
    return FIELD.sub(lambda found: str(values[found[1]]), template)


def plain_name(name: str) -> str:
    """The name of a field as names are compared."""
    return re.sub(r"[_\s-]", "", name).lower()


def _written(source: str, start: int) -> str:
    """The template that begins at `start`, behind the first quotation mark; without a field where it is an address as it stands."""
    part = PART.match(source, start)
    if part is None and source[start : start + 1] in ("'", '"'):
        start += 1
        part = PART.match(source, start)
    parts: list[str] = []
    while part is not None and len(parts) < MOST_TEMPLATES:
        parts.append(f"{{{part['field']}}}" if part["field"] else part["text"])
        part = PART.match(source, part.end())
    return "".join(parts)


def _gone_to(script: str) -> Iterator[str]:
    """Where the page's functions go for an id: location.href = "/detail?id=" + id."""
    for match in itertools.islice(GOES_TO.finditer(script), MOST_LOOKED_AT):
        value = evaluate(expression_at(script, match.end()), {})
        if value is not None and value.count(UNKNOWN) == 1 and ONE_DOCUMENT.search(value):
            yield value.replace(UNKNOWN, "{id}")
