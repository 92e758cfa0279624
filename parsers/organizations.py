"""The name of an organisation (行政机关): whether words are one, what it is called in full, and of what kind it is.

Names are simplified and official: 崇信县 -> 崇信县人民政府, 逍遥津街道 -> 逍遥津街道办事处. As on seals, a county
or township is named without what lies above its county (湖南省岳阳市岳阳县 -> 岳阳县人民政府), and a district (区) with the city that
is printed before it (安徽省合肥市庐阳区 -> 合肥市庐阳区人民政府). Zones are named as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from parsers.gazetteer import CORPS, Place, divisions, spellings
from parsers.place_names import Reading, read_places
from parsers.records import Region
from parsers.regions import is_national

Kind = Literal["government", "department", "township", "zone"]

ZONE = re.compile(
    r"(?:开发区|[经高]开区|高新(?:技术)?(?:产业)?区|产业区|工业区|工业园|园区|示范区|保税(?:港)?区|管理区|度假区|试验区|实验区|合作区"
    r"|景区|集聚区|集中区|产业园|生态城|科学城|名胜区|保护区|[新东西南北]区|新城|港区)"
    r"(?:党工委|工委)?(?:管理?委(?:员)?会|管委|管理办公室|管理局)?$|管委会$"
)
OFFICE = re.compile(
    r"(?:局|厅|委|办|院|处|署|所|站|社|馆|司|科|室|团|部|会|公司|集团|中心|队|银行|支行|分行|海关|学校|中学|小学|大学|园|校|台|狱|医院|公安"
    r"|税务|气象|消防|烟草专卖|妇联|残联|文联|科协|电力|邮政|警察)$"
)
TOWNSHIP = re.compile(r"(?:街道(?:办事处|办)?|[乡镇]|苏木|地区办事处)(?:人民政府|政府)?$")
_SEAT = re.compile(r"(?:政府|公署|行署|[省州盟县区旗市])$")
_GOVERNMENT = r"(?:人民)?政府|行政公署|行署"
# Words that stand for the writer or its superiors and name nobody: 我县, 市政府, 区委, 各镇.
_PRONOUN = re.compile(
    r"(?!.*政府办)(?:我|本|该|全|各|省|市|州|盟|县|区|旗|乡|镇|街道|机关|单位|人民|政府|部门|局|委|办|厅|的|和|及|处)+"
)
_NOT_A_NAME = re.compile(r"我|本[省市县区局乡镇]|各|等|并|或|为了|根据|按照|通过|关于|以及|进行|做好|开展|工作$|情况$")


def is_organization(name: str) -> bool:
    """Whether the words read as the name of one organisation, a place among them (崇信县)."""
    if not 2 <= len(name) <= 40 or not re.fullmatch(r"[\u3400-\u9fff·()]+", name):
        return False
    if _PRONOUN.fullmatch(name) or _NOT_A_NAME.search(name):
        return False
    if OFFICE.search(name) or ZONE.search(name) or TOWNSHIP.search(name):
        return True
    seat = re.sub(f"(?:{_GOVERNMENT})$", "", name)
    return bool(_SEAT.search(name)) and any(reading.end == len(seat) for reading in read_places(seat))


def official_name(name: str, year: int | None = None, region: Region | None = None) -> tuple[str, Kind]:
    """The full name and the kind of an organisation; `name` is simplified, `region` settles what it leaves open.

    >>> official_name("湖南省岳阳市岳阳县")
    ('岳阳县人民政府', 'government')
    """
    readings = read_places(name, year)
    if not readings:
        return _unplaced(name)
    rest = name[readings[0].end :]
    place = readings[0].place
    if zone := next((part.place for part in readings[0].parts if _is_zone(part.place)), None):
        return name, "zone" if ZONE.search(name) or ZONE.search(zone.name) else "department"  # 拱北海关
    if ZONE.search(rest):
        return name, "zone"
    seat = _seal(name, readings, rest, region)
    if place.level == "township":
        return _township(seat, rest)
    if re.fullmatch(f"{_GOVERNMENT}|", rest):
        return _government(seat, place), "government"
    if office := re.fullmatch(f"(?:{_GOVERNMENT})办(公厅)?(?:公室)?", rest):
        return _government(seat, place) + ("办公厅" if office[1] else "办公室"), "department"
    return _unplaced(seat + rest) if TOWNSHIP.search(rest) else (seat + rest, "department")


def _is_zone(place: Place) -> bool:
    return place.level != "township" and not divisions().is_division(place)


def _government(seat: str, place: Place) -> str:
    """省, 市, 县, 区 have a 人民政府; a prefecture that is no city (地区, 盟) a 行政公署; the Corps is a body itself."""
    if place.code == CORPS or place.name.endswith("行政委员会"):
        return seat
    return seat + ("行政公署" if place.level == "prefecture" and place.name.endswith(("盟", "地区")) else "人民政府")


def _township(seat: str, rest: str) -> tuple[str, Kind]:
    """乡 and 镇 have a 人民政府, 街道 and 地区 a 办事处; behind them stand departments of theirs (锦屏镇财政所)."""
    if rest not in ("", "政府", "人民政府", "办事处", "办", "街道办事处"):
        return seat + rest, "department"
    if re.search(r"(?:街道|地区)$", seat):
        return seat + "办事处", "township"
    if not re.search(r"(?:[乡镇]|苏木)$", seat):  # farms, forests and mines with a code of their own
        return seat + rest, "zone"
    return seat + "人民政府", "township"


def _unplaced(name: str) -> tuple[str, Kind]:
    """A name without a known place at its start: 教育局, 经开区, a township that the data do not have."""
    if TOWNSHIP.search(name):
        return _township(re.sub(r"(?:人民)?政府$|办事处$|(?<=街道)办$", "", name), "")
    if ZONE.search(name):
        return name, "zone"
    if re.search(r"政府$|[省市州盟县旗]$", name):
        return re.sub(r"(?:人民)?政府$", "", name) + "人民政府", "government"
    return name, "department"


def _seal(name: str, readings: tuple[Reading, ...], rest: str, region: Region | None) -> str:
    """The places of a name as a seal has them: none above a county, the city above a district."""
    parts = readings[0].parts
    lowest = parts[-1]
    first = next((i for i, part in enumerate(parts) if part.place.level == "county"), len(parts) - 1)
    district = parts[first].place.level == "county" and parts[first].place.name.endswith("区")
    if first and (parts[first].place.level == "township" or (district and parts[first - 1].place.name.endswith("市"))):
        first -= 1
    spoken = name[lowest.start : lowest.end]
    if lowest.place.name in spellings(spoken):
        spoken = lowest.place.name
    if lowest.place.level == "township":
        spoken = re.sub(r"街道(?:办事处|办|工委)$", "街道", spoken)
    elif lowest.shortened and re.fullmatch(f"{_GOVERNMENT}|", rest):
        names = (
            {region.path[-1]} if region and region.path[-1].startswith(spoken) else {each.place.name for each in readings}
        )
        spoken = names.pop() if len(names) == 1 else spoken
    organ = name[: parts[0].start]  # 国家税务总局 in 国家税务总局崇信县税务局
    return organ + name[parts[first].start : lowest.start] + spoken


def completed(name: str, texts: Iterable[str], portal: Place | None) -> str:
    """A bare name (教育局, 县教育局) with its place before it: as a text of the page has it, else the portal's."""
    bare = re.sub(r"^(?:我|本)?[省市州盟县区旗](?=[\u3400-\u9fff]{2})", "", name)
    if read_places(name) or is_national(name) or not OFFICE.search(bare) or ZONE.search(bare):
        return name
    for text in texts:
        for match in re.finditer(rf"[\u3400-\u9fff]{{2,14}}(?={re.escape(bare)})", text):
            if place := place_at_end(match[0]):
                return place + bare
    return portal.name + bare if portal else name


def place_at_end(words: str) -> str | None:
    """The longest run at the end of the words that is a place named in full: 现将平凉市崇信县 -> 平凉市崇信县."""
    for start in range(len(words) - 1):
        reading = next(iter(read_places(words[start:])), None)
        if reading and reading.end == len(words) - start and not reading.parts[-1].shortened:
            return words[start:]
    return None
