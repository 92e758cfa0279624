"""Addresses that only a page's scripts know, read without running them.

Portals build addresses as sums of strings ("list_" + page + ".html") in functions that links call. This reads just that
much of JavaScript: calls with literal arguments, variables that are set to literals, sums, and where an address goes
(location.href, window.open, an ajax call). What it cannot read it leaves; nothing is executed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

UNKNOWN = "{n}"  # stands in an address for a value that only the running script would have
LONGEST_SCRIPT = 300_000  # characters that are read of one page's scripts
LONGEST_EXPRESSION = 2_000
LONGEST_BODY = 20_000  # characters of a function or an object
MOST_CALLS = 50  # of one name that are looked at

STRING = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`""")
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
OBJECT = re.compile(r"^(?:this|that|self|_this|vm)\.(?=[\w$]+$)")  # whose fields are as good as variables
PLACE = re.compile(r"\$\{([^}]*)\}")
ARITHMETIC = re.compile(r"\(*\s*(?:(?:parseInt|Number)\s*\(\s*)?([\w$.]+)\s*\)?\s*(?:([-+])\s*(\d{1,4}))?\s*\)*")
# Where a pager's callback finds the page number: its parameter itself, or a field of it (layui, jquery.pagination).
FIELDS = ("", ".curr", ".current", ".page", ".pageNum", ".pageIndex", ".getCurrent()")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


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
        found.setdefault(match[1], _unquoted(match[2]))
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
        target = _destination(body, _within(body, known, bound))
        if target is not None and UNKNOWN not in target:
            return target
    return _path_in(code)


def sent_on(script: str, known: Mapping[str, str]) -> str | None:
    """Where the script sends its page by itself: location.href = "list.html" outside of any function."""
    for match in itertools.islice(FUNCTION.finditer(script), MOST_CALLS):
        script = script.replace(inside(match.string, match.end() - 1), "") if match[1] else script
    target = next((evaluate(expression_at(script, match.end()), known) for match in SENDS_ON.finditer(script)), None)
    return target if target and UNKNOWN not in target else None


def numbered_addresses(script: str, known: Mapping[str, str], numbers: Sequence[int]) -> Iterator[list[str]]:
    """For each function of the page that goes to another address for each number: the addresses for `numbers`, in order."""
    functions = itertools.chain(FUNCTION.finditer(script), ANONYMOUS.finditer(script))
    for function in itertools.islice(functions, MOST_CALLS):
        body = inside(script, function.end() - 1)
        parameter = "" if function.re is ANONYMOUS else (function[2] or function[4] or "").split(",")[0].strip()
        bound = ({f"{parameter}{field}": str(number) for field in FIELDS} if parameter else {} for number in numbers)
        found = [_destination(body, _within(body, known, names)) for names in bound]
        if not parameter:  # the handler of a click finds the number on what was clicked
            found = [_filled(address, number) for address, number in zip(found, numbers, strict=True)]
        addresses = [address for address in found if address is not None and UNKNOWN not in address]
        if len(set(addresses)) == len(numbers):
            yield addresses


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


def _filled(address: str | None, number: int) -> str | None:
    return address.replace(UNKNOWN, str(number)) if address is not None and address.count(UNKNOWN) == 1 else None


def evaluate(expression: str, known: Mapping[str, str]) -> str | None:
    """The value of a literal, a known name or a sum of such; UNKNOWN for each part that is not known.

    None when the expression is none of these.
    """
    if len(expression) > LONGEST_EXPRESSION:
        return None
    total = ""
    for part in split_top(expression.strip().rstrip(";"), "+"):
        text = part.strip()
        if STRING.fullmatch(text):
            value = _unquoted(text)
            total += PLACE.sub(lambda found: _named(found[1], known) or UNKNOWN, value) if text[0] == "`" else value
        elif re.fullmatch(r"-?\d+(?:\.\d+)?", text):
            total += text
        elif (named := _named(text, known)) is not None:
            total += named
        elif (number := _computed(text, known)) is not None:
            total += str(number)
        elif re.fullmatch(r"[\w$.()\[\]\s*/%-]+", text):
            total += UNKNOWN
        else:
            return None
    return total


def _named(name: str, known: Mapping[str, str]) -> str | None:
    return known.get(name.strip(), known.get(OBJECT.sub("", name.strip())))


def _computed(text: str, known: Mapping[str, str]) -> int | None:
    """The value of (n - 1), parseInt(n) + 1 and the like, where n is known to be a number."""
    match = ARITHMETIC.fullmatch(text)
    value = known.get(match[1], match[1]) if match else ""
    if match is None or not value.isdecimal():
        return None
    return int(value) + (int(match[3]) if match[2] == "+" else -int(match[3]) if match[2] else 0)


def inside(text: str, opening: int) -> str:
    """What stands between the bracket at `opening` and its partner; as much as is read where it has none."""
    depth, position, end = 0, opening, min(len(text), opening + LONGEST_BODY)
    while position < end:
        quoted = STRING.match(text, position)
        if quoted:
            position = quoted.end()
            continue
        if text[position] in "([{":
            depth += 1
        elif text[position] in ")]}":
            depth -= 1
            if depth == 0:
                return text[opening + 1 : position]
        position += 1
    return text[opening + 1 : end]


def split_top(text: str, separator: str) -> list[str]:
    """Split at `separator` outside of quotes and brackets."""
    parts, depth, start, position = [], 0, 0, 0
    while position < len(text):
        quoted = STRING.match(text, position)
        if quoted:
            position = quoted.end()
            continue
        letter = text[position]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
        position += 1
    return [*parts, text[start:]]


def expression_at(text: str, start: int) -> str:
    """The expression that begins at `start`: up to a `;`, `,`, line end or closing bracket that is not its own."""
    depth, position, end = 0, start, min(len(text), start + LONGEST_EXPRESSION)
    while position < end:
        quoted = STRING.match(text, position)
        if quoted:
            position = quoted.end()
            continue
        letter = text[position]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth < 0:
                break
        elif depth == 0 and (letter in ";," or (letter == "\n" and not text[start:position].rstrip().endswith("+"))):
            break
        position += 1
    return text[start:position]


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
        value = _unquoted(match[0])
        if re.fullmatch(
            r"(?:https?://|/|\./|\.\./)[^\s<>'\"]+|[\w./-]+\.(?:s?html?|jsp|aspx?|php|pdf|docx?|xlsx?|wps)(?:\?\S*)?", value
        ):
            return value
    return None


def _unquoted(literal: str) -> str:
    if literal[:1] not in ("'", '"', "`"):
        return literal
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), literal[1:-1])
