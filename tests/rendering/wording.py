"""How labels and headings are worded, numbered, spaced and torn. Functions on one text; `draft` applies them everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from flows.sample.forms import HAN_DIGITS
from flows.sample.narrative import Heading
from tests.rendering.draft import Draft, Irregularity, map_headings, map_labels

Rewording = Callable[[str], str]

# official wording -> others that were seen in its place
VARIANTS: dict[str, tuple[str, ...]] = {
    "本年制发件数": ("本年制定件数", "本年新制作件数", "本年新制发件数"),
    "本年废止件数": ("本年度废止件数",),
    "行政规范性文件": ("规范性文件", "规范文件"),
    "(七)总计": ("(七)合计",),
    "总计": ("合计",),
    "结果维持": ("维持",),
    "结果纠正": ("纠正",),
    "尚未审结": ("未审结",),
    "未经复议直接起诉": ("未经复议直接诉讼",),
    "复议后起诉": ("复议后诉讼",),
    "第二十条第(一)项": ("第二十条第(1)项", "第二十条 第(一)项", "第二十条第一项"),
    "第二十条第(五)项": ("第二十条第(5)项",),
    "第二十条第(六)项": ("第二十条第(6)项",),
    "第二十条第(八)项": ("第二十条第(8)项",),
    "3.危及“三安全一稳定”": ('3.危及"三安全一稳定"', "3.危及「三安全一稳定」", "3.危及三安全一稳定", "3.危及‘三安全一稳定’"),
    "3.政务微博公开政府信息数": ("3.政府微博公开政府信息数",),
    "4.政务微信公开政府信息数": ("4.政府微信公开政府信息数",),
    "不是《条例》所指政府信息": ("不是《条列》所指政府信息",),
    "其中:主要负责同志参加新闻发布会次数": ("主要负责同志参加新闻发布会次数",),
    "上一年项目数量": ("上年项目数量",),
    "本年增/减": ("本年增减", "本年增／减"),
}


def reword(official: str, other: str) -> Irregularity:
    """Print `other` in every cell that officially prints `official`."""
    return lambda draft: map_labels(draft, lambda text: other if text == official else text)


# --- numbering ----------------------------------------------------------------------------------------------------------

_HAN = f"[{HAN_DIGITS}]+"
_TOP, _MIDDLE, _INNER = re.compile(rf"^({_HAN})、"), re.compile(rf"^\(({_HAN})\)"), re.compile(r"^(\d+)\.")


def _ordinal(han: str) -> int:
    return HAN_DIGITS.index(han) + 1


def numbering_dropped(text: str) -> str:
    return _INNER.sub("", _MIDDLE.sub("", _TOP.sub("", text)))


def numbering_full_width(text: str) -> str:
    """（一）, １．"""
    text = _MIDDLE.sub(lambda match: f"（{match[1]}）", text)
    return _INNER.sub(lambda match: f"{chr(ord('０') + int(match[1]))}．", text)


def numbering_western(text: str) -> str:
    """1、 (1) 1) instead of 一、 (一) 1."""
    text = _TOP.sub(lambda match: f"{_ordinal(match[1])}、", text)
    text = _MIDDLE.sub(lambda match: f"({_ordinal(match[1])})", text)
    return _INNER.sub(lambda match: f"{match[1]})", text)


def numbering_circled(text: str) -> str:
    """① for 1."""
    return _INNER.sub(lambda match: chr(ord("①") + int(match[1]) - 1), text)


def numbering_dotted(text: str) -> str:
    """一. and 1、"""
    return _INNER.sub(lambda match: f"{match[1]}、", _TOP.sub(lambda match: f"{match[1]}.", text))


def numbering_spaced(text: str) -> str:
    """一 、, ( 一 ) and 1 ."""
    text = _TOP.sub(lambda match: f"{match[1]} 、 ", text)
    return _INNER.sub(lambda match: f"{match[1]} . ", _MIDDLE.sub(lambda match: f"( {match[1]} ) ", text))


NUMBERINGS: tuple[Rewording, ...] = (
    numbering_dropped,
    numbering_full_width,
    numbering_western,
    numbering_circled,
    numbering_dotted,
    numbering_spaced,
)


# --- spacing and tearing ------------------------------------------------------------------------------------------------


def spaced_out(text: str) -> str:
    """White space between every character."""
    return " ".join(text)


def ideographic_spaces(text: str) -> str:
    """U+3000 for indentation, inside and outside."""
    return f"\u3000\u3000{text[:2]}\u3000{text[2:]}"


def non_breaking_spaces(text: str) -> str:
    return f"\xa0{text}\xa0"


def zero_width(text: str) -> str:
    """A zero-width space or a byte order mark after each character."""
    return "".join(letter + "\ufeff\u200b"[place % 2] for place, letter in enumerate(text))


def torn_in_half(text: str) -> str:
    """商业/企业: a line break in the middle of a label."""
    return f"{text[: len(text) // 2]}\n{text[len(text) // 2 :]}" if len(text) >= 4 else text


def torn_mid_word(text: str) -> str:
    """Wrapped every five characters, as a narrow column does."""
    return "\n".join(text[start : start + 5] for start in range(0, len(text), 5))


def one_character_a_line(text: str) -> str:
    """Vertical headers (三、本年度办理结果)."""
    return "\n".join(text)


_RADICALS = str.maketrans("一二人八力大小工文方日月止比生用目立自行金非面", "⼀⼆⼈⼋⼒⼤⼩⼯⽂⽅⽇⽉⽌⽐⽣⽤⽬⽴⾃⾏⾦⾮⾯")


def kangxi_radicals(text: str) -> str:
    """⾏政: characters of the block of radicals, which look the same, as text taken out of a PDF has them."""
    return text.translate(_RADICALS)


def full_width_brackets(text: str) -> str:
    return text.translate(str.maketrans("():,", "（）：，"))


SPACINGS: tuple[Rewording, ...] = (
    spaced_out,
    ideographic_spaces,
    non_breaking_spaces,
    zero_width,
    torn_in_half,
    torn_mid_word,
    one_character_a_line,
    full_width_brackets,
    kangxi_radicals,
)


def labels(change: Rewording) -> Irregularity:
    """Every label cell, reworded."""
    return lambda draft: map_labels(draft, change)


def headings(change: Rewording) -> Irregularity:
    """Every section heading, reworded."""
    return lambda draft: map_headings(draft, change)


# --- headings of sections -----------------------------------------------------------------------------------------------


_SECTION_SIX = Heading("六、其他需要报告的事项")


def heading_marker(marker: str) -> Rewording:
    """一． 一. 一； instead of 一、"""
    return lambda text: _TOP.sub(lambda match: f"{match[1]}{marker}", text)


def heading_part(text: str) -> str:
    """第一部分 总体情况"""
    return _TOP.sub(lambda match: f"第{match[1]}部分 ", text)


def heading_restarts(text: str) -> str:
    """Numbering that restarts: every section is 一."""
    return _TOP.sub("一、", text)


def heading_two_systems(text: str) -> str:
    """Two numbering systems at once: 一、1."""
    return _TOP.sub(lambda match: f"{match[1]}、{_ordinal(match[1])}.", text)


def heading_instruction(text: str) -> str:
    """A leftover of the form's instructions inside a heading."""
    return f"{text}(各科室对照填写,没有的写0)" if text.startswith(("三", "四")) else text


def sections_shifted(draft: Draft) -> Draft:
    """Statutory sections shifted by one: a section 组织领导 comes first."""
    shifted = map_headings(draft, lambda text: _TOP.sub(lambda match: f"{HAN_DIGITS[_ordinal(match[1])]}、", text))
    first = next(index for index, block in enumerate(shifted.blocks) if isinstance(block, Heading))
    extra = (Heading("一、组织领导"), "调整了政务公开领导小组,由一名副职分管。")
    return replace(shifted, blocks=(*shifted.blocks[:first], *extra, *shifted.blocks[first:]))


def section_six_missing(draft: Draft) -> Draft:
    """No 其他需要报告的事项 (the legacy report never had one)."""
    last = next((index for index, block in enumerate(draft.blocks) if block == _SECTION_SIX), None)
    return replace(draft, blocks=draft.blocks[:last])


def section_six_none(draft: Draft) -> Draft:
    """其他需要报告的事项: 无"""
    if _SECTION_SIX not in draft.blocks:
        return draft
    return replace(draft, blocks=(*section_six_missing(draft).blocks, _SECTION_SIX, "无"))


def heading_synonyms(text: str) -> str:
    """概述, 存在问题及下一步改进措施, 因政府信息公开工作被申请行政复议、提起行政诉讼情况."""
    return (
        text.replace("总体情况", "概述")
        .replace("存在的主要问题及改进情况", "存在问题及下一步改进措施")
        .replace("政府信息公开行政复议、行政诉讼情况", "因政府信息公开工作被申请行政复议、提起行政诉讼情况")
    )


def heading_glued_to_title(draft: Draft) -> Draft:
    """The first heading stands on the same line as the title."""
    first = next(index for index, block in enumerate(draft.blocks) if isinstance(block, Heading))
    heading = draft.blocks[first]
    assert isinstance(heading, Heading)
    glued = Heading(f"{draft.title}{heading.text}")
    return replace(draft, blocks=(glued, *draft.blocks[first + 1 :]))
