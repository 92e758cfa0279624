"""What the text of one cell is made of, wherever the cell stands: labels, a value, nothing, or text that nothing explains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from parsers.cells import parse_cell
from parsers.labels import UNITS, is_fragment, scan, vocabulary
from parsers.normal import label_key
from parsers.records import TemplateId


class Kind(Enum):
    LABEL = "label"
    VALUE = "value"  # a number or a stated absence
    BLANK = "blank"
    UNIT = "unit"
    FRAGMENT = "fragment"  # a label cut short: 结果 for 结果维持
    OTHER = "other"
    BREAK = "break"  # between two tables


class Piece(NamedTuple):
    """A part of a cell's text and what it is, before it has a place."""

    kind: Kind
    text: str
    key: str = ""
    fuzzy: bool = False


# 收到申请数:3件 in one cell: a label, then its value.
_LABEL_AND_VALUE = re.compile(
    r"(?P<label>.*[^\s0-9.,:(\uff1a\uff0c\uff08])[\s:\uff1a]+(?P<value>[+-]?[0-9][0-9,.]*\s*[条件次篇个人项万亿元]{0,2})[。;\uff1b]?",
    re.DOTALL,
)
# 3、件 and 1<次: neither a number that can be read nor the bare unit that is left without its numbering.
_MARRED_COUNT = re.compile(r"[^\w\n]*[0-9\uff10-\uff19]+[^\w\n]*[条件次篇个人项]{1,2}[^\w\n()]*")


@lru_cache(maxsize=1 << 13)  # the same labels and small numbers stand in every report
def pieces(text: str, template_id: TemplateId, flattened: bool) -> tuple[Piece, ...]:
    """What the text of one cell is made of, wherever it stands."""
    key = label_key(text)
    if key in vocabulary(template_id) and key not in UNITS:
        lines = (flattened and _label_lines(text, template_id)) or [(key, text)]
        return tuple(Piece(Kind.LABEL, line, part) for part, line in lines)
    value = parse_cell(text)
    if value.absence == "blank":
        return (Piece(Kind.BLANK, text),)
    if value.is_readable or parse_cell(text, "万元").is_readable or parse_cell(text, signed=True).is_readable:
        return (Piece(Kind.VALUE, text),)
    if _MARRED_COUNT.fullmatch(text):
        return (Piece(Kind.OTHER, text),)
    if key in UNITS:
        return (Piece(Kind.UNIT, text, key),)
    return tuple(_mixed(text, template_id, flattened))


def _label_lines(text: str, template_id: TemplateId) -> list[tuple[str, str]]:
    """法人或其他组织 / 合计 on two lines are two labels if each is one, though run together they may be a third."""
    parts = [scan(line, template_id) for line in text.split("\n")]
    if len(parts) > 1 and all(part.keys and not part.rest and not part.fuzzy for part in parts):
        return [(key, line) for part, line in zip(parts, text.split("\n"), strict=True) for key in part.keys]
    return []


def _lines_under_heading(text: str, template_id: TemplateId) -> list[Piece]:
    """Lines that are labels each, if only by likeness, once what stands over the first heading (统计指标) is set aside.

    Flattening ran a title, headings and the label of the first row together. A heading begins anew: what stands over it is
    no part of it, whereas over a label without a heading it could be the half of another label.
    """
    lines = text.split("\n")
    words = vocabulary(template_id)
    parts = [scan(line, template_id) for line in lines]
    labels = sum(1 for _ in takewhile(lambda part: part.keys and not part.rest, reversed(parts)))
    begins = range(len(lines) - labels, len(lines))
    start = next((number for number in begins if words.is_heading(label_key(lines[number]))), len(lines))
    parts = parts[start:]
    if len(lines) < 2 or not parts:
        return []
    over = [Piece(Kind.OTHER, "\n".join(lines[:start]))] if start else []
    return over + [
        Piece(Kind.LABEL, line, key, part.fuzzy)
        for line, part in zip(lines[start:], parts, strict=True)
        for key in part.keys
    ]


def _mixed(text: str, template_id: TemplateId, flattened: bool) -> Iterator[Piece]:
    result = scan(text, template_id)
    lines = _label_lines(text, template_id)
    if lines or (result.keys and not result.rest):
        for key, line in lines or [(key, text) for key in result.keys]:
            yield Piece(Kind.LABEL, line, key, result.fuzzy and not lines)
        return
    if flattened and (pieces := _lines_under_heading(text, template_id)):
        yield from pieces
        return
    pair = _LABEL_AND_VALUE.fullmatch(text.strip())
    if pair:
        label = scan(pair["label"], template_id)
        if label.keys and not label.rest and parse_cell(pair["value"]).is_readable:
            for key in label.keys:
                yield Piece(Kind.LABEL, pair["label"], key)
            yield Piece(Kind.VALUE, pair["value"])
            return
    if is_fragment(text):
        yield Piece(Kind.FRAGMENT, text, label_key(text))
    else:
        yield Piece(Kind.OTHER, text)


@lru_cache(maxsize=1 << 13)
def is_number(text: str, template_id: TemplateId, flattened: bool) -> bool:
    """Whether all of a cell's text is one number, and no mark that stands for none."""
    found = pieces(text, template_id, flattened)
    return len(found) == 1 and found[0] == (Kind.VALUE, text, "", False) and parse_cell(text).absence is None
