"""What is a report and what only speaks of reports: titles and texts as portals publish them, the wording our own."""

from __future__ import annotations

import pytest

from parsers.parse import parse
from parsers.verdicts import Verdict

PAGE = (
    "<html><head><title>{title}-某县人民政府</title></head><body><div class=nav><a href=/>首页</a><a href=/xx>政府信息公开</a>"
    "<a>年度报告</a></div><h1>{title}</h1><div class=content>{body}</div><div class=footer>版权所有 某县人民政府办公室</div></body></html>"
)


def text(*paragraphs: str, repeat: int = 1) -> str:
    """Paragraphs as HTML; sentences may be repeated, since length alone must not make a report."""
    return "".join(f"<p>{paragraph * (repeat if '。' in paragraph else 1)}</p>" for paragraph in paragraphs)


def verdict_of(title: str, body: str) -> str:
    try:
        report = parse(PAGE.format(title=title, body=body).encode(), title=title, content_type="text/html")
    except Verdict as verdict:
        return verdict.code
    return report.template


NO_REPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "media": (
        "我县发布2023年政府信息公开工作年度报告",
        (
            "本报讯 记者从县政府办公室获悉,近日,某县发布2023年政府信息公开工作年度报告。",
            "报告显示,2023年全县主动公开政府信息1.2万条,其中通过政府网站公开8000余条。全年共收到依申请公开事项56件,办结55件,结转下年度1件。",
            "行政复议2件,行政诉讼1件。下一步将继续深化政务公开。",
        ),
    ),
    "media2": (
        "一图读懂:某县2023年政府信息公开工作年度报告",
        (
            "一、总体情况",
            "2023年全县主动公开政府信息1.2万条。",
            "二、主动公开",
            "发布政策解读稿件30篇。",
            "三、依申请公开",
            "受理申请56件。",
        ),
    ),
    "reg": (
        "中华人民共和国政府信息公开条例",
        (
            "第一章 总则",
            "第一条 为了保障公民、法人和其他组织依法获取政府信息,提高政府工作的透明度,制定本条例。",
            "第四十九条 县级以上人民政府部门应当在每年1月31日前向本级政府信息公开工作主管部门提交本行政机关上一年度政府信息公开工作年度报告并向社会公布。",
            "第五十条 政府信息公开工作年度报告应当包括下列内容:(一)行政机关主动公开政府信息的情况;(二)行政机关收到和处理政府信息公开申请的情况;(三)因政府信息公开工作被申请行政复议、提起行政诉讼的情况;(四)政府信息公开工作存在的主要问题及改进情况;(五)其他需要报告的事项。",
        ),
    ),
    "guide": (
        "某县政府信息公开指南",
        (
            "一、主动公开",
            "(一)公开范围。本机关主动向社会免费公开下列信息。",
            "二、依申请公开",
            "公民、法人和其他组织可以申请获取政府信息。",
            "三、监督和救济",
            "可以依法申请行政复议或者提起行政诉讼。",
        ),
    ),
    "gov": (
        "2024年政府工作报告",
        (
            "各位代表:",
            "一、2023年工作回顾",
            "全年生产总值增长6%。政务公开持续深化。",
            "二、存在的问题",
            "经济总量不大。",
            "三、2024年主要任务",
            "推进政府信息公开。",
        ),
    ),
    "law": (
        "某县2023年法治政府建设年度报告",
        (
            "一、主要举措和成效",
            "推进政府信息公开,受理依申请公开20件,行政复议10件,行政诉讼5件。",
            "二、存在的主要问题",
            "队伍薄弱。",
            "三、下一步工作",
            "加强建设。",
        ),
    ),
    "plan": (
        "某县2024年政务公开工作要点",
        (
            "一、总体要求",
            "坚持以公开为常态。",
            "二、主动公开重点",
            "公开财政信息。",
            "三、依申请公开",
            "规范办理流程。",
            "四、组织保障",
            "做好年度报告发布工作。",
        ),
    ),
    "summary": (
        "某县2023年政务公开工作总结",
        (
            "一、总体情况",
            "2023年全县主动公开政府信息1.2万条,规范开展各项工作,成效显著。全年发布政策解读30篇,开展培训3次,网站更新及时。",
            "二、存在的主要问题",
            "一是解读形式单一。二是更新不及时。",
            "三、下一步打算",
            "加强培训,丰富形式,做好年度报告编制工作。",
        ),
    ),
    "stats": (
        "某县2023年国民经济和社会发展统计公报",
        (
            "一、综合",
            "生产总值100亿元。",
            "二、农业",
            "粮食产量10万吨。",
        ),
    ),
    "evaluation": (
        "某市2023年政府信息公开第三方评估报告",
        (
            "一、评估概述",
            "对全市政府信息公开工作进行评估。",
            "二、主动公开情况",
            "多数单位主动公开政府信息及时。",
            "三、依申请公开情况",
            "模拟申请20件,答复19件。",
            "四、存在问题",
            "部分单位年度报告发布不及时。",
        ),
    ),
    "notice2": (
        "某县人民政府办公室关于做好2023年度政府信息公开工作年度报告编制发布工作的通知",
        (
            "各乡镇人民政府、县直各部门:",
            "为做好年度报告编制发布工作,现将有关事项通知如下。",
            "一、报告内容",
            "包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六个部分。",
            "二、时间要求",
            "1月31日前发布。",
        ),
    ),
    "qa": (
        "政府信息公开申请常见问题",
        (
            "一、什么是依申请公开",
            "公民可以申请。",
            "二、如何申请",
            "填写申请表。",
        ),
    ),
    "login": (
        "统一身份认证",
        ("请输入用户名和密码登录",),
    ),
    "budget": (
        "某县政府办公室2023年部门决算",
        (
            "一、总体情况",
            "收入100万元。",
            "二、其他需要说明的事项",
            "政府采购支出5万元。",
        ),
    ),
}
REPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "narr2012": (
        "某县2012年政府信息公开工作年度报告",
        (
            "根据《中华人民共和国政府信息公开条例》要求,特向社会公布2012年政府信息公开年度报告。",
            "一、概述",
            "2012年,我县认真贯彻条例,完善制度,加强平台建设,推进政府信息公开工作有序开展,取得明显成效。",
            "二、主动公开政府信息情况",
            "全年主动公开政府信息3210条,其中网站公开2000条。",
            "三、依申请公开政府信息情况",
            "全年共收到申请5件,全部按时答复。",
            "四、复议、诉讼情况",
            "全年未发生行政复议、行政诉讼案件。",
            "五、存在的主要问题和改进措施",
            "存在更新不及时的问题,下一步将加强管理。",
        ),
    ),
    "narr_short": (
        "高峰乡2013年政府信息公开年报",
        (
            "一、基本情况",
            "2013年我乡主动公开信息30条,没有收到依申请公开,没有复议诉讼。",
            "二、存在问题",
            "信息更新不够及时,人员不足。",
            "三、改进措施",
            "加强培训,落实责任,进一步完善制度,确保政府信息公开工作顺利开展,提升群众满意度。",
        ),
    ),
    "narr_town": (
        "某镇2015年度政府信息公开工作情况报告",
        (
            "一、工作开展情况",
            "2015年,我镇高度重视政府信息公开工作,成立了领导小组,主动公开信息52条,依申请公开0件。",
            "二、存在的问题",
            "信息量偏少。",
            "三、下一步打算",
            "继续加强政府信息公开工作,进一步增强公开实效。加大宣传力度,扩大公众知晓率,保障群众的知情权、参与权、表达权和监督权。",
        ),
    ),
}


@pytest.mark.parametrize("repeat", [1, 4])
@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_speaks_of_reports_is_none(name: str, repeat: int) -> None:
    title, paragraphs = NO_REPORTS[name]
    assert verdict_of(title, text(*paragraphs, repeat=repeat)) == "not_a_report"


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_in_words_is_one(name: str) -> None:
    title, paragraphs = REPORTS[name]
    assert verdict_of(title, text(*paragraphs)) == "narrative"


def test_a_list_of_reports_is_none() -> None:
    bodies = ("教育局", "财政局", "水利局")
    links = "".join(f"<li><a href=/{name}>某县{name}2023年政府信息公开工作年度报告</a></li>" for name in bodies)
    assert verdict_of("政府信息公开年报", f"<ul>{links}</ul>") == "not_a_report"


def test_a_table_of_links_is_none() -> None:
    rows = "".join(f"<tr><td>{name}</td><td><a href=x>查看</a></td></tr>" for name in ("教育局", "财政局", "水利局"))
    assert verdict_of("某县政府信息公开年度报告汇总(2023)", f"<table>{rows}</table>") == "not_a_report"


def test_a_report_on_websites_is_another_report() -> None:
    rows = "<tr><td>总访问量</td><td>903355</td></tr><tr><td>信息发布总数</td><td>2731</td></tr>"
    assert verdict_of("某县人民政府网站工作年度报表(2023年度)", f"<table>{rows}</table>") == "not_a_report"


def test_figures_in_a_form_of_their_own_are_an_unknown_template() -> None:
    labels = (
        "网站公开信息数",
        "公报公开信息数",
        "当面申请数",
        "网上申请数",
        "申请答复数",
        "行政复议申请",
        "行政诉讼案件",
        "举报投诉",
    )
    rows = "".join(f"<tr><td>{label}</td><td>件</td><td>{count}</td></tr>" for count, label in enumerate(labels))
    title, paragraphs = REPORTS["narr2012"]
    assert verdict_of(title, text(*paragraphs) + f"<table>{rows}</table>") == "unknown_template"
