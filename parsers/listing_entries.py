"""The entries of a list page: each link with its title, its date, the list it stands in, and what kind of address it has."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from parsers.listing_pager import is_pager_text
from parsers.listing_scripts import address_of_call, variables
from parsers.listing_shapes import Shape, shape_of
from parsers.listing_soup import tags, tags_or
from parsers.urls import canonical_url, document_key

MOST_ENTRIES = 5_000  # links of one page that are read
MOST_OPTIONS = 500  # of its menus
DEEPEST = 60  # elements around a link that are looked at
LONGEST_HEADING = 40  # characters
LONGEST_TEXT = 500  # characters of any element that are looked at
LONGEST_ITEM = 160  # characters of text beside a title that still belong to its entry
DATE = re.compile(
    r"(?<!\d)(20\d\d|19\d\d)\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})(?!\d)\s*日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?"
)
# Around a title: bullets, and brackets that a date beside it has left open.
EDGES = re.compile(
    r"^[\s\[\](){}【】\uff08\uff09·•>—-]+|[\s\[({【\uff08·•>—-]+$|(?<=\s)[\])】\uff09]+$"
)  # around a title, brackets of a date left open
# The text of a link whose title stands beside it: 查看, 下载, PDF版.
SAYS_NOTHING = re.compile(
    r"^(?:点击)?(?:查看|详情|下载|详细|阅读|打开|进入|浏览|全文|附件|预览|链接)(?:详情|全文|更多|附件|下载|原文|\d)?$|^(?:pdf|docx?|wps|word|html)(?:版|文件|下载)?$",
    re.IGNORECASE,
)
CUT = re.compile(r"(?:…+|\.{2,}|。。+)\s*$")
# Class names and ids of what surrounds the content. "left" and "side" are not among them: many sites keep their lists there.
CHROME = re.compile(r"nav|menu|daohang|dibu|yejiao|footer|crumb|dqwz|weizhi|copyright|yqlj|friend|breadcrumb")
CHROME_WORD = re.compile(r"(?:^|[\s_-])(?:header|head|top|topbar|foot|bottom|position|location|share|links?)(?:[\s_-]|$)")
WHOLE_TITLE = ("title", "data-title", "data-original-title", "alt")
HOME = re.compile(r"^(?:网站|本站|政府)?(?:首页|主页)$|^home$", re.IGNORECASE)
LINKING = ("a", "area", "option")
SCRIPTED = ("onclick", "data-href", "data-url")  # attributes in which scripts find where a link leads
NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|bmp|svg|ico|css|js|apk|exe|mp[34]|avi|swf)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a page that has an address."""

    url: str  # canonical
    title: str
    listed_on: str | None
    shape: Shape
    group: Hashable  # entries of one list have equal groups
    chrome: bool  # it stands in navigation, header, footer or breadcrumbs
    box: str  # short text above the list, mostly its heading


def read_entries(soup: BeautifulSoup, url: str, script: str) -> list[Entry]:
    """Links of the page in its order, each address once; links that lead nowhere, to pictures or to mail are not among them."""
    anchors = list(itertools.islice(_anchors(soup, url, script), MOST_ENTRIES))
    crowd = _crowd(anchors)
    boxes: dict[int, str] = {}
    found: dict[str, tuple[Entry, Hashable]] = {}
    for anchor, address in anchors:
        key = document_key(address)
        entry, row = _entry(anchor, address, crowd, boxes)
        before = found[key][0] if key in found else None
        if (
            before is None
            or (len(before.title) < len(entry.title) and not before.title)
            or (before.chrome and not entry.chrome)
        ):
            found[key] = (entry, row)
    groups = {entry.group for entry, _ in found.values()}
    # The last row of a table of names may have one link, where the others have three: it is of their list.
    entries = [replace(entry, group=row) if row in groups else entry for entry, row in found.values()]
    menus = _menus(entries)
    return [replace(entry, chrome=True) if entry.group in menus else entry for entry in entries]


def _menus(entries: Iterable[Entry]) -> set[Hashable]:
    """The lists that begin with 首页: a site's own menu, whatever its style is called."""
    groups: dict[Hashable, list[str]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry.title)
    return {group for group, titles in groups.items() if HOME.match(titles[0]) and not any(map(is_pager_text, titles[1:3]))}


def find_date(text: str) -> str | None:
    """The first date in the text as YYYY-MM-DD."""
    for match in DATE.finditer(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
        except ValueError:
            continue
    return None


def link_base(soup: Tag, url: str) -> str:
    """What the page's addresses are relative to: its own address, or what its <base> says."""
    base = next(tags(soup, "base", having=["href"]), None)
    if base is not None:
        with contextlib.suppress(ValueError):
            return canonical_url(str(base["href"]), url)
    return url


def link_address(code_or_href: str, url: str, script: str, known: Mapping[str, str]) -> str | None:
    """The canonical address behind an href or the code of a link; None when it leads nowhere."""
    text = code_or_href.strip()
    if not text or text.startswith("#") or re.match(r"(?:mailto|tel|data|about|file|ftp):", text, re.IGNORECASE):
        return None
    if text.lower().startswith("javascript:"):
        target = address_of_call(unquote(text[len("javascript:") :]), script, known)
        if target is None:
            return None
        text = target
    try:
        address = canonical_url(text, url)
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) and not NO_PAGE.search(urlsplit(address).path) else None


def _anchors(soup: BeautifulSoup, url: str, script: str) -> Iterator[tuple[Tag, str]]:
    known, url = variables(script), link_base(soup, url)
    options = 0
    for tag in tags_or(soup, LINKING, SCRIPTED):
        options += tag.name == "option"
        if tag.name == "option" and options > MOST_OPTIONS:
            continue
        href = _option_address(tag) if tag.name == "option" else str(tag.get("href") or "")
        address = link_address(href, url, script, known) if href else None
        if address is None and tag.has_attr("onclick"):
            address = link_address("javascript:" + str(tag["onclick"]), url, script, known)
        for name in SCRIPTED[1:]:
            address = link_address(str(tag.get(name) or ""), url, script, known) if address is None else address
        if address is not None:
            yield tag, address


def _option_address(option: Tag) -> str:
    """Where an option of a menu leads to, if its value is an address."""
    value = str(option.get("value") or "").strip()
    return value if re.match(r"(?:https?:)?//|\.{0,2}/|[\w./-]+\.(?:s?html?|jsp|aspx?|php|pdf|docx?)\b", value, re.I) else ""


def _crowd(anchors: Iterable[tuple[Tag, str]]) -> set[int]:
    """Elements (by id()) that hold links to more than one address."""
    first: dict[int, str] = {}
    crowd: set[int] = set()
    for anchor, address in anchors:
        for element in itertools.islice(anchor.parents, DEEPEST):
            if first.setdefault(id(element), address) != address:
                crowd.add(id(element))
    return crowd


def _entry(anchor: Tag, address: str, crowd: set[int], boxes: dict[int, str]) -> tuple[Entry, Hashable]:
    """The entry, and the list that its item would be a row of where rows of that list hold several links."""
    item = _item(anchor, crowd)
    text = _text(anchor)
    box = boxes.get(id(item.parent))
    if box is None:
        box = boxes[id(item.parent)] = _box(item)
    listed_on = find_date(_beside(item, anchor)) or find_date(text)
    parent = item.parent
    above = parent.parent if parent is not None else None
    group = (id(above), parent.name if parent is not None else "", " ".join(_classes(parent)) if parent is not None else "")
    row = (id(parent), item.name, " ".join(_classes(item)))
    return Entry(address, _title(anchor, text, item), listed_on, shape_of(address), group, _in_chrome(anchor), box), row


def _item(anchor: Tag, crowd: set[int]) -> Tag:
    """The largest element that holds this link and no other, as far as its text stays that of one entry."""
    item = anchor
    room = len(_text(anchor)) + LONGEST_ITEM
    for element in itertools.islice(anchor.parents, DEEPEST):
        if element.name in ("body", "html", "[document]") or id(element) in crowd or len(_text(element)) > room:
            break
        item = element
        if element.name in ("li", "tr", "dl"):
            break
    return item


def _beside(item: Tag, anchor: Tag) -> str:
    """Text of the entry without its title: inside the item, then after it and before it on the same line."""
    own = {id(part) for part in itertools.islice(anchor.strings, LONGEST_TEXT)}
    text = " ".join(str(part) for part in itertools.islice(item.strings, LONGEST_TEXT) if id(part) not in own)[:LONGEST_TEXT]
    if DATE.search(text):
        return text
    for neighbours in (item.next_siblings, item.previous_siblings):
        for sibling in neighbours:
            if isinstance(sibling, Tag) and (sibling.name in ("a", "br", "hr") or sibling.find("a") is not None):
                break
            text += " " + _text(sibling)
            if len(text) > LONGEST_ITEM or DATE.search(text):
                break
    return text


def _title(anchor: Tag, text: str, item: Tag) -> str:
    """The whole title: the text; the title attribute where the text is cut off; else a picture's text or that of the row."""
    attribute = _attribute(anchor, CUT.search(text) is not None)
    labelled = re.search(r"标题\s*[:\uff1a]\s*(.+?)(?:\s*(?:发布|发文|日期|时间|文号)\S*\s*[:\uff1a]|$)", attribute)
    attribute = labelled[1] if labelled else attribute
    shown = EDGES.sub("", DATE.sub(" ", text)) or text
    if SAYS_NOTHING.match(shown):
        shown = ""
    if (
        attribute
        and not SAYS_NOTHING.match(attribute)
        and (CUT.search(shown) or len(shown) < 2 or attribute.startswith(CUT.sub("", shown)[:8]))
    ):
        return attribute
    if len(shown) >= 2:
        return shown
    image = anchor if anchor.has_attr("alt") else anchor.find("img", alt=True)  # the area of an image map has its own
    if isinstance(image, Tag) and str(image["alt"]).strip():
        return str(image["alt"]).strip()
    own = {id(part) for part in itertools.islice(anchor.strings, LONGEST_TEXT)}
    others = (
        DATE.sub(" ", str(part)).strip() for part in itertools.islice(item.strings, LONGEST_TEXT) if id(part) not in own
    )
    return max(others, key=len, default="")[:LONGEST_ITEM] or attribute or text


def _attribute(anchor: Tag, cut: bool) -> str:
    """The title that an attribute has. Of a link whose text is cut off, also one of another name, or of what is around or in it."""
    named = [(anchor, "title")]
    if cut:
        near = [anchor, *itertools.islice(anchor.find_all(True), 5), *itertools.islice(anchor.parents, 2)]
        named += [(tag, name) for tag in near for name in WHOLE_TITLE]
    return next((" ".join(text.split()) for tag, name in named if (text := str(tag.get(name) or "")).strip()), "")


def _box(item: Tag) -> str:
    """The short text that stands right above the list of this item, or the heading that opens it."""
    element = item.parent
    for _ in range(3):
        if element is None or element.name in ("body", "html", "[document]"):
            break
        heading = element.find(["h1", "h2", "h3", "h4", "h5", "caption", "legend"], recursive=False)
        texts = [_text(heading)] if isinstance(heading, Tag) else []
        texts += [_text(sibling) for sibling in itertools.islice(element.previous_siblings, 6) if isinstance(sibling, Tag)]
        nearest = next((text for text in texts if text), "")
        if nearest:
            return nearest if len(nearest) <= LONGEST_HEADING else ""
        element = element.parent
    return ""


def _in_chrome(anchor: Tag) -> bool:
    for element in itertools.islice(anchor.parents, DEEPEST):
        if element.name in ("nav", "header", "footer"):
            return True
        names = " ".join(_classes(element)) + " " + str(element.get("id") or "")
        lowered = names.lower()
        if CHROME.search(lowered) or CHROME_WORD.search(lowered):
            return element.name not in ("body", "html")
    return False


def _classes(element: Tag) -> list[str]:
    value = element.get("class")
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []


def _text(element: PageElement) -> str:
    """The beginning of an element's text, white space single; links that are not closed hold the whole rest of their page."""
    if not isinstance(element, Tag):
        return " ".join(element.get_text()[:LONGEST_TEXT].split())
    parts: list[str] = []
    length = 0
    for part in element.strings:
        parts.append(part[:LONGEST_TEXT])
        length += len(part)
        if length > LONGEST_TEXT:
            break
    return " ".join(" ".join(parts).split())[:LONGEST_TEXT]
