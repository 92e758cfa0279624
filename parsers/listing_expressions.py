"""Expressions of scripts, read without running them: literals, sums, variables that are known, comparisons of numbers."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping

UNKNOWN = "{n}"  # stands in an address for a value that only the running script would have
LONGEST_EXPRESSION = 2_000
LONGEST_BODY = 20_000  # characters of a function or an object
STRING = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`""")
OBJECT = re.compile(r"^(?:this|that|self|_this|vm)\.(?=[\w$]+$)")  # whose fields are as good as variables
PLACE = re.compile(r"\$\{([^}]*)\}")
COMPARISON = re.compile(r"\(?\s*([\w$.]+)\s*(===?|!==?|[<>]=?)\s*['\"]?(\d{1,4})['\"]?\s*\)?")
COMPARE = {
    **dict.fromkeys(("==", "==="), operator.eq),
    **dict.fromkeys(("!=", "!=="), operator.ne),
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
}
ARITHMETIC = re.compile(r"\(*\s*(?:(?:parseInt|Number)\s*\(\s*)?([\w$.]+)\s*\)?\s*(?:([-+])\s*(\d{1,4}))?\s*\)*")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def holds(condition: str, known: Mapping[str, str]) -> bool | None:
    """Whether p == 1, p > 0 and the like hold; None where that is not known."""
    match = COMPARISON.fullmatch(condition.strip())
    value = named_value(match[1], known) if match else None
    if match is None or value is None or not value.isdecimal():
        return None
    return bool(COMPARE[match[2]](int(value), int(match[3])))


def evaluate(expression: str, known: Mapping[str, str]) -> str | None:
    """The value of a literal, a known name or a sum of such; UNKNOWN for each part that is not known.

    None when the expression is none of these.
    """
    if len(expression) > LONGEST_EXPRESSION:
        return None
    condition, *branches = split_top(expression, "?")
    if (
        len(branches) == 1 and len(either := split_top(branches[0], ":")) == 2
    ):  # p == 1 ? "list.html" : "list_" + p + ".html"
        return evaluate(either[0] if holds(condition, known) else either[1], known)
    total = ""
    for part in split_top(expression.strip().rstrip(";"), "+"):
        text = part.strip()
        if STRING.fullmatch(text):
            value = unquoted(text)
            total += PLACE.sub(lambda found: named_value(found[1], known) or UNKNOWN, value) if text[0] == "`" else value
        elif re.fullmatch(r"-?\d+(?:\.\d+)?", text):
            total += text
        elif (named := named_value(text, known)) is not None:
            total += named
        elif (number := _computed(text, known)) is not None:
            total += str(number)
        elif re.fullmatch(r"[\w$.()\[\]\s*/%-]+", text):
            total += UNKNOWN
        else:
            return None
    return total


def named_value(name: str, known: Mapping[str, str]) -> str | None:
    """The value of a variable, or of a field of the object at hand (this.page)."""
    return known.get(name.strip(), known.get(OBJECT.sub("", name.strip())))


def _computed(text: str, known: Mapping[str, str]) -> int | None:
    """The value of (n - 1), parseInt(n) + 1 and the like, where n is known to be a number."""
    match = ARITHMETIC.fullmatch(text)
    value = known.get(match[1], match[1]) if match else ""
    if match is None or not value.isdecimal():
        return None
    return int(value) + (int(match[3]) if match[2] == "+" else -int(match[3]) if match[2] else 0)


def inside(text: str, opening: int, longest: int = LONGEST_BODY) -> str:
    """What stands between the bracket at `opening` and its partner; as much as is read where it has none."""
    depth, position, end = 0, opening, min(len(text), opening + longest)
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


def unquoted(literal: str) -> str:
    """The text of a string literal; anything else as it stands."""
    if literal[:1] not in ("'", '"', "`"):
        return literal
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), literal[1:-1])
