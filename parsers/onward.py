"""A page that is not the report but leads to it: one line and an attachment, a frame around it, a page that sends on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from bs4 import BeautifulSoup

from parsers.listing_columns import Page, frames, parse_page
from parsers.listing_entries import Entry, link_address, read_entries
from parsers.listing_titles import NO_REPORT, OTHER_PAPER, judge, plain_title
from parsers.pretence import holds_report
from parsers.verdicts import TooLarge

# A page without any of these leads nowhere.
LEADS_ON = re.compile(
    r"\.(?:pdf|docx?|wps|xlsx?|et|zip|rar|7z|ofd|ceb)\b|<i?frame\b|<embed\b|<object\b|refresh|location", re.I
)
ATTACHED = re.compile(r"\.(pdf|docx?|wps|xlsx?|et|zip|rar|7z|ofd|ceb)$", re.IGNORECASE)
# In the order in which a report is looked for: what holds text and tables, tables alone, what no reader takes.
KINDS = ("docx", "doc", "wps", "pdf", "zip", "xlsx", "xls", "et", "ofd", "ceb", "rar", "7z")
_BETWEEN_WORDS = re.compile(r"<[^<>]*>|\s+")  # what may tear a word
ITS_OWN_TEXT = 300  # characters of sentences on a page that is more than a line about an attachment
LONGEST = 400_000  # characters of a page that is looked into


def report_elsewhere(text: str, url: str) -> str | None:
    """The canonical address of the report that a page leads to; None where the page is all there is.

    `text` is the decoded HTML of a document's page, `url` where it came from. In this order: the attachment that is named
    as the report, or the only one; a file shown in the page; a frame of the same site; where the page sends its visitor on.
    A page that holds a report's headings, tables or text leads nowhere, whatever it has attached.
    """
    # Nearly every page is a report, and each is asked: what costs least comes first.
    if len(text) > LONGEST or holds_report(text) or not LEADS_ON.search(text) or holds_report(_BETWEEN_WORDS.sub("", text)):
        return None
    try:
        page = parse_page(text, url, column=False)
    except TooLarge:
        return None
    if page.is_report or holds_report("".join(page.soup.get_text().split())) or _sentences(page.soup) >= ITS_OWN_TEXT:
        return None
    goals = [*_attachments(page), *_shown(page), *(frame.request.url for frame in frames(page))]
    return goals[0] if goals else None


def _sentences(soup: BeautifulSoup) -> int:
    """Characters of the page's own sentences, those in links left out."""
    strings = soup.find_all(string=re.compile("。"))
    return sum(len(part.strip()) for part in strings if part.find_parent(["a", "title"]) is None)


def _attachments(page: Page) -> Iterator[str]:
    """The attached files that may be the report, the likeliest first."""
    attached = [
        (kind[1].lower(), entry) for entry in read_entries(page.soup, page.url, page.script) if (kind := _kind(entry))
    ]
    named = [(kind, entry) for kind, entry in attached if judge(entry.title, column=False, dated=False).taken]
    rest = [(kind, entry) for kind, entry in attached if not _is_something_else(entry)]
    # Several files of which none is named after the report: who knows which of them it is.
    chosen = named or (rest if len({entry.url for _, entry in rest}) == 1 else [])
    yield from (entry.url for kind, entry in sorted(chosen, key=lambda one: KINDS.index(one[0])))


def _kind(entry: Entry) -> re.Match[str] | None:
    return None if entry.chrome else ATTACHED.search(urlsplit(entry.url).path) or ATTACHED.search(entry.title)


def _is_something_else(entry: Entry) -> bool:
    title = plain_title(entry.title)
    return (NO_REPORT.search(title) or OTHER_PAPER.search(title)) is not None


def _shown(page: Page) -> Iterator[str]:
    """Files that the page shows within itself: <embed>, <object>, and viewers in a frame (viewer.html?file=...)."""
    for tag in page.soup.find_all(["embed", "object", "iframe", "frame"]):
        source = str(tag.get("src") or tag.get("data") or "")
        inside = [value for _, value in parse_qsl(urlsplit(source).query)] if source else []
        for name in (source, *inside):
            address = link_address(name, page.url, page.script, {}) if ATTACHED.search(urlsplit(name).path) else None
            if address:
                yield address
