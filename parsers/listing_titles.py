"""Which titles name a yearly report (政府信息公开工作年度报告), and which only mention one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Traditional characters that occur in the words we look for; a title is matched, never rewritten.
SIMPLIFIED = str.maketrans(
    "開報務關於匯總編製結預決縣區鎮鄉廳辦員會學術統計審監財稅環監農業國發展興團聯體條規劃導讀圖網站專題欄目錄說請館處隊",
    "开报务关于汇总编制结预决县区镇乡厅办员会学术统计审监财税环监农业国发展兴团联体条规划导读图网站专题栏目录说请馆处队",
)
YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
YEAR_IN_CHINESE = re.compile(r"二[〇○零０O]([〇○零０O一二三四])([〇○零０O一二三四五六七八九])")
DIGITS = dict.fromkeys("〇○零０O", "0") | dict(zip("一二三四五六七八九", "123456789", strict=True))

# 信息公开...年度报告 in its many wordings; nothing between the two words may start another sentence.
# What is published under 预决算信息公开 or 环境信息公开 is another kind of report.
REPORT = re.compile(
    r"(?<!预决算)(?<!决算)(?<!预算)(?<!财务)(?<!财政)(?<!环境)(?<!三公经费)(?<!价格)(?<!信用)"
    r"(?:信息|政务)(?:主动)?公开[^,。;:!?|]{0,16}?(?:年度(?:工作)?(?:情况)?报告|年报|年度情况报告|年度工作情况)"
)
# The same without the word 年度; a report only where the title also names a year.
LOOSE = re.compile(
    r"(?<!预决算)(?<!决算)(?<!预算)(?<!财务)(?<!财政)(?<!环境)(?<!三公经费)"
    r"(?:信息|政务)(?:主动)?公开(?:和政务公开)?(?:年度)?(?:工作)?(?:年度)?(?:情况)?的?(?:报告|总结|统计表|情况汇报)"
    r"|年度报告[(\[(-]*(?:政府)?信息公开"
)
# A column of reports, as headings and breadcrumbs call it.
COLUMN = re.compile(
    r"(?:信息|政务)公开[^,。;:!?]{0,8}?(?:年度(?:工作)?报告|年报|年度情况)"
    r"|^(?:公开)?(?:年度报告|年报)(?:汇总|专栏|专题|栏)?$|年报汇总"
)

# Around the name of the report: what makes of it a paper about reports.
BEFORE = re.compile(r"做好|开展|召开|举办|部署|解读|图解|读懂|看懂|学习|征求|加强|如何|怎样|抽查")
AFTER = re.compile(
    r"解读|图解|通知|培训|模板|模版|样本|样式|样表|格式|填报|填写|编制|编写|编报|报送|要求|指引|指南|目录|制度|办法|规定|规范|通报|考核|评估"
    r"|评分|会议|推进会|说明|部署|问答|工作方案|已发布|出炉|亮点|摘要"
)
ANNOUNCED = re.compile(r"(?:印发|发布|公布|转发)")
# Other papers that share the words 报告, 年报 or 年度.
OTHER_PAPER = re.compile(
    r"政府工作报告|法治政府|依法行政|法治建设|年鉴|统计公报|统计报告|统计月报|财政|财务|预算|决算|三公|网站.{0,12}(?:报表|年报|年度报告|工作报告)"
    r"|新媒体|质量年报|质量报告|企业年报|年报公示|工商年报|事业单位|法人年度|社会组织|社团|民办|公司|上市|环境状况|环境质量|环境信息"
    r"|知识产权|发展报告|述职|绩效|审计|安全生产|工作要点|工作计划|规划|调研报告|自查报告|评估报告|监测报告|可行性|环评|白皮书|行政执法|双公示|信用"
)
NO_REPORT = re.compile(
    r"通知|解读|图解|读懂|看懂|办法|指南|目录|制度|条例|规定|规程|规范性|申请表|申请书|流程|意见|计划|方案|要点|会议|培训|调研|视察|招聘|采购|中标"
    r"|招标|任免|批复|通报|公示|简历|领导|机构职能|热线|信箱|登录|注册|更多|收费|首页|新闻中心|网站地图"
)
BODY = re.compile(
    r"^[\u3400-\u9fff()·、\d]{1,24}?(?:局|委|委员会|办|办公室|厅|镇|乡|街道|街道办事处|办事处|政府|管委会|院|中心|集团|支队|大队|总队|所|站|社|学校|大学"
    r"|中学|小学|团委|妇联|残联|联合会|协会|工会|科协|文联|侨联|工商联|红十字会|供销社|开发区|经开区|高新区|新区|园区|示范区|县|市|区|省|州|盟|旗|部|署|行|分局)$"
)
# Places of a site itself that are called as bodies are.
OWN_PLACE = re.compile(r"^(?:新闻|资讯|互动|数据|办事|下载|个人|用户|会员|图片|视频|媒体|帮助|政策)中心$|网站$")
# What a short title says beside the body's name: 县教育局2023年年报.
YEAR_AND_KIND = re.compile(r"20\d\d(?:年度?)?(?:(?:年度)?(?:工作)?(?:报告|年报)$)?|年度(?:工作)?报告$|年报$|年度$")
ONLY_YEAR = re.compile(r"^(?:20\d\d)(?:年度?)?(?:年度)?(?:报告|年报|报)?$")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a title names a report, and why."""

    taken: bool
    reason: str


def plain_title(title: str) -> str:
    """The title for matching: NFKC, simplified, white space and quotation marks dropped, Chinese years in digits."""
    text = unicodedata.normalize("NFKC", title).translate(SIMPLIFIED)
    text = re.sub(r"[\s\u200b-\u200f\ufeff《》〈〉<>“”\"'‘’「」【】\[\]…]+", "", text).replace("..", "")
    return YEAR_IN_CHINESE.sub(lambda found: "20" + DIGITS[found[1]] + DIGITS[found[2]], text)


def years_in(title: str) -> frozenset[int]:
    """Years that the title names, as 2023, 2023年 or 二〇二三年."""
    return frozenset(int(year) for year in YEAR.findall(plain_title(title)))


def names_column(title: str) -> bool:
    """Whether a heading calls a column of reports: 政府信息公开年报, 信息公开年度报告, 年报汇总."""
    return COLUMN.search(plain_title(title)) is not None


def judge(title: str, *, column: bool, dated: bool) -> Judgement:
    """Whether `title` is that of a report. `column`: it stands in a column of reports; `dated`: with a date beside it.

    A title that names the report is judged by itself. Others are taken only inside a column of reports. In doubt the link
    is taken: the reader of the page decides better than its title.
    """
    text = plain_title(title)
    named = REPORT.search(text)
    if named is None and YEAR.search(text):
        named = LOOSE.search(text)
    if named is not None:
        return _judge_named(text, named)
    name = YEAR_AND_KIND.sub("", text)
    body = BODY.match(name) is not None and not OWN_PLACE.search(name)
    other = None if body else OTHER_PAPER.search(text)
    if other is not None:
        return Judgement(False, f"another kind of paper: {other[0]}")
    if YEAR.search(text) and re.search(r"年报|年度报告|年度工作报告", text) and not NO_REPORT.search(text):
        return Judgement(True, "a year's report" + (", in a column of reports" if column else ", in doubt of what"))
    if not column:
        return Judgement(False, "does not name the report")
    if body:
        return Judgement(True, "a public body, in a column of reports")
    return _judge_in_column(text, dated)


def _judge_named(text: str, named: re.Match[str]) -> Judgement:
    before, after = text[: named.start()], text[named.end() :]
    about = BEFORE.search(before) or AFTER.search(after)
    if about is None:
        return Judgement(True, f"names the report: {named[0]}")
    if ANNOUNCED.search(before) and about[0] == "通知":
        return Judgement(True, "announces the report, which may stand below it")
    return Judgement(False, f"about the report, by the word {about[0]}")


def _judge_in_column(text: str, dated: bool) -> Judgement:
    if ONLY_YEAR.match(text):
        return Judgement(True, "a year, in a column of reports")
    word = NO_REPORT.search(text)
    if word is not None:
        return Judgement(False, f"no report, by the word {word[0]}")
    if re.search(r"年报|年度报告|公开.*(?:报告|总结|情况)", text):
        return Judgement(True, "a report, in a column of reports")
    if dated or YEAR.search(text):
        return Judgement(True, "in doubt: an entry with a date or a year, in a column of reports")
    return Judgement(False, "nothing in its title says report")
