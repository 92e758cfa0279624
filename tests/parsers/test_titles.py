"""Which titles are reports: by themselves, and in a column of reports."""

from __future__ import annotations

import pytest

from parsers.listing_titles import judge, names_column, years_in

REPORTS = """
某某县2023年政府信息公开工作年度报告
2015年政府信息公开工作报告
某区2013年度政府信息公开工作情况报告
陽穀縣人民政府2017年政府信息公開工作年度報告
关于2019年政府信息公开工作年度报告
关于印发《某县2023年政府信息公开工作年度报告》的通知
某市政府办公室关于发布2021年政府信息公开工作年度报告的公告
县残疾人联合会2023年政府信息公开工作年度报告
县财政局2023年政府信息公开工作年度报告
审计局关于报送2022年政府信息公开年度报告的报告
2023年度政务公开工作年度报告
二〇一九年政府信息公开年报
市场监督管理局2022年信息公开年度报告(图片版)
政府信息公开2020年年度报告
某镇2012年政府信息公开工作总结
某 县 2 0 2 3 年政府信息公开工作年度报告
县政府采购中心2023年政府信息公开年报
县教师培训中心2022年信息公开年报
县委组织部2022年政府信息公开工作年度报告
县教育局2023年年报
2018年度报告(政府信息公开)
""".strip().splitlines()

OTHERS = """
关于做好2023年政府信息公开工作年度报告编制发布工作的通知
某县2023年政府信息公开工作年度报告解读
一图读懂2023年政府信息公开工作年度报告
我县召开政府信息公开年度报告编制培训会
关于2022年政府信息公开工作年度报告抽查情况的通报
政府信息公开工作年度报告格式
2023年政府信息公开第三方评估报告
政府信息公开目录
政府信息公开指南
政府信息公开制度
2022年财政决算
2023年度部门预决算信息公开报告
2024年政府工作报告
2023年法治政府建设年度报告
某市统计年鉴2023
2023年政府网站工作年度报表
某事业单位2022年度报告
某公司2022年企业年报
2023年政务公开工作要点
2023年某县政府信息依申请公开收费标准
某县政府门户网站2023年度工作年报
某县残联2023年财务年报
新闻中心
""".strip().splitlines()


@pytest.mark.parametrize("title", REPORTS)
def test_a_title_that_names_a_report_is_one_wherever_it_stands(title: str) -> None:
    assert judge(title, column=False, dated=False).taken
    assert judge(title, column=True, dated=True).taken


@pytest.mark.parametrize("title", OTHERS)
def test_other_papers_are_none_even_in_a_column_of_reports(title: str) -> None:
    assert not judge(title, column=False, dated=True).taken
    assert not judge(title, column=True, dated=True).taken


@pytest.mark.parametrize(
    "title", ["2023年度", "2021年", "县审计局", "自然资源和规划局", "行政执法局2022年", "城关镇", "县法院"]
)
def test_short_titles_are_reports_in_a_column_of_reports(title: str) -> None:
    assert judge(title, column=True, dated=False).taken


@pytest.mark.parametrize(
    "title", ["2023年度", "2021年", "县审计局", "自然资源和规划局", "行政执法局2022年", "城关镇", "县法院"]
)
def test_short_titles_are_nothing_elsewhere(title: str) -> None:
    assert not judge(title, column=False, dated=True).taken


def test_in_doubt_a_dated_entry_of_such_a_column_is_followed() -> None:
    assert judge("高桥地区年度材料", column=True, dated=True).reason.startswith("in doubt")
    assert not judge("高桥地区动态", column=True, dated=False).taken


@pytest.mark.parametrize(
    "title", ["政府信息公开年报", "信息公开年度报告", "政府信息公开工作年度报告", "年报汇总", "年度报告"]
)
def test_names_of_columns(title: str) -> None:
    assert names_column(title)


@pytest.mark.parametrize("title", ["政府信息公开指南", "统计年鉴", "通知公告", "部门预决算信息公开", "政府网站年度报表"])
def test_names_of_other_columns(title: str) -> None:
    assert not names_column(title)


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("二〇一九年", {2019}),
        ("2022—2023年度", {2022, 2023}),
        ("2023年", {2023}),
        ("第12023号", set()),
        ("２０２３年", {2023}),
    ],
)
def test_years(title: str, years: set[int]) -> None:
    assert years_in(title) == years
