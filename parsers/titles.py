"""Titles of reports: which line of a document is the title, and whom a title names as the reporter.

Titles are compared simplified, without white space (`parsers.normal.normalise`) and with digits
(`parsers.years.with_digits`), and kept as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from parsers.normal import normalise, normalise_lines
from parsers.organizations import is_organization
from parsers.place_names import read_places
from parsers.records import Document, Paragraph
from parsers.years import with_digits

BEGINNING = 15  # paragraphs in which a title stands
LONGEST = 80  # characters of a title

# The report's own words, which end the organisation's name: 政府信息公开, 政务公开, but not 政务公开办公室.
_NOT_AN_OFFICE = r"(?!办|领导|科|处|中心|服务|工作办|工作领导|[和与]政务公开办)"
_SUBJECT = re.compile(
    rf"(?:政府|政务|主动|依申请)?信息(?:主动|依申请)?公开{_NOT_AN_OFFICE}|(?:政府|政务)信息[与和及]政务公开{_NOT_AN_OFFICE}"
    rf"|政务公开{_NOT_AN_OFFICE}"
)
_REPORT = re.compile(r"(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:工作)?(?:报告|年报|总结)")
_REPORT_TITLE = re.compile(r"(?:信息|政务)(?:与政务|和政务)?公开.{0,24}(?:报告|年报|总结)")
_YEAR = re.compile(
    r"(?<!\d)20\d\d[01]\d[0-3]\d(?!\d)|[(\[]?20\d\d(?:[-—–~至](?:20)?\d\d)?(?:学年|年度|年|度)?(?:\d{1,2}月)?(?:\d{1,2}日)?[)\]]?"
    r"|(?<!\d)年度"
)
_DOCUMENT_NUMBER = re.compile(r"[\u3400-\u9fff]{1,8}[(\[]20\d\d[)\]]\d+号")
_REMARK = re.compile(
    r"[(\[][^()\[\]]{0,6}(?:超链|图片|文字|图文|图解|图表|图说|网页|无障碍|pdf|word|扫描|公示|草案|全文|更新|修订|修改|附|新版|印发|转载"
    r"|置顶)[^()\[\]]*[)\]]"
)
_LEADING = re.compile(
    r"(?:[\W_]|\d+[.、)]|附件?\d*[:.、]?|图解|一图读懂|年报解读|解读|公示|关于|印发|发布|公布|公开|转发|报送|标题|我|本(?=[省市县区局])|的|对)+"
)
_TRAILING = re.compile(r"(?:[\W_]|关于|发布|公布|印发|的|对|在|度|本级|部门|机关|\.?(?:docx?|pdf|wps|xlsx?|html?))+$")
_SITE = re.compile(
    r"(?:(?<!人民)政府)?(?:门户网站?|官方网站|网站|官网|信息公开(?:专栏|平台|网)?|公众信息网|信息网|政务(?:服务)?网|公众网|网|欢迎您|首页"
    r"|集约化平台)+$"
)
_SEPARATOR = re.compile(r"[|_>»]|[-—–]{2,}|(?<!\d)[-—–]|[-—–](?!\d)")
_DATED_LINE = re.compile(r"[^,:。;]{0,20}20\d\d年(?:度)?")
_FIRST_SECTION = re.compile(r"(?:一|第一部分|第一章)[、.,:;]?(?:总体|概述|工作概述|基本)")
_NO_TITLE = re.compile(r"[。;!?]|位置|首页|上一[篇条]|下一[篇条]|通知|条例|>")


def printed_title(document: Document, link_title: str = "") -> str:
    """The report's title as printed, without the site's name behind it; "" where there is none.

    A title that holds a year wins over one without, the page's own over the link's, and what stands over the first section
    over what stands below it, where the reports of other bodies may follow.
    """
    paragraphs = document.paragraphs
    over = list(takewhile(lambda block: not _FIRST_SECTION.match(normalise(block.text)), paragraphs[:BEGINNING]))
    candidates = [
        *(block.text for block in over if block.heading),
        document.title,
        *_title_lines(over),
        *[block.text for block in paragraphs if block.heading][:BEGINNING],
        *_title_lines(paragraphs[:BEGINNING]),
        link_title,
    ]
    titles = [text for text in candidates if len(text) <= 4 * LONGEST and is_report_title(normalise(text))]
    dated = [text for text in titles if re.search(r"20\d\d", with_digits(normalise(text)))]
    best = next(iter(dated or titles), "")
    return _without_site(_without_gaps(best or document.title or link_title))


def is_report_title(key: str) -> bool:
    return len(key) <= LONGEST and bool(_REPORT_TITLE.search(key)) and not _NO_TITLE.search(key)


def _title_lines(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Lines at the beginning that are a title, with the lines before them that it was broken over."""
    lines = [block.text.strip() for block in paragraphs if block.text.strip()]
    keys = normalise_lines(line if len(line) <= 4 * LONGEST else "。" for line in lines)
    for end in range(1, len(keys) + 1):
        if not is_report_title(keys[end - 1]):
            continue
        start = end - 1
        while start and (is_organization(keys[start - 1]) or _DATED_LINE.fullmatch(keys[start - 1])):
            start -= 1
        yield "".join(lines[start:end])
    for start in range(len(keys) - 1):  # 崇信县2021年政府信息公开 / 工作年度报告
        for end in (start + 2, start + 3):
            if is_report_title("".join(keys[start:end])):
                yield "".join(lines[start:end])


def _without_site(title: str) -> str:
    """The part that is the report's title, where the site or section is named beside it: 2021年…年度报告-宿迁市人民政府."""
    parts = [part.strip() for part in _SEPARATOR.split(title)]
    reports = [part for part in parts if _REPORT_TITLE.search(normalise(part))]
    dated = [part for part in reports if re.search(r"20\d\d", with_digits(normalise(part)))]
    return max(dated or reports, key=len, default=title)


def _without_gaps(text: str) -> str:
    """White space dropped beside Chinese characters and digits."""
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", text.strip())


def reporter_of_title(title: str) -> str | None:
    """The organisation that a title names, in the title's words; None where it names none, or only the site's.

    >>> reporter_of_title("崇信县教育局关于2024年政府信息公开工作年度报告")
    '崇信县教育局'
    """
    text = _DOCUMENT_NUMBER.sub("", _REMARK.sub("", title))
    for segment in _SEPARATOR.split(text):
        if (name := _reporter_of_segment(segment)) is not None:
            return name
    return None


def site_of_title(title: str) -> str | None:
    """The organisation that a title names apart from the report's own words: the site behind a dash, or nothing but a name."""
    segments = [segment for segment in _SEPARATOR.split(title) if not _SUBJECT.search(segment)]
    return next((name for name in map(reporter_of_site, segments) if name), None)


def reporter_of_site(text: str) -> str | None:
    """The organisation that runs a site or section: 崇信县人民政府门户网站 -> 崇信县人民政府."""
    name = _tidy(_YEAR.sub("", _SITE.sub("", text)))
    return name if is_organization(name) else None


def _reporter_of_segment(segment: str) -> str | None:
    """What stands before 政府信息公开…报告, else behind it; years, 关于 and the like left out."""
    end = 0
    for match in list(_SUBJECT.finditer(segment)) or list(_REPORT.finditer(segment))[:1]:
        before = _REPORT.sub("", segment[end : match.start()])
        end = match.end()
        if before.endswith("人民") and match[0].startswith("政府"):  # 崇信县人民政府信息公开…
            before += "政府"
        for part in reversed([_tidy(part) for part in _YEAR.sub("", before).split("关于")]):
            if is_named(part):
                return part
    rest = _tidy(_REPORT.sub("", _YEAR.sub("", segment[end:])))
    return rest if end and is_organization(rest) else None


def _tidy(words: str) -> str:
    """Words without the punctuation, numbering and connecting words around them."""
    leading = _LEADING.match(words)
    return _TRAILING.sub("", words[leading.end() :] if leading else words)


def is_named(words: str) -> bool:
    """Whether words left over in a title name somebody: an organisation, or a place without its 县 or 市 (临平)."""
    return is_organization(words) or (
        len(words) <= 30 and bool(re.fullmatch(r"[\u3400-\u9fff·()]+", words) and read_places(words))
    )
