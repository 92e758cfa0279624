"""When a report was published: the page's own date line, its metadata, the date under the signature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from parsers.years import with_digits

_DATE = r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})(?!\d)"
# 发布时间:2018-03-15; the label decides, so that a period of statistics (统计期限) is never taken.
_LABELLED = re.compile(
    rf"(?:发布|发文|公开|公布|刊发|上传|信息|更新|生成|成文|印发|时间|日期)(?:日期|时间)?[:]\D{{0,3}}{_DATE}"
)
_PUBLISHED = re.compile(rf"(?:发布|公开|公布|刊发|上传)(?:日期|时间|于)?:?\D{{0,3}}{_DATE}")
_ALONE = re.compile(rf".{{0,30}}?{_DATE}日?\)?")
_META_KEYS = (
    "pubdate", "publishdate", "publish_date", "publishtime", "article:published_time", "dc.date", "dcterms.issued",
    "dc.date.issued", "datepublished", "releasedate", "firstpublishtime", "date", "createdate",
)  # fmt: skip
# Content systems put the day of publication into addresses: /202501/t20250115_1.html, /art/2021/12/28/art_1.html.
_URL_DATE = re.compile(r"/t(20\d\d)(\d\d)(\d\d)_|/(20\d\d)/(\d{1,2})/(\d{1,2})/|/(20\d\d)-(\d\d)-?/?(\d\d)/")
_META_DATE = re.compile(r"(20\d\d)\D?(\d{1,2})\D?(\d{1,2})")


def published_on(paragraphs: Sequence[str], metadata: Mapping[str, str], url: str = "") -> tuple[str | None, str]:
    """(YYYY-MM-DD or None, what says so). Paragraphs are simplified and without white space; metadata keys lower-case."""
    head = [paragraph for paragraph in paragraphs[:40] if len(paragraph) <= 200]
    for pattern in (_PUBLISHED, _LABELLED):
        for paragraph in head:
            if found := _first(pattern.finditer(with_digits(paragraph))):
                return found, f"date line: {paragraph[:60]}"
    for key in _META_KEYS:
        if found := _first(_META_DATE.finditer(metadata.get(key, ""))):
            return found, f"meta {key}: {metadata[key][:40]}"
    for paragraph in reversed(paragraphs[-8:]):
        if len(paragraph) <= 45 and (alone := _ALONE.fullmatch(with_digits(paragraph))) and (found := _first([alone])):
            return found, f"signature: {paragraph}"
    if found := _first(_URL_DATE.finditer(url)):
        return found, f"address: {url[-60:]}"
    return None, ""


def _first(matches: Iterable[re.Match[str]]) -> str | None:
    for match in matches:
        try:
            return date(*(int(part) for part in match.groups() if part)).isoformat()
        except ValueError:
            continue
    return None
