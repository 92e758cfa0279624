"""The numbers that Word writes before paragraphs by itself (一、 (一) 1.): they are counted, not stored, in a DOCX."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "〇一二三四五六七八九"
_HAN_FORMATS = frozenset(
    {"chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
     "ideographTraditional", "ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital2"}
)  # fmt: skip
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str = "decimal"
    pattern: str = ""  # %1、 or %1.%2
    start: int = 1


class Numbering:
    """Counts through the numbered paragraphs of one document, in order."""

    def __init__(self, root: _Element | None) -> None:
        """`root` is the numbering part (word/numbering.xml), None where the package has none."""
        self._lists: dict[str, str] = {}  # numId -> abstractNumId
        self._levels: dict[tuple[str, int], _Level] = {}  # (numId, level); falls back on (abstract, level)
        self._counts: dict[tuple[str, int], int] = {}
        self._abstract: dict[tuple[str, int], _Level] = {}
        if root is not None:
            self._load(root)

    def _load(self, root: _Element) -> None:
        for abstract in root.iterfind(f"{W}abstractNum"):
            for level in abstract.iterfind(f"{W}lvl"):
                self._abstract[abstract.get(f"{W}abstractNumId", ""), _integer(level.get(f"{W}ilvl"))] = _level(level)
        for number in root.iterfind(f"{W}num"):
            number_id = number.get(f"{W}numId", "")
            self._lists[number_id] = _value(number, "abstractNumId") or ""
            for override in number.iterfind(f"{W}lvlOverride"):
                at = _integer(override.get(f"{W}ilvl"))
                own = override.find(f"{W}lvl")
                base = _level(own) if own is not None else self._abstract.get((self._lists[number_id], at), _Level())
                start = _value(override, "startOverride")
                self._levels[number_id, at] = _Level(base.kind, base.pattern, _integer(start) if start else base.start)

    def next(self, number_id: str, level: int) -> str:
        """What Word writes before the next paragraph of this list, "" where that is a bullet or nothing."""
        abstract = self._lists.get(number_id)
        if abstract is None or not 0 <= level < _LEVELS:
            return ""
        own = self._level(number_id, level)
        # Lists that share their definition go on counting from each other, unless one restarts by an override.
        counter = number_id if any((number_id, at) in self._levels for at in range(_LEVELS)) else f"abstract {abstract}"
        self._counts[counter, level] = self._counts.get((counter, level), own.start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            self._counts.pop((counter, deeper), None)
        if own.kind in ("bullet", "none"):
            return ""

        def written(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            each = self._level(number_id, at)
            return _written(self._counts.get((counter, at), each.start), each.kind)

        return re.sub(r"%([1-9])", written, own.pattern)

    def _level(self, number_id: str, level: int) -> _Level:
        return self._levels.get((number_id, level)) or self._abstract.get((self._lists[number_id], level), _Level())


def _level(element: _Element) -> _Level:
    return _Level(
        _value(element, "numFmt") or "decimal", _value(element, "lvlText") or "", _integer(_value(element, "start") or "1")
    )


def _value(element: _Element, name: str) -> str | None:
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def _integer(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else 0


def number_of(properties: Iterable[_Element | None]) -> tuple[str, int] | None:
    """List and level of a paragraph: `properties` are its own w:pPr and those of its styles, nearest first."""
    level: int | None = None
    for each in properties:
        found = None if each is None else each.find(f"{W}numPr")
        if found is None:
            continue
        if level is None and (own := _value(found, "ilvl")) is not None:
            level = _integer(own)
        number_id = _value(found, "numId")
        if number_id is not None:
            return None if number_id == "0" else (number_id, level or 0)
    return None


def _written(count: int, kind: str) -> str:
    if kind in _HAN_FORMATS:
        return han_number(count)
    if kind.startswith("decimalEnclosedCircle"):
        return chr(0x245F + count) if 1 <= count <= 20 else str(count)
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (count - 1) % 26)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman"):
        roman = _roman(count)
        return roman if kind == "upperRoman" else roman.lower()
    return str(count)


def han_number(count: int) -> str:
    """1 -> 一, 12 -> 十二, 20 -> 二十; digits past 99."""
    if not 0 < count < 100:
        return str(count)
    tens, units = divmod(count, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_HAN[tens]}十") + (_HAN[units] if units else "")


def _roman(count: int) -> str:
    if not 0 < count < 400:
        return str(count)
    written = ""
    for value, letters in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while count >= value:
            written, count = written + letters, count - value
    return written
