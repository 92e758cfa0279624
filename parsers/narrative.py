"""The narrative of an HTML page: what trafilatura makes of the page, or of the part of it that is known to hold the report.

A report's tables and its headings (一、总体情况 …) say better than any rule for articles in general where its text begins and
ends. Trafilatura then sees that part alone, which keeps a preamble or a last paragraph that it would pass over in a whole
page, and costs half.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lxml.etree import SubElement, XPath, strip_tags
from lxml.html import HtmlElement

from parsers.bounds import MAX_EXTRACTED
from parsers.grids import INLINE_TAGS
from parsers.sections import MAY_BE_HEADING, split_heading

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

MIN_NARRATIVE = 200  # characters; trafilatura giving less than this of a longer page has missed the text
MIN_HEADINGS = 3  # of a report, by which the part of the page is known that holds its text

_CONCEALED = re.compile("none|hidden", re.IGNORECASE)
_LOOKS = frozenset({"style", "lang", "xml:lang", "color", "face", "size"})
_COUNT_ELEMENTS = XPath("count(descendant-or-self::*)")  # a tenth of the time of asking for each element


def read_narrative(root: HtmlElement, title: str, *, figures_in: HtmlElement | None) -> str:
    """The main text, a paragraph a line. Where trafilatura finds too little of what is there, all text of the page.

    `root` is the page without its tables of figures, `figures_in` the element that the first of them stood in, if there was
    any; `title` is left out where it begins the text of a report. The tree is changed.
    """
    from trafilatura import extract  # noqa: PLC0415  takes 0.3 s to import, which a text or a PDF need not pay

    written = str(root.text_content())
    headings = _headings(written)
    part = _part_of_report(figures_in, headings)
    if part is not None:
        root, written = _page_of(part), str(part.text_content())
    elements: Any = _COUNT_ELEMENTS(root)
    if elements > MAX_EXTRACTED:
        return text_lines(written)
    _unwrap_inline(root)
    extracted = extract(root, options=_extraction(keeps_all=part is not None)) or ""
    lines = [line for line in extracted.splitlines() if line.strip()]
    if part is not None and lines[:1] == [title]:
        del lines[0]
    if len(extracted) < MIN_NARRATIVE and len(everything := text_lines(written)) > 2 * len(extracted):
        return everything
    if len(headings) > sum(bool(split_heading(line)[0]) for line in lines):
        return _between(text_lines(written).splitlines(), {*lines, *headings})
    return "\n".join(lines)


def text_lines(text: str) -> str:
    """Lines that are not blank, white space in them made single spaces."""
    return "\n".join([" ".join(words) for line in text.splitlines() if (words := line.split())])


def _headings(written: str) -> list[str]:
    """The lines of a page that are headings of a report. Only those are looked at that a heading's character stands in."""
    may_be = [written[written.rfind("\n", 0, match.start()) + 1 : match.end()] for match in MAY_BE_HEADING.finditer(written)]
    return [line for line in text_lines("\n".join(may_be)).splitlines() if split_heading(line)[0]]


def _part_of_report(figures_in: HtmlElement | None, headings: list[str]) -> HtmlElement | None:
    """The smallest part of the page with the tables and all headings, and with sentences beside them that no link stands among.

    None where the page has no tables of figures, or too few headings, or they stand all over it.
    """
    if figures_in is None or len(headings) < MIN_HEADINGS:
        return None
    part: HtmlElement | None = figures_in
    while part is not None and not _holds(part, headings):
        part = _wider(part)
    if part is None:
        return None
    links, sentences = _links(part), _sentences(part)
    around = _wider(part)
    while around is not None and _links(around) == links:
        if (more := _sentences(around)) > sentences:
            part, sentences = around, more
        around = _wider(around)
    return part


def _wider(part: HtmlElement) -> HtmlElement | None:
    parent = part.getparent()
    return None if parent is None or parent.tag in ("body", "html") else parent


def _holds(part: HtmlElement, headings: list[str]) -> bool:
    text = text_lines(str(part.text_content()))
    return all(heading in text for heading in headings)


def _links(part: HtmlElement) -> int:
    return sum(1 for _ in part.iter("a"))


def _sentences(part: HtmlElement) -> int:
    return str(part.text_content()).count("。")


def _page_of(part: HtmlElement) -> HtmlElement:
    """A page with this part as its only article."""
    page: HtmlElement = part.makeelement("html")
    part.tail = None
    SubElement(SubElement(page, "body"), "article").append(part)
    return page


def _unwrap_inline(root: HtmlElement) -> None:
    """Unwrap what only says how words look. What a style hides stays as it is: trafilatura passes over it.

    The pieces of text that this leaves side by side are made one: trafilatura asks for, and sorts, every piece by itself.
    """
    stays: dict[tuple[tuple[str, str], ...], bool] = {}  # attributes -> do they say more; few differ among thousands
    staying: list[tuple[HtmlElement, str]] = []
    for element in root.iter(*INLINE_TAGS):
        attributes = tuple(element.items())
        if (says_more := stays.get(attributes)) is None:
            says_more = stays[attributes] = _says_more_than_looks(dict(attributes))
        if says_more:
            staying.append((element, element.tag))
    if not stays:
        return
    for element, _ in staying:
        element.tag = "stays"
    strip_tags(root, *INLINE_TAGS)
    for element, tag in staying:
        element.tag = tag
    for element in root.iter():
        if element.text:
            element.text = element.text
        if element.tail:
            element.tail = element.tail


def _says_more_than_looks(attributes: dict[str, str]) -> bool:
    return not _LOOKS.issuperset(attributes) or bool(_CONCEALED.search(attributes.get("style") or ""))


@cache
def _extraction(*, keeps_all: bool) -> Extractor:
    """How trafilatura extracts. Made once: it reads a configuration each time."""
    from trafilatura.settings import Extractor  # noqa: PLC0415

    return Extractor(fast=True, comments=False, tables=True, dedup=False, recall=keeps_all)


def _between(lines: list[str], of_text: set[str]) -> str:
    """From the first line that is known to belong to the text to the last: headings that extraction dropped stand within."""
    known = [number for number, line in enumerate(lines) if line in of_text]
    return "\n".join(lines[known[0] : known[-1] + 1] if known else lines)
