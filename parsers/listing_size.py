"""How many entries and pages a list says that it has: 共45条, 共3页."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup

from parsers.listing_soup import strings

MOST_LOOKED_AT = 200  # places of a page where a total may stand
STATES = re.compile("[共总總记記合到]|(?i:total)")  # what a text holds that may state a total
LONGEST_TOTAL = 24  # characters of an element that states a total and nothing else

PAGER_WORD = re.compile(r"首页|上一?页|下一?页|尾页|末页|每页|页次|当前|跳转|转到|共\d+页|第\d+页|\d+/\d+页?|条/页")
TOTAL = re.compile(
    r"(?:总共|总计|合计|共|检索到|查询到|找到)[::]?(?:有|计)?(?:记录|信息|文章|数据|内容|相关)*[::]?"
    r"(\d{1,6})(?:条|篇|项|个?记录|个?结果|个?文件)"
    r"|(?:记录总?数|总记录数?|(?:信息|文章|数据)总数|总条数|总数)(?:量)?[::]?(?:为|是)?(\d{1,6})|(?<![\d~至到-])(\d{1,6})条记录"
)
TOTAL_IN_ENGLISH = re.compile(r"^total(?:records?|items?)?[::]?(\d{1,6})(?:records?|items?)?$", re.IGNORECASE)
# What may stand around a total in an element of its own.
AROUND_TOTAL = re.compile(
    r"^(?:本栏目|本页|显示|第|到|至|条|篇|项|个|每页|共有?|页|记录|数据|信息|文章|内容|结果|[\d\W_])*$"
)
PAGES = re.compile(
    r"共(?:计|有)?(\d{1,4})页|(?<!\d)\d{1,4}页?/(?:共|总)?(\d{1,4})页|总页数[::]?(\d{1,4})|页(?:数|次|码)[::]\d{1,4}/(\d{1,4})"
)
SCRIPT_TOTAL = re.compile(
    r"\b(?:total_?(?:records?|rows?|count|num|items|elements)|(?:record|row)_?count)[\"']?\s*[:=]\s*[\"']?(\d{1,6})",
    re.IGNORECASE,
)
# layui's pager: laypage.render({ count: 45, limit: 15, ... })
LAYPAGE = re.compile(r"\bcount\s*:\s*(\d{1,6})\b[^{}]{0,200}?\blimit\s*:\s*([1-9]\d{0,3})\b")
SCRIPT_PAGES = re.compile(
    r"\b(?:total_?pages?(?:_?num)?|(?:n|_n)?page_?counts?|count_?page|page_?total|max_?page|all_?pages?|pages)[\"']?\s*[:=]\s*[\"']?(\d{1,4})\b",
    re.IGNORECASE,
)
TRADITIONAL = str.maketrans("頁項條記錄總數結訊後個檢詢當轉", "页项条记录总数结讯后个检询当转")


@dataclass(frozen=True, slots=True)
class Stated:
    """What the list says of its own size."""

    total: int | None = None
    pages: int | None = None


def stated_size(soup: BeautifulSoup, script: str) -> Stated:
    """共45条 and 共3页, from the pager's text or from the script that draws it.

    A number of entries counts only beside a pager's words, or in a short element that says nothing else: the text of a report
    has 共1234条 too.
    """
    text = compact(soup.get_text())
    total = next((size for size in _totals(text, soup)), None)
    found = PAGES.search(text)
    pages = int(next(group for group in found.groups() if group is not None)) if found else None
    drawn = LAYPAGE.search(script)
    if drawn is not None and total is None and pages is None:
        return Stated(int(drawn[1]), -(-int(drawn[1]) // int(drawn[2])))
    return Stated(total if total is not None else _number(SCRIPT_TOTAL, script), pages or _number(SCRIPT_PAGES, script))


def compact(text: str) -> str:
    """The text without white space, full-width and traditional characters as the words here are written."""
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", text)).translate(TRADITIONAL)


def _totals(text: str, soup: BeautifulSoup) -> Iterator[int]:
    for match in itertools.islice(TOTAL.finditer(text), MOST_LOOKED_AT):
        if PAGER_WORD.search(text[max(0, match.start() - 60) : match.end() + 60]):
            yield _size(match)
    for alone in _short_texts(soup):
        found = TOTAL.search(alone)
        if found is not None and AROUND_TOTAL.match(alone.replace(found[0], "")):
            yield _size(found)
        elif found is None and (english := TOTAL_IN_ENGLISH.match(alone)):
            yield int(english[1])


def _size(match: re.Match[str]) -> int:
    return int(match[1] or match[2] or match[3])


def _short_texts(soup: BeautifulSoup) -> Iterator[str]:
    """Texts of small elements that may state a total; 共, 45 and 条 may stand in elements of their own."""
    for string in itertools.islice(strings(soup, STATES), MOST_LOOKED_AT):
        for element in itertools.islice(string.parents, 2):
            text = compact(element.get_text()) if len(element.contents) <= 7 else ""
            if 0 < len(text) <= LONGEST_TOTAL:
                yield text


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match else None
