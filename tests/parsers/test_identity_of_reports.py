"""Who reports on which year (统计期限, 标题, 落款): titles of all kinds, and documents whose title says too little."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.identity import Identity, read_identity
from parsers.records import Document, Grid, Paragraph, Region
from parsers.text import read_text

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
TITLES = Path(__file__).with_name("titles.csv")


def page(*lines: str, title: str = "", metadata: Mapping[str, str] | None = None) -> Document:
    return Document("html", tuple(Paragraph(line) for line in lines), title=title, metadata=metadata or {})


def codes(identity: Identity) -> list[str]:
    return [issue.code for issue in identity.issues]


# --- titles ---------------------------------------------------------------------------------------------------------------


def title_cases() -> Iterator[Any]:
    with TITLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield pytest.param(row, id=f"{row['title']}@{row['portal']}" if row["portal"] else row["title"])


@pytest.mark.parametrize("row", list(title_cases()))
def test_title(row: dict[str, str]) -> None:
    identity = read_identity(page(title=row["title"]), portal_region=row["portal"] or None)
    read = {
        "organization": identity.organization or "",
        "kind": identity.kind or "",
        "year": str(identity.year or ""),
        "adcode": identity.region.adcode if identity.region else "",
    }
    assert read == {key: row[key] for key in read}


def test_titles_are_many_and_different() -> None:
    rows = [case.values[0] for case in title_cases()]
    assert len(rows) > 300
    assert len({(row["title"], row["portal"]) for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} == {"government", "department", "township", "zone", ""}


@pytest.mark.parametrize("title", ["崇信县2024年政府信息公开工作年度报告", "崇信县教育局2024年政府信息公开工作年度报告"])
@pytest.mark.parametrize("where", ["heading", "line", "page title", "link", "file name"])
def test_a_title_is_read_wherever_it_stands(title: str, where: str) -> None:
    document = Document("html", (Paragraph(title, heading=True),)) if where == "heading" else page("一、总体情况")
    document = page(title, "一、总体情况") if where == "line" else document
    document = page(title=title) if where == "page title" else document
    identity = read_identity(
        document, title=title if where == "link" else "", file_name=f"{title}.docx" if where == "file name" else ""
    )
    assert (identity.year, identity.organization) == (2024, "崇信县教育局" if "教育局" in title else "崇信县人民政府")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (("崇信县人民政府", "2024年政府信息公开工作年度报告"), "崇信县人民政府2024年政府信息公开工作年度报告"),
        (("崇信县教育局2024年", "政府信息公开工作年度报告"), "崇信县教育局2024年政府信息公开工作年度报告"),
        (("崇信县教育局", "2024年度", "政府信息公开年报"), "崇信县教育局2024年度政府信息公开年报"),
        (("崇信县2024年政府信息公开", "工作年度报告"), "崇信县2024年政府信息公开工作年度报告"),
        (("政府信息公开", "崇信县2024年政府信息公开工作年度报告"), "崇信县2024年政府信息公开工作年度报告"),
        (("崇 信 县 2024 年 政 府 信 息 公 开 工 作 年 度 报 告",), "崇信县2024年政府信息公开工作年度报告"),
        (
            ("首页 > 政府信息公开 > 政府信息公开年报", "崇信县2024年政府信息公开工作年度报告"),
            "崇信县2024年政府信息公开工作年度报告",
        ),
    ],
)
def test_title_lines(lines: tuple[str, ...], title: str) -> None:
    identity = read_identity(page(*lines, "一、总体情况", "2024年,我县全年主动公开信息。"))
    assert identity.title == title
    assert identity.organization in ("崇信县人民政府", "崇信县教育局")


def test_the_site_is_cut_from_the_title_and_its_script_is_kept() -> None:
    assert (
        read_identity(page(title="2021年政府信息公开工作年度报告-宿迁市人民政府")).title == "2021年政府信息公开工作年度报告"
    )
    traditional = "嶽陽縣人民政府2017年政府信息公開工作年度報告"
    assert read_identity(page(title=traditional)).title == traditional


# --- the five real documents ------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents (../shared/seeds) are not beside the checkout")
@pytest.mark.parametrize(
    ("number", "portal", "expected"),
    [
        ("000", None, (2024, "崇信县人民政府", "government", "620823", None)),
        ("001", None, (2017, "岳阳县人民政府", "government", "430621", "2018-03-15")),
        ("002", None, (2024, "临平区人民政府", "government", "330113", None)),
        ("003", None, (2021, "高峰乡人民政府", "township", None, "2021-12-28")),
        ("003", "341523", (2021, "高峰乡人民政府", "township", "341523204", "2021-12-28")),
        ("004", None, (2021, "经开区", "zone", None, None)),
        ("004", "610500", (2021, "经开区", "zone", "610500", None)),
    ],
)
def test_real_document(number: str, portal: str | None, expected: tuple[object, ...]) -> None:
    (file,) = SEEDS.glob(f"{number}_*.txt")
    identity = read_identity(read_text(file.read_text(encoding="utf-8")), file_name=file.name, portal_region=portal)
    adcode = identity.region.adcode if identity.region else None
    assert (identity.year, identity.organization, identity.kind, adcode, identity.published_on) == expected
    assert identity.issues == ()


# --- who ---------------------------------------------------------------------------------------------------------------------

REGION = Region("620823", ("甘肃省", "平凉市", "崇信县"), "CN-GS")
BARE = "2021年政府信息公开工作年度报告"
OPENING = (
    "根据《中华人民共和国政府信息公开条例》和国务院办公厅的有关规定,编制本报告,所列数据的统计期限为2021年1月1日至12月31日。"
)


@pytest.mark.parametrize(
    ("lines", "organization"),
    [
        (
            ("现公布崇信县教育局2021年政府信息公开工作年度报告,由总体情况等六部分组成,请社会各界监督,并提出意见和建议。",),
            "崇信县教育局",
        ),
        ((OPENING, "2021年,崇信县坚持以公开为常态。"), "崇信县人民政府"),
        ((OPENING, "2021年度,崇信县教育局认真贯彻落实条例。"), "崇信县教育局"),
        ((OPENING, "一、总体情况", "2021年,合肥高新区持续推进政务公开。合肥高新区全年公开信息三千条。"), "合肥高新区"),
        ((OPENING, "我局高度重视。", "崇信县教育局", "2022年1月20日"), "崇信县教育局"),
        ((OPENING, "我局高度重视。", "二〇二二年一月二十日", "崇信县教育局"), "崇信县教育局"),
        ((OPENING, "我局高度重视。", "崇信县教育局  2022年1月20日"), "崇信县教育局"),
        (
            (OPENING, "我局高度重视。", "崇信县教育局", "2022年1月20日", "版权所有:崇信县人民政府", "网站地图"),
            "崇信县教育局",
        ),
        ((OPENING, "我镇高度重视。", "锦屏镇人民政府", "2022年1月20日"), "锦屏镇人民政府"),
        (
            ("本报告由崇信县教育局编制,数据统计期限为2021年1月1日至12月31日,现予公布,欢迎监督。", "我局高度重视。"),
            "崇信县教育局",
        ),
        (
            ("本报告由崇信县人民政府办公室编制,统计期限为2021年1月1日至12月31日,现予公布,欢迎监督。", "我县高度重视。"),
            "崇信县人民政府",
        ),
    ],
)
def test_the_text_names_the_reporter(lines: tuple[str, ...], organization: str) -> None:
    assert read_identity(page(BARE, *lines, title=BARE)).organization == organization


@pytest.mark.parametrize("key", ["contentsource", "author", "sitename"])
def test_meta_tags_name_the_reporter(key: str) -> None:
    identity = read_identity(page(OPENING, "我县高度重视。", title=BARE, metadata={key: "崇信县人民政府门户网站"}))
    assert (identity.organization, codes(identity)) == ("崇信县人民政府", ["organization_guessed"])


def test_a_department_is_not_taken_for_the_county_whose_portal_it_stands_on() -> None:
    identity = read_identity(page(OPENING, "我局高度重视,我局成立了领导小组。", title=BARE), portal_region="620823")
    assert (identity.organization, codes(identity)) == (None, ["organization_unknown"])
    assert identity.region == REGION


def test_a_body_that_the_text_only_mentions_is_not_the_reporter() -> None:
    lines = (OPENING, "2021年,甘肃省全面推进政务公开。", "我县高度重视,我县成立了领导小组。")
    assert read_identity(page(*lines, title=BARE), portal_region="620823").organization == "崇信县人民政府"
    lines = (OPENING, "崇信县始终高度重视政务公开。", "我局成立了领导小组。", "来源:县教育局 2022-01-20")
    assert read_identity(page(*lines, title=BARE), portal_region="620823").organization == "崇信县教育局"


def test_a_county_that_only_its_portal_names_is_a_guess() -> None:
    identity = read_identity(page(OPENING, "我县高度重视。", title=BARE), portal_region="620823")
    assert (identity.organization, codes(identity)) == ("崇信县人民政府", ["organization_guessed"])


def test_a_bare_name_is_completed_by_the_text_before_the_portal() -> None:
    title = "教育局2021年政府信息公开工作年度报告"
    named = page(OPENING, "来源:庄浪县教育局", title=title)
    assert read_identity(named, portal_region="620800").organization == "庄浪县教育局"
    assert read_identity(page(OPENING, title=title), portal_region="620800").organization == "平凉市教育局"
    assert read_identity(page(OPENING, title=title)).organization == "教育局"


def test_the_title_is_believed_before_the_site() -> None:
    metadata = {"contentsource": "崇信县人民政府办公室", "sitename": "崇信县人民政府"}
    document = page(OPENING, title="崇信县教育局2021年政府信息公开工作年度报告-崇信县人民政府", metadata=metadata)
    assert read_identity(document, portal_region="620823").organization == "崇信县教育局"


def test_a_text_before_the_name_settles_which_place_is_meant() -> None:
    title = "高峰乡2021年政府信息公开工作年度报告"
    identity = read_identity(page("舒城县高峰乡人民政府门户网站", title, OPENING, title=title))
    assert identity.region == Region("341523204", ("安徽省", "六安市", "舒城县", "高峰乡"), "CN-AH")


# --- when --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布时间:2022-01-20 浏览次数:12", "2022-01-20"),
        ("發布時間: 2022-01-20 瀏覽次數: 1", "2022-01-20"),
        ("发布日期：2022年1月20日", "2022-01-20"),
        ("【发布日期】 2022/1/20", "2022-01-20"),
        ("时间:2022-01-20 15:32 来源:县教育局", "2022-01-20"),
        ("2022-01-20 15:32 来源:县教育局 字体:大 中 小", "2022-01-20"),
        ("来源:崇信县人民政府办公室 2022-01-20", "2022-01-20"),
        ("索引号:001 成文日期:2022-01-20", "2022-01-20"),
        ("崇信县教育局 2022年1月20日", "2022-01-20"),
        ("二〇二二年一月二十日", "2022-01-20"),
        ("(2022年1月20日)", "2022-01-20"),
        ("统计期限为2021年1月1日至2021年12月31日", None),
        ("2021年1月20日,我局召开会议。", None),
        ("发布时间:2022-13-40", None),
        ("发布时间:", None),
    ],
)
def test_published_on(line: str, day: str | None) -> None:
    assert read_identity(page("崇信县教育局2021年政府信息公开工作年度报告", line)).published_on == day


def test_the_date_line_is_believed_before_meta_signature_and_address() -> None:
    url = "https://www.chongxin.gov.cn/xxgk/202204/t20220401_7.html"
    metadata = {"pubdate": "2022-03-01 10:00"}
    lines = ("发布时间:2022-02-01", "崇信县教育局", "2022年1月1日")
    assert read_identity(page(*lines, metadata=metadata), url=url).published_on == "2022-02-01"
    assert read_identity(page(*lines[1:], metadata=metadata), url=url).published_on == "2022-03-01"
    assert read_identity(page(*lines[1:]), url=url).published_on == "2022-01-01"
    assert read_identity(page(), url=url).published_on == "2022-04-01"


# --- never in the way ----------------------------------------------------------------------------------------------------------

NAMES = ["崇信县", "岳陽縣", "高峰乡", "街道", "镇", "教育局", "人民政府", "分局", "经开区", "国家", "关于", "的"]
PHRASES = [
    "2024年",
    "二〇二四年",
    "政府信息公开",
    "工作年度报告",
    "统计期限",
    "1月1日至",
    "12月31日",
    "13月45日",
    "发布时间:",
]
MARKS = ["-", "_", "《", "》", "(", "20", "\n", "\u3000", "\u200b"]
WORDS = st.sampled_from([*NAMES, *PHRASES, *MARKS])
ANY = st.characters(categories=["Cs", "Cc", "Cf", "L", "N", "P", "Z"])  # lone surrogates among them
TEXTS = st.one_of(st.text(ANY, max_size=60), st.lists(WORDS, max_size=12).map("".join))
PORTALS = st.one_of(st.none(), st.text(max_size=9), st.sampled_from(["620823", "62", "110000", "441900", "999999"]))
DOCUMENTS = st.builds(
    lambda lines, title, metadata: Document("html", (*map(Paragraph, lines), Grid((), 0)), title=title, metadata=metadata),
    st.lists(TEXTS, max_size=8),
    TEXTS,
    st.dictionaries(st.sampled_from(["pubdate", "author", "contentsource", "date"]), TEXTS, max_size=3),
)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, st.tuples(TEXTS, TEXTS, TEXTS), PORTALS)
def test_any_document_has_an_identity(document: Document, beside: tuple[str, str, str], portal: str | None) -> None:
    url, link, file_name = beside
    identity = read_identity(document, url=url, title=link, file_name=file_name, portal_region=portal)
    assert ("year_unknown" in codes(identity)) == (identity.year is None)
    assert ("organization_unknown" in codes(identity)) == (identity.organization is None)
    assert (identity.organization is None) == (identity.kind is None)
    assert all(issue.severity == ("error" if issue.code == "year_unknown" else "warning") for issue in identity.issues)
    assert "\n" not in identity.title
