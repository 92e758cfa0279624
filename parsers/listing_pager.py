"""The links of a pager: 下一页, 尾页, page numbers, 加载更多."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from parsers.listing_size import PAGER_WORD, TRADITIONAL
from parsers.listing_soup import tags_or

MOST_LINKS = 200  # of one page's pager

# Arrows stay as they are; words may have brackets around them and arrows behind: [下一页], 下一页>>, Next ›.
FORWARD, BACKWARD = "[>›»→▶►〉❯]", "[<‹«←◀◄〈❮]"
ONWARD = re.compile(
    rf"^(?:(?:下一?页|后一?页|向后(?:翻页)?|下一?\d{{1,3}}条|next(?:page)?){FORWARD}*(?:\(n\))?|{FORWARD}{{1,2}})$",
    re.IGNORECASE,
)
LAST = re.compile(rf"^(?:(?:尾页|末页|最后一?页|最末页|last(?:page)?){FORWARD}*\|?|{FORWARD}{{1,2}}\|)$", re.IGNORECASE)
BACK = re.compile(
    rf"^\|?{BACKWARD}*(?:首页|第一页|上一?页|前一?页|first(?:page)?|prev(?:ious)?(?:page)?)$|^(?:{BACKWARD}{{1,2}}\|?|\|{BACKWARD})$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^第?(?!20\d\d)(\d{1,4})页?$")  # 2023 is a year
GOES = re.compile(r"^(?:go|跳转|确定|转到|提交)$", re.IGNORECASE)
# A list that grows at its end. 查看更多 is none: that leads to the whole of a list shown in part.
MORE_BELOW = re.compile(r"^(?:点击|点我|上拉|滚动)?(?:加载|载入|显示)(?:更多|下一页)\w{0,4}$")
NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:[\s_-]|$)", re.IGNORECASE)
LEADS_BY_DATA = ("data-url", "data-href", "data-next")
LONGEST_WORD = 10  # characters of a pager's link


def pager_word(text: str) -> str:
    """The text of a pager's link as the patterns here have it: without white space and brackets, in simplified characters."""
    short = unicodedata.normalize("NFKC", "".join(text.split())).translate(TRADITIONAL)
    return short.strip("[]【】{}") if len(short) > 1 else short


def is_pager_text(text: str) -> bool:
    """Whether a link's text is that of a pager and no title."""
    word = pager_word(text)
    return any(pattern.match(word) for pattern in (ONWARD, LAST, BACK, NUMBER, GOES, MORE_BELOW))


def pager_links(soup: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
    """Links of a pager with their words (see `pager_word`); those that lead back are not among them."""
    shown = 0
    for tag in tags_or(soup, ("a", "button", "input"), ("onclick", *LEADS_BY_DATA)):
        word = pager_word(_shown(tag))
        if len(word) > LONGEST_WORD or BACK.match(word):
            continue
        by_data = MORE_BELOW.match(word) and any(tag.has_attr(name) for name in LEADS_BY_DATA)
        if by_data or ONWARD.match(word) or LAST.match(word) or NUMBER.match(word):
            yield tag, word
            shown += 1
            if shown == MOST_LINKS:
                return


def in_pager(tag: Tag) -> bool:
    """Whether a number stands beside a pager's words, as no day of a calendar does."""
    for element in list(tag.parents)[:3]:
        text = "".join(element.get_text().split()).translate(TRADITIONAL)
        if len(text) > 400:
            return False
        if PAGER_WORD.search(text) or re.search(
            r"page|pagination|pager", " ".join(map(str, element.get("class") or [])), re.I
        ):
            return True
    return False


def _shown(tag: Tag) -> str:
    """What a visitor sees of a pager's link; an arrow may be a picture, or drawn by the style sheet."""
    text = tag.get_text().strip()
    if text:
        return text
    picture = tag.find("img", alt=True)
    named = (tag.get("value"), tag.get("title"), tag.get("aria-label"), picture["alt"] if isinstance(picture, Tag) else "")
    label = next((str(name) for name in named if name), "")
    styles = " ".join([*map(str, tag.get("class") or []), *map(str, tag.get("rel") or [])])
    return label or ("下一页" if NEXT_CLASS.search(styles) else "")
