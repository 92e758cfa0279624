"""When a report was published: the page's own date line, its metadata, the date under the signature, the address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

SHORT = 200  # characters of a line that holds a date and not a sentence

# Without white space the time of day touches the day: 2022-01-2015:32.
_DAY = r"(?:(0[1-9]|[12]\d|3[01])(?=\d?\d:\d\d)|(\d{1,2})(?!\d)|(\d)(?=\d\d:\d\d))"
_DATE = rf"(20\d\d)[年./-](\d{{1,2}})[月./-]{_DAY}"
# 发布时间:2018-03-15. The label decides, so that a period of statistics (统计期限) is never taken.
_LABELS = (
    re.compile(rf"(?:发布|公开|公布|刊发|上传)(?:日期|时间|于)?:?\D{{0,3}}{_DATE}"),
    re.compile(
        rf"(?:发文|印发|成文|生成|更新|信息|录入)(?:日期|时间):?\D{{0,3}}{_DATE}|(?:^|[^\u3400-\u9fff])(?:日期|时间):\D{{0,3}}{_DATE}"
    ),
    re.compile(rf"^\D{{0,8}}{_DATE}日?.{{0,20}}?(?:来源|浏览|阅读|点击|访问|作者|字体|字号)"),
    re.compile(rf"(?:来源|浏览|阅读|点击|作者):.{{0,30}}?{_DATE}"),
)
_LABEL_WORD = re.compile("发布|公[开布]|刊发|上传|日期|时间|来源|浏览|阅读|点击|访问|作者|字[体号]")  # in each of them
_SIGNED = re.compile(rf"\(?[^\d,。;:]{{0,30}}{_DATE}日?\)?")
_META_KEYS = (
    "pubdate", "publishdate", "publish_date", "publishtime", "article:published_time", "dc.date", "dcterms.issued",
    "dc.date.issued", "datepublished", "releasedate", "firstpublishtime", "date", "createdate",
)  # fmt: skip
_META_DATE = re.compile(r"(20\d\d)\D?(\d{1,2})\D?(\d{1,2})")
# Content systems put the day of publication into addresses: /202501/t20250115_1.html, /art/2021/12/28/art_1.html.
_URL_DATE = re.compile(r"/t(20\d\d)(\d\d)(\d\d)_|/(20\d\d)/(\d{1,2})/(\d{1,2})/|/(20\d\d)-(\d\d)-?/?(\d\d)/")


def published_on(lines: Sequence[str], metadata: Mapping[str, str], url: str = "") -> tuple[str | None, str]:
    """(YYYY-MM-DD or None, what says so).

    Lines are simplified, without white space (`parsers.normal.normalise`) and with digits; metadata keys are lower-case.
    """
    for day, witness in _witnesses(lines, metadata, url):
        return day, witness
    return None, ""


def _witnesses(lines: Sequence[str], metadata: Mapping[str, str], url: str) -> Iterator[tuple[str, str]]:
    dated = [line for line in lines if "20" in line and len(line) <= SHORT]
    labelled = list(filter(_LABEL_WORD.search, dated))  # a list of links has hundreds of dates without one
    for pattern in _LABELS:
        for line in labelled:
            if day := _first_day(pattern.finditer(line)):
                yield day, f"date line: {line[:60]}"
    for key in _META_KEYS:
        if day := _first_day(_META_DATE.finditer(metadata.get(key, ""))):
            yield day, f"meta {key}: {metadata[key][:40]}"
    for line in reversed(dated):
        if (signed := _SIGNED.fullmatch(line)) and (day := _first_day([signed])):
            yield day, f"signature: {line}"
    if day := _first_day(_URL_DATE.finditer(url)):
        yield day, f"address: {url[-60:]}"


def _first_day(matches: Iterable[re.Match[str]]) -> str | None:
    for match in matches:
        try:
            return date(*(int(part) for part in match.groups() if part)).isoformat()
        except ValueError:  # no such day
            continue
    return None
