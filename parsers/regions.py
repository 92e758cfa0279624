"""Organisation and portal -> region (行政区划), with the reason.

A name that many places bear (城关镇, 朝阳区, 高峰乡) is settled by a higher place named before it (北京市朝阳区), by the portal
that contains exactly one of them, or by a text that puts a higher place before it; never by the first hit. What stays
unsettled is None. Departments (崇信县教育局) and development zones (合肥高新区) stand at their seat; a name that says no place
(教育局, 经开区) stands where its portal does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.gazetteer import HAN, Place, contains, divisions, region_of, township_stem, townships
from parsers.normal import simplify
from parsers.place_names import NATIONAL, NEWEST, Reading, of_the_year, read_places, with_branch
from parsers.records import Region

_NAMED_AFTER_A_CITY = re.compile(r"海关|海事|.{0,10}(?:开发区|[经高]开区|高新区|园区|新区|保税区|示范区|试验区)")
FIRST_OF_TOWNSHIPS = 2015  # no list of townships goes further back, so that a lone name may have been another's before
# Names of counties that are also common words for a part of a city; they name a place only beside a higher one.
_COMMON_WORDS = frozenset(("城区", "郊区", "矿区", "东区", "西区", "新市区"))
RELATIVE = re.compile(
    rf"(?:我|本)?([省市州盟县区旗])(?=人民|政府|委|[{HAN}]{{1,16}}(?:局|厅|委|办|会|中心|院|队|社|馆|室|司|处)$)"
)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an organisation is, or None, and what says so."""

    region: Region | None
    evidence: str


def find_region(
    organization: str | None,
    *,
    title: str = "",
    portal_region: str | None = None,
    year: int | None = None,
    text_hints: Sequence[str] = (),
) -> Placement:
    """The region of an organisation (`organization`, else the start of `title`), by the codes of the report's year.

    `portal_region` is the adcode of the portal (two to nine digits that end in zeros or not); `text_hints` are texts of
    the page that may name higher places: site name, breadcrumbs, first paragraph.
    """
    when = year or NEWEST
    names = [simplify(text) for text in (organization or "", _without_year(title)) if text]
    hints = [simplify(text) for text in (title, *text_hints) if text]
    portal = divisions().at(portal_region.ljust(6, "0")[:6], when) if portal_region else None
    for name in names:
        readings = read_places(name, year)
        if readings:
            return _settle(name, [with_branch(name, reading, when) for reading in readings], portal, when, hints)
        if relative := RELATIVE.match(name):
            return _relative(relative[1], portal, when)
        if is_national(name):
            return Placement(None, f"a body of the state: {name}")
    return _at_the_portal(portal, when, "no place is named")


def is_national(name: str) -> bool:
    """Whether a name begins with that of an organ of the state (国务院部门) or of one of its branches."""
    return bool(NATIONAL.match(name) or re.match(rf"国家|国务院|中国|中央|最高|全国|[{HAN}]{{2,10}}部$", name))


def _without_year(title: str) -> str:
    return re.sub(r"^(?:[\W\d_]|[〇○零一二三四五六七八九]{4}年|年度?|关于|图解|转发)+", "", title)


def _settle(name: str, readings: Sequence[Reading], portal: Place | None, year: int, hints: Sequence[str]) -> Placement:
    spoken = name[: readings[0].end]
    places = list({reading.place.code: reading.place for reading in readings}.values())
    if not portal:
        places = _customary(name, readings) or places
    if portal:
        if any(place.code == portal.code for place in places):
            return Placement(region_of(portal, year), f"{spoken}: the portal's own place")
        inside = [place for place in places if contains(portal.code, place.code)]
        inside = inside or _inside_in_other_years(readings, portal, year)
        if len(inside) == 1:
            return Placement(region_of(inside[0], year), f"{spoken}: the only one in {portal.name}")
        if not inside and (readings[0].parts[0].shortened or not _stands_alone(name, readings, year)):
            return _at_the_portal(portal, year, f"{spoken}: not known in {portal.name}")
        places = inside or places
    elif len(places) == 1 and len(readings) == 1 and not _stands_alone(name, readings, year):
        return Placement(None, f"{spoken}: other places may bear the name")
    if len(places) == 1:
        return Placement(region_of(places[0], year), f"{spoken}: the only place of that name")
    named = [
        place
        for place in places
        if _higher_place_named(place, name[readings[0].parts[-1].start : readings[0].end], year, hints)
    ]
    if len(named) == 1:
        return Placement(region_of(named[0], year), f"{spoken}: the page names the place above it")
    return Placement(None, f"{spoken}: {len(places)} places of that name")


def _customary(name: str, readings: Sequence[Reading]) -> list[Place]:
    """The city that a zone or a branch of the state is named after by its bare stem.

    西安高新区 and 西安海关 are 西安市's, though two districts elsewhere are called 西安区: those go by their full names.
    """
    places = {reading.place.code: reading.place for reading in readings if reading.parts[0].shortened}
    cities = [place for place in places.values() if place.level == "prefecture" and place.name.endswith("市")]
    if len(cities) != 1 or any(place.level == "province" for place in places.values()):
        return []
    if NATIONAL.match(name) or _NAMED_AFTER_A_CITY.match(name, readings[0].end):
        return cities
    return cities if all(contains(cities[0].code, code) for code in places) and name[readings[0].end :] else []


def _inside_in_other_years(readings: Sequence[Reading], portal: Place, year: int) -> list[Place]:
    """Places inside the portal's that bore the name in other years, or townships of the same stem (高峰乡, now 高峰镇)."""
    names = {reading.place.name for reading in readings}
    found: list[Place] = []
    for name in names:
        found += [place for place in divisions().named(name) if contains(portal.code, place.code)]
    if not found and readings[0].place.level == "township":
        akin = (place for name in names for place in townships().akin(name))
        found = [place for place in akin if contains(portal.code, place.code)]
    return of_the_year(found, year)


def _stands_alone(name: str, readings: Sequence[Reading], year: int) -> bool:
    """Whether the name settles its one place without any help."""
    if len({reading.place.code for reading in readings}) > 1:
        return False
    part = readings[0].parts[-1]
    place = part.place
    if len(readings[0].parts) > 1 or place.level in ("province", "zone"):
        return True
    lone_township = place.level == "township"
    if lone_township and year < FIRST_OF_TOWNSHIPS:
        return False
    if not (part.shortened or lone_township):
        return place.name not in _COMMON_WORDS
    # A bare stem or a lone township: no place elsewhere, in any year, may share the stem. Townships do not leave out their
    # 乡 or 镇, so a bare stem that is all of the name (临平) is no township's; before other words (东湖高新区) it may be.
    stem = township_stem(place.name) if lone_township else name[part.start : part.end]
    others = list(divisions().shortened(stem))
    if lone_township or (place.level == "county" and not re.fullmatch(r"(?:人民)?(?:政府)?", name[part.end :])):
        others += townships().akin(stem)
    return all(other.code[:4] == place.code[:4] for other in others)


def _higher_place_named(place: Place, spoken: str, year: int, hints: Sequence[str]) -> bool:
    """Whether a text puts a place above before the name, or names the county or prefecture above at all."""
    above = region_of(place, year).path[:-1][-2:]
    if any(name + spoken in hint for hint in hints for name in above):
        return True
    return bool(above) and any(above[-1] in hint for hint in hints)


def _relative(level: str, portal: Place | None, year: int) -> Placement:
    """省财政厅, 市教育局, 县医保局: the province, city or county that the portal stands in."""
    place = place_of_level(level, portal, year)
    if place:
        return Placement(region_of(place, year), f"{level} of the portal, {place.name}")
    return Placement(None, f"{level}: which one, nothing says")


def place_of_level(level: str, portal: Place | None, year: int) -> Place | None:
    """The portal's place, or the one around it, that a report may call 我省, 我市 or 我县; None where that says nothing."""
    if not portal:
        return None
    if level == "省":
        return divisions().at(portal.code[:2] + "0000", year)
    if level in "州盟" or (level == "市" and not portal.name.endswith("市")):
        return divisions().at(portal.code[:4] + "00", year) or divisions().at(portal.code[:2] + "0000", year)
    return None if level in "县旗" and portal.level != "county" else portal


def _at_the_portal(portal: Place | None, year: int, why: str) -> Placement:
    if not portal:
        return Placement(None, f"{why}, and no portal is known")
    return Placement(region_of(portal, year), f"{why}; placed with the portal, {portal.name}")
