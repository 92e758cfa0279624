"""Narrative -> sections, by their headings as printed. Statutory names vary, numbering restarts; a heading is a short line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from parsers.normal import normalise
from parsers.records import Section

_NUMBERED = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.,;:\uff0e\uff0c\uff1b\uff1a]|第[一二三四五六七八九十]{1,3}\s*(?:部分|章)[、:\uff1a\s]?)\s*\S"
)
# From the first character that each heading has one of to the end of its line.
MAY_BE_HEADING = re.compile("[一二三四五六七八九十第情况況述问問題题事附].*")
_MAX_HEADING = 60
_STATUTORY = (
    "总体情况", "概述", "工作概况", "基本情况",
    "主动公开政府信息情况", "主动公开政府信息的情况", "主动公开情况",
    "收到和处理政府信息公开申请情况", "依申请公开政府信息情况", "依申请公开情况",
    "政府信息公开行政复议、行政诉讼情况", "因政府信息公开工作被申请行政复议、提起行政诉讼情况", "行政复议、行政诉讼情况",
    "存在的主要问题及改进情况", "存在的主要问题和改进情况", "存在问题及下一步改进措施", "存在的主要问题及改进措施", "存在问题",
    "其他需要报告的事项", "需要说明的其他事项", "回应解读情况", "附表", "附件",
)  # fmt: skip
_STATUTORY_WORD = re.compile("[情况況述问問题題事附]")  # one of these is in each of the names, in either script
_SENTENCE = re.compile(r"[。;!?\uff1b\uff01\uff1f]")
_LOOSE_MARK = re.compile(r"^[一二三四五六七八九十]{0,2}")
_MARK = re.compile(r"^(?:[一二三四五六七八九十]{1,3}[、.,;:]|第[一二三四五六七八九十]{1,3}(?:部分|章)[、:]?)")


@cache
def _statutory_keys() -> frozenset[str]:
    return frozenset(normalise(name) for name in _STATUTORY)


def read_sections(paragraphs: Iterable[str]) -> tuple[Section, ...]:
    """Cut the narrative at its top-level headings (一、…). Text before the first is a section without a heading.

    A heading that comes twice, first in a table of contents, is kept where its text follows.
    """
    sections: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in paragraphs:
        text = paragraph.strip()
        if not text:
            continue
        heading, rest = split_heading(text)
        if heading:
            sections.append((heading, [rest] if rest else []))
        else:
            sections[-1][1].append(text)
    kept = [(heading, "\n".join(lines)) for heading, lines in sections]
    last = {normalise(heading): position for position, (heading, _) in enumerate(kept)}
    return tuple(
        Section(heading, text)
        for position, (heading, text) in enumerate(kept)
        if text or (heading and last[normalise(heading)] == position)
    )


def split_heading(text: str) -> tuple[str, str]:
    """The heading that this paragraph is or starts with, and what follows it: ("", text) for plain text."""
    if _NUMBERED.match(text):
        if len(text) <= _MAX_HEADING and not _SENTENCE.search(text, pos=_mark_length(text)):
            return text, ""
        glued = _glued(text)
        if glued:
            return glued
    elif (
        len(text) <= _MAX_HEADING
        and _STATUTORY_WORD.search(text)
        and _LOOSE_MARK.sub("", normalise(text)) in _statutory_keys()
    ):  # 一 总体情况
        return text, ""
    return "", text


def _mark_length(text: str) -> int:
    """Characters of the numbering, whose own mark may be a semicolon (一;总体情况)."""
    match = _NUMBERED.match(text)
    return match.end() if match else 0


def _glued(text: str) -> tuple[str, str] | None:
    """一、总体情况2024年,我县……: a statutory heading with its text on the same line."""
    for end in range(4, min(len(text), _MAX_HEADING)):
        if _MARK.sub("", normalise(text[:end])) in _statutory_keys():
            longer = [
                further
                for further in range(end + 1, min(len(text), _MAX_HEADING))
                if _MARK.sub("", normalise(text[:further])) in _statutory_keys()
            ]
            cut = longer[-1] if longer else end
            return text[:cut].strip(), text[cut:].lstrip(" :\uff1a。").rstrip()
    return None
