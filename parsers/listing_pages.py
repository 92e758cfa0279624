"""Where a list goes on: links to further pages, page numbers that only scripts know, stated totals."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from parsers.listing_entries import link_address
from parsers.listing_records import Request
from parsers.listing_scripts import Call, calls, numbered_addresses, variables
from parsers.urls import canonical_url, page_key, same_site

MOST_LINKS = 200  # of one page's pager
MOST_PAGES = 2000  # that a page may state; more is taken for a mistake

ONWARD = re.compile(r"^(?:下一?页|后一?页|向后|下页>*|next(?:page)?|[>›»]{1,2}|下一页[>›»]*)$", re.IGNORECASE)
LAST = re.compile(r"^(?:尾页|末页|最后一?页|最末页|last(?:page)?|[>›»]\|?)$", re.IGNORECASE)
BACK = re.compile(r"^(?:首页|第一页|上一?页|前一?页|first|prev(?:ious)?|[<‹«]{1,2}\|?|\|[<‹«])$", re.IGNORECASE)
NUMBER = re.compile(r"^\[?第?\s*(?!20\d\d)(\d{1,4})\s*页?\]?$")  # 2023 is a year
PAGE_NAMES = frozenset(
    """page pageindex pageno pagenum pagenumber currpage curpage currentpage cpage cur current curr currentno p pn pg pageid nowpage
    topage gotopage ipage pageidx paging pagecurrent currentpageno thispage toppage""".split()  # noqa: SIM905
)
# Numbered files: a stem, perhaps a number, an extension. 0 to 4 digits, so that ids are none.
NEXT_CLASS = re.compile(r"(?:^|[\s_-])next(?:[\s_-]|$)", re.IGNORECASE)
NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?P<dash>[_-])?(?P<number>(?<=[_-])\d{1,4})?\.(?P<ext>s?html?|jsp|aspx?|php)$", re.IGNORECASE
)

PAGER_WORD = re.compile(r"首页|上一?页|下一?页|尾页|末页|每页|页次|当前|跳转|转到|共\d+页|第\d+页|\d+/\d+页?|条/页")
TOTAL = re.compile(
    r"(?:共|总计|合计|检索到|查询到|找到|总共)(?:有|计)?(?:记录|信息)?(\d{1,6})(?:条|篇|项|个?记录|个?结果)"
    r"|(?:记录总?数|总记录数?|信息总数|总条数|总数)[::]?(?:为|是)?(\d{1,6})|(?<!\d)(\d{1,6})条记录"
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


@dataclass(frozen=True, slots=True)
class Stated:
    """What the list says of its own size."""

    total: int | None = None
    pages: int | None = None


def stated_size(soup: BeautifulSoup, script: str) -> Stated:
    """共45条 and 共3页, from the pager's text or from the script that draws it.

    A number of entries counts only in a short element or beside a pager's words: the text of a report has 共1234条 too.
    """
    text = _compact(soup.get_text())
    total = next((size for size in _totals(text, soup)), None)
    found = PAGES.search(text)
    pages = int(next(group for group in found.groups() if group is not None)) if found else None
    drawn = LAYPAGE.search(script)
    if drawn is not None and total is None and pages is None:
        return Stated(int(drawn[1]), -(-int(drawn[1]) // int(drawn[2])))
    return Stated(total if total is not None else _number(SCRIPT_TOTAL, script), pages or _number(SCRIPT_PAGES, script))


def _totals(text: str, soup: BeautifulSoup) -> Iterator[int]:
    alone: set[str] | None = None
    for match in itertools.islice(TOTAL.finditer(text), MOST_LINKS):
        around = text[max(0, match.start() - 60) : match.end() + 60]
        if not PAGER_WORD.search(around):
            alone = set(_short_texts(soup)) if alone is None else alone
            if match[0] not in alone:
                continue
        yield int(match[1] or match[2] or match[3])


def _short_texts(soup: BeautifulSoup) -> Iterator[str]:
    """Texts of small elements that may state a total, without white space and punctuation around them."""
    for string in itertools.islice(soup.find_all(string=re.compile("[共总记]")), MOST_LINKS):
        parent = string.parent
        if parent is not None and len(parent.contents) <= 7:
            text = _compact(parent.get_text())
            if len(text) <= 20:
                yield re.sub(r"^\W+|\W+$", "", text)


def _compact(text: str) -> str:
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", text))


def linked_pages(soup: BeautifulSoup, url: str, script: str) -> list[Request]:
    """Pages that links of the pager lead to, the next one first. A select that jumps to pages is a pager too."""
    known = variables(script)
    numbered: dict[int, str] = {}
    onward: list[str] = []
    for tag, text in pager_links(soup):
        address = _address(tag, url, script, known)
        if address is None or not same_site(address, url):
            continue
        number = NUMBER.match(text)
        if number is None:
            onward.append(address)
        elif _in_pager(tag) or _has_number(address, int(number[1])):
            numbered.setdefault(int(number[1]), address)
    for option in soup.select("select option[value]"):
        value, number = str(option["value"]), NUMBER.match("".join(option.get_text().split()))
        if number and re.search(r"[/.?]", value):
            address = link_address(value, url, script, known)
            if address is not None and same_site(address, url):
                numbered.setdefault(int(number[1]), address)
    addresses = [*onward[:1], *(numbered[number] for number in sorted(numbered)), *onward[1:]]
    return _unique(addresses, url)


def pager_links(soup: BeautifulSoup) -> Iterator[tuple[Tag, str]]:
    """Links of a pager with their text without white space; those that lead back are not among them."""
    tags = soup.find_all(lambda tag: tag.name in ("a", "button", "input") or tag.has_attr("onclick"))
    shown = 0
    for tag in tags:
        text = "".join((tag.get_text() or str(tag.get("value") or tag.get("title") or "")).split())
        if not text and NEXT_CLASS.search(" ".join([*map(str, tag.get("class") or []), *map(str, tag.get("rel") or [])])):
            text = "下一页"  # an arrow drawn by the style sheet
        if len(text) <= 8 and not BACK.match(text) and (ONWARD.match(text) or LAST.match(text) or NUMBER.match(text)):
            yield tag, text
            shown += 1
            if shown == MOST_LINKS:
                return


def is_pager_text(text: str) -> bool:
    """Whether a link's text is that of a pager and no title."""
    short = "".join(text.split())
    return any(pattern.match(short) for pattern in (ONWARD, LAST, BACK, NUMBER)) or short in (
        "GO",
        "go",
        "Go",
        "跳转",
        "确定",
    )


def scripted_pages(script: str, url: str) -> tuple[list[Request], Stated]:
    """Pages of a pager that a script draws: createPageHTML(5, 0, "index", "html") in any order, or its variables."""
    known = variables(script)
    for call in calls(script, r"create\w*page\w*|createpagination|page_?html|showpage\w*", known):
        drawn = _drawn(call, url)
        if drawn is not None:
            return drawn
    count = _first_number(
        known, ("countPage", "nPageCount", "_nPageCount", "pageCount", "totalPage", "totalPages", "pagecount")
    )
    current = _first_number(known, ("currentPage", "nCurrIndex", "_nCurrIndex", "curPage", "pageIndex", "currPage"))
    name = _file_name(url)
    if count and count <= MOST_PAGES and current is not None and name is not None:
        stem, number, extension = name
        return _static(url, stem, extension, pages=count, current=current, number=number), Stated(None, count)
    return [], Stated()


def called_pages(script: str, url: str, pages: int | None) -> list[Request]:
    """Pages whose address a function of the page builds around a number: location.href = "list_" + page + ".html"."""
    if pages is None or not 1 < pages <= MOST_PAGES:
        return []
    numbers = range(2, pages + 1)
    for found in numbered_addresses(script, variables(script), numbers):
        addresses = [canonical_url(address, url) for address in found]
        if all(_has_number(address, number) for address, number in zip(addresses, numbers, strict=True)):
            return _unique(addresses, url)
    return []


def counted_pages(url: str, pages: int | None) -> list[Request]:
    """Pages by the address's own page parameter, where the list states how many there are."""
    current = page_parameter(url)
    if current is None or pages is None or pages > MOST_PAGES:
        return []
    name, value = current
    first = 0 if value == 0 else 1
    return [Request(with_parameter(url, name, str(number))) for number in range(first, first + pages) if number != value]


def guessed_pages(url: str, pages: int | None) -> list[Request]:
    """Pages of a static list that says 共5页 and nothing of their addresses; some of these will not exist."""
    name = _file_name(url)
    if name is None or pages is None or not 1 < pages <= MOST_PAGES or name[1] is not None:
        return []
    stem, _, extension = name
    return [Request(canonical_url(f"{stem}_{number}.{extension}", url), guess=True) for number in range(1, pages + 1)]


def page_parameter(url: str) -> tuple[str, int] | None:
    """Name and value of the page parameter of an address."""
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if _is_page_name(name) and value.isdecimal() and len(value) <= 5:
            return name, int(value)
    return None


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with one parameter set, the others and their order kept."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    pairs = [(key, value if key == name else old) for key, old in pairs] if name in dict(pairs) else [*pairs, (name, value)]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


def is_page_name(name: str) -> bool:
    """Whether a parameter or a field is called as page numbers are."""
    return _is_page_name(name)


def _is_page_name(name: str) -> bool:
    return re.sub(r"[_-]", "", name).lower() in PAGE_NAMES


def _drawn(call: Call, url: str) -> tuple[list[Request], Stated] | None:
    """The pages of a createPageHTML call. Which number is which follows from the page's own address and from their sizes."""
    words = [value for value, literal in zip(call.arguments, call.literal, strict=True) if literal and not value.isdecimal()]
    numbers = [int(value) for value in call.arguments if value.isdecimal() and len(value) <= 6]
    extension = next((word.lstrip(".") for word in words if re.fullmatch(r"\.?(?:s?html?|jsp|aspx?|php)", word, re.I)), None)
    if extension is None or len(numbers) < 2:
        return None
    own = _file_name(url)
    number = own[1] if own else None
    names = [word for word in words if word.lstrip(".") != extension and re.fullmatch(r"[\w./-]+", word)]
    stem = next((word for word in names if own and word == own[0]), None) or (
        names[-1] if names else own[0] if own else "index"
    )
    current = next(
        (value for value in ((0, 1) if number is None else (number, number + 1)) if value in numbers), min(numbers)
    )
    rest = list(numbers)
    rest.remove(current)
    pages, total = _sizes(rest)
    if pages > MOST_PAGES:
        return None
    return _static(url, stem, extension, pages=pages, current=current, number=number), Stated(total, pages)


def _sizes(numbers: list[int]) -> tuple[int, int | None]:
    """Pages and entries among a call's other numbers, which may hold the entries of one page too (98, 20, 5)."""
    for total, size, pages in itertools.permutations(numbers, 3):
        if 0 < size <= total and -(-total // size) == pages:
            return pages, total
    return min(numbers), max(numbers) if len(numbers) > 1 else None


def _static(url: str, stem: str, extension: str, *, pages: int, current: int, number: int | None) -> list[Request]:
    """Numbered files of a list with `pages` pages, seen from page `current`, whose file bears `number`.

    Seen from the first page, a current of 0 means that the second page is index_1, and 1 that it is index_2. Some sites
    count from 1 and number from 0; there index_1 exists as well, so it is tried. Seen from a later page nothing is sure.
    """
    if number is not None:
        return [Request(canonical_url(f"{stem}_{page}.{extension}", url), guess=True) for page in range(1, pages + 1)]
    first, guesses = (1, ()) if current == 0 else (2, (1,))
    last = pages - 1 if current == 0 else pages
    sure = [Request(canonical_url(f"{stem}_{page}.{extension}", url)) for page in range(first, last + 1)]
    return [*sure, *(Request(canonical_url(f"{stem}_{page}.{extension}", url), guess=True) for page in guesses if sure)]


def _file_name(url: str) -> tuple[str, int | None, str] | None:
    """(stem, number, extension) of a list page's file; the folder itself stands for index.html."""
    name = urlsplit(url).path.rpartition("/")[2]
    if not name:
        return "index", None, "html"
    match = NUMBERED.match(name)
    if match is None:
        return None
    number = int(match["number"]) if match["number"] else None
    return match["stem"], number, match["ext"]


def _address(tag: Tag, url: str, script: str, known: Mapping[str, str]) -> str | None:
    for name in ("href", "onclick", "data-href", "data-url"):
        value = str(tag.get(name) or "")
        if value:
            address = link_address(value if name != "onclick" else f"javascript:{value}", url, script, known)
            if address is not None:
                return address
    return None


def _in_pager(tag: Tag) -> bool:
    """Whether a number stands beside a pager's words, as no day of a calendar does."""
    for element in list(tag.parents)[:3]:
        text = "".join(element.get_text().split())
        if len(text) > 400:
            return False
        if PAGER_WORD.search(text) or re.search(
            r"page|pagination|pager", " ".join(map(str, element.get("class") or [])), re.I
        ):
            return True
    return False


def _has_number(address: str, number: int) -> bool:
    """Whether the address names this page: by its parameter or its file, counted from 0 or from 1."""
    parameter = page_parameter(address)
    file = _file_name(address)
    given = parameter[1] if parameter else file[1] if file else None
    return given is not None and given in (number, number - 1)


def _unique(addresses: Iterable[str], url: str) -> list[Request]:
    own = page_key(url)
    seen = {own}
    requests = []
    for address in addresses:
        key = page_key(address)
        if key not in seen:
            seen.add(key)
            requests.append(Request(address))
    return requests


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match else None


def _first_number(known: Mapping[str, str], names: Iterable[str]) -> int | None:
    return next((int(known[name]) for name in names if known.get(name, "").isdecimal()), None)
