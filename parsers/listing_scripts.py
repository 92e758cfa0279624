"""Addresses that only a page's scripts know, read without running them.

Portals build addresses as sums of strings ("list_" + page + ".html") in functions that links call. This reads just that
much of JavaScript: calls with literal arguments, variables that are set to literals, sums, and where an address goes
(location.href, window.open, an ajax call). What it cannot read it leaves; nothing is executed.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from parsers.listing_expressions import STRING, UNKNOWN, evaluate, expression_at, holds, inside, split_top, unquoted

LONGEST_SCRIPT = 300_000  # characters that are read of one page's scripts
MOST_CALLS = 50  # of one name that are looked at

ASSIGNED = re.compile(
    r"\b([A-Za-z_$][\w$]*)\s*[:=]\s*('(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|-?\d+(?:\.\d+)?)\s*(?=[;,\n}\r)]|$)"
)
FUNCTION = re.compile(
    r"function\s+([A-Za-z_$][\w$]*)\s*\(([^)]*)\)\s*\{|([A-Za-z_$][\w$]*)\s*[:=]\s*function\s*\w*\s*\(([^)]*)\)\s*\{"
)
ANONYMOUS = re.compile(r"(?<![\w$])function\s*\([^)]*\)\s*\{|\([^()]*\)\s*=>\s*\{")
GOES_TO = re.compile(
    r"(?:window\.open|location\.(?:assign|replace)|\.load)\s*\(\s*"
    r"|(?:(?:window|self|top|parent|document)\.)?location(?:\.href)?\s*=(?!=)\s*"
    r"|\.(?:action|src|href)\s*=(?!=)\s*|\.attr\(\s*['\"](?:href|src|action)['\"]\s*,\s*"
)
SENDS_ON = re.compile(r"location\.(?:assign|replace)\s*\(\s*|(?<![\w$])location(?:\.href)?\s*=(?!=)\s*")
SET = re.compile(r"\b(?:var|let|const)\s+([A-Za-z_$][\w$]*)\s*=(?!=)\s*")
IF = re.compile(r"(?<![\w$])if\s*\(([^()]{1,80})\)\s*\{")
ELSE = re.compile(r"\s*else\s*\{")
# Where a pager's callback finds the page number: its parameter itself, or a field of it (layui, jquery.pagination).
FIELDS = ("", ".curr", ".current", ".page", ".pageNum", ".pageIndex", ".getCurrent()")


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its arguments as text: literals without their quotes, UNKNOWN where a value is not known."""

    name: str
    arguments: tuple[str, ...]
    literal: tuple[bool, ...]  # which arguments were strings


def variables(script: str) -> dict[str, str]:
    """Names that the script sets to a string or a number; the first setting counts."""
    found: dict[str, str] = {}
    for match in ASSIGNED.finditer(script):
        found.setdefault(match[1], unquoted(match[2]))
    return found


def calls(script: str, name: str, known: Mapping[str, str]) -> Iterator[Call]:
    """Calls of functions whose name matches the pattern `name` (case ignored); definitions are not calls."""
    found = re.finditer(rf"(?<!function )(?<![\w$])({name})\s*\(", script, re.IGNORECASE)
    for match in itertools.islice(found, MOST_CALLS):
        parts = split_top(inside(script, match.end() - 1), ",")
        if not any(part.strip() for part in parts):
            continue
        values = tuple(evaluate(part, known) for part in parts)
        yield Call(
            match[1],
            tuple(UNKNOWN if value is None else value for value in values),
            tuple(part.strip()[:1] in ("'", '"') for part in parts),
        )


def address_of_call(code: str, script: str, known: Mapping[str, str]) -> str | None:
    """The address that the code of a link (`onclick`, `javascript:`) leads to, or None.

    The code may name it itself, or call a function of the page whose body does. UNKNOWN never comes back.
    """
    direct = _destination(code, known)
    if direct is not None and UNKNOWN not in direct:
        return direct
    for match in itertools.islice(re.finditer(r"([A-Za-z_$][\w$]*)\s*\(", code), MOST_CALLS):
        function = _function(script, match[1])
        if function is None:
            continue
        parameters, body = function
        arguments = [evaluate(part, known) for part in split_top(inside(code, match.end() - 1), ",")]
        bound = {name: value for name, value in zip(parameters, arguments, strict=False) if value is not None}
        names = _within(body, known, bound)
        target = _destination(_gone_through(body, names), names)
        if target is not None and UNKNOWN not in target:
            return target
    return _path_in(code)


def sent_on(script: str, known: Mapping[str, str]) -> str | None:
    """Where the script sends its page by itself: location.href = "list.html" outside of any function."""
    for match in itertools.islice(FUNCTION.finditer(script), MOST_CALLS):
        script = script.replace(inside(match.string, match.end() - 1), "") if match[1] else script
    target = next((evaluate(expression_at(script, match.end()), known) for match in SENDS_ON.finditer(script)), None)
    return target if target and UNKNOWN not in target else None


def numbered_addresses(script: str, known: Mapping[str, str]) -> Iterator[Callable[[int], str | None]]:
    """For each function of the page, the address that it goes to for a number; None where it goes nowhere that can be told."""
    functions = itertools.chain(FUNCTION.finditer(script), ANONYMOUS.finditer(script))
    for function in itertools.islice(functions, MOST_CALLS):
        body = inside(script, function.end() - 1)
        named = "" if function.re is ANONYMOUS else (function[2] or function[4] or "").split(",")[0].strip()
        yield functools.partial(_address_for, body, named, known)


def _address_for(body: str, parameter: str, known: Mapping[str, str], number: int) -> str | None:
    names = _within(body, known, {f"{parameter}{field}": str(number) for field in FIELDS} if parameter else {})
    address = _destination(_gone_through(body, names), names)
    if address is None or parameter:
        return None if address is None or UNKNOWN in address else address
    # The handler of a click finds the number on what was clicked.
    return address.replace(UNKNOWN, str(number)) if address.count(UNKNOWN) == 1 else None


def _within(body: str, known: Mapping[str, str], bound: Mapping[str, str]) -> dict[str, str]:
    """What is known within a function whose parameters are bound: its own variables too, each by what stands before it."""
    names = {**known, **variables(body), **bound}
    for match in itertools.islice(SET.finditer(body), MOST_CALLS):
        value = evaluate(expression_at(body, match.end()), names)
        if value is not None and value != UNKNOWN:
            names[match[1]] = value
        elif match[1] not in bound:
            names.pop(match[1], None)
    return names


def _gone_through(body: str, known: Mapping[str, str]) -> str:
    """The body without the branches that are not taken: if (p == 1) { ... } else { ... }, where p is known."""
    for _ in range(MOST_CALLS):
        found = ((match, holds(match[1], known)) for match in IF.finditer(body))
        match, condition = next((one for one in found if one[1] is not None), (None, None))
        if match is None:
            break
        yes = inside(body, match.end() - 1)
        rest = body[match.end() + len(yes) + 1 :]
        otherwise = ELSE.match(rest)
        no = inside(rest, otherwise.end() - 1) if otherwise else ""
        after = rest[otherwise.end() + len(no) + 1 :] if otherwise else rest
        body = body[: match.start()] + (yes if condition else no) + after
    return body


def _destination(code: str, known: Mapping[str, str]) -> str | None:
    """Where the code goes to: its first destination without an unknown part, else its first at all."""
    first = None
    for match in GOES_TO.finditer(code):
        value = evaluate(expression_at(code, match.end()), known)
        if not value or value in (UNKNOWN, "#") or value.startswith("javascript:"):
            continue
        if UNKNOWN not in value:
            return value
        first = first or value
    return first


def _function(script: str, name: str) -> tuple[list[str], str] | None:
    for match in FUNCTION.finditer(script):
        if name in (match[1], match[3]):
            return [part.strip() for part in (match[2] or match[4] or "").split(",")], inside(script, match.end() - 1)
    return None


def _path_in(code: str) -> str | None:
    """An address among the literal arguments of a call: openDoc('/2024/t1.html')."""
    for match in STRING.finditer(code):
        value = unquoted(match[0])
        if re.fullmatch(
            r"(?:https?://|/|\./|\.\./)[^\s<>'\"]+|[\w./-]+\.(?:s?html?|jsp|aspx?|php|pdf|docx?|xlsx?|wps)(?:\?\S*)?", value
        ):
            return value
    return None
