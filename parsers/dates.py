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
    "pubdate", "publishdate", "publish_date", "publishtime", "article:published_time", "dc.date", "dcterms.issued", "dc.date.issued",
    "datepublished", "releasedate", "date", "firstpublishtime", "createdate",
)  # fmt: skip
_META_DATE = re.compile(r"(20\d\d)\D?(\d{1,2})\D?(\d{1,2})")


def published_on(paragraphs: Sequence[str], metadata: Mapping[str, str]) -> tuple[str | None, str]:
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
    return None, ""


def _first(matches: Iterable[re.Match[str]]) -> str | None:
    for match in matches:
        try:
            return date(*map(int, match.groups()[-3:])).isoformat()
        except ValueError:
            continue
    return None
