"""The prose around the tables: written for the sample, and true to the figures that it goes with.

A reader checks the prose against the tables (共收到申请…件, 行政复议…件), so each number here comes out of the figures.
"""

from __future__ import annotations

from dataclasses import dataclass

from flows.sample.figures import PageFigures, plain_number
from flows.sample.forms import LEGACY_CAPTION, Form


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading as printed, numbering included."""

    text: str


Block = Heading | str | Form  # what a report is made of, in order: headings, paragraphs, tables

_OVERVIEW = (
    "{year}年,{short}把政务公开当作一项日常工作来抓,年初排出任务清单,年中对照检查,年末逐项销号。",
    "{year}年,{short}围绕群众最常问的事项整理公开目录,办事指南、收费标准和补贴名单均可在网上查到。",
    "{year}年,{short}继续完善公开制度,凡新出台的文件,公开属性与正文一并送审。",
)
_DISCLOSURE = (
    "(一)主动公开。门户网站全年更新栏目{columns}个,文件与解读同步发布,失效文件及时标注。",
    "(一)主动公开方面。清理网站旧栏目{columns}个,把散在各处的文件归到一处,方便查找。",
)
_PLATFORM = (
    "(三)平台与保障。查阅点由专人值守,全年开展业务培训{courses}次。",
    "(三)监督保障。每季度抽查一次信息更新情况,结果在内部通报,全年培训{courses}次。",
)
_PROBLEMS = (
    ("一是个别栏目更新不够及时,二是解读材料形式偏单一。", "下一步将明确栏目责任人,增加图表和问答形式的解读。"),
    ("一是工作人员更替较快,业务不够熟练;二是历史文件尚未全部数字化。", "今后将坚持以老带新,分批补录历史文件。"),
    ("公开内容与群众需求之间还有差距,检索也不够方便。", "将根据咨询记录调整公开重点,并改进站内检索。"),
)


def short_name(organization: str) -> str:
    """崇信县人民政府 -> 崇信县, as the prose calls it."""
    return organization.removesuffix("人民政府").removesuffix("管理委员会")


def report_blocks(organization: str, year: int, figures: PageFigures, *, variety: int = 0) -> tuple[Block, ...]:
    """The whole report between its title and its signature. `variety` chooses among the phrasings."""
    words = {"year": year, "short": short_name(organization), "columns": 12 + variety % 9, "courses": 2 + variety % 4}
    if figures.template == "legacy-2017":
        return _legacy(words, figures, variety)
    return _modern(words, figures, variety)


def _pick(choices: tuple[str, ...], variety: int, words: dict[str, object]) -> str:
    return choices[variety % len(choices)].format(**words)


def _modern(words: dict[str, object], figures: PageFigures, variety: int) -> tuple[Block, ...]:
    disclosure, applications, proceedings = figures.forms()
    problem, remedy = _PROBLEMS[variety % len(_PROBLEMS)]
    return (
        f"本报告根据《中华人民共和国政府信息公开条例》编制,所列数据的统计期限为{words['year']}年1月1日至12月31日。",
        Heading("一、总体情况"),
        _pick(_OVERVIEW, variety, words),
        _pick(_DISCLOSURE, variety // 3, words),
        f"(二)依申请公开。{_applications_sentence(figures)}",
        _pick(_PLATFORM, variety // 2, words),
        Heading("二、主动公开政府信息情况"),
        disclosure,
        Heading("三、收到和处理政府信息公开申请情况"),
        applications,
        Heading("四、政府信息公开行政复议、行政诉讼情况"),
        proceedings,
        Heading("五、存在的主要问题及改进情况"),
        f"{words['year']}年的工作仍有不足:{problem}",
        remedy,
        Heading("六、其他需要报告的事项"),
        "本年度没有收取政府信息公开信息处理费。",
    )


def _applications_sentence(figures: PageFigures) -> str:
    """Received, carried in, concluded and carried out, then the proceedings; what the tables leave blank is not said."""

    def number(table: str, item: str) -> str:
        value = figures.values[table, item, "total"]
        return "0" if value is None else plain_number(value)

    counts = {item: number("applications", item) for item in ("received", "carried_in", "concluded", "carried_out")}
    if counts["received"] == counts["carried_in"] == "0":
        return "全年未收到政府信息公开申请,也未发生因政府信息公开引起的行政复议和行政诉讼。"
    sentence = (
        f"全年新收政府信息公开申请{counts['received']}件,上年结转{counts['carried_in']}件,"
        f"办结{counts['concluded']}件,结转下年度继续办理{counts['carried_out']}件。"
    )
    rows = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    if any(figures.values["proceedings", item, "total"] is None for item in rows):
        return sentence
    first, direct, after = (int(number("proceedings", item)) for item in rows)
    return f"{sentence}因政府信息公开引起的行政复议{first}件,行政诉讼{direct + after}件。"


def _legacy(words: dict[str, object], figures: PageFigures, variety: int) -> tuple[Block, ...]:
    def number(item: str) -> str:
        value = figures.values["statistics", item, "value"]
        return "0" if value is None else plain_number(value)

    problem, remedy = _PROBLEMS[variety % len(_PROBLEMS)]
    return (
        f"本报告依照《中华人民共和国政府信息公开条例》编制,数据统计期限自{words['year']}年1月1日起至12月31日止。",
        Heading("一、概述"),
        _pick(_OVERVIEW, variety, words),
        Heading("二、主动公开政府信息情况"),
        f"全年主动公开政府信息{number('proactive.total')}条。",
        Heading("三、回应解读情况"),
        f"全年发布政策解读稿件{number('responses.policy_interpretations')}篇。",
        Heading("四、依申请公开政府信息情况"),
        f"全年收到申请{number('applications.received')}件,办结{number('applications.concluded')}件。",
        Heading("五、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        f"全年发生行政复议{number('reconsideration.total')}件,行政诉讼{number('litigation.total')}件。",
        Heading("六、存在的主要问题及改进措施"),
        problem,
        remedy,
        f"附表:{LEGACY_CAPTION}",
        f"({words['year']}年度)",
        *figures.forms(),
    )
