"""Bodies that report (行政机关), drawn from the whole gazetteer, and the titles that they give their reports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from parsers.gazetteer import MUNICIPALITIES, Place, divisions, townships

_DEPARTMENTS = (
    "财政局",
    "教育局",
    "自然资源局",
    "市场监督管理局",
    "发展和改革委员会",
    "卫生健康委员会",
    "医疗保障局",
    "水利局",
)
_OF_PROVINCES = ("财政厅", "教育厅", "自然资源厅", "市场监督管理局", "发展和改革委员会", "水利厅")
_FINE = "零一二三四五六七八九"


@dataclass(frozen=True)
class Body:
    """Who reports: the name as it is signed, the code of its place, and what its own portal covers."""

    name: str
    adcode: str
    portal: str  # adcode of the portal that publishes it
    spoken: str  # the name as titles may have it: 崇信县 for 崇信县人民政府
    above: str = ""  # the province that may stand before the name


@cache
def places(level: str, year: int) -> tuple[Place, ...]:
    """The places of a level that have a government of their own in a year, in the order of their codes."""
    known: list[Place] = [*divisions()] if level != "township" else [*townships()]
    there = [
        place
        for place in known
        if place.level == level
        and place.years_from(year) == 0
        and place.code[:2] not in ("66", "71", "81", "82")
        and (level == "township" or divisions().is_division(place))
    ]
    return tuple(sorted(there))


@st.composite
def bodies(draw: st.DrawFn, year: int) -> Body:
    """Governments of every level, departments, townships and development zones, of the year's divisions."""
    kind = draw(
        st.sampled_from(("province", "prefecture", "county", "county", "department", "department", "township", "zone"))
    )
    match kind:
        case "province":
            place = draw(st.sampled_from(places("province", year)))
            return _government(place, year, place.code)
        case "prefecture":
            place = draw(st.sampled_from(_prefectures(year)))
            return _government(place, year, place.code)
        case "county":
            place = draw(st.sampled_from(places("county", year)))
            return _government(place, year, draw(st.sampled_from((place.code, _around(place, year)))))
        case "township":
            return draw(_townships(year))
        case "zone":
            place = draw(st.sampled_from(_prefectures(year)))
            short = place.name.removesuffix("市")
            name = f"{short}{draw(st.sampled_from(('经济技术开发区', '高新技术产业开发区')))}管理委员会"
            return Body(name, place.code, place.code, name)
        case _:
            return draw(_departments(year))


@st.composite
def _departments(draw: st.DrawFn, year: int) -> Body:
    level = draw(st.sampled_from(("province", "prefecture", "county", "county")))
    place = draw(st.sampled_from(_prefectures(year) if level == "prefecture" else places(level, year)))
    office = draw(st.sampled_from(_OF_PROVINCES if _is_province(place) else _DEPARTMENTS))
    name = f"{_called(place, year)}{office}"
    return Body(name, place.code, place.code, name)


@st.composite
def _townships(draw: st.DrawFn, year: int) -> Body:
    place = draw(st.sampled_from(places("township", year)))
    county = divisions().at(place.code[:6], year)
    portal = county.code if county and divisions().is_division(county) else place.code[:4] + "00"
    if place.name.endswith(("街道", "地区")):
        return Body(f"{place.name}办事处", place.code, portal, place.name)
    if place.name.endswith(("乡", "镇", "苏木")):
        return Body(f"{place.name}人民政府", place.code, portal, place.name)
    return draw(_departments(year))  # farms, forests and mines have no government


def _prefectures(year: int) -> tuple[Place, ...]:
    """Without those that are only a level of the codes (市辖区, 省直辖县级行政区划)."""
    return tuple(place for place in places("prefecture", year) if place.name.endswith(("市", "州", "盟", "地区")))


def _government(place: Place, year: int, portal: str) -> Body:
    prefecture = place.level == "prefecture" and place.name.endswith(("盟", "地区"))
    seat = _called(place, year)
    return Body(f"{seat}{'行政公署' if prefecture else '人民政府'}", place.code, portal, seat, _above(place, year))


def _called(place: Place, year: int) -> str:
    """A district with its city before it, any other place by its own name."""
    if place.level != "county" or not place.name.endswith("区") or place.name.endswith(("林区", "特区")):
        return place.name
    city = divisions().at(_around(place, year), year)
    return (city.name if city else "") + place.name


def _around(place: Place, year: int) -> str:
    """The code of the prefecture, or of the province where there is none between."""
    code = place.code[:4] + "00"
    held = divisions().at(code, year)
    if (
        place.code[:2] in MUNICIPALITIES
        or held is None
        or held.years_from(year)
        or not held.name.endswith(("市", "州", "盟", "地区"))
    ):
        return place.code[:2] + "0000"
    return code


def _is_province(place: Place) -> bool:
    return place.level == "province" and place.code[:2] not in MUNICIPALITIES


def _above(place: Place, year: int) -> str:
    """The province, where there is one above the place and a name has it."""
    province = divisions().at(place.code[:2] + "0000", year)
    return province.name if province and place != province and place.code[:2] not in MUNICIPALITIES else ""


@st.composite
def titles(draw: st.DrawFn, body: Body, year: int) -> str:
    """A title that names the body and the year."""
    name = draw(st.sampled_from((body.name, body.name, body.spoken, f"{body.above}{body.name}")))
    han = "".join(_FINE[int(digit)] for digit in str(year)).replace("零", "〇")
    forms = (
        f"{name}{year}年政府信息公开工作年度报告",
        f"{name}{year}年度政府信息公开工作年度报告",
        f"{year}年{name}政府信息公开工作年度报告",
        f"{name}{year}年政府信息公开年度报告",
        f"{name}关于{year}年政府信息公开工作的年度报告",
        f"{name}政府信息公开工作年度报告({year}年)",
        f"{name}政府信息公开工作年度报告（{year}年度）",
        f"{name}{han}年政府信息公开工作年度报告",
        f"{name}{year}年政府信息公开年报",
    )
    return draw(st.sampled_from((forms[0], *forms)))
