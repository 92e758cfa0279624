"""The places that a name of an organisation begins with: 甘肃省平凉市崇信县教育局 -> 甘肃省, 平凉市, 崇信县.

Every way to read the name is returned that reaches as far as the longest one; which of them is meant is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from parsers.gazetteer import CORPS, HAN, Named, Place, contains, divisions, townships

NEWEST = 2025  # the year of the newest names; what carries no year is placed by them
# What may not follow a place: 东城街道 is not 东城(区), 五台山 not 五台(县), 太湖流域 not 太湖(县).
_NOT_THE_PLACE = re.compile(r"街道|镇|乡(?!镇|村)|村|社区|苏木|路|大道|[山湖河江岭岛湾港]|海(?![关事])|流域|水库|大桥|航")
_NOT_THE_SHORT_COUNTY = re.compile(_NOT_THE_PLACE.pattern + "|[局厅]")  # 东海局 is no bureau of 东海(县)
_NOT_THE_COUNTY = re.compile(r"街道|地区办|镇(?!级)|乡(?!镇|村)")
_TOWNSHIP_KIND = r"(?:街道(?:办事处|办|工委)?|乡|镇|苏木|地区(?=办|$)|[农林牧渔茶]场)"
_TOWNSHIP = re.compile(rf"[{HAN}]{{1,14}}?{_TOWNSHIP_KIND}(?!企业局)")
_TOWNSHIP_GOES_ON = re.compile(rf"[{HAN}]{{0,4}}?{_TOWNSHIP_KIND}")  # 五乡镇, 石湾镇街道
# Organs of the state that name their place after their own name: 国家税务总局崇信县税务局, 财政部甘肃监管局.
NATIONAL = re.compile(
    r"(?:中华人民共和国|中共|国家(?:税务|金融监督管理|统计|外汇管理|能源|邮政|矿山安全监察|粮食和物资储备|烟草专卖|移民管理|消防救援)?(?:总局|局)?"
    r"|中国(?:人民银行|气象局|地震局|民用航空|银行保险监督管理委员会|银保监会|银行业监督管理委员会|证券监督管理委员会|证监会|共产党)"
    r"|(?:财政|水利|自然资源|交通运输|生态环境|国土资源|商务|公安|工业和信息化|农业农村)部|审计署|海关总署|第[一二三四五六七八九十]{1,3}师)+(?:驻)?"
)
_ZONE_BEFORE = re.compile(
    rf"[{HAN}]{{0,10}}?(?:开发区|[经高]开区|高新区|园区|新区|新城|示范区|管理区|试验区)(?:管委会)?|人民政府"
)
_BRANCH = re.compile(rf"(?<=[局队心])[{HAN}]{{2,6}}?(?=(?:分局|支队|大队|分中心|监管组|支局|支行)$)")
_DIVISION_OF_THE_CORPS = re.compile(r"第[一二三四五六七八九十]{1,3}师")


class Part(NamedTuple):
    """One place of a name: name[start:end] says it, `shortened` when without its 省, 市, 县, 区."""

    place: Place
    start: int
    end: int
    shortened: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The places at the start of a name, from the highest one named to the lowest."""

    parts: tuple[Part, ...]

    @property
    def place(self) -> Place:
        return self.parts[-1].place

    @property
    def end(self) -> int:
        return self.parts[-1].end


@lru_cache(maxsize=1 << 12)
def read_places(name: str, year: int | None = None) -> tuple[Reading, ...]:
    """The places that a name may begin with, all as long as the longest; several where the name is ambiguous.

    >>> [reading.place.code for reading in read_places("甘肃省平凉市崇信县教育局")]
    ['620823']
    """
    when = year or NEWEST
    readings = _divisions_at(name, 0, None, when)
    if not readings and (national := NATIONAL.match(name)):
        readings = _divisions_at(name, national.end(), None, when)
    end = max((reading.end for reading in readings), default=0)
    longest = [reading for reading in readings if reading.end == end]
    nearest = min((reading.place.years_from(when) for reading in longest), default=0)
    longest = [reading for reading in longest if reading.place.years_from(when) == nearest]
    lower = [deeper for reading in longest for deeper in _townships_at(name, reading.end, reading, when)]
    if not lower:
        lower = [deeper for reading in longest for deeper in _townships_in_zone(name, reading, when)]
    if not lower or longest[0].parts[-1].shortened:  # 永宁坪乡 and 古县渡镇 are townships, and not in 永宁县 and 古县
        end = max((reading.end for reading in lower or longest), default=0)
        instead = [reading for above, start in _starts(longest) for reading in _townships_at(name, start, above, when)]
        lower += [reading for reading in instead if reading.end > end or (lower and reading.end == end)]
    return tuple(lower or longest)


def _townships_in_zone(name: str, reading: Reading, year: int) -> Iterable[Reading]:
    """Townships behind a zone or the government of the place: 扬州市生态科技新城杭集镇, 海淀区人民政府中关村街道."""
    zone = _ZONE_BEFORE.match(name, reading.end)
    return _townships_at(name, zone.end(), reading, year) if zone else ()


def with_branch(name: str, reading: Reading, year: int) -> Reading:
    """The reading with the county below it whose branch a body of the city is: 平凉市生态环境局崇信分局, 崇信县."""
    match = _BRANCH.search(name, reading.end)
    inside = match and [each for each in _divisions_at(name, match.start(), reading, year) if each.end == match.end()]
    return inside[0] if inside and len(inside) == 1 else reading


def _starts(readings: Sequence[Reading]) -> list[tuple[Reading | None, int]]:
    """Where a township may stand instead of the lowest place of each reading: (the place above, start)."""
    if not readings:
        return [(None, 0)]
    above = {reading.parts[:-1]: reading.parts[-1].start for reading in readings}
    return [(Reading(parts) if parts else None, start) for parts, start in above.items()]


def _divisions_at(name: str, start: int, above: Reading | None, year: int) -> list[Reading]:
    """Readings at `start` of divisions inside the place above, each followed down as far as the name goes."""
    found: list[Reading] = []
    if above and above.place.code == CORPS and (division := _DIVISION_OF_THE_CORPS.match(name, start)):
        start = division.end()
    for end, named in divisions().starting(name, start):
        for place, shortened in _likeliest(named, above, year):
            reading = _with(above, Part(place, start, end, shortened))
            deeper = _divisions_at(name, end, reading, year)
            stop = _NOT_THE_COUNTY
            if shortened:
                stop = _NOT_THE_SHORT_COUNTY if place.level == "county" else _NOT_THE_PLACE
            if deeper or not stop.match(name, end) or any(_townships_at(name, end, reading, year)):
                found += deeper or [reading]
    return found


def _likeliest(named: Sequence[Named], above: Reading | None, year: int) -> list[Named]:
    """Of places by one name those below the place above and of the year; by their full name where there are such."""
    inside = [each for each in named if above is None or _is_below(each.place, above.place)]
    current = set(of_the_year([each.place for each in inside], year))
    likely = [each for each in inside if each.place in current]
    return [each for each in likely if not each.shortened] or likely


def _townships_at(name: str, start: int, above: Reading | None, year: int) -> Iterable[Reading]:
    """Readings at `start` of a township, the longest that is known: 五乡镇, not 五乡. Below a place its stem is enough."""
    ends: list[int] = []
    while match := _TOWNSHIP.match(name, start) if not ends else _TOWNSHIP_GOES_ON.match(name, ends[-1]):
        ends.append(match.end())
    for akin in (False, True) if above else (False,):
        for end in reversed(ends):
            text = re.sub(r"街道(?:办事处|办|工委)$", "街道", name[start:end])
            places = townships().akin(text) if akin else townships().named(text)
            inside = [place for place in places if above is None or _is_below(place, above.place)]
            if inside:
                for place in of_the_year(inside, year):
                    yield _with(above, Part(place, start, end))
                return


def _with(above: Reading | None, part: Part) -> Reading:
    return Reading((*above.parts, part) if above else (part,))


def _is_below(inner: Place, outer: Place) -> bool:
    """Whether the one lies in the other; a zone without a code of its own (龙华新区) has that of its seat."""
    return contains(outer.code, inner.code) and (inner.code, inner.name) != (outer.code, outer.name)


def of_the_year(places: Sequence[Place], year: int) -> list[Place]:
    """The places that had the name in the year; where none had, those nearest to it. One for each code.

    In the year in which a place changed its code, the report is written under the new one.
    """
    nearest = min((place.years_from(year) for place in places), default=0)
    current = list({place.code: place for place in places if place.years_from(year) == nearest}.values())
    new = {_succession(place) for place in current if place.since == year}
    return [place for place in current if place.since == year or place.until != year or _succession(place) not in new]


def _succession(place: Place) -> tuple[str, str]:
    """What a place keeps when its code changes: its name in its county or, for a county, its province."""
    return place.name, place.code[: 6 if place.level == "township" else 2]
