"""Where a list goes on: links to further pages, and page numbers that only scripts know."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import BeautifulSoup, Tag

from parsers.listing_entries import link_address, link_base
from parsers.listing_names import is_page_name
from parsers.listing_pager import LEADS_BY_DATA, MOST_LINKS, NUMBER, in_pager, pager_links, pager_word
from parsers.listing_records import Request
from parsers.listing_scripts import Call, calls, numbered_addresses, variables
from parsers.listing_size import Stated
from parsers.urls import canonical_url, page_key, same_site

MOST_PAGES = 2000  # that a page may state; more is taken for a mistake

MOST_SELECTS = 10  # of one page
# How the code of a select names the value that was chosen.
CHOSEN = ("this.value", "value", "this.options[this.selectedIndex].value", "options[selectedIndex].value")
# Numbered files: a stem, perhaps a number, an extension. 0 to 4 digits, so that ids are none.
NUMBERED = re.compile(
    r"^(?P<stem>.*?)(?P<dash>[_-])?(?P<number>(?<=[_-])\d{1,4})?\.(?P<ext>s?html?|jsp|aspx?|php)$", re.IGNORECASE
)


def linked_pages(soup: BeautifulSoup, url: str, script: str, pages: int | None = None) -> list[Request]:
    """Pages that links of the pager lead to, the next one first. A select that jumps to pages is a pager too.

    Of a list that states its `pages`, none beyond: the last page of some links to one more.
    """
    known, base = variables(script), link_base(soup, url)
    numbered: dict[int, str] = {}
    onward: list[str] = []
    for tag, text in pager_links(soup):
        address = _address(tag, base, script, known)
        if address is None or not same_site(address, url):
            continue
        number = NUMBER.match(text)
        if number is None:
            onward.append(address)
        elif in_pager(tag) or _has_number(address, int(number[1])):
            numbered.setdefault(int(number[1]), address)
    for select in soup.find_all("select", limit=MOST_SELECTS):
        for option in select.find_all("option", limit=MOST_LINKS):
            number = NUMBER.match(pager_word(option.get_text()))
            address = _chosen(select, option, base, script, known) if number else None
            if number and address is not None and same_site(address, url):
                numbered.setdefault(int(number[1]), address)
    addresses = [*onward[:1], *(numbered[number] for number in sorted(numbered)), *onward[1:]]
    return _unique((address for address in addresses if pages is None or (_number(address) or 0) <= pages), url)


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


def called_pages(soup: BeautifulSoup, script: str, url: str, pages: int | None) -> list[Request]:
    """Pages whose address a function of the page builds around a number: location.href = "list_" + page + ".html".

    How many there are, the list states (`pages`) or its pager shows.
    """
    pages = pages or max((int(number[1]) for _, text in pager_links(soup) if (number := NUMBER.match(text))), default=None)
    if pages is None or not 1 < pages <= MOST_PAGES:
        return []
    numbers = range(2, pages + 1)
    for address_of in numbered_addresses(script, variables(script)):
        if all(_is_numbered(address_of(number), number, url) for number in numbers[:2]):
            found = (address_of(number) for number in numbers)
            return _unique((canonical_url(address, url) for address in found if address is not None), url)
    return []


def _is_numbered(address: str | None, number: int, url: str) -> bool:
    return address is not None and _has_number(canonical_url(address, url), number)


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
        if is_page_name(name) and value.isdecimal() and len(value) <= 5:
            return name, int(value)
    return None


def with_parameter(url: str, name: str, value: str) -> str:
    """The address with one parameter set, the others and their order kept."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    pairs = [(key, value if key == name else old) for key, old in pairs] if name in dict(pairs) else [*pairs, (name, value)]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


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
    count from 1 and number from 0; there index_1 exists and the last one does not, so neither is sure. Seen from a later page
    nothing is.
    """
    addresses = {page: canonical_url(f"{stem}_{page}.{extension}", url) for page in range(1, pages + 1)}
    if number is not None:
        return [Request(address, guess=True) for address in addresses.values()]
    if current == 0:
        return [Request(addresses[page]) for page in range(1, pages)]
    order = (*range(2, pages + 1), 1) if pages > 1 else ()
    return [Request(addresses[page], guess=page in (1, pages)) for page in order]


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
    for name in ("href", "onclick", *LEADS_BY_DATA):
        value = str(tag.get(name) or "")
        if value:
            address = link_address(value if name != "onclick" else f"javascript:{value}", url, script, known)
            if address is not None:
                return address
    return None


def _chosen(select: Tag, option: Tag, url: str, script: str, known: Mapping[str, str]) -> str | None:
    """Where an option of a select leads to: its value is the address, or the select's code makes one of it."""
    value, code = str(option.get("value") or option.get_text(strip=True)), str(select.get("onchange") or "")
    if re.search(r"[/.?]", value):
        return link_address(value, url, script, known)
    return link_address(f"javascript:{code}", url, script, {**known, **dict.fromkeys(CHOSEN, value)}) if code else None


def _has_number(address: str, number: int) -> bool:
    """Whether the address names this page: by its parameter or its file, counted from 0 or from 1."""
    return _number(address) in (number, number - 1)


def _number(address: str) -> int | None:
    """The number of a page by its parameter or its file, as the address counts."""
    parameter, file = page_parameter(address), _file_name(address)
    return parameter[1] if parameter else file[1] if file else None


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


def _first_number(known: Mapping[str, str], names: Iterable[str]) -> int | None:
    return next((int(known[name]) for name in names if known.get(name, "").isdecimal()), None)
