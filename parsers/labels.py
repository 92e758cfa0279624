"""Which labels of the codebook does a piece of text hold?

A table cell, a line of flattened text, or several of them run together are all scanned the same way: exact match first, then
the longest known labels inside the text, then labels that were cut short or misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, lru_cache

from parsers.codebook import TEMPLATE_IDS, Column, Item, Table, load_template
from parsers.normal import bare_key, label_key, normalise
from parsers.records import TemplateId

MIN_OWN_FIGURES = 6  # numbers, and labels about publicity, that make a table of another form
UNITS = frozenset("条件次篇个人元项户宗份") | {"人次", "万元", "亿元", "件次", "千元"}
# What may stay over between two labels: numbering, and 其中 before a part.
_FILLER = re.compile(r"第?[一二三四五六七八九十]{1,3}项?|[0-9]{1,2}|其中|及|和|与|的")

# 收到申请数(件), 专项经费(单位:元): the unit of a row, behind its label
_NOTE = re.compile(r"(.*[^()])\(([^()]+)\)")  # 行政处罚(不含当场处罚)
_OTHER_FIGURE = re.compile(r"年|其中|[增减比率%]|累计|平均|[0-9]")  # in a note: then the row is about something else
_MIN_NOTED = 4  # characters of a label behind which a note of the author's own may stand
_UNITS_NOTED = "|".join(sorted(UNITS | {"百元", "百万元", "千万元"}, key=lambda unit: (-len(unit), unit)))
_UNIT_NOTE = re.compile(rf"[(\[,、/](?:计量)?(?:单位[:为]?)?(?:{_UNITS_NOTED})[)\]]?$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one label key may stand for within one table."""

    items: tuple[Item, ...] = ()
    columns: tuple[Column, ...] = ()
    known: bool = False  # a heading or note without a figure
    subtotal: bool = False  # a column that reports add


NO_MEANING = Meaning()
_NO_TABLES: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """Every label of one template (or of all): key -> table key -> meaning."""

    meanings: dict[str, dict[str, Meaning]]
    pattern: re.Pattern[str] = field(repr=False)
    fragments: str = field(repr=False)  # all keys in one string, to ask whether a text is a piece of one
    _tables: dict[str, frozenset[str]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tables", {key: frozenset(by_table) for key, by_table in self.meanings.items()})

    def __contains__(self, key: str) -> bool:
        return key in self.meanings

    def meaning(self, key: str, table: str) -> Meaning:
        """What a label key stands for within the table of this key; `NO_MEANING` where the table does not print it."""
        by_table = self.meanings.get(key)
        return by_table.get(table, NO_MEANING) if by_table else NO_MEANING

    def is_heading(self, key: str) -> bool:
        """Whether a label names neither a row nor a column, in whichever table: 统计指标, 信息内容, 申请人情况."""
        by_table = self.meanings.get(key, {})
        return bool(by_table) and not any(meaning.items or meaning.columns for meaning in by_table.values())

    def tables_of(self, key: str) -> frozenset[str]:
        """The keys of the tables that print a label."""
        return self._tables.get(key, _NO_TABLES)


@dataclass(frozen=True, slots=True)
class Scan:
    """Labels found in a text, in order; `rest` is what no label explains."""

    keys: tuple[str, ...]
    rest: str = ""
    fuzzy: bool = False  # matched by likeness


def _table_meanings(table: Table) -> dict[str, Meaning]:
    keys = {*table.item_keys, *table.column_keys, *table.known_keys, *table.subtotal_keys} - {""}
    return {
        key: Meaning(
            table.item_keys.get(key, ()), table.column_keys.get(key, ()), key in table.known_keys, key in table.subtotal_keys
        )
        for key in keys
    }


@cache
def vocabulary(template_id: TemplateId | None = None) -> Vocabulary:
    """Labels of one template, or of all three together where `template_id` is None."""
    meanings: dict[str, dict[str, Meaning]] = {}
    for each in TEMPLATE_IDS if template_id is None else (template_id,):
        for table in load_template(each).tables:
            for key, meaning in _table_meanings(table).items():
                meanings.setdefault(key, {}).setdefault(table.key, meaning)
    by_length = sorted((key for key in meanings if len(key) > 1 and key not in UNITS), key=lambda key: (-len(key), key))
    return Vocabulary(meanings, re.compile("|".join(map(re.escape, by_length))), "\n".join(by_length))


@lru_cache(maxsize=1 << 12)
def scan(text: str, template_id: TemplateId | None = None) -> Scan:
    """Find the labels in a text that holds nothing else but numbering; `rest` is empty only if all of it is explained."""
    words = vocabulary(template_id)
    key = label_key(text)
    if key in words:
        return Scan((key,))
    noted = _UNIT_NOTE.sub("", normalise(text))
    if (without_unit := label_key(noted)) in words and noted[-1:] not in "([":
        return Scan((without_unit,))
    if (named := _noted_label(text, words)) is not None:
        return Scan((named,), fuzzy=True)
    bare = bare_key(text)
    if not bare:
        return Scan(())
    keys: list[str] = []
    rest: list[str] = []
    last = 0
    for match in words.pattern.finditer(bare):
        rest.append(bare[last : match.start()])
        keys.append(match[0])
        last = match.end()
    rest.append(bare[last:])
    left = "".join(piece for piece in rest if piece and not _FILLER.fullmatch(piece))
    if not left:
        return Scan(tuple(keys))
    likely = _likely(key, words)
    if likely:
        return Scan((likely,), fuzzy=True)
    return Scan(tuple(keys), left)


def _noted_label(text: str, words: Vocabulary) -> str | None:
    """The label of a row behind which the author put a note that names no other figure: 行政处罚(不含当场处罚)."""
    match = _NOTE.fullmatch(normalise(text))
    if match is None or _OTHER_FIGURE.search(match[2]) or words.pattern.search(bare_key(match[2])):
        return None
    named = label_key(match[1])
    of_rows = any(meaning.items for meaning in words.meanings.get(named, {}).values())
    return named if len(named) >= _MIN_NOTED and of_rows else None


def _likely(key: str, words: Vocabulary) -> str | None:
    """The one known label that a misspelt one must be, or None: 《条列》 for 《条例》, a dropped 数 at the end.

    One character may differ, two in a label of twelve or more; 不 never may, and no second label may be as near.
    """
    if not 5 <= len(key) <= 60 or 2 * sum(map(str.isdigit, key)) > len(key):  # the latter is an amount
        return None
    bound = 4 if len(key) >= 12 else 2  # a changed character counts twice: once dropped, once added
    scored: list[tuple[int, str]] = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for known in words.meanings:
        if abs(len(known) - len(key)) > 2 or ("不" in known) != ("不" in key):
            continue
        matcher.set_seq1(known)
        if matcher.quick_ratio() > 0.8:
            matched = sum(block.size for block in matcher.get_matching_blocks())
            scored.append((len(known) + len(key) - 2 * matched, known))
    scored.sort()
    if not scored or scored[0][0] > bound or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None
    return scored[0][1]


@lru_cache(maxsize=1 << 13)
def is_fragment(text: str) -> bool:
    """Is this a piece of some known label: one line of a label that was wrapped, or one that was cut short?"""
    key = label_key(text) or bare_key(text)
    return len(key) > 1 and key in vocabulary().fragments


def count_labels(texts: Iterable[str]) -> int:
    """How many different labels of three characters or more these cells are: tells a table of figures from any other."""
    known = vocabulary().meanings
    keys = {label_key(text) for text in set(texts) if len(text) < 80 and not text.isdecimal()}  # no label is a number
    return sum(len(key) > 2 and key in known for key in keys)


_PUBLICITY = re.compile(r"公开|申请|答复|复议|诉讼|举报|公開|申請|訴訟")
_COUNT = re.compile(r"\s*[0-9\uff10-\uff19][0-9\uff10-\uff19,.\s]*\s*")


def counts_publicity(texts: Iterable[str]) -> bool:
    """Is this a table of figures about publicity in a form of the author's own: many labels that speak of it, each with a number?"""
    cells = [text for text in texts if text and len(text) < 60]
    counts = sum(bool(_COUNT.fullmatch(text)) for text in cells)
    return counts >= MIN_OWN_FIGURES and len({text for text in cells if _PUBLICITY.search(text)}) >= MIN_OWN_FIGURES


def labels_within(text: str) -> int:
    """How many different long labels stand anywhere in a text, however it is broken up."""
    return len({key for key in vocabulary().pattern.findall(bare_key(text)) if len(key) > 4})
