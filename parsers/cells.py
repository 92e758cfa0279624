"""One table cell -> a number, a stated absence, or "not a number". The raw text is kept by the caller.

A number is never invented: what is not plainly a number stays unread, and says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from parsers.normal import simplify, visible
from parsers.records import Absence

MAX_DIGITS = 16  # a longer run of digits is a telephone, a date or a fault, and no float holds it
_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)")
_TORN = re.compile(r"[+-]?[0-9]+(?:\s+[0-9]+)+")
_COUNTED = "件条个项次人篇宗份户起例家元部"  # measure words that reports write beside a count
_UNIT = re.compile(rf"(人次|件次|人\(次\)|百万元?|千万元?|万元|亿元|千元|百元|万|亿|[{_COUNTED}])")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
# What a unit multiplies a bare number by, in units of one (元, 件).
_MULTIPLES = {
    "百元": 1e2,
    "千元": 1e3,
    "万": 1e4,
    "万元": 1e4,
    "百万": 1e6,
    "百万元": 1e6,
    "千万": 1e7,
    "千万元": 1e7,
    "亿": 1e8,
    "亿元": 1e8,
}
_DASHES = re.compile(r"[-—–―─━_~﹣‐‑‒]{1,8}")
_RISE = re.compile(r"(?:增加?了?|上升|新增|\+|↑)")
_FALL = re.compile(r"(?:减少?了?|下降|-|↓)")
NULL_WORDS = frozenset(
    {"无", "暂无", "没有", "不涉及", "未涉及", "不适用", "无此项", "无相关", "n/a", "na", "none", "null", "nil", "不详"}
)


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell says. Exactly one of: a `value`; an `absence`; neither (not a number)."""

    value: float | None = None
    absence: Absence | None = None
    scaled_from: str | None = None  # the unit that was converted to the codebook's
    torn: bool = False  # digits with white space between them were joined

    @property
    def is_number(self) -> bool:
        return self.value is not None

    @property
    def is_readable(self) -> bool:
        return self.value is not None or self.absence is not None


@lru_cache(maxsize=1 << 13)
def parse_cell(text: str, unit: str | None = None, *, signed: bool = False, header_unit: str | None = None) -> CellValue:
    """Read one cell.

    `unit` is the unit that the codebook stores: "万元" scales 元 and 亿元 to it; None or a measure word means a count.
    `header_unit` is the unit that the table states for cells that print none.
    `signed` admits words for a direction (增5, 减3), as in 本年增/减. Never raises.
    """
    if any(unicodedata.category(char) == "No" for char in text):  # ① ² ½: marks, which NFKC would turn into digits
        return CellValue()
    plain = unicodedata.normalize("NFKC", visible(text)).strip().lower().replace("−", "-").replace("\u00a0", " ")
    absence = _absence(plain)
    if absence is not None:
        return CellValue(absence=absence)
    plain = plain.rstrip("。;,、")
    torn = bool(_TORN.fullmatch(plain))
    return _number("".join(plain.split()), unit, header_unit, signed=signed, torn=torn)


def _absence(plain: str) -> Absence | None:
    compact = "".join(plain.split())
    if compact in ("", "空", "空白"):
        return "blank"
    if compact in ("/", "\\", "//", "|", "\u2571", "\u2215", "\u2044") or _DASHES.fullmatch(compact):
        return "slash"
    return "not_applicable" if simplify(compact) in NULL_WORDS else None


def _number(compact: str, unit: str | None, header_unit: str | None, *, signed: bool, torn: bool) -> CellValue:
    if unit == "万元":
        compact = compact.removeprefix("¥").removeprefix("rmb")
    sign = 1.0
    if signed and not _NUMBER.fullmatch(compact):
        for pattern, direction in ((_RISE, 1.0), (_FALL, -1.0)):
            if word := pattern.match(compact):
                compact, sign = compact[word.end() :].lstrip(":"), direction
                break
    match = _NUMBER.match(compact)
    if match and len(match[0]) <= MAX_DIGITS:
        value = float(match[2].replace(",", "")) * (-1 if match[1] == "-" else 1)
        rest = compact[match.end() :]
    else:
        value_read, rest = _chinese_number(compact)
        if value_read is None:
            return CellValue()
        value = value_read
    if rest and not _UNIT.fullmatch(simplify(rest)):
        return CellValue()
    return _scaled(sign * value or 0.0, simplify(rest) if rest else header_unit or "", unit, torn=torn)


def _scaled(value: float, printed: str, unit: str | None, *, torn: bool) -> CellValue:
    factor = _MULTIPLES.get(printed)
    if unit == "万元":
        if not printed or printed == "万元":
            return CellValue(value, torn=torn)
        if factor is None and printed != "元":
            return CellValue()  # an amount counted in 件
        return CellValue(_tidy(value * (factor or 1.0) / 1e4), scaled_from=printed, torn=torn)
    if printed.endswith("元") and unit is not None:
        return CellValue()  # money where a count is due
    if factor is not None:
        return CellValue(_tidy(value * factor), scaled_from=printed, torn=torn)
    return CellValue(value, torn=torn)


def _tidy(value: float) -> float:
    """Scaling is decimal: 251000 元 is 25.1 万元, not 25.100000000000001."""
    return float(f"{value:.12g}")


def _chinese_number(compact: str) -> tuple[float | None, str]:
    """三十 -> 30, with what follows it. A run of bare digits (二〇二四) is no quantity."""
    match = re.match(r"[零〇一二两三四五六七八九十百千]+", compact)
    if not match:
        return None, compact
    word = match[0]
    total, digit = 0, None
    for char in word:
        if char in _POWERS:
            total += (1 if digit is None else digit) * _POWERS[char]
            digit = None
        elif digit not in (None, 0):
            return None, compact
        else:
            digit = _DIGITS[char]
    return float(total + (digit or 0)), compact[match.end() :]
