"""Pages that are no report and use all of its words (通知、清单、政策、空表、新闻 …), drawn for many bodies, years and sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from flows.sample.figures import PageFigures
from flows.sample.forms import Form, FormCell, figure_keys
from flows.sample.narrative import Block, Heading
from tests.accuracy.bodies import Body, bodies
from tests.accuracy.drawn import draw_all
from tests.rendering.chrome import CHROMES
from tests.rendering.draft import Draft
from tests.rendering.dresses import DRESSES
from tests.rendering.linear import SHAPES
from tests.rendering.strategies import TEMPLATES
from tests.rendering.writing import write_html, write_text

NOTHING = PageFigures("narrative", {})
SECTIONS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
)


@dataclass(frozen=True)
class NoReport:
    """A page, and of which kind it is."""

    kind: str
    payload: bytes
    file_name: str
    title: str
    portal: str


Text = Callable[[Body, int], tuple[str, tuple[Block, ...]]]  # body and year -> title, and what stands under it


def _form(template: str) -> tuple[Form, ...]:
    return PageFigures(template, dict.fromkeys(figure_keys(template))).forms()


def _notice(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知", (
        "各有关单位:",
        f"为做好{year}年度政府信息公开工作年度报告的编制和发布,现将有关事项通知如下。",
        "一、编制内容。包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、因政府信息公开工作被申请行政复议、"
        "提起行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项。",
        f"二、报送时间。请于{year + 1}年1月15日前报送年度报告电子版,1月31日前在网站发布。",
        "三、工作要求。表格数据应当符合勾稽关系,没有发生的填写0。",
        body.name,
        f"{year}年12月18日",
    )


def _notice_with_form(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"关于印发《{year}年政府信息公开工作年度报告格式》的通知", (
        "各单位:现将年度报告格式印发给你们,请按格式编制。",
        "附件:政府信息公开工作年度报告格式",
        *(
            part
            for section, form in zip(SECTIONS[1:], _form("modern-2021"), strict=False)
            for part in (Heading(section), form)
        ),
        body.name,
        f"{year}年12月2日",
    )


def _blank_form(template: str) -> Text:
    def text(_: Body, year: int) -> tuple[str, tuple[Block, ...]]:
        parts = [part for form in _form(template) for part in (Heading("(填写说明:逐项填写,没有的填0)"), form)]
        return f"政府信息公开工作年度报告(模板){year}年版", (Heading("一、总体情况"), "(请概述,不超过1000字)", *parts)

    return text


def _list(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    items = (f"{body.spoken}{year - back}年政府信息公开工作年度报告 {year - back + 1}-01-2{back}" for back in range(9))
    return "政府信息公开年报", (*items, "共9条 第1/1页 首页 上一页 下一页 尾页")


def _collection(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    offices = ("财政局", "教育局", "民政局", "司法局", "水利局", "商务局", "统计局", "信访局", "文化和旅游局", "卫生健康局")
    rows = tuple((FormCell(str(number)), FormCell(name), FormCell("查看")) for number, name in enumerate(offices, 1))
    table = Form("list", ((FormCell("序号"), FormCell("单位"), FormCell("年度报告")), *rows), 3)
    return f"{body.spoken}{year}年度政府信息公开工作年度报告汇总", (table,)


def _rule(body: Body, _: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}政府信息公开工作考核办法", (
        "第一条 为规范政府信息公开工作,提高年度报告质量,制定本办法。",
        "第二条 年度报告包括主动公开政府信息情况、收到和处理政府信息公开申请情况、行政复议和行政诉讼情况、存在的主要问题及改进情况。",
        "第三条 行政许可、行政处罚、行政强制的数量应当与业务系统一致。",
        "第四条 未按期发布年度报告的,责令限期改正。",
        "第五条 本办法自发布之日起施行。",
    )


def _law(_: Body, __: int) -> tuple[str, tuple[Block, ...]]:
    return "中华人民共和国政府信息公开条例释义", (
        "第一章 总则",
        "第四十九条的释义:县级以上人民政府部门应当在每年1月31日前公布上一年度政府信息公开工作年度报告。",
        "第五十条的释义:年度报告应当包括主动公开政府信息的情况、收到和处理政府信息公开申请的情况、"
        "因政府信息公开工作被申请行政复议、提起行政诉讼的情况、存在的主要问题及改进情况、其他需要报告的事项。",
    )


def _article(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}去年办结政府信息公开申请逾八成当面答复", (
        f"本报讯(记者 孙某)记者日前从{body.name}获悉,{year}年度政府信息公开工作年度报告已向社会公布。",
        f"{year}年共收到政府信息公开申请312件,同比增长8.5%,办结307件,结转下年度5件;行政复议6件,行政诉讼2件。",
        "业内人士认为,主动公开的范围正在扩大。",
        "责任编辑:周某",
    )


def _news_of_publication(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}发布{year}年政府信息公开工作年度报告", (
        f"近日,{body.name}发布{year}年政府信息公开工作年度报告。报告共分六个部分。",
        "报告显示,全年主动公开信息1.2万条,收到申请56件,均已办结。",
        "下一步将继续深化政务公开,回应社会关切。",
    )


def _infographic(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"一图读懂|{body.name}{year}年政府信息公开工作年度报告", (
        "一、总体情况",
        "主动公开信息5210条。",
        "二、依申请公开",
        "收到申请45件,办结45件。",
        "三、复议诉讼",
        "无。",
    )


def _guide(body: Body, _: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.name}政府信息公开指南", (
        "一、公开内容。规章、行政规范性文件,行政许可、行政处罚、行政强制、行政事业性收费等政府信息。",
        "二、申请方式。自然人、法人或者其他组织可以当面、邮寄或者通过网络提出申请。",
        "三、救济渠道。可以依法申请行政复议或者提起行政诉讼。",
        "四、办公时间。8:30-12:00,14:00-17:30。",
    )


def _catalogue(body: Body, _: int) -> tuple[str, tuple[Block, ...]]:
    matters = ("机构职能", "规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费", "政府采购", "年度报告")
    rows = tuple((FormCell(str(number)), FormCell(name), FormCell("长期公开")) for number, name in enumerate(matters, 1))
    table = Form("list", ((FormCell("序号"), FormCell("公开事项"), FormCell("时限")), *rows), 3)
    return f"{body.name}主动公开基本目录", ("为方便查阅,编制本目录。", table)


def _plan(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}{year}年政务公开工作要点", (
        "一、总体要求。坚持以公开为常态、不公开为例外。",
        "二、主动公开重点。公开财政、就业、教育信息。",
        "三、依申请公开。规范登记、审核、办理、答复。",
        "四、组织保障。按期发布政府信息公开工作年度报告。",
    )


def _summary(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.spoken}{year}年政务公开工作总结", (
        "一、主要做法",
        "全年发布政策解读30篇,办理依申请公开20件,答复及时,没有发生行政复议和行政诉讼。",
        "二、存在的问题",
        "解读形式单一,栏目更新不够及时。",
        "三、下一步打算",
        "加强培训,按期编制年度报告。",
    )


def _assessment(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{year}年{body.spoken}政府信息公开第三方评估报告", (
        "一、评估概况",
        "对主动公开、依申请公开、年度报告三项进行评估。",
        "二、主动公开情况",
        "多数单位及时公开,个别单位更新滞后。",
        "三、依申请公开情况",
        "模拟提交申请20件,按期答复19件。",
        "四、存在问题",
        "部分单位年度报告数据不符合勾稽关系。",
    )


def _rule_of_law(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.name}{year}年法治政府建设年度报告", (
        "一、主要举措和成效",
        "全面推进政府信息公开,办理依申请公开36件;行政复议案件29件,行政诉讼案件11件。",
        "二、存在的主要问题",
        "基层执法力量不足。",
        "三、下一年度安排",
        "加强执法培训和监督。",
    )


def _government_work(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{year}年{body.spoken}政府工作报告", (
        "各位代表:",
        f"一、{year - 1}年工作回顾",
        "生产总值增长5.8%,政务公开持续深化,办理建议提案320件。",
        f"二、{year}年工作安排",
        "推进重点领域信息公开。",
    )


def _website(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    rows = (("独立用户访问总量", "903355"), ("网站总访问量", "2765112"), ("信息发布总数", "2731"), ("收到留言数量", "48"))
    table = Form("site", tuple((FormCell(name), FormCell("单位:个"), FormCell(number)) for name, number in rows), 3)
    return f"{body.spoken}政府网站工作年度报表({year}年度)", (table,)


def _budget(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    rows = (("一般公共服务支出", "1203.5"), ("教育支出", "88.2"), ("政府采购支出", "45.6"), ("合计", "1337.3"))
    table = Form("budget", ((FormCell("项目"), FormCell("决算数(万元)")), *(tuple(map(FormCell, row)) for row in rows)), 2)
    return f"{body.name}{year}年部门决算公开", (
        "一、部门概况",
        "二、决算情况说明",
        table,
        "三、其他重要事项",
        "政府采购45.6万元。",
    )


def _application_form(body: Body, _: int) -> tuple[str, tuple[Block, ...]]:
    rows = (("申请人信息", "公民", "姓名", ""), ("", "法人或者其他组织", "名称", ""), ("所需信息", "内容描述", "", ""))
    table = Form("apply", tuple(tuple(map(FormCell, row)) for row in rows), 4)
    return f"{body.name}政府信息公开申请表", (table, "申请人签名或者盖章:")


def _reply(body: Body, year: int) -> tuple[str, tuple[Block, ...]]:
    return f"{body.name}政府信息公开申请答复书", (
        f"申请人:本机关于{year}年5月8日收到你的政府信息公开申请,现答复如下。",
        "你申请的信息不属于本机关负责公开,建议向自然资源部门咨询。",
        "如不服本答复,可以依法申请行政复议或者提起行政诉讼。",
        body.name,
        f"{year}年5月20日",
    )


KINDS: dict[str, Text] = {
    "notice on preparing reports (通知)": _notice,
    "notice with the empty form": _notice_with_form,
    **{f"blank form, {template} (空表)": _blank_form(template) for template in TEMPLATES},
    "list of reports (列表)": _list,
    "collection of reports (汇总)": _collection,
    "rule (办法)": _rule,
    "commentary on the law (释义)": _law,
    "newspaper article (报道)": _article,
    "news that a report is out (发布)": _news_of_publication,
    "infographic (图解)": _infographic,
    "guide (指南)": _guide,
    "catalogue of matters (目录)": _catalogue,
    "plan of work (工作要点)": _plan,
    "summary of work (工作总结)": _summary,
    "assessment (评估)": _assessment,
    "report on the rule of law (法治政府)": _rule_of_law,
    "report on government work (政府工作报告)": _government_work,
    "report on the website (网站年报)": _website,
    "accounts (决算)": _budget,
    "application form (申请表)": _application_form,
    "reply to an applicant (答复书)": _reply,
}


def drawn_no_reports(kind: str, count: int) -> list[NoReport]:
    """Pages of one kind."""
    return draw_all(_pages(kind), count, 1000 + list(KINDS).index(kind))


@st.composite
def _pages(draw: st.DrawFn, kind: str) -> NoReport:
    year = draw(st.integers(2015, 2025))
    body = draw(bodies(year))
    title, blocks = KINDS[kind](body, year)
    draft = Draft(NOTHING, blocks, title, body.name, year)
    if draw(st.integers(0, 3)) == 0:
        page = write_text(draft, SHAPES[draw(st.sampled_from(("bars", "tabs", "paragraphs")))])
    else:
        script = draw(st.sampled_from(("simplified", "simplified", "traditional")))
        chrome = CHROMES[draw(st.sampled_from(sorted(CHROMES)))]
        page = write_html(draft, dress=DRESSES[draw(st.sampled_from(sorted(DRESSES)))], chrome=chrome, script=script)
    return NoReport(kind, page.payload, page.file_name, title, body.portal)
