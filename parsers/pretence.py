"""Pages with status 200 that are not the document: error pages (soft 404), walls, challenges, logins.

Judged by size, title and structure together: a report may mention 登录 in its navigation and 页面不存在 in its text, and is
never taken for one of these. What is recognised is recorded and left alone; nothing here helps to get past a wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import lxml.html
from lxml.etree import ParserError

from parsers.listing_titles import names_column, plain_title, years_in
from parsers.urls import canonical_url, page_key, same_site
from parsers.verdicts import Blocked, SoftNotFound

SMALL = 40_000  # characters of source; larger pages are looked into only when one of the words below is in them
LARGE = 400_000  # characters of source; no error page is larger
# Visible characters, white space not counted:
NO_TEXT = 20  # of a page that has nothing on it
WALL_TEXT = 500  # of a wall
ERROR_TEXT = 1_200  # of an error page with its site's menu around it
ERROR_TEXT_TITLED = 6_000  # the same where the title too says that it is one
REPORT_TEXT = 200  # of an error page whose title is still that of a report
HINTS = (
    *("不存在", "404", "找不到", "未找到", "已删除", "已被删除", "已失效", "验证", "拦截", "防火墙", "阻断", "频繁"),
    *("denied", "rejected", "Denied", "Rejected", "Not Found"),
)
TABLE_WORDS = ("本年新收政府信息公开申请", "未经复议直接起诉", "本年制发件数")  # of the tables of the forms since 2019
# Words of the headings and tables of a report, those first that come first in it: each that a page lacks is sought to its end.
REPORT_WORDS = ("一、总体情况", "一、概述", *TABLE_WORDS, "统计指标")

MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|title|meta|script|div|p|span|h\d|table|form|center|frameset)\b", re.IGNORECASE
)
TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})</title", re.IGNORECASE)
CONTENT = "//body//img | //iframe | //frame | //embed | //object | //video | //a | //script | //input | //meta[@http-equiv]"

WHAT = "(?:页面|网页|文章|信息|内容|地址|资源|文件|栏目|链接|文档|稿件|路径)"
REMOVED = "(?:已经?|已被)(?:被?(?:删除|移除|失效|撤销|下线|撤稿|过期))"
GONE = f"(?:不存在|未找到|找不到|没有找到|无法找到|不见了|走丢了|飞走了|丢失了|{REMOVED})"
SEEK = "(?:找不到|无法找到|没有找到)(?:该|您|相关|此|指定)?"
NOT_THERE = re.compile(
    rf"(?:访问|查找|请求|查看|浏览|寻找|打开)的?{WHAT}.{{0,6}}?{GONE}|{WHAT}{GONE}|{SEEK}.{{0,8}}?{WHAT}|该?文章已.{{0,4}}删除"
    r"|404(?:\.\d)?[-,:]*(?:NotFound|错误|页面|找不到|File)|(?:Error|错误|HTTPStatus)[-:]*404|NotFound",
    re.IGNORECASE,
)
ERROR_TITLE = re.compile(r"404|not\s?found|出错|错误|不存在|找不到|未找到|\berror\b", re.IGNORECASE)
BRAND = "(?:安全狗|创宇盾|加速乐|云锁|云盾|宝塔|防火墙|WAF)"
WALL = re.compile(
    rf"{BRAND}.{{0,20}}(?:拦截|验证|阻断|拒绝|检测到)|(?:请求|访问|操作|行为).{{0,24}}(?:被?拦截|被阻断|被拒绝|已被禁止)|疑似.{{0,6}}攻击"
    r"|(?:输入|完成|进行).{0,8}(?:验证码|安全验证|人机验证|滑动验证)|拖动滑块|滑块验证|(?:访问|请求)过于频繁|安全验证"
    r"|access\s?denied|request\s?rejected|forbidden|just\s?a\s?moment|checking\s?your\s?browser|verify\s?you\s?are\s?human|captcha",
    re.IGNORECASE,
)
# What the scripts of challenge pages do before they load the page again.
CHALLENGE = re.compile(
    r"__jsl_clearance|acw_sc__v2|\$_ts\b|_\$[a-z]{2}\(|wzws|cf-chl|challenge-platform"
    r"|document\.cookie\s*=[^<]{0,1200}?(?:location\s*[.=]|reload\()|(?:setTimeout|eval)\([^<]{0,2000}document\.cookie",
    re.IGNORECASE,
)
LOGIN_TITLE = re.compile(r"登录|登陆|统一身份认证|单点登录|\blog\s?in\b|sign\s?in", re.IGNORECASE)
LOGIN_PATH = re.compile(r"/(?:login|sso|cas|passport|signin|uaa|oauth2?|authserver)(?:[/._?-]|$)", re.IGNORECASE)
ERROR_PATH = re.compile(r"/(?:404|error|err|notfound|not_found|errorpage|wrong)(?:[/._-]\w*)*$", re.IGNORECASE)

MANY = 3  # links to reports that make a list
REPORT_WITH_YEAR = re.compile(r"20\d\d年?度?.{0,20}公开.{0,16}(?:年报|年度报告)|公开.{0,16}(?:年报|年度报告).{0,6}20\d\d")

Pretence = SoftNotFound | Blocked


def holds_report(text: str) -> bool:
    """Whether the source of a page has words of a report's headings or tables: then it is what it says."""
    return any(word in text for word in REPORT_WORDS)


def page_verdict(text: str, *, url: str = "", final_url: str = "", report: bool | None = None) -> Pretence | None:
    """The verdict of a page that is not what was asked for, or None.

    `text` is the decoded HTML of an answer with status 200, `url` what was asked for and `final_url` what answered. Texts
    that are no HTML (JSON, XML) are judged by the address alone. `report` is what `holds_report` says, where it was asked.
    """
    by_address = _by_address(url, final_url)
    if not MARKUP.search(text, 0, 4096) or (holds_report(text) if report is None else report):
        return by_address
    found = TITLE.search(text, 0, LARGE)
    title = " ".join(found[1].split()) if found else ""
    suspicious = any(pattern.search(title) for pattern in (ERROR_TITLE, LOGIN_TITLE, WALL))
    large = len(text) > LARGE or (len(text) > SMALL and not any(hint in text for hint in HINTS))
    if large and not suspicious and text.count("公开") < MANY:
        return by_address
    return next(_by_content(text[:LARGE], title, url), by_address)


def raise_for_page(text: str, *, url: str = "", final_url: str = "", report: bool | None = None) -> None:
    """Raise SoftNotFound or Blocked when `page_verdict` finds one."""
    verdict = page_verdict(text, url=url, final_url=final_url, report=report)
    if verdict is not None:
        raise verdict


def _by_content(text: str, title: str, url: str) -> Iterator[Pretence]:
    try:
        page: Any = lxml.html.document_fromstring(
            text.encode("utf-8", "replace"), parser=lxml.html.HTMLParser(encoding="utf-8")
        )
    except ParserError:  # nothing in it, not even an element
        yield SoftNotFound("the page has nothing on it")
        return
    if url and _is_the_list(page, url):
        yield SoftNotFound("the list of reports again, in place of one of them")
    content = len(page.xpath(CONTENT))
    password = bool(page.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']"))
    for element in page.xpath("//script | //style | //head | //noscript"):
        element.drop_tree()
    visible = "".join(page.text_content().split())
    if len(visible) < WALL_TEXT and CHALLENGE.search(text):
        yield Blocked("a JavaScript challenge stands in front of the page")
    report = names_column(title)
    error = ERROR_TITLE.search(title) is not None
    missing = NOT_THERE.search(visible) or (error and NOT_THERE.search(title.replace(" ", "")))
    if missing and len(visible) < (REPORT_TEXT if report else ERROR_TEXT_TITLED if error else ERROR_TEXT):
        yield SoftNotFound(f"the page says that it is not there: {missing[0]}")
    wall = WALL.search(visible) or WALL.search(title)
    if wall and not report and len(visible) < WALL_TEXT:
        yield Blocked(f"a wall: {wall[0]}")
    if password and not report and LOGIN_TITLE.search(title) and len(visible) < ERROR_TEXT:
        yield Blocked(f"a login page: {title}")
    if len(visible) < NO_TEXT and not content and not title:
        yield SoftNotFound("the page has nothing on it")


def _is_the_list(page: Any, url: str) -> bool:
    """Whether this is a list of reports that names the one asked for, as some servers answer for a document that is gone.

    A page of a report has its name outside of links too, in its heading; a list has the names of reports in links alone.
    """
    links = [(link, link.text_content() + str(link.get("title") or "")) for link in page.iter("a")]
    reports = [link for link, name in links if names_column(name) and years_in(name)]
    if len(reports) < MANY or not any(_leads_to(link.get("href") or "", url) for link in reports):
        return False
    own_text = "".join(page.xpath("//body//text()[not(ancestor::a) and not(ancestor::script) and not(ancestor::style)]"))
    return REPORT_WITH_YEAR.search(plain_title(own_text)) is None


def _leads_to(href: str, url: str) -> bool:
    try:
        return page_key(canonical_url(href, url)) == page_key(url)
    except ValueError:
        return False


def _by_address(url: str, final_url: str) -> Pretence | None:
    """What a redirect to another place says: to the home page, to an error page, to a login."""
    if not url or not final_url or page_key(url) == page_key(final_url):
        return None
    path, asked = unquote(urlsplit(final_url).path), unquote(urlsplit(url).path)
    if LOGIN_PATH.search(path) and not LOGIN_PATH.search(asked):
        return Blocked(f"redirected to a login: {final_url}")
    if ERROR_PATH.search(path) and not ERROR_PATH.search(asked):
        return SoftNotFound(f"redirected to an error page: {final_url}")
    home, deep = (page_key(address).partition("/")[2] for address in (final_url, url))
    if deep and not home and same_site(url, final_url):
        return SoftNotFound(f"redirected to the home page: {final_url}")
    return None
