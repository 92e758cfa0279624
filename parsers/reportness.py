"""Is this document a yearly report at all? Notices, blank forms, policy texts, lists and articles use all of its words.

Told by the title first, then by what a report has and nothing else does: official tables with figures in them, or the
statutory sections with text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.normal import normalise
from parsers.records import Document, Figure, Section, TemplateId
from parsers.verdicts import NeedsOcr, NotAReport

# Titles of what is about reports, or of another kind of report.
_NOTICE = re.compile(
    r"(关于.{0,40}(?:做好|开展|报送|编制|编写|印发|公布|发布|组织|填报|征集|征求).{0,40}(?:通知|公告|通报|函|意见|方案|格式)|的?(?:通知|通报|办法|规定|条例|细则|解读|指南|目录|格式|模板|样本|样表|须知)$)"
)
_OTHER_REPORT = re.compile(
    r"(法治政府建设|政府工作报告|财政预算|财政决算|部门预算|部门决算|国民经济|统计年鉴|统计公报|审计|绩效|环境质量|社会责任|政府网站工作年度报表|政府网站年度工作报表)"
)
_REPORT_TITLE = re.compile(
    r"(信息公开|政务公开).{0,20}(年度报告|年报|工作报告|情况报告|年度工作报告)|(年度报告|年报).{0,20}(信息公开|政务公开)|年度报告|年报"
)
# 《某县2012年政府信息公开工作年度报告》: a year, the subject, and 报告 or 年报 at the end.
_DATED_TITLE = re.compile(r"(?:19|20)[0-9]{2}年?度?.{0,16}(?:信息公开|政务公开).{0,12}(?:报告|年报)\W*$")
_ABOUT = re.compile(
    r"发布|解读|读懂|图解|出炉|评估|考核|测评|要点|方案|总结|计划|规划|清单|问答|意见|讲话|培训|会议|动态|新闻|综述"
)
_FOI = re.compile(r"信息公开|政务公开")
_STATUTORY = re.compile(
    r"总体情况|概述|主动公开|收到和处理|依申请公开|行政复议|行政诉讼|存在.{0,4}问题|其他需要报告|回应解读"
)
_PLACEHOLDER = re.compile(
    r"[×xX*＊_]{2,}(?:年|省|市|县|区|局|人民政府)|20(?:\*\*|××|xx|__)年|(?:填写|填报)说明", re.IGNORECASE
)
_AGGREGATE = re.compile(r"年报汇总|年度报告汇总|年报目录|各(?:部门|单位|乡镇).{0,12}(?:年报|年度报告)(?:汇总|目录|列表)?$")

MIN_TEXT = 80  # characters of sentences that a report without tables must have
MIN_FILLED_TEXT = 150  # characters of text beside an official form without figures, under which nobody has filled it in
MIN_SECTIONS = 2  # statutory sections with text that make a report without tables
MANY_SECTIONS = 4  # the same where no title says so


def refuse_if_no_report(
    document: Document, template: TemplateId, figures: Sequence[Figure], sections: Sequence[Section], title: str
) -> None:
    """Raise `NotAReport` or `NeedsOcr` with the reason; return for a report."""
    numbers = sum(figure.value is not None for figure in figures)
    text = sum(len(line) for section in sections for line in section.text.splitlines() if "。" in line)  # not navigation
    statutory = [section for section in sections if _STATUTORY.search(normalise(section.heading)) and section.text.strip()]
    plain_title = normalise(title)
    report_title = bool(_REPORT_TITLE.search(plain_title)) and not _OTHER_REPORT.search(plain_title)
    notice = _NOTICE.search(plain_title)
    if template == "narrative":
        _refuse_narrative(document, statutory, text, title=title, report_title=report_title, notice=bool(notice))
        return
    if notice and not (numbers >= _half(figures) and len(statutory) >= MIN_SECTIONS):
        raise NotAReport(f"the title names a notice or a rule about reports: {title[:60]}")
    if numbers == 0 and (_is_blank_form(document) or not statutory or not report_title):
        raise NotAReport("a blank form: the official tables without a single figure")
    if _PLACEHOLDER.search(title) or (numbers == 0 and _PLACEHOLDER.search(normalise(document.narrative or ""))):
        raise NotAReport("a model of a report, with placeholders where the name and the year belong")


def _half(figures: Sequence[Figure]) -> int:
    return max(1, len(figures) // 2)


def _is_blank_form(document: Document) -> bool:
    return len(document.narrative or "") < MIN_FILLED_TEXT or bool(_PLACEHOLDER.search(normalise(document.page_text)))


def _refuse_narrative(
    document: Document, statutory: Sequence[Section], text: int, *, title: str, report_title: bool, notice: bool
) -> None:
    shown = title[:60] or "no title"
    plain = normalise(title)
    if notice:
        raise NotAReport(f"the title names a notice or a rule about reports: {shown}")
    if _OTHER_REPORT.search(plain):
        raise NotAReport(f"the title names a report of another kind: {shown}")
    if _AGGREGATE.search(plain):
        raise NotAReport(f"a list of reports, not a report: {shown}")
    if _ABOUT.search(plain):
        raise NotAReport(f"the title names something about reports or about publicity, not a report: {shown}")
    of_publicity = report_title or bool(_FOI.search(plain))
    if document.images and text < MIN_TEXT and (of_publicity or not title):
        raise NeedsOcr(f"the report is a picture: {document.images} images and {text} characters of text")
    due = 1 if _DATED_TITLE.search(plain) else MIN_SECTIONS if report_title else MANY_SECTIONS
    if len(statutory) < due or text < MIN_TEXT or not (of_publicity or _FOI.search(document.narrative or "")):
        raise NotAReport(f"no official table, and {len(statutory)} of the statutory sections: {shown}")
