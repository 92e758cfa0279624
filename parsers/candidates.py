"""Which pages of a web archive may be reports. Nobody has listed them: their titles, tables and file names have to say it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from parsers.listing import Link, read_list
from parsers.listing_titles import judge, years_in
from parsers.pretence import TABLE_WORDS
from parsers.verdicts import TooLarge

_TITLES = re.compile(
    r"<meta[^>]{0,80}name=[\"']?(?:ArticleTitle|title)[\"']?[^>]{0,80}content=[\"']([^\"']{4,200})[\"']"
    r"|<h1[^>]{0,200}>(.{4,600}?)</h1>|<title[^>]{0,80}>([^<]{4,300})</title",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^>]{0,500}>")
# Between the title of a page and the names of its column and its site.
_BETWEEN = re.compile(r"\s*[_|\uff5c>»–—]+\s*|\s+-+\s*|\s*-+\s+|(?<=[\u3400-\u9fff\])])-+(?=[\u3400-\u9fff])")
_SPEAKS_OF_REPORTS = re.compile(r"公开.{0,40}?(?:年报|年度报告|年度工作报告)|年报.{0,10}公开", re.DOTALL)
_MANY = 3  # links to reports of a year that make a list of a page


def report_title(text: str) -> str | None:
    """What a page that may be a report calls itself; None for any other page. `text` is its decoded HTML.

    It may be one by a title that names the report and its year, or by the words of the official tables.
    """
    titles = [_plain(found[1] or found[2] or found[3]) for found in _TITLES.finditer(text, 0, 400_000)]
    parts = [part for title in titles for part in _BETWEEN.split(title)]
    named = next((part for part in parts if years_in(part) and judge(part, column=False, dated=False).taken), None)
    if named is not None:
        return named
    return next(iter(titles), "") if any(word in text for word in TABLE_WORDS) else None


def listed_reports(text: str, url: str) -> tuple[Link, ...]:
    """The reports that a page links to, where it is a list of them or leads to one; `url` is its own address."""
    if not _SPEAKS_OF_REPORTS.search(text):
        return ()
    try:
        return read_list(text, url).links
    except TooLarge:
        return ()


def is_list(links: tuple[Link, ...], url: str) -> bool:
    """Whether a page with these links to reports is a list of them, whatever its title says."""
    return sum(link.url != url and bool(years_in(link.title)) for link in links) >= _MANY


def file_title(url: str) -> str | None:
    """The name of a file that is named as a report; None for any other."""
    name = unquote(urlsplit(url).path.rpartition("/")[2]).rpartition(".")[0]
    return name if years_in(name) and judge(name, column=False, dated=False).taken else None


def _plain(markup: str) -> str:
    return " ".join(unescape(_TAG.sub("", markup)).split())
