"""Which year a report is about (统计期限, 标题, 正文, 发布日期, 网址): each witness alone, then against each other."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.normal import normalise
from parsers.years import Kind, YearWitness, decide, with_digits, witnesses


def said(text: str, kind: Kind) -> list[int]:
    return [each.year for each in witnesses(with_digits(normalise(text))) if each.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        "报告所列数据的统计期限为2024年1月1日至12月31日。",
        "本报告中所列数据统计期限从2024年1月1日到12月31日止,年报电子版可下载。",
        "统计期限自2024年1月1日起至2024年12月31日止。",
        "统计期限自2024年1月1日起,至2024年12月31日止。",
        "统计时间为2024年1月1日—2024年12月31日",
        "统计期限:2024年1月1日-12月31日",
        "统计期限:2024年1月1日－12月31日",
        "统计期限:2024年1月1日～12月31日",
        "统计期限:2024年1月1日——12月31日",
        "数据统计期限为2024年1月1日始至当年12月31日",
        "数据统计期限为2024.1.1-2024.12.31",
        "数据统计期限为2024-01-01至2024-12-31",
        "统计期限为２０２４年１月１日至１２月３１日",
        "统计期限为 2024 年 1 月 1 日 至 12 月 31 日",
        "统计期限为二〇二四年一月一日至十二月三十一日",
        "统计期限为二○二四年一月一日起至二○二四年十二月三十一日止",
        "統計期限為2024年1月1日至12月31日",
        "所列数据统计截止时间为2024年12月31日",
        "数据的统计期限截至2024年12月31日",
        "本报告统计时限为2024年度",
        "统计期限为2023年12月21日至2024年12月20日",
        "2024年1月1日至12月31日,我县共收到政府信息公开申请12件。",
    ],
)
def test_period(text: str) -> None:
    assert said(text, "period") == [2024]


@pytest.mark.parametrize(
    "text",
    [
        "2021年1月1日至6月30日,全县公开信息300条。",
        "规划期限为2016年1月1日至2020年12月31日。",
        "自2019年5月15日起施行。",
        "2024年12月31日",
        "2024年13月1日至12月31日",
    ],
)
def test_no_period(text: str) -> None:
    assert said(text, "period") == []


def test_the_first_reports_cover_eight_months() -> None:
    assert said("统计期限为2008年5月1日至2008年12月31日", "period") == [2008]


def test_a_period_of_the_data_is_believed_before_other_periods() -> None:
    text = (
        "行动自2022年1月1日至2022年12月31日开展。\n" + "全县上下共同努力,取得了较好的成效,得到了各方面的一致肯定和好评。" * 3
    )
    assert said(text + "\n统计期限为2023年1月1日至2023年12月31日。", "period") == [2023]


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("崇信县2024年政府信息公开工作年度报告", [2024]),
        ("崇信县2024年度政府信息公开工作年度报告(2025年1月)", [2024]),
        ("2019年公布崇信县2018年政府信息公开年度报告", [2018]),
        ("崇信县2018年政府信息公开年度报告(2019年)", [2018]),
        ("20250115崇信县2024年报", [2024]),
        ("崇政办发(2025)3号崇信县2024年政府信息公开工作年度报告", [2024]),
        ("崇信县二〇一二年政府信息公开年报", [2012]),
        ("政府信息公开年报(2015)", [2015]),
        ("2015政府信息公开年报", [2015]),
        ("崇信县政府信息公开年报", []),
        ("崇信县1999年政府信息公开年报", []),
    ],
)
def test_title(title: str, years: list[int]) -> None:
    found = witnesses("", titles=[with_digits(normalise(title))])
    assert [each.year for each in found if each.kind == "title"] == years


@pytest.mark.parametrize(
    ("url", "year"),
    [
        ("http://www.chongxin.gov.cn/xxgk/202501/t20250115_123.html", 2024),
        ("http://www.chongxin.gov.cn/2025/01/15/a.html", 2024),
        ("http://www.chongxin.gov.cn/art/2021/12/28/art_1_2.html", 2021),
        ("http://www.chongxin.gov.cn/art/2022/3/8/art_1_2.html", 2021),
        ("http://www.chongxin.gov.cn/c/2025-01-15/1.shtml", 2024),
        ("http://www.chongxin.gov.cn/content/20250115.html", 2024),
        ("http://www.chongxin.gov.cn/content/120250.html", None),
        ("http://www.chongxin.gov.cn/", None),
    ],
)
def test_address(url: str, year: int | None) -> None:
    assert decide(witnesses("", url=url))[0] == year


@pytest.mark.parametrize(
    ("day", "year"), [("2025-01-20", 2024), ("2025-03-31", 2024), ("2024-12-28", 2024), ("2025-11-02", 2024)]
)
def test_publication(day: str, year: int) -> None:
    assert decide(witnesses("", published_on=day), day)[0] == year


def witness(kind: Kind, year: int, *, strong: bool = True) -> YearWitness:
    return YearWitness(kind, year, f"{year}年", strong=strong)


@pytest.mark.parametrize(
    ("found", "year", "codes"),
    [
        ([witness("period", 2024), witness("title", 2024), witness("body", 2024)], 2024, []),
        ([witness("title", 2024)], 2024, []),
        ([witness("title", 2024), witness("published", 2019)], 2024, []),
        ([witness("period", 2024), witness("title", 2025)], 2024, ["year_disagreement"]),
        ([witness("period", 2024), witness("title", 2025), witness("published", 2024)], 2024, ["year_disagreement"]),
        # 统计期限 left over from the report of the year before
        ([witness("period", 2023), witness("title", 2024), witness("body", 2024)], 2024, ["year_disagreement"]),
        ([witness("period", 2023), witness("body", 2023), witness("title", 2024)], 2023, ["year_disagreement"]),
        # a title named after the year of publication
        ([witness("title", 2025), witness("body", 2024), witness("published", 2024)], 2024, ["year_disagreement"]),
        ([witness("title", 2018), witness("body", 2018), witness("published", 2021)], 2018, []),
        ([witness("period", 2020, strong=False), witness("period", 2021, strong=False), witness("title", 2021)], 2021, []),
        ([witness("body", 2024, strong=False)], 2024, ["year_guessed"]),
        ([witness("file_name", 2024)], 2024, ["year_guessed"]),
        ([witness("published", 2024), witness("url", 2023)], 2024, ["year_guessed"]),
        ([witness("url", 2024)], 2024, ["year_guessed"]),
        ([], None, ["year_unknown"]),
    ],
)
def test_decision(found: list[YearWitness], year: int | None, codes: list[str]) -> None:
    decided, issues = decide(found)
    assert (decided, [issue.code for issue in issues]) == (year, codes)


def test_published_before_the_year_ended_is_a_disagreement() -> None:
    _, issues = decide([witness("title", 2024)], "2024-03-20")
    assert [(issue.severity, issue.code) for issue in issues] == [("warning", "year_disagreement")]
    assert decide([witness("title", 2024)], "2024-12-28")[1] == ()


@settings(max_examples=300, deadline=None)
@given(st.integers(2008, 2030), st.booleans(), st.sampled_from(["至", "到", "—", "-", "起至"]), st.booleans())
def test_any_whole_year_is_its_period(year: int, stated_twice: bool, joint: str, chinese: bool) -> None:
    text = f"统计期限为{year}年1月1日{joint}{f'{year}年' if stated_twice else ''}12月31日"
    if chinese:
        numerals = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
        text = text.replace(str(year), "".join(numerals[digit] for digit in str(year)))
    assert said(text, "period") == [year]


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_is_heard(text: str, title: str, file_name: str, url: str) -> None:
    found = witnesses(with_digits(text), titles=[title], file_name=file_name, url=url)
    year, issues = decide(found)
    assert (year is None) == (not found)
    assert all(issue.message for issue in issues)
