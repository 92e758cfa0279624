"""What a report says of itself: year, organisation, region, date of publication, title.

Every witness is heard in a stated order, and what it said is kept as evidence; what they leave open is an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers import years
from parsers.dates import published_on
from parsers.gazetteer import divisions
from parsers.normal import normalise
from parsers.organizations import Kind, is_organization, official_name, reporter_of_site, reporter_of_title
from parsers.records import Document, Issue, Region
from parsers.regions import find_region, read_places
from parsers.years import YearWitness

BEGINNING = 15  # paragraphs in which a title or the first sentence stands
ENDING = 8  # paragraphs in which a signature stands

_REPORT_TITLE = re.compile(r"(?:信息|政务)(?:公开)?.{0,16}(?:年度?报告?|年报|报告|总结)")
_QUOTED_TITLE = re.compile(r'"([^"]{4,60}?(?:年度工作报告|年度报告|年报|工作报告))"')  # 《》 are quotes once normalised
_SITE_KEYS = ("contentsource", "source", "author", "publisher", "sitename", "og:site_name", "application-name")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reported on which year and where; `evidence` holds the witnesses of all three in words."""

    year: int | None
    year_witnesses: tuple[YearWitness, ...]
    organization: str | None
    kind: Kind | None
    region: Region | None
    published_on: str | None  # YYYY-MM-DD
    title: str  # as printed, white space between characters dropped; "" where there is none
    issues: tuple[Issue, ...]
    evidence: tuple[str, ...]


def read_identity(
    document: Document,
    *,
    url: str = "",
    title: str = "",
    file_name: str = "",
    portal_region: str | None = None,
) -> Identity:
    """What `document` says of itself. `title` is that of the link which led here, `portal_region` the portal's adcode.

    Never raises: what cannot be read is None, with an issue that says so.
    """
    printed = [block.text for block in document.paragraphs]
    paragraphs = [text for text in map(normalise, printed) if text]
    printed_title = _printed_title(document, printed, title)
    titles = [text for text in dict.fromkeys(map(normalise, (printed_title, title, *_quoted_titles(paragraphs)))) if text]

    published, date_evidence = published_on(paragraphs, document.metadata)
    found = years.witnesses(paragraphs, titles=titles, file_name=normalise(file_name), published_on=published, url=url)
    year, year_issues = years.decide(found, published)

    hints = [*(normalise(document.metadata.get(key, "")) for key in _SITE_KEYS), *paragraphs[:3]]
    name, witness = _reporter(document, paragraphs, titles, file_name, portal_region, year)
    placement = find_region(name, portal_region=portal_region, year=year, text_hints=[hint for hint in hints if hint])
    organization, kind = official_name(name, year, placement.region) if name else (None, None)
    issues = [*year_issues]
    if organization is None:
        issues.append(Issue("warning", "organization_unknown", "Nothing in the document says whose report it is."))
    elif witness == "portal":
        issues.append(
            Issue("warning", "organization_guessed", f"Taken for the report of {organization}, whose portal it stands on.")
        )
    return Identity(
        year=year,
        year_witnesses=found,
        organization=organization,
        kind=kind,
        region=placement.region,
        published_on=published,
        title=printed_title,
        issues=tuple(issues),
        evidence=(
            *(f"year {each.year}: {each.kind}, {each.text[:60]}" for each in found),
            f"organization: {witness}, {name}" if name else "organization: no witness",
            f"region: {placement.evidence}",
            *([f"published_on: {date_evidence}"] if published else []),
        ),
    )


def _printed_title(document: Document, printed: Sequence[str], link_title: str) -> str:
    """The report's title as printed: the line over the text, else what the carrier states, else the link's."""
    lines = [(text, normalise(text)) for text in printed[:BEGINNING]]
    for text, key in lines:
        if len(key) <= 60 and _REPORT_TITLE.search(key) and not re.search(r"[。;]", key):
            return _without_gaps(text)
    for text in (document.title, link_title):
        if _REPORT_TITLE.search(normalise(text)):
            return _without_gaps(text)
    return _without_gaps(document.title or link_title)


def _without_gaps(text: str) -> str:
    """White space dropped between Chinese characters and digits, single elsewhere."""
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text.strip())


def _quoted_titles(paragraphs: Sequence[str]) -> Iterator[str]:
    """Titles that the report gives itself in its first sentences: 现发布《崇信县2024年政府信息公开工作年度报告》."""
    for paragraph in paragraphs[:5]:
        for match in _QUOTED_TITLE.finditer(paragraph):
            if "信息公开" in match[1] and "格式" not in match[1]:
                yield match[1]


def _reporter(
    document: Document,
    paragraphs: Sequence[str],
    titles: Sequence[str],
    file_name: str,
    portal: str | None,
    year: int | None,
) -> tuple[str | None, str]:
    """The first witness that names an organisation, and which one it was."""
    for text in titles:
        if name := reporter_of_title(text):
            return name, "title"
    if name := reporter_of_title(re.sub(r"\.\w{2,5}$", "", normalise(file_name))):
        return name, "file name"
    if name := _signature(paragraphs):
        return name, "signature"
    if name := _speaker(paragraphs):
        return name, "text"
    for key in _SITE_KEYS:
        if name := reporter_of_site(normalise(document.metadata.get(key, ""))):
            return name, f"meta {key}"
    if portal and (place := divisions().at(portal.ljust(6, "0")[:6], year or years.LAST)):
        return place.name, "portal"
    return None, ""


def _signature(paragraphs: Sequence[str]) -> str | None:
    for paragraph in reversed(paragraphs[-ENDING:]):
        name = re.sub(r"20\d\d年\d{1,2}月\d{1,2}日$", "", years.with_digits(paragraph))
        if is_organization(name):
            return name
    return None


_SPEAKER = re.compile(
    r"(?:^|[。;,:、)])(?:20\d\d年(?:度|以来|全年|来)?,?)?"
    r"(?P<name>[\u3400-\u9fff]{1,18}?(?:自治[县州旗区]|开发区|示范区|管委会|街道|苏木|委员会|中心|[省市县区旗盟乡镇局厅委院办]))"
    r"(?=以|在|坚持|认真|深入|严格|全面|按照|始终|紧紧|高度|积极|贯彻|根据|主动|共|全年|将|政务|政府|持续|切实|围绕|进一步|不断|扎实|依法|依据|聚焦|加强|把|对|通过|辖)"
)


def _speaker(paragraphs: Sequence[str]) -> str | None:
    """The organisation that the first sentences make their subject, the one named most often."""
    text = "\n".join(paragraphs[: 2 * BEGINNING])
    names = dict.fromkeys(match["name"] for paragraph in paragraphs[:BEGINNING] for match in _SPEAKER.finditer(paragraph))
    known = [name for name in names if is_organization(name) and _is_subject(name)]
    return max(known, key=text.count, default=None)


def _is_subject(name: str) -> bool:
    """A place, a body with a place before it, or a zone; never a word that only ends like one."""
    return bool(read_places(name)) or bool(
        re.fullmatch(r"[\u3400-\u9fff]{0,8}(?:开发区|[经高]开区|高新区|示范区|管委会)", name)
    )
