"""Who reports: every place of a document that may name the reporter, in the order in which they are believed.

The title comes first, then what the text says of itself; the site's name and the portal come last, and are not believed
where the text speaks as somebody else (我局 on the portal of a county).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from parsers.gazetteer import Place, contains
from parsers.organizations import Kind, is_organization, official_name
from parsers.place_names import read_places
from parsers.titles import reporter_of_site, reporter_of_title, site_of_title

BEGINNING = 15  # sentences in which the text introduces its writer
SITE_KEYS = ("contentsource", "source", "author", "publisher", "sitename", "og:site_name", "application-name", "copyright")

_DATE_LINE = re.compile(r"\(?20\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?\)?")
# 现公布崇信县教育局2021年政府信息公开工作年度报告
_STATED = re.compile(
    r"([\u3400-\u9fff]{3,30})(?:关于)?20\d\d年(?:度)?(?:的)?(?:政府|政务)?(?:信息|政务)公开(?:工作)?(?:情况)?(?:年度)?(?:报告|年报)"
)
_SENTENCE = re.compile("[,。;]")
_SOURCE = re.compile(
    r"(?:来源|发布机构|发布单位|公开主体|责任单位):(.{2,30}?)"
    r"(?=浏览|阅读|点击|访问|作者|字体|字号|发布|日期|时间|编辑|责任|[\d\[(|]|$)"
)
_COMPILER = re.compile(
    r"由([\u3400-\u9fff]{3,30}?)(?:负责)?(?:编制|编写|撰写|起草)|([\u3400-\u9fff]{3,30}?)(?:编制|编写)(?:了|本|此|的)"
)
_SPEAKER = re.compile(
    r"(?:^|[。;,:、)\n])(?:20\d\d年(?:度|以来|全年|来)?,?)?"
    r"(?P<name>[\u3400-\u9fff]{1,18}?(?:自治[县州旗区]|开发区|示范区|管委会|街道(?:办事处)?|苏木|委员会|中心|人民政府|[省市县区旗盟乡镇局厅委院办]))"
    r"(?=以|在|坚持|认真|深入|严格|全面|按照|始终|紧紧|高度|积极|贯彻|根据|主动|共|全年|将|政务|政府|持续|切实|围绕|进一步|不断|扎实|依法|依据"
    r"|聚焦|加强|把|对|通过|辖|着力|深化|立足|结合|准确|紧扣|牢固|高质量|严把|信息)"
)
_SELF = re.compile(
    r"[我本全](省|自治区|州|盟|县|旗|市|区|乡|镇|街道|办事处|局|厅|委|办|中心|院|会|站|队|部门|单位|馆|社|校)"
)
_SPEAKS_AS: dict[str, Kind] = {
    **dict.fromkeys(("省", "自治区", "州", "盟", "县", "旗", "市", "区"), "government"),
    **dict.fromkeys(("乡", "镇", "街道", "办事处"), "township"),
}


@dataclass(frozen=True, slots=True)
class Testimony:
    """A name as some part of the document gives it."""

    name: str
    witness: str


def find_reporter(
    paragraphs: Sequence[str],
    *,
    titles: Sequence[str] = (),
    dated: Sequence[str] = (),
    file_name: str = "",
    metadata: Mapping[str, str] | None = None,
    portal: Place | None = None,
) -> Testimony | None:
    """The first testimony that holds; `dated` are the lines that hold a date and those beside them.

    All texts are simplified, without white space (`parsers.normal.normalise`) and with digits (`parsers.years.with_digits`).
    """
    beginning = list(islice(filter(_SENTENCE.search, paragraphs), BEGINNING))
    if testimony := next(_strong(beginning, titles, dated, file_name), None):
        return testimony
    speaks_as = _speaks_as("\n".join(paragraphs))
    weak = _weak(beginning, titles, dated, metadata or {}, portal)
    return next((testimony for testimony in weak if _holds(testimony, speaks_as, portal)), None)


def _holds(testimony: Testimony, speaks_as: Kind | None, portal: Place | None) -> bool:
    """Whether the text may be that body's: it speaks as one of its kind, and no higher one's than the portal's own place."""
    kind = official_name(testimony.name)[1]
    if speaks_as is not None and kind != speaks_as and not (kind == "zone" and speaks_as == "government"):
        return False
    places = {reading.place.code for reading in read_places(testimony.name)}
    above = portal is not None and any(code != portal.code and contains(code, portal.code) for code in places)
    return not (above and kind == "government")


def _strong(beginning: Sequence[str], titles: Sequence[str], dated: Sequence[str], file_name: str) -> Iterator[Testimony]:
    for title in titles:
        if name := reporter_of_title(title) or ("20" in title and reporter_of_site(title)):
            yield Testimony(name, "title")
    if name := reporter_of_title(file_name) or site_of_title(file_name):
        yield Testimony(name, "file name")
    for paragraph in beginning:
        for match in _STATED.finditer(paragraph):
            if name := organization_at_end(match[1]):
                yield Testimony(name, "text")
    if name := _signature(dated):
        yield Testimony(name, "signature")


def _weak(
    beginning: Sequence[str],
    titles: Sequence[str],
    dated: Sequence[str],
    metadata: Mapping[str, str],
    portal: Place | None,
) -> Iterator[Testimony]:
    if name := _speaker(beginning):
        yield Testimony(name, "text")
    for paragraph in beginning:
        for match in _COMPILER.finditer(paragraph):
            if name := organization_at_end(match[1] or match[2]):
                yield Testimony(name, "compiler")
                # A county's own report is compiled by its office (崇信县人民政府办公室, 岳阳县政务公开领导小组办公室).
                yield Testimony(name[: max((reading.end for reading in read_places(name)), default=0)] or name, "compiler")
    for line in dated:
        if (source := _SOURCE.search(line)) and (name := reporter_of_site(source[1])):
            yield Testimony(name, "source")
    for key in SITE_KEYS:
        if name := reporter_of_site(metadata.get(key, "")):
            yield Testimony(name, f"meta {key}")
    for title in titles:
        if name := site_of_title(title):
            yield Testimony(name, "site")
    if portal:
        yield Testimony(portal.name, "portal")


def _speaks_as(text: str) -> Kind | None:
    """As what the text speaks of itself: 我县 as a government, 我镇 as a township, 我局 as a department."""
    counts: Counter[Kind] = Counter(_SPEAKS_AS.get(word, "department") for word in _SELF.findall(text))
    best = counts.most_common(2)
    return best[0][0] if best and (len(best) == 1 or best[0][1] > best[1][1]) else None


def _signature(dated: Sequence[str]) -> str | None:
    """A name that stands alone with a date under it, before it or on its line; the last one of the document."""
    for at in reversed(range(len(dated))):
        if len(dated[at]) > 60 or not (day := _DATE_LINE.search(dated[at])):
            continue
        beside = (dated[at].replace(day[0], ""), *dated[max(at - 1, 0) : at], *dated[at + 1 : at + 2])
        if name := next((name for name in beside if is_organization(name)), None):
            return name
    return None


def _speaker(paragraphs: Sequence[str]) -> str | None:
    """The organisation that the first sentences make their subject; of several the one that is named most often."""
    text = "\n".join(paragraphs)
    names = dict.fromkeys(match["name"] for match in _SPEAKER.finditer(text))
    known = [name for name in names if is_organization(name) and _is_subject(name)]
    return max(known, key=text.count, default=None)


def _is_subject(name: str) -> bool:
    """A place, a body with its place before it, or a zone; never words that only end like a name."""
    if re.fullmatch(r"[\u3400-\u9fff]{0,8}(?:开发区|[经高]开区|高新区|示范区|管委会)", name):
        return True
    readings = read_places(name)
    return bool(readings) and not readings[0].parts[-1].shortened


def organization_at_end(words: str) -> str | None:
    """The longest run at the end of the words that begins with a place and is an organisation: 现公布崇信县教育局."""
    for start in range(len(words) - 1):
        readings = read_places(words[start:])
        if readings and not readings[0].parts[0].shortened and is_organization(words[start:]):
            return words[start:]
    return None
