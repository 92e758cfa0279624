"""What a report says of itself: year, organisation, region, date of publication, title.

Every witness is heard in a stated order, and what it said is kept as evidence; what they leave open is an issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

from parsers import years
from parsers.dates import SHORT, published_on
from parsers.gazetteer import Place, divisions
from parsers.normal import normalise, normalise_lines
from parsers.organizations import Kind, completed, official_name
from parsers.place_names import NEWEST
from parsers.records import Document, Issue, Region
from parsers.regions import RELATIVE, find_region, place_of_level
from parsers.reporters import SITE_KEYS, find_reporter
from parsers.titles import printed_title
from parsers.years import YearWitness, with_digits

_QUOTED_TITLE = re.compile(r'"([^"]{4,60}?(?:年度工作报告|年度报告|年报|工作报告))"')  # 《》 are quotes once normalised
# What may be a date or its label. White space and full-width forms are still in the line. (A pattern that begins with one set
# of characters is looked for much faster than its alternatives one by one.)
_MAY_BE_DATED = re.compile(
    r"[2２二发發日时時](?:(?<=[2２二])\s*[0０〇○零O]\s*[0-9０-９〇○零一二]|(?<=[发發])布|(?<=日)期|(?<=[时時])[间間])"
)
_LABELS_OF_A_DATE = ("日期", "时间", "日期:", "时间:")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reported on which year and where; `evidence` holds the witnesses of all of it in words."""

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
    paragraphs = _texts(document)
    metadata = {key: normalise(document.metadata.get(key, "")) for key in SITE_KEYS if key in document.metadata}
    printed = printed_title(document, title)
    titles = [with_digits(normalise(text)) for text in (printed, title, document.title)]
    titles = [text for text in dict.fromkeys([*titles, *_quoted_titles(paragraphs)]) if text]

    dated = _dated_lines(document)
    published, date_witness = published_on(dated, document.metadata, url)
    file_name = with_digits(normalise(re.sub(r"\.\w{2,5}$", "", file_name)))
    found = years.witnesses("\n".join(paragraphs), titles=titles, file_name=file_name, published_on=published, url=url)
    year, issues = years.decide(found, published)

    portal = divisions().at(portal_region.ljust(6, "0")[:6], year or NEWEST) if portal_region else None
    reporter = find_reporter(paragraphs, titles=titles, dated=dated, file_name=file_name, metadata=metadata, portal=portal)
    hints = [*titles, *metadata.values(), *paragraphs[:3]]
    name = _completed(reporter.name, hints, portal, year) if reporter else None
    placement = find_region(name, portal_region=portal_region, year=year, text_hints=hints)
    organization, kind = official_name(name, year, placement.region) if name else (None, None)
    return Identity(
        year=year,
        year_witnesses=found,
        organization=organization,
        kind=kind,
        region=placement.region,
        published_on=published,
        title=printed,
        issues=(*issues, *_doubts(organization, reporter.witness if reporter else "")),
        evidence=(
            *(f"year: {each.year} ({each.kind}: {each.text[:60]})" for each in found),
            f"organization: {reporter.name} ({reporter.witness})" if reporter else "organization: nothing names it",
            f"region: {placement.evidence}",
            *([f"published: {published} ({date_witness})"] if published else []),
        ),
    )


def _texts(document: Document) -> list[str]:
    """The paragraphs as they are compared: simplified, no white space, dates in digits."""
    texts = normalise_lines(paragraph.text for paragraph in document.paragraphs)
    return with_digits("\n".join(text for text in texts if text)).split("\n")


def _dated_lines(document: Document) -> list[str]:
    """The short lines of the whole page that may hold a date, with the lines around them: date lines and signatures."""
    lines = [
        line for line in document.page_text.splitlines() or (block.text for block in document.paragraphs) if line.strip()
    ]
    near = [False] * (len(lines) + 2)  # one line before the first, one after the last
    for at, line in enumerate(lines, start=1):
        if len(line) <= 2 * SHORT and _MAY_BE_DATED.search(line):
            near[at - 1] = near[at] = near[at + 1] = True
    kept = [line if len(line) <= 2 * SHORT else "" for line in compress(lines, near[1:])]
    texts = with_digits("\n".join(normalise_lines(kept))).split("\n")
    following = [*texts[1:], ""]
    return [
        text + after if text.endswith(_LABELS_OF_A_DATE) else text for text, after in zip(texts, following, strict=False)
    ]


def _quoted_titles(paragraphs: Sequence[str]) -> Iterator[str]:
    """Titles that the report gives itself in its first sentences: 现发布《崇信县2024年政府信息公开工作年度报告》."""
    for paragraph in paragraphs[:5]:
        for match in _QUOTED_TITLE.finditer(paragraph):
            if "信息公开" in match[1] and "格式" not in match[1] and "中华人民共和国" not in match[1]:
                yield match[1]


def _completed(name: str, texts: Sequence[str], portal: Place | None, year: int | None) -> str:
    level = RELATIVE.match(name)
    return completed(name, texts, place_of_level(level[1], portal, year or NEWEST) if level else portal)


def _doubts(organization: str | None, witness: str) -> Iterator[Issue]:
    if organization is None:
        yield Issue("warning", "organization_unknown", "Nothing in the document says whose report it is.")
    elif witness in ("portal", "site", "source") or witness.startswith("meta"):
        yield Issue("warning", "organization_guessed", f"Taken for the report of {organization}, after the {witness} only.")
