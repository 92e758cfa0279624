"""Objects and arrays as scripts write them, with names that need no quotes and values that may be sums or variables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from parsers.listing_expressions import UNKNOWN, evaluate, inside, split_top
from parsers.listing_names import is_page_name

DEEPEST = 4  # objects within objects
LONGEST_ARRAYS = 40_000  # characters of all arrays of a script
ARRAY = re.compile(r"\[\s*(?=\{)")
STRINGIFY = re.compile(r"^JSON\.stringify\s*\(", re.IGNORECASE)

Values = dict[str, Any]  # strings, whole numbers, objects within


def object_values(text: str, known: Mapping[str, str], depth: int = 0) -> Values:
    """Names and values of an object literal (`text` is what stands between its braces), as far as they are literals or known.

    A page number that only the running script would have counts as 1.
    """
    values: Values = {}
    for part in split_top(text, ","):
        key, colon, value = part.partition(":")
        name, value = key.strip().strip("'\""), value.strip()
        if not name or not colon:
            continue
        if value[:1] == "{":
            if depth < DEEPEST:
                values[name] = object_values(inside(value, 0), known, depth + 1)
        elif STRINGIFY.match(value) and (brace := value.find("{")) >= 0:
            values[name] = json.dumps(object_values(inside(value, brace), known, depth + 1), ensure_ascii=False)
        elif (evaluated := evaluate(value, known)) is not None:
            unknown_page = UNKNOWN in evaluated and is_page_name(name)
            plain = "1" if unknown_page else evaluated.replace(UNKNOWN, "")
            values[name] = (
                int(plain) if plain.isdecimal() and value[:1] not in ("'", '"') and str(int(plain)) == plain else plain
            )
    return values


def object_fields(text: str, known: Mapping[str, str]) -> dict[str, str]:
    """The same as text, as an address or a form holds it; objects within as JSON."""
    return as_fields(object_values(text, known))


def as_fields(values: Values) -> dict[str, str]:
    """Values as an address or a form holds them."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
        for name, value in values.items()
    }


def arrays_of_objects(script: str) -> Iterator[list[Values]]:
    """Arrays of objects in a script: var nodes = [{id: 1, name: "...", url: "..."}, ...]; of nested ones the outermost."""
    position, left = 0, LONGEST_ARRAYS
    while left > 0 and (match := ARRAY.search(script, position)) is not None:
        array = inside(script, match.start(), left)
        position, left = match.end() + len(array), left - len(array)
        items = (item.strip() for item in split_top(array, ","))
        yield [object_values(inside(item, 0), {}) for item in items if item[:1] == "{"]
