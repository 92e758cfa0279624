"""Where a body is (行政区划): by the codes of its year, and never by the first hit."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.gazetteer import ISO_3166_2, Place, contains, divisions, is_zone, prefix, region_of, short_names, townships
from parsers.place_names import read_places
from parsers.records import Region
from parsers.regions import find_region


def place_at(name: str, year: int | None = None, portal: str | None = None, *hints: str) -> str | None:
    region = find_region(name, year=year, portal_region=portal, text_hints=hints).region
    return region.adcode if region else None


def region_at(code: str, year: int) -> Region:
    place = divisions().at(code, year)
    assert place is not None
    return region_of(place, year)


# --- the record -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "adcode", "path", "iso"),
    [
        ("崇信县人民政府", "620823", ("甘肃省", "平凉市", "崇信县"), "CN-GS"),
        ("北京市朝阳区教育委员会", "110105", ("北京市", "朝阳区"), "CN-BJ"),
        ("重庆市云阳县人民政府", "500235", ("重庆市", "云阳县"), "CN-CQ"),
        ("仙桃市人民政府", "429004", ("湖北省", "仙桃市"), "CN-HB"),
        ("石河子市人民政府", "659001", ("新疆维吾尔自治区", "石河子市"), "CN-XJ"),
        ("新疆生产建设兵团", "660000", ("新疆维吾尔自治区", "新疆生产建设兵团"), "CN-XJ"),
        ("东莞市长安镇人民政府", "441900119", ("广东省", "东莞市", "长安镇"), "CN-GD"),
        ("崇信县锦屏镇人民政府", "620823100", ("甘肃省", "平凉市", "崇信县", "锦屏镇"), "CN-GS"),
        ("平凉市财政局", "620800", ("甘肃省", "平凉市"), "CN-GS"),
        ("甘肃省财政厅", "620000", ("甘肃省",), "CN-GS"),
        ("石家庄高新技术产业开发区", "130100", ("河北省", "石家庄市"), "CN-HE"),
        (
            "石家庄高新技术产业开发区长江街道",
            "130171010",
            ("河北省", "石家庄市", "石家庄高新技术产业开发区", "长江街道"),
            "CN-HE",
        ),
    ],
)
def test_record(name: str, adcode: str, path: tuple[str, ...], iso: str) -> None:
    assert find_region(name, year=2022).region == Region(adcode, path, iso)


def test_every_province_has_its_iso_code() -> None:
    provinces = {place.code[:2] for place in divisions() if place.level == "province"}
    assert provinces == set(ISO_3166_2)
    assert {ISO_3166_2[code] for code in ("13", "41", "42", "43", "46", "23")} == {
        "CN-HE",
        "CN-HA",
        "CN-HB",
        "CN-HN",
        "CN-HI",
        "CN-HL",
    }
    assert (ISO_3166_2["14"], ISO_3166_2["61"], ISO_3166_2["15"]) == ("CN-SX", "CN-SN", "CN-NM")
    assert len(set(ISO_3166_2.values())) == 31  # the Corps (66) lies in CN-XJ


# --- by the codes of the year -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "year", "adcode"),
    [
        ("临平区人民政府", 2024, "330113"),
        ("临平区人民政府", 2021, "330113"),
        ("临平区人民政府", 2019, "330113"),  # no such place then; the nearest edition has it
        ("余杭区人民政府", 2019, "330110"),
        ("江干区人民政府", 2019, "330104"),
        ("下城区人民政府", 2020, "330103"),
        ("崇文区人民政府", 2009, "110103"),
        ("宣武区人民政府", 2008, "110104"),
        ("章丘市人民政府", 2015, "370181"),
        ("章丘区人民政府", 2018, "370114"),
        ("富阳市人民政府", 2013, "330183"),
        ("富阳区人民政府", 2016, "330111"),
        ("莱芜市人民政府", 2017, "371200"),
        ("莱芜区人民政府", 2020, "370116"),
        ("巢湖市人民政府", 2009, "341400"),
        ("巢湖市人民政府", 2014, "340181"),
        ("毕节市人民政府", 2009, "522401"),
        ("毕节市人民政府", 2014, "520500"),
        ("襄樊市人民政府", 2009, "420600"),
        ("襄阳市人民政府", 2015, "420600"),
        ("塘沽区人民政府", 2008, "120107"),
        ("滨海新区人民政府", 2015, "120116"),
        ("儋州市人民政府", 2012, "469003"),
        ("儋州市人民政府", 2018, "460400"),
        ("海东地区行政公署", 2011, "632100"),
        ("海东市人民政府", 2015, "630200"),
        ("赣县人民政府", 2012, "360721"),
        ("赣县区人民政府", 2019, "360704"),
        ("和安县人民政府", 2024, "653229"),
        ("渝北区人民政府", 2024, "500112"),
        ("余杭区临平街道办事处", 2018, "330110001"),
        ("临平区临平街道办事处", 2022, "330113001"),
    ],
)
def test_codes_of_the_year(name: str, year: int, adcode: str) -> None:
    assert place_at(name, year) == adcode


def test_a_path_has_the_names_of_its_year() -> None:
    assert region_at("420683", 2008).path == ("湖北省", "襄樊市", "枣阳市")
    assert region_at("420683", 2015).path == ("湖北省", "襄阳市", "枣阳市")
    assert region_at("522425", 2009).path == ("贵州省", "毕节地区", "织金县")


# --- ambiguous names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["朝阳区", "鼓楼区", "城关镇", "高峰乡", "东城街道", "海南", "吉林", "朝阳", "城区", "市中区", "锦屏镇", "新华区"],
)
def test_an_ambiguous_name_alone_is_nowhere(name: str) -> None:
    placement = find_region(name, year=2021)
    assert placement.region is None
    assert name in placement.evidence


@pytest.mark.parametrize(
    ("name", "portal", "adcode"),
    [
        ("朝阳区", "110000", "110105"),
        ("朝阳区", "220000", "220104"),
        ("朝阳区", "220100", "220104"),
        ("朝阳区", "11", "110105"),
        ("鼓楼区", "320100", "320106"),
        ("鼓楼区", "350100", "350102"),
        ("鼓楼区", "410200", "410204"),
        ("鼓楼区", "320000", None),  # 南京 and 徐州 both have one
        ("城关镇", "620000", None),
        ("城关镇", "620121", "620121100"),
        ("高峰乡", "340000", "341523204"),
        ("高峰乡", "341523", "341523204"),
        ("朝阳", "211300", "211300"),  # the portal's own place before 朝阳县 in it
        ("南昌", "360100", "360100"),
        ("东城", "110000", "110101"),
        ("临平", "330100", "330113"),
        ("东城", "440000", "440000"),  # 东城街道 of 东莞 perhaps; not 东城区 of 北京,
    ],
)
def test_the_portal_settles_a_name(name: str, portal: str, adcode: str | None) -> None:
    assert place_at(name, 2021, portal) == adcode


@pytest.mark.parametrize(
    ("name", "adcode"),
    [
        ("北京市朝阳区", "110105"),
        ("长春朝阳区", "220104"),
        ("安徽省合肥市庐阳区", "340103"),
        ("福建福州鼓楼区", "350102"),
        ("舒城县高峰乡", "341523204"),
        ("朝阳市朝阳县", "211321"),
        ("吉林省吉林市", "220200"),
        ("大理州大理市", "532901"),
        ("海南省海口市", "460100"),
        ("青海省海南州", "632500"),
    ],
)
def test_a_higher_place_settles_a_name(name: str, adcode: str) -> None:
    assert place_at(name, 2021) == adcode


def test_a_text_settles_a_name_only_if_it_names_one_of_the_places() -> None:
    assert place_at("高峰乡人民政府", 2021, None, "舒城县高峰乡人民政府") == "341523204"
    assert place_at("鼓楼区人民政府", 2021, None, "福州市鼓楼区人民政府门户网站") == "350102"
    assert place_at("鼓楼区人民政府", 2021, None, "福州市", "南京市") is None
    assert place_at("鼓楼区人民政府", 2021, None, "鼓楼区人民政府门户网站") is None


def test_a_portal_elsewhere_does_not_move_a_body_that_names_its_place() -> None:
    assert place_at("平凉市财政局", 2021, "620823") == "620800"
    assert place_at("临平区人民政府", 2021, "330110") == "330113"
    assert place_at("北京市朝阳区人民政府", 2021, "620000") == "110105"


def test_a_lone_township_is_placed_only_where_no_other_can_be_meant() -> None:
    assert place_at("逍遥津街道办事处", 2021) == "340103006"
    assert place_at("逍遥津街道办事处", 2012) is None  # there is no list of townships for that year
    assert place_at("逍遥津街道办事处", 2012, "340100") == "340103006"


def test_a_bare_stem_before_other_words_may_be_a_townships() -> None:
    assert place_at("东湖", 2021) == "360102"
    assert place_at("东湖管理局", 2021) is None  # of 东湖区, or of one of the many 东湖镇 and 东湖街道
    assert place_at("东湖管理局", 2021, "360100") == "360102"


def test_an_unknown_township_stands_with_the_portal() -> None:
    assert place_at("无此乡人民政府", 2021, "620823") == "620823"
    assert place_at("城关镇人民政府", 2021, "620823") == "620823"  # 崇信县 has none of that name
    assert place_at("无此乡人民政府", 2021) is None


# --- bodies and zones -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "portal", "adcode"),
    [
        ("教育局", "620823", "620823"),
        ("教育局", None, None),
        ("县教育局", "620823", "620823"),
        ("县教育局", "620800", None),  # of which county, nothing says
        ("市财政局", "620800", "620800"),
        ("市财政局", "620823", "620800"),
        ("市财政局", "620881", "620881"),  # 华亭市 is a city itself
        ("市财政局", "110105", "110000"),
        ("省财政厅", "620823", "620000"),
        ("经开区", None, None),
        ("经开区", "610500", "610500"),
        ("合肥高新区", None, "340100"),
        ("合肥高新区", "340000", "340100"),
        ("西安高新区", None, "610100"),
        ("东湖高新区", None, "420100"),
        ("长白山保护开发区管委会", None, "220000"),
        ("五台山风景名胜区", None, "140900"),
        ("国家税务总局崇信县税务局", None, "620823"),
        ("国家税务总局", None, None),
        ("教育部", "620823", None),
        ("南京海关", None, "320100"),
        ("平凉市生态环境局崇信分局", None, "620823"),
        ("太湖流域管理局", None, None),
        ("黄山头镇", "421022", "421022107"),
        ("五乡镇", "330212", "330212105"),
        ("古县渡镇", "361128", "361128110"),
        ("濛江街道", "522731", "522731002"),
        ("乾县人民政府", None, "610424"),
    ],
)
def test_bodies_and_zones(name: str, portal: str | None, adcode: str | None) -> None:
    year = 2015 if portal in ("421022", "330212", "361128", "522731") else 2021
    assert place_at(name, year, portal) == adcode


def test_the_title_places_a_report_whose_body_is_unknown() -> None:
    assert find_region(None, title="2021年崇信县政府信息公开工作年度报告", year=2021).region == region_at("620823", 2021)


# --- all of it ---------------------------------------------------------------------------------------------------------------


def places_of(year: int) -> list[Place]:
    return sorted({place for place in divisions() if not place.years_from(year) and not is_zone(place.code)}, key=str)


def renamed_in(place: Place, year: int) -> bool:
    """In the year of a change two codes are valid for one place; the report goes by the new one."""
    return year in (place.since, place.until)


@pytest.mark.parametrize("year", [2010, 2022])
def test_every_division_is_found(year: int) -> None:
    places = [place for place in places_of(year) if not renamed_in(place, year)]
    assert len(places) > 3100
    for place in places:
        region = region_of(place, year)
        parent = (
            region_at(prefix(place.code[:4]).ljust(6, "0"), year).adcode if len(region.path) > 2 else place.code[:2] + "0000"
        )
        assert place_at("".join(region.path) + "人民政府", year) == place.code
        assert place_at(place.name + "教育局", year, place.code) == place.code
        assert place_at(place.name + "人民政府", year, parent) == place.code


@pytest.mark.parametrize("year", [2010, 2022])
def test_a_name_alone_is_found_right_or_not_at_all(year: int) -> None:
    unsettled = 0
    places = [place for place in places_of(year) if not renamed_in(place, year)]
    for place in places:
        stems = [name for name, is_stem in short_names(place) if is_stem]
        for name in (place.name + "人民政府", *stems, *(stem + "教育局" for stem in stems)):
            found = place_at(name, year)
            # A bare stem may be the city's around the county: 邯郸教育局 is 邯郸市's and not 邯郸县's.
            assert found is None or contains(found, place.code), (name, found)
        unsettled += place_at(place.name, year) is None
    assert unsettled < 0.03 * len(places)


def test_townships_are_found_right_or_not_at_all() -> None:
    year, alone = 2021, 0
    towns = [place for place in townships() if place.name.endswith(("镇", "乡", "街道")) and not renamed_in(place, year)]
    counties = {place.code for place in places_of(year) if not renamed_in(place, year)}
    sample = random.Random(2260).sample(
        [place for place in towns if not place.years_from(year) and place.code[:6] in counties], 1000
    )
    for place in sample:
        assert place_at(place.name, year, place.code[:6]) == place.code
        assert place_at("".join(region_of(place, year).path), year) == place.code
        assert place_at(place.name, year, place.code[:2]) in (None, place.code)
        found = place_at(place.name, year)
        assert found in (None, place.code)
        alone += found is not None
    assert 300 < alone < 800


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=9)), st.one_of(st.none(), st.integers(-5, 9999)))
def test_any_text_is_placed_or_not(name: str, portal: str | None, year: int | None) -> None:
    placement = find_region(name, portal_region=portal, year=year, text_hints=(name,))
    assert placement.evidence
    if placement.region:
        assert placement.region.iso in ISO_3166_2.values()
        assert placement.region.path


def test_contains() -> None:
    assert contains("620000", "620823")
    assert contains("620800", "620823100")
    assert contains("110100", "110105")  # 市辖区 groups the districts of a municipality
    assert contains("660000", "659001")  # the Corps runs 石河子市
    assert not contains("620823", "620800")
    assert not contains("620700", "620823")


def test_readings_are_as_long_as_the_longest() -> None:
    assert [part.place.code for part in read_places("甘肃省平凉市崇信县教育局")[0].parts] == ["620000", "620800", "620823"]
    assert {reading.place.code for reading in read_places("朝阳区教育局", 2021)} == {"110105", "220104"}
    assert read_places("教育局") == ()


def test_data_is_read_when_it_is_asked_for() -> None:
    """Importing opens no data file, a county needs no townships, and a township needs both."""
    script = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" and "places" in str(args[0]) else None)
import parsers.identity
assert not [name for name in opened if not name.endswith((".py", ".pyc"))], opened
from parsers.regions import find_region
assert find_region("崇信县教育局").region
assert any("divisions" in name for name in opened) and not any("townships" in name for name in opened), opened
assert find_region("崇信县锦屏镇").region
assert any("townships" in name for name in opened), opened
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
