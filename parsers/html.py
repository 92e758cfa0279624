"""HTML page -> `Document`, with one lxml parse: grids from the DOM, narrative by trafilatura from what is left of the same tree."""

from __future__ import annotations

import re
from itertools import islice

from lxml.etree import ElementDefaultClassLookup, HTMLParser
from lxml.html import HtmlElement, document_fromstring

from parsers.bounds import MAX_CHARACTERS, MAX_TABLES, MAX_TAGS, MAX_TEXT
from parsers.grids import mark_blocks, read_grid, tidy
from parsers.labels import count_labels, counts_publicity, labels_within
from parsers.looks import settle_looks
from parsers.narrative import read_narrative, text_lines
from parsers.records import Document, Grid, Paragraph
from parsers.text import read_text
from parsers.verdicts import TooLarge, Truncated, Unreadable

MIN_LABELS = 3  # different labels of the codebook that make a table one of figures
FLATTENED_LABELS = 15  # different labels in a page without tables of figures: its tables stand there as lines
LAST_CELL = 5_000  # characters at the end of a page in which a cell may be left open
MIN_PROSE_CELL = 60  # characters from which a cell of a table of figures is text of the report

_DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "select", "button")
_DATED_TITLE = re.compile(r"[2２二][0０〇○零]\S{2}.*(?:报告|報告|年報|年报)|(?:报告|報告|年報|年报).*[2２二][0０〇○零]\S{2}")
_REPORT_WORDS = re.compile(r"年度报告|年報|年报|年度報告")
_SUBJECT = re.compile("信息公开|信息公開")
_ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|zip|rar)(?:$|[?#])", re.IGNORECASE)
_ATTACHMENT_IN_LINES = re.compile(_ATTACHMENT.pattern, re.IGNORECASE | re.MULTILINE)
_META_TITLES = ("articletitle", "og:title", "title", "dc.title")
_TABLE_TAG = re.compile(r"<(?P<opens>t[dh])\b|</?(?:t[drh]|table|body|html)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_HIDDEN_BYTES = re.compile(_HIDDEN.pattern.encode(), re.IGNORECASE)


def read_html(text: str, utf_8: bytes | None = None) -> Document:
    """Read one page; `utf_8` is the text as bytes, where they are at hand.

    Raises `TooLarge` past one of the `parsers.bounds` or past the depth that the parser bears, `Truncated` where the page ends
    inside a cell, `Unreadable` where there is no element at all.
    """
    _raise_if_too_large(text)
    _raise_if_cut(text)
    payload = text.encode("utf-8", "replace") if utf_8 is None else utf_8
    root = _parse(payload)
    metadata = _metadata(root)
    _drop_unread(root, payload)
    headings = [tidy(str(element.text_content())) for element in root.iter("h1", "h2", "h3")]
    links = [element.get("href") or "" for element in root.iter("a")]
    attachments = _attachments(links)
    images = sum(1 for _ in root.iter("img"))
    mark_blocks(root)
    written = str(root.text_content())
    if len(written) > MAX_TEXT:
        raise TooLarge(f"the page has {len(written):,} characters of text; the bound is {MAX_TEXT:,}")
    page_text = text_lines(written)
    grids, figure_tables, other_tables = _grids(root)
    body = figure_tables[0].getparent() if figure_tables else None
    for table in figure_tables:
        _drop_figures(table)
    title = _title(metadata, headings)
    narrative = read_narrative(root, title, figures_in=body)
    if not grids and labels_within(page_text) >= FLATTENED_LABELS:  # tables that became lines before they became a page
        flattened = read_text(written)
        grids, narrative = list(flattened.grids), flattened.narrative or narrative
    blocks: tuple[Paragraph | Grid, ...] = (
        *(Paragraph(line, line in headings) for line in narrative.splitlines() if line.strip()),
        *grids,
    )
    return Document(
        "html",
        blocks,
        title=title,
        metadata=metadata,
        narrative=narrative,
        images=images,
        links=len(links),
        attachments=attachments,
        page_text=page_text,
        other_tables=other_tables,
    )


def figure_tables(text: str) -> tuple[HtmlElement, list[HtmlElement]]:
    """The tree of a page that `read_html` has read, with the looks of its words, and in it the tables of `Document.grids`, in
    their order. None of these where the tables of the page are lines of text. For those who show a page."""
    payload = text.encode("utf-8", "replace")
    root = _parse(payload)
    _drop_unread(root, payload)
    mark_blocks(root)
    return root, _grids(root)[1]


def _raise_if_too_large(text: str) -> None:
    tags = text.count("<") if len(text) > MAX_TAGS else 0  # a shorter one has no room for so many
    if len(text) > MAX_CHARACTERS or tags > MAX_TAGS:
        size = f"{len(text):,} characters of markup" if len(text) > MAX_CHARACTERS else f"{tags:,} tags"
        raise TooLarge(f"the page has {size}; the bounds are {MAX_CHARACTERS:,} and {MAX_TAGS:,}")


def _raise_if_cut(text: str) -> None:
    """A page that ends inside a cell was cut there, and a number in it may be the beginning of one."""
    tags = list(_TABLE_TAG.finditer(text[-LAST_CELL:]))
    if tags and tags[-1]["opens"]:
        raise Truncated("the page ends in the middle of a table's cell")


def _parse(payload: bytes) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))  # lxml.html's own asks Python each time
    if not payload.strip():
        raise Unreadable("the page is empty")
    try:
        root = document_fromstring(payload, parser=parser, ensure_head_body=True)
    except Exception as error:  # lxml raises ParserError, AssertionError or ValueError on pages without an element
        raise Unreadable(f"the page holds no markup: {error}") from error
    last_error = parser.error_log.last_error  # past this bound the parser stops
    if last_error is not None and "xcessive depth" in last_error.message:
        raise TooLarge("the page nests its elements deeper than 255")
    return root


def _drop_unread(root: HtmlElement, payload: bytes) -> None:
    """Drop what is no text, and what no reader of a cell sees (display:none, left there by word processors)."""
    for element in list(root.iter(*_DROPPED)):
        element.drop_tree()
    if _hides_elements(payload):
        for element in [each for each in root.iter("span", "font", "p") if _HIDDEN.search(each.get("style") or "")]:
            if any(parent.tag in ("td", "th") for parent in element.iterancestors()):
                element.drop_tree()
    settle_looks(root, payload)


def _metadata(root: HtmlElement) -> dict[str, str]:
    metadata: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property")
        content = element.get("content")
        if name and content:
            metadata.setdefault(name.lower(), tidy(content)[:500])
    title = root.find(".//title")
    if title is not None:
        metadata["title_tag"] = tidy(str(title.text_content()))[:500]
    return metadata


def _attachments(links: list[str]) -> tuple[str, ...]:
    if not _ATTACHMENT_IN_LINES.search("\n".join(links)):  # a fifth of the time of asking hundreds of links one by one
        return ()
    return tuple(dict.fromkeys(link for link in links if _ATTACHMENT.search(link)))


def _title(metadata: dict[str, str], headings: list[str]) -> str:
    """The first statement of a title that names a report of some year; failing that one that speaks of reports, of publicity,
    of anything. A column (政府信息公开年报) or a section may be a heading as well, and stand first."""
    stated = [*(metadata.get(name, "") for name in _META_TITLES), *headings, metadata.get("title_tag", "")]
    candidates = [" ".join(candidate.split()) for candidate in stated if candidate]
    for words in (_DATED_TITLE, _REPORT_WORDS, _SUBJECT):
        for candidate in candidates:
            if words.search(candidate.replace(" ", "")):
                return candidate
    return candidates[0] if candidates else ""


def _hides_elements(payload: bytes) -> bool:
    """Does a tag say display:none? A style sheet that says so hides nothing that we know of."""
    lowered = payload.lower()
    place = len(lowered)
    while (place := lowered.rfind(b"display", 0, place)) >= 0:  # to look backwards takes a third of the time
        if _HIDDEN_BYTES.match(lowered, place) and payload.rfind(b"<", 0, place) > payload.rfind(b">", 0, place):
            return True
    return False


def _grids(root: HtmlElement) -> tuple[list[Grid], list[HtmlElement], int]:
    """The tables of the page that follow an official form, their elements, and how many others hold figures about publicity."""
    for table in reversed(list(root.iter("table"))):
        _open_frame(table)
    grids: list[Grid] = []
    holding: list[HtmlElement] = []
    others = 0
    for number, table in enumerate(root.iter("table")):
        if number == MAX_TABLES:
            raise TooLarge(f"the page has more than {MAX_TABLES} tables")
        grid = read_grid(table, len(grids))
        texts = grid.texts()
        if count_labels(texts) >= MIN_LABELS:
            grids.append(grid)
            holding.append(table)
        elif counts_publicity(texts):
            others += 1
    return grids, holding, others


def _open_frame(table: HtmlElement) -> None:
    """A table of one cell is a frame around something else, and no table. Tables inside have been asked before."""
    if len(list(islice(table.iter("td", "th"), 2))) < 2:
        for element in list(table.iter("table", "tbody", "thead", "tr", "td", "th")):
            element.tag = "div"


def _drop_figures(table: HtmlElement) -> None:
    """Take a table of figures out of the tree, but keep the text that a layout put into its cells, as paragraphs."""
    parent = table.getparent()
    if parent is None:
        return
    kept = (
        [cell for cell in table.iter("td", "th") if _is_prose(cell) and cell.find(".//table") is None]
        if _is_prose(table)
        else []
    )
    if kept:
        for tag in ("td", "th", "tr", "tbody", "thead", "table"):
            for element in table.iter(tag):
                if tag in ("td", "th") and element not in kept and element.find(".//table") is None:
                    element.clear(keep_tail=True)
                element.tag = "div"
        return
    table.drop_tree()


def _is_prose(cell: HtmlElement) -> bool:
    text = str(cell.text_content())
    return len(text) >= MIN_PROSE_CELL and "。" in text
