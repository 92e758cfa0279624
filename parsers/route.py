"""Which official template does the layout follow? Labels decide; the year, the title and the address are hints at most."""

from __future__ import annotations

from functools import cache

from parsers.codebook import TEMPLATE_IDS
from parsers.labels import scan, vocabulary
from parsers.records import Document, Route, TemplateId

MINIMUM_LEGACY = 4  # different labels of the 统计表; its wording turns up in prose as well
_SHARED_ROW = "其他处理"  # one row with values in 2019, a group of three rows in 2021


@cache
def signatures(template_id: TemplateId) -> frozenset[str]:
    """Label keys that this template prints and no other does."""
    others = frozenset().union(*(vocabulary(other).meanings for other in TEMPLATE_IDS if other != template_id))
    return frozenset(key for key in vocabulary(template_id).meanings if len(key) > 2) - others


def route(document: Document) -> Route:
    """Choose by the labels that only one template prints. A document without such tables is `narrative`."""
    found: dict[str, str] = {}  # label key -> text as printed
    texts = dict.fromkeys(text for grid in document.grids for text in grid.texts())
    for text in texts:
        if not 1 < len(text) <= 400 or text.isdecimal():  # a number, which holds no label, is new on every page
            continue
        for key in scan(text).keys:
            found.setdefault(key, text)
    evidence: dict[TemplateId, list[str]] = {}
    for template_id in TEMPLATE_IDS:
        own = signatures(template_id)
        evidence[template_id] = [text for key, text in found.items() if key in own]
    if len(evidence["legacy-2017"]) < MINIMUM_LEGACY:
        evidence["legacy-2017"] = []
    best: TemplateId = max(TEMPLATE_IDS, key=lambda template_id: len(evidence[template_id]))
    if not evidence[best]:
        return _without_signature(found)
    return Route(best, tuple(" ".join(text.split())[:60] for text in evidence[best][:8]))


def _without_signature(found: dict[str, str]) -> Route:
    """Tables of section 三 or 四 alone, which both modern layouts print: 其他处理 as a row of its own means 2019."""
    modern = [key for key in found if len(vocabulary("modern-2021").tables_of(key) & {"applications", "proceedings"})]
    if len([key for key in modern if len(key) > 3]) < 6:
        return Route("narrative", ())
    return Route("modern-2019" if _SHARED_ROW in found else "modern-2021", tuple(found[key][:60] for key in modern[:4]))
