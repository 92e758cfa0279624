"""Who reports: the name of an organisation (行政机关) out of a title, a signature or a sentence, and what kind it is.

Names come out simplified and official: 崇信县 -> 崇信县人民政府, 高峰乡 -> 高峰乡人民政府, 逍遥津街道 -> 逍遥津街道办事处. A county or
township is named without what lies above its county (湖南省岳阳市岳阳县 -> 岳阳县人民政府), a district (区) keeps the city that
is printed before it (合肥市庐阳区人民政府), as on their seals.
"""

from __future__ import annotations

import re
from typing import Literal

from parsers.gazetteer import divisions
from parsers.records import Region
from parsers.regions import Reading, read_places
from parsers.years import with_digits

Kind = Literal["government", "department", "township", "zone"]

_ZONE = re.compile(
    r"(?:开发区|[经高]开区|高新(?:技术)?(?:产业)?区|产业区|工业区|工业园|园区|示范区|保税(?:港)?区|管理区|度假区|试验区|实验区|合作区"
    r"|景区|集聚区|产业园|生态城|科学城|名胜区|保护区|[新东西南北]区|新城|港区)(?:党工委|工委)?(?:管理?委(?:员)?会|管委)?$|管委会$|管理委员会$"
)
_OFFICE = re.compile(
    r"(?:局|厅|委|办|院|处|署|所|站|社|馆|司|科|室|团|部|公司|集团|中心|分局|支队|大队|总队|法院|检察院|银行|海关|学校|大学|学院|医院"
    r"|委员会|办公室|联合会|协会|总会|工会|学会|公安|税务|气象|消防|烟草专卖|妇联|团委|残联|文联|科协|供销社|信访|电力|邮政)$"
)
_SEAT = re.compile(r"(?:人民政府|政府|省|自治区|市|州|盟|县|区|旗)$")
_TOWNSHIP = re.compile(r"(?:街道(?:办事处)?|[乡镇]|苏木|地区办事处)(?:人民政府|政府)?$")
# The report's own words, which end the organisation's name in a title.
_REPORT = re.compile(
    r"(?:政府|政务|主动|依申请)?信息(?:主动|依申请)?公开(?!办|领导|科|处|中心|工作办|工作领导|和政务公开办|与政务公开办)"
    r"|(?:政府|政务)信息(?:与|和|及)政务(?:信息)?公开(?!办)|政务公开(?!办|领导|科|处|中心|工作办|工作领导|服务)"
)
_LAST_RESORT = re.compile(r"(?:工作)?(?:年度)?(?:工作)?(?:报告|年报|总结)")
_YEAR = re.compile(
    r"[(\[【]?(?:20\d\d(?:[-—–~至](?:20)?\d\d)?(?:年度|年|度)?)(?:\d{1,2}月)?(?:\d{1,2}日)?[)\]】]?|(?<!\d)年度"
)
_DOCUMENT_NUMBER = re.compile(r"[\u3400-\u9fff]{1,8}(?:\(|\[|〔)20\d\d(?:\)|\]|〕)\d+号")
_REMARK = re.compile(
    r"[(\[【][^)\]】]{0,3}(?:超链|图片|文字|图文|图解|图表|图说|网页|无障碍|pdf|word|扫描|公示|草案|全文|更新|修订|修改|附|含|新版|印发|转载|置顶|第)[^)\]】]*[)\]】]",
    re.I,
)
_LEADING = re.compile(
    r"^(?:[\W_]|\d+[.、)]|附件?\d*[:.、]?|图解|一图读懂|年报解读|解读|公示|关于|印发|发布|公布|公开|转发|报送|我|本|的|对|《)+"
)
_TRAILING = re.compile(r"(?:[\W_]|关于|发布|公布|印发|的|对|在|度|本级|部门|机关)+$")
_SITE = re.compile(
    r"(?:政府)?(?:门户网站|门户网|网站|官网|官方网站|信息公开网|信息公开平台|公众信息网|信息网|政务网|政务服务网|公众网|网|欢迎您|首页|集约化平台)+$"
)
_PRONOUN = re.compile(r"^(?:我|本|该|全|各|省|市|州|盟|县|区|旗|乡|镇|街道|机关|单位|政府|人民政府|部门|局|委|办)+$")
_SEGMENT = re.compile(r"[|_>»]|[-—–]{2,}|(?<!\d)[-—–]|[-—–](?!\d)")


def reporter_of_title(title: str) -> str | None:
    """The organisation that a title names, as it stands there; None where it names none.

    `title` is simplified and without white space (`parsers.normal.normalise`).

    >>> reporter_of_title("崇信县教育局关于2024年政府信息公开工作年度报告")
    '崇信县教育局'
    """
    text = with_digits(_DOCUMENT_NUMBER.sub("", _REMARK.sub("", title)))
    segments = [segment for segment in _SEGMENT.split(text) if segment]
    reports = [segment for segment in segments if _REPORT.search(segment)]
    reports = reports or [segment for segment in segments if _LAST_RESORT.search(segment)]
    for segment in reports:
        if name := _reporter_of_segment(segment):
            return name
    for segment in segments:
        if segment not in reports and (name := reporter_of_site(segment)):
            return name
    return None


def reporter_of_site(text: str) -> str | None:
    """The organisation that runs a site or section, out of its name: 崇信县人民政府门户网站 -> 崇信县人民政府."""
    name = _tidy(_YEAR.sub("", _SITE.sub("", text)))
    return name if is_organization(name) else None


def _reporter_of_segment(segment: str) -> str | None:
    match = _REPORT.search(segment) or _LAST_RESORT.search(segment)
    if not match:
        return None
    before, after = segment[: match.start()], segment[match.end() :]
    if before.endswith("人民") and match[0].startswith("政府"):  # 崇信县人民政府信息公开…
        before += "政府"
    parts = [_tidy(part) for part in re.split("关于", _YEAR.sub("", before))]
    for part in reversed(parts):
        if len(part) > 1 and not _PRONOUN.match(part):
            return part
    rest = _tidy(_LAST_RESORT.sub("", _YEAR.sub("", after)))
    return rest if is_organization(rest) else None


def _tidy(text: str) -> str:
    return _TRAILING.sub("", _LEADING.sub("", text))


def is_organization(name: str) -> bool:
    """Whether the words read as the name of one organisation."""
    if not 2 <= len(name) <= 40 or not re.fullmatch(r"[\u3400-\u9fff·()]+", name) or _PRONOUN.match(name):
        return False
    if _OFFICE.search(name) or _ZONE.search(name) or _TOWNSHIP.search(name):
        return True
    return bool(_SEAT.search(name)) and any(reading.end >= len(_bare(name)) for reading in read_places(name))


def _bare(name: str) -> str:
    return re.sub(r"(?:人民)?政府$", "", name)


def official_name(name: str, year: int | None = None, region: Region | None = None) -> tuple[str, Kind]:
    """The full name and the kind of an organisation; `name` is simplified, `region` settles what it leaves open.

    >>> official_name("湖南省岳阳市岳阳县")
    ('岳阳县人民政府', 'government')
    """
    readings = read_places(name, year)
    if not readings:
        return _unplaced(name)
    rest = name[readings[0].end :]
    seat = _seal(name, readings, rest, region)
    place = readings[0].place
    if place.level == "township":
        return _township(seat, rest)
    if rest in ("", "政府", "人民政府"):
        if not divisions().is_division(place):
            return seat, "zone"
        return seat + "人民政府", "government"
    if office := re.fullmatch(r"(?:人民)?政府办(公厅)?(?:公室)?", rest):
        return seat + ("人民政府办公厅" if office[1] else "人民政府办公室"), "department"
    if _ZONE.search(rest):
        return seat + rest, "zone"
    if _TOWNSHIP.search(rest):
        return _unplaced(seat + rest)
    return seat + rest, "department"


def _unplaced(name: str) -> tuple[str, Kind]:
    """A name without a known place at its start: 教育局, 经开区, a township of a county that the data do not have."""
    if _TOWNSHIP.search(name):
        seat = re.sub(r"(?:人民)?政府$|办事处$", "", name)
        return _township(seat, "")
    if _ZONE.search(name):
        return name, "zone"
    if re.search(r"(?:人民)?政府$", name):
        return re.sub(r"(?:人民)?政府$", "人民政府", name), "government"
    if re.search(r"[省市州盟县旗]$", name):
        return name + "人民政府", "government"
    return name, "department"


def _township(seat: str, rest: str) -> tuple[str, Kind]:
    """乡镇 have a 人民政府, 街道 and 地区 a 办事处; what stands behind them (崇信县锦屏镇财政所) is a department of theirs."""
    if rest not in ("", "政府", "人民政府", "办事处", "办", "街道办事处"):
        return seat + rest, "department"
    if re.search(r"(?:街道|地区)$", seat):
        return seat + "办事处", "township"
    if not re.search(r"(?:[乡镇]|苏木)$", seat):
        return seat + rest, "zone"
    return seat + "人民政府", "township"


def _seal(name: str, readings: tuple[Reading, ...], rest: str, region: Region | None) -> str:
    """The place part of a name as seals have it: without the places above a county, with the city above a district."""
    parts = readings[0].parts
    lowest = parts[-1]
    first = next((i for i, part in enumerate(parts) if part.place.level == "county"), len(parts) - 1)
    if lowest.place.level == "township" and parts[first].place.level == "township":
        first = max(first - 1, 0)
    if first and parts[first].place.name.endswith("区") and parts[first].place.level == "county":
        first -= 1
    spoken = name[lowest.start : lowest.end]
    if lowest.place.level == "township":
        spoken = re.sub(r"街道(?:办事处|办|工委)$", "街道", spoken)
    elif lowest.shortened and re.fullmatch(r"(?:人民)?(?:政府)?", rest):
        names = (
            {region.path[-1]} if region and region.path[-1].startswith(spoken) else {each.place.name for each in readings}
        )
        spoken = names.pop() if len(names) == 1 else spoken
    return name[parts[first].start : lowest.start] + spoken
