"""An HTML list page in its context: is it a column of reports, which of its lists holds them, which links lead to more lists."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from parsers.listing_dataproxy import dataproxy_records
from parsers.listing_endpoints import units
from parsers.listing_entries import Entry, link_address, link_base, read_entries
from parsers.listing_pager import is_pager_text
from parsers.listing_records import Link, Request, SubList
from parsers.listing_scripts import LONGEST_SCRIPT, sent_on, variables
from parsers.listing_shapes import Shape
from parsers.listing_soup import strings, tags, tags_or, words_of
from parsers.listing_titles import Judgement, judge, names_column, plain_title, years_in
from parsers.urls import FOLDER_PAGE, page_key
from parsers.verdicts import TooLarge

LONGEST_PAGE = 3_000_000  # characters
DEEPEST_PAGE = 300  # elements within elements
MOST_FRAMES = 8  # iframes of one page that are followed
TINY_FRAME = re.compile(r"^(?:0|1|2)(?:px)?$")
SIDE_FRAME = re.compile(r"head|foot|top|bottom|nav|menu|weather|tianqi|count|stat|login|share|search|map|video|player", re.I)
CRUMBS = re.compile(r"crumb|position|location|dqwz|weizhi|curr|path|bread|where", re.IGNORECASE)
COLUMN_METAS = ("columnname", "columndescription", "lanmu")
HERE = re.compile(r"(?:当前|现在|所在|您的?)的?(?:所在)?(?:位置|栏目)")
MORE = re.compile(r"^(?:查看)?(?:更多|全部|more)(?:more|更多|查看)?[>»+\s]*$", re.IGNORECASE)
# A page that links to the reports of all bodies: 年报汇总.
COLLECTION = re.compile(r"汇总|合集|集锦|汇编|一览|专栏|专题|(?:各|县直|市直|区直)(?:部门|单位|乡镇|镇街|街道)")
DEPARTMENTS = re.compile(
    r"(?:部门|单位|机关|乡镇|镇街|街道|街镇|县区|区县|市县|各县|各区|直属)\w{0,4}$|政府$|年报$|年度报告$"
)
YEAR_COLUMN = re.compile(r"^(?:20\d\d)(?:年度?)?(?:政府信息公开)?(?:工作)?(?:年度报告|年报|报告)?$")
A_YEARS_COLUMN = "a year's column"
REFRESH = re.compile(r"url\s*=\s*['\"]?\s*([^'\";\s]+)", re.IGNORECASE)
# Cells that the tables of a report have and no list has.
REPORT_CELLS = re.compile(r"本年新收政府信息公开申请|未经复议直接起诉|本年制发件数|本年新制作数量|统计指标\s*单位\s*统计数")
WRITTEN = re.compile(
    r"<li\b[^>]{0,300}>(?:(?!<li\b).){0,300}?<a\s.{0,1500}?</li>|<a\s[^>]{0,800}>.{0,800}?</a>",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_CRUMBS = 200  # characters
SHORT_PAGE = 400  # characters of text under which a script that goes elsewhere is all there is


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML list page, parsed once."""

    soup: BeautifulSoup
    url: str
    script: str  # all inline scripts
    column: bool  # a column of reports
    heading: str
    records: int  # of dataproxy.jsp that the page carries
    units: tuple[Request, ...]  # lists that its server builds on request
    is_report: bool  # no list at all but a report


@dataclass(frozen=True, slots=True)
class Sorted:
    """The entries of a page, told apart."""

    links: tuple[Link, ...]
    left_out: tuple[Link, ...]
    columns: tuple[SubList, ...]


def parse_page(text: str, url: str, column: bool) -> Page:
    """Parse a page. Entries that its scripts hold as HTML (datastores, document.write) are read like those of the page.

    Raises TooLarge for a page past `LONGEST_PAGE` or `DEEPEST_PAGE`.
    """
    if len(text) > LONGEST_PAGE:
        raise TooLarge(f"a list page of {len(text)} characters; the bound is {LONGEST_PAGE}")
    soup = BeautifulSoup(text, "lxml")
    if _depth(soup) > DEEPEST_PAGE:
        raise TooLarge(f"a list page nested more than {DEEPEST_PAGE} deep")
    script = "\n".join(tag.get_text() for tag in soup.find_all("script"))[:LONGEST_SCRIPT]
    records = dataproxy_records(text)
    written = records or _written(script)
    if written:
        soup = BeautifulSoup(text + "<div>" + "".join(f"<div>{part}</div>" for part in written) + "</div>", "lxml")
    built = tuple(units(soup, url))[:MOST_FRAMES]
    for tag in list(tags(soup, "script", "style")):
        tag.extract()
    heading = _heading(soup)
    says_column = any(names_column(part) for part in (heading, *_context(soup)))
    report = REPORT_CELLS.search("".join(soup.get_text().split())) is not None and soup.find("table") is not None
    return Page(soup, url, script, column or says_column, heading, len(records), built, report)


def _depth(soup: BeautifulSoup) -> int:
    deepest = 0
    waiting: list[tuple[Tag, int]] = [(soup, 0)]
    while waiting:
        tag, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in tag.contents if isinstance(child, Tag)]
    return deepest


def sort_entries(page: Page) -> Sorted:
    """Tell the page's links apart: reports, other entries of the same lists, and links to further lists."""
    entries = [entry for entry in read_entries(page.soup, page.url, page.script) if not is_pager_text(entry.title)]
    groups: dict[Hashable, list[_Judged]] = defaultdict(list)
    for entry in entries:
        column = page.column or names_column(entry.box)
        groups[entry.group].append(
            _Judged(entry, judge(entry.title, column=column, dated=entry.listed_on is not None), column)
        )
    lists = _lists_of_reports(groups)
    links, left_out, columns = [], [], []
    for judged in (judged for group in groups.values() for judged in group):
        entry, link = judged.entry, judged.link
        sub_list = _column(judged, page, judged.entry.group in lists)
        if sub_list is not None:
            columns.append(sub_list)
        elif judged.by_name or (judged.taken and entry.group in lists and _is_entry(entry, page)):
            links.append(link)
        elif entry.group in lists and _is_entry(entry, page):
            left_out.append(link)
    order = {entry.url: number for number, entry in enumerate(entries)}
    return Sorted(
        tuple(sorted(links, key=lambda link: order[link.url])),
        tuple(sorted(left_out, key=lambda link: order[link.url])),
        tuple(columns),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    entry: Entry
    judgement: Judgement
    column: bool  # the page or the box is a column of reports

    @property
    def taken(self) -> bool:
        return self.judgement.taken

    @property
    def by_name(self) -> bool:
        """Taken by a title that names the report and its year, or by such a title of what is surely a document."""
        named = self.taken and names_column(self.entry.title)
        return named and (bool(years_in(self.entry.title)) or self.entry.shape is Shape.DOCUMENT)

    @property
    def link(self) -> Link:
        return Link(self.entry.url, self.entry.title, self.judgement.reason, self.entry.listed_on)


def _is_entry(entry: Entry, page: Page) -> bool:
    """Whether a link is an entry of a list, and no navigation and no other site's home page."""
    if entry.chrome or page_key(entry.url) == page_key(page.url):
        return False
    return entry.listed_on is not None or (entry.shape is not Shape.COLUMN and within_site(entry.url, page.url))


def _lists_of_reports(groups: Mapping[Hashable, list[_Judged]]) -> set[Hashable]:
    """The lists in which short titles count: those with a named report; else those made of years or bodies; else the largest."""
    named = {group for group, judged in groups.items() if any(one.by_name and not one.entry.chrome for one in judged)}
    short = {
        group
        for group, judged in groups.items()
        if sum(one.taken and one.column for one in judged) >= max(2, (len(judged) + 1) // 2)
    }
    if named or short:
        return named | short
    dated = Counter({group: sum(one.entry.listed_on is not None for one in judged) for group, judged in groups.items()})
    largest = dated.most_common(1)
    return {largest[0][0]} if largest and largest[0][1] else {group for group, judged in groups.items() if judged[0].column}


def _column(judged: _Judged, page: Page, in_list: bool) -> SubList | None:
    """The list that a link leads to, where it is one: a year's or a department's column, 更多, or the column of reports itself."""
    entry = judged.entry
    if not within_site(entry.url, page.url) or page_key(entry.url) == page_key(page.url) or _is_home(entry.url):
        return None
    title = plain_title(entry.title)
    collected = judged.taken and COLLECTION.search(title) is not None
    if not collected and (entry.shape is Shape.DOCUMENT or entry.listed_on is not None):
        return None
    if not collected and judged.by_name and not YEAR_COLUMN.match(title):
        return None  # it names a year's report, and more than the year
    reason = "collects the reports of several bodies" if collected else _column_reason(judged, page, title, in_list)
    link = judged.link if judged.taken and (collected or judged.by_name or entry.shape is Shape.UNKNOWN) else None
    return SubList(Request(entry.url), entry.title, reason, True, link) if reason else None


def _column_reason(judged: _Judged, page: Page, title: str, in_list: bool) -> str:
    """Why a link that is not surely a document leads to a column; empty where it does not."""
    entry = judged.entry
    if not judged.column:
        return "leads to a column of reports" if judged.taken and names_column(title) else ""
    if YEAR_COLUMN.match(title):
        return A_YEARS_COLUMN
    below = _is_below(entry.url, page.url)
    if not (in_list or below) or (entry.chrome and not below):
        return ""
    if MORE.match(title):
        return "the whole of a list that is shown in part"
    leads = judged.taken or (
        DEPARTMENTS.search(title) and not names_column(title)
    )  # else it is about the report: 一图读懂年度报告
    return "a column within a column of reports" if leads else ""


def frames(page: Page) -> list[SubList]:
    """Lists in frames, and where a page sends its visitor on by itself (meta refresh, a script on an empty page)."""
    found: list[SubList] = []
    for frame in tags(page.soup, "iframe", "frame", having=["src"]):
        source, style = str(frame["src"]), re.sub(r"\s", "", str(frame.get("style") or ""))
        sizes = (str(frame.get("width") or ""), str(frame.get("height") or ""))
        if any(TINY_FRAME.match(size) for size in sizes) or "display:none" in style:
            continue
        if not SIDE_FRAME.search(urlsplit(source).path.rpartition("/")[2]):
            found.append(_onward(page, source, "a frame of the page"))
    for meta in tags(page.soup, "meta", having=["http-equiv"]):
        target = REFRESH.search(str(meta.get("content") or ""))
        if target is not None and words_of(meta, "http-equiv").lower() == "refresh":
            found.append(_onward(page, target[1], "the page sends on to it (meta refresh)"))
    if len(page.soup.get_text(strip=True)) < SHORT_PAGE and page.soup.find("a", href=True) is None:
        goal = sent_on(page.script, variables(page.script))
        if goal is not None:
            found.append(_onward(page, goal, "the page's script sends on to it"))
    return [one for one in found[:MOST_FRAMES] if one.request.url and page_key(one.request.url) != page_key(page.url)]


def within_site(url: str, base: str) -> bool:
    """Whether the address is on the host of `base` or below it: xxgk.chongxin.gov.cn is within www.chongxin.gov.cn."""
    host, home = (urlsplit(address).hostname or "" for address in (url, base))
    home = home.removeprefix("www.")
    return host == home or host.endswith("." + home)


def _onward(page: Page, source: str, reason: str) -> SubList:
    address = link_address(source, link_base(page.soup, page.url), page.script, {}) or ""
    return SubList(Request(address if address and within_site(address, page.url) else ""), "", reason, page.column)


def _is_home(url: str) -> bool:
    """Whether the address is a site's home page, which is no column: departments have sites of their own."""
    parts = urlsplit(url)
    return not parts.query and FOLDER_PAGE.sub("/", parts.path) in ("", "/")


def _is_below(url: str, base: str) -> bool:
    folder = urlsplit(base).path.rpartition("/")[0] + "/"
    return len(folder) > 1 and urlsplit(url).path.startswith(folder)


def _heading(soup: BeautifulSoup) -> str:
    """What the page calls itself: its first h1, else its title."""
    for tag in (soup.find("h1"), soup.title):
        if isinstance(tag, Tag) and tag.get_text(strip=True):
            return " ".join(tag.get_text(" ").split())
    return ""


def _context(soup: BeautifulSoup) -> Iterator[str]:
    """Where the page says what it is: its title, the meta tags of government sites, its breadcrumbs."""
    if soup.title is not None:
        yield soup.title.get_text()
    for meta in tags(soup, "meta", having=["name"]):
        if words_of(meta, "name").lower() in COLUMN_METAS:
            yield str(meta.get("content") or "")
    for tag in tags_or(soup, (), ("class", "id")):
        if CRUMBS.search(words_of(tag, "class")) or CRUMBS.search(words_of(tag, "id")):
            text = tag.get_text("", strip=True)
            if len(text) < LONGEST_CRUMBS:
                yield text
    for text in strings(soup, HERE):
        parent = text.parent
        for element in (parent, parent.parent if parent is not None else None):
            if element is not None and len(element.get_text()) < LONGEST_CRUMBS:
                yield element.get_text("", strip=True)


def _written(script: str) -> list[str]:
    """Links that scripts write as HTML; those whose address is put together there are none."""
    if "<a" not in script:
        return []
    plain = script.replace('\\"', '"').replace("\\'", "'").replace("\\/", "/")
    return [
        match[0]
        for match in WRITTEN.finditer(plain)
        if not re.search(r"""href\s*=\s*["']?\s*["']?\s*\+|\+\s*["']""", match[0])
    ]
