"""Lists that come as JSON: the answers of list APIs, and records that a page carries in its own scripts."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from parsers.listing_entries import find_date, link_address
from parsers.listing_names import is_page_name
from parsers.listing_objects import arrays_of_objects
from parsers.listing_pages import with_parameter
from parsers.listing_records import JSON, Request
from parsers.listing_templates import FIELD, filled, plain_name

CHINA = timezone(timedelta(hours=8))
# Names of fields, in lower case without "_" and "-", the likeliest first.
TITLES = ("title", "doctitle", "infotitle", "articletitle", "name", "subject", "headline", "topic", "bt", "xxmc")
ADDRESSES = tuple(
    """url docpuburl puburl linkurl link href detailurl infourl articleurl jumpurl docurl pageurl staticurl visiturl path
    filepath fileurl""".split()  # noqa: SIM905
)
DATES = tuple(
    """publishtime publishdate pubdate pubtime docreltime docpubtime releasetime infodate createtime createdate createdat date time
    showtime displaytime fbrq fwrq""".split()  # noqa: SIM905
)
# Others of their kind: contentTitle, xxbt (标题); webUrl, xxlj (链接); showDate, fbsj (时间).
TITLE = re.compile(r"^(?!sub|short|meta|seo|channel|column|site).*title|bt$")
ADDRESS = re.compile(r"url|link|href|lj$")
DATE_NAME = re.compile(r"date|time|(?:sj|rq)$")
PICTURE = re.compile(r"img|image|pic|thumb|icon|cover|logo|video|title.*img")
TOTALS = tuple(
    "total totalcount totalrecord totalrecords totalelements recordcount rowcount totalnum totalrows postcount count records".split()  # noqa: SIM905
)
PAGES = ("pages", "totalpage", "totalpages", "pagecount", "pagetotal", "totalpagenum")
OFFSETS = frozenset({"start", "offset", "skip", "begin", "startrow", "startindex"})
SIZES = frozenset({"size", "limit", "rows", "pagesize", "perpage", "pagerows", "length"})
DEEPEST = 12  # levels of JSON that are searched


@dataclass(frozen=True, slots=True)
class DataEntry:
    """One record of a list that came as data."""

    url: str
    title: str
    listed_on: str | None


@dataclass(frozen=True, slots=True)
class DataList:
    """A list that came as data, as far as it can be read without knowing its maker."""

    entries: tuple[DataEntry, ...]
    total: int | None
    pages: int | None


def parse_json(text: str) -> Any | None:
    """The value of JSON or JSONP; None when the text is neither."""
    stripped = text.strip().lstrip("\ufeff")
    padded = re.fullmatch(r"[\w.$]+\s*\((.*)\)\s*;?", stripped, re.DOTALL)
    stripped = padded[1] if padded else stripped
    if stripped[:1] not in ("{", "["):
        return None
    try:
        return json.loads(stripped)
    except (ValueError, RecursionError):
        return None


def json_list(value: Any, url: str, templates: tuple[str, ...] = ()) -> DataList:
    """Records with a title and an address: of the longest array of such, and of all arrays of the same kind (one for each year,
    one for each body); its totals from the objects around it.

    `templates` are those of the page that asked for it (`parsers.listing_templates`), `url` is what addresses are relative to.
    """
    arrays: dict[frozenset[str], list[list[DataEntry]]] = {}  # by the names of a record's fields
    numbers: dict[str, int] = {}
    for node, is_record in _nodes(value):
        if isinstance(node, list):
            entries = [entry for entry in (_record(item, url, templates) for item in node) if entry is not None]
            kind = frozenset(next((item for item in node if isinstance(item, dict)), {}))
            arrays.setdefault(kind, []).append(entries)
        elif isinstance(node, dict) and not is_record:
            for key, number in node.items():
                if isinstance(number, int | str) and not isinstance(number, bool) and str(number).isdecimal():
                    numbers.setdefault(plain_name(key), int(number))
    alike = max(arrays.values(), key=lambda some: max(map(len, some)), default=[])
    total = next((numbers[name] for name in TOTALS if name in numbers), None)
    pages = next((numbers[name] for name in PAGES if name in numbers), None)
    return DataList(tuple(itertools.chain.from_iterable(alike)), total, pages)


def html_in_json(value: Any) -> str | None:
    """The longest piece of HTML with links that the JSON carries, as list APIs that answer with ready-made lists do."""
    pieces = [node for node, _ in _nodes(value) if isinstance(node, str) and "<a" in node]
    return max(pieces, key=len, default=None)


def json_in_script(script: str, url: str) -> DataList | None:
    """Records that a page carries in its own scripts: var list = [{"title": ..., "url": ...}, ...]."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\[\s*\{\s*\"", script):
        try:
            value, _ = decoder.raw_decode(script, match.start())
        except (ValueError, RecursionError):
            continue
        found = json_list(value, url)
        if found.entries:
            return found
    written = (json_list(array, url) for array in arrays_of_objects(script))
    return next((found for found in written if found.entries), None)


def next_data_pages(request_url: str, body: str, found: DataList) -> list[Request]:
    """The next page of a list API: its page number plus one, or its offset plus its size, in the address or in the body.

    Nothing when the total is reached or nothing says how to go on. The body, where there is one, is form-encoded or JSON.
    It is a guess: some list APIs give all at once, and 404 for a second page.
    """
    posted = parse_json(body) if body.lstrip().startswith("{") else None
    if isinstance(posted, dict):
        advanced = _advanced(posted, found)
        return [Request(request_url, "POST", json.dumps(advanced, ensure_ascii=False), JSON, True)] if advanced else []
    fields = dict(parse_qsl(body or urlsplit(request_url).query, keep_blank_values=True))
    advanced = _advanced(fields, found)
    if advanced is None:
        return []
    if body:
        return [Request(request_url, "POST", urlencode(advanced), guess=True)]
    ((name, value),) = ((name, value) for name, value in advanced.items() if value != fields[name])
    return [Request(with_parameter(request_url, name, value), guess=True)]


def is_offset_name(name: str) -> bool:
    """Whether a parameter is called as the number of the first record is."""
    return plain_name(name) in OFFSETS


def _advanced(fields: Mapping[str, Any], found: DataList) -> dict[str, Any] | None:
    """What is to be sent for the next page: the same with one number changed; None where there is no next page, or no number."""
    numbers = {key: int(value) for key, value in fields.items() if str(value).isdecimal() and len(str(value)) <= 6}
    size = next((value for key, value in numbers.items() if plain_name(key) in SIZES and value), len(found.entries))
    for key, value in numbers.items():
        if is_page_name(key) and plain_name(key) not in SIZES:
            seen = (value + (1 if value == 0 else 0)) * size
            last = found.pages is not None and value >= found.pages
            done = found.total is not None and size and seen >= found.total
            return None if last or done or not found.entries else _set(fields, key, value + 1)
    for key, value in numbers.items():
        if plain_name(key) in OFFSETS and size:
            done = found.total is not None and value + size >= found.total
            return None if done or not found.entries else _set(fields, key, value + size)
    for (
        key,
        value,
    ) in fields.items():  # a field that is an object itself, or one as text: paramJson={"pageNo":1,"pageSize":15}
        inner = parse_json(value) if isinstance(value, str) and value.lstrip().startswith("{") else value
        advanced = _advanced(inner, found) if isinstance(inner, dict) else None
        if advanced is not None:
            text = json.dumps(advanced, ensure_ascii=False, separators=(",", ":"))
            return {**fields, key: text if isinstance(value, str) else advanced}
    return None


def _set(fields: Mapping[str, Any], name: str, value: int) -> dict[str, Any]:
    """The fields with one changed, which stays a number where it was one."""
    return {**fields, name: value if isinstance(fields[name], int) else str(value)}


def _nodes(value: Any, depth: int = 0, is_record: bool = False) -> Iterator[tuple[Any, bool]]:
    """All values, the outer ones first, and whether each is (in) an item of an array."""
    yield value, is_record
    if depth < DEEPEST and isinstance(value, str) and value[:1] in ("{", "[") and (inner := parse_json(value)) is not None:
        yield from _nodes(inner, depth + 1, is_record)  # JSON as text within JSON
    if depth < DEEPEST and isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _nodes(item, depth + 1, is_record or isinstance(value, list))


def _record(item: Any, url: str, templates: tuple[str, ...]) -> DataEntry | None:
    if not isinstance(item, dict):
        return None
    fields = {plain_name(str(key)): value for key, value in item.items()}
    title = next(_values(fields, TITLES, TITLE), None)
    own = _values(fields, ADDRESSES, ADDRESS)
    # A page may put something before the address that a record has; an address of an id counts where there is no other.
    of_address = [
        template for template in templates if any(plain_name(name) in ADDRESSES for name in FIELD.findall(template))
    ]
    made = (filled(template, fields) for template in of_address)
    by_id = (filled(template, fields) for template in templates)
    given = next((address for address in itertools.chain(made, own, by_id) if address), None)
    address = link_address(given, url, "", {}) if given else None
    if title is None or address is None:
        return None
    dates = [fields[name] for name in DATES if name in fields] + [fields[name] for name in fields if DATE_NAME.search(name)]
    listed_on = next((day for day in map(_day, dates) if day), None)
    return DataEntry(address, " ".join(re.sub(r"<[^>]*>", "", title).split()), listed_on)


def _values(fields: Mapping[str, Any], names: Sequence[str], like: re.Pattern[str]) -> Iterator[str]:
    """Texts of the fields with these names, then of those whose names are like them."""
    for name in (*names, *(name for name in fields if like.search(name) and not PICTURE.search(name))):
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            yield value


def _day(value: Any) -> str | None:
    """The day of a date as text or as seconds or milliseconds since 1970, in China's time."""
    if isinstance(value, int) and not isinstance(value, bool) and 10**8 < value < 10**14:
        seconds = value / 1000 if value > 10**11 else value
        return datetime.fromtimestamp(seconds, UTC).astimezone(CHINA).date().isoformat()
    return find_date(value) if isinstance(value, str) else None
