"""The pages of the two sites: reports and lists in their chrome (navigation, breadcrumbs, footers), as HTML text.

Site A is a static site with numbered list pages, of the kind that a content system writes out once a night; site B is built
on request and pages its lists by `?page=N`. Numbers in the chrome (hits, phone numbers, filing numbers) belong to the
sample: a reader must not take them for figures.
"""

from __future__ import annotations

from html import escape

from flows.sample.content import Column, SamplePage
from flows.sample.markup import DRESSES, PLAIN, blocks_html, paragraph_html
from flows.sample.narrative import report_blocks
from flows.sample.script import overconverted

PICTURE_NAME = "W020240131.png"
MARK_SYNTHETIC = "示例数据,非真实报告"
MARK_REAL = "示例页面:表内数字取自公开的真实报告,文字为示例"

_NAVIGATION = ("首页", "政务动态", "政府信息公开", "办事服务", "互动交流")
_FOOTER_A = "网站标识码:0000000000 联系电话:0000-0000000 今日访问:1280 累计访问:3657420"
_FOOTER_B = "主办单位:市人民政府办公室 版权所有 最佳分辨率 1920*1080 网站支持IPv6"


def page_html(page: SamplePage, column: Column) -> str:
    """One document page, in simplified or traditional characters as the page says."""
    text = (_shell_a if column.site == "a" else _shell_b)(page, column, _article(page))
    return overconverted(text) if page.script == "traditional" else text


def list_html(column: Column, number: int) -> str:
    """List page `number`, 1-based. Past the end: the chrome with an empty list, as site B answers."""
    lists = column.list_pages()
    entries = lists[number - 1] if 1 <= number <= len(lists) else ()
    return (_list_a if column.site == "a" else _list_b)(column, entries, number, len(lists))


def _article(page: SamplePage) -> str:
    match page.kind:
        case "image":
            return f'<p style="text-align: center;"><img src="{PICTURE_NAME}" width="100%" alt=""></p>'
        case "notice":
            return _notice(page)
        case _:
            if page.figures is None:
                raise ValueError(f"the report {page.id} has no figures")
            dress = DRESSES.get(page.dress, PLAIN)
            blocks = report_blocks(page.body, page.year, page.figures, variety=page.variety)
            year, month, day = (int(part) for part in page.published.split("-"))
            signature = paragraph_html(page.body, dress) + "\n" + paragraph_html(f"{year}年{month}月{day}日", dress)
            # 喆 is in GBK and not in GB2312: a page that declares gb2312 and is decoded as such loses it.
            editor = paragraph_html("(经办:政务公开科 赵喆)", dress) if page.charset == "gb2312" else ""
            return f"{blocks_html(blocks, dress)}\n{editor}\n{signature}"


def _notice(page: SamplePage) -> str:
    paragraphs = (
        "各县(市、区)人民政府,市政府各部门:",
        f"为做好{page.year}年度政府信息公开工作年度报告的编制和发布,现就有关事项通知如下。",
        "一、编制内容。年度报告包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况、"
        "政府信息公开行政复议和行政诉讼情况、存在的主要问题及改进情况、其他需要报告的事项六个部分。",
        "二、时间要求。各部门于1月31日前、各县(市、区)于3月31日前公布本单位年度报告,并报送电子版。",
        "三、有关要求。表格数据须符合勾稽关系,没有发生的填写0,不得留空。",
    )
    return "\n".join(paragraph_html(text) for text in (*paragraphs, page.body, "2024年12月10日"))


def _mark(page: SamplePage) -> str:
    return MARK_REAL if page.real else MARK_SYNTHETIC


def _meta(page: SamplePage) -> str:
    kind = "real-figures" if page.real else "synthetic"
    return (
        f'<meta charset="{page.charset}">\n<meta name="nianbao-sample" content="{kind}">\n'
        f'<meta name="ArticleTitle" content="{escape(page.title)}">\n'
        f'<meta name="PubDate" content="{page.published} 09:30">\n'
        f'<meta name="ContentSource" content="{escape(page.body)}">'
    )


def _menu() -> str:
    return "".join(f'<li><a href="/">{name}</a></li>' for name in _NAVIGATION)


# --- site A: static pages -----------------------------------------------------------------------------------------------


def _shell_a(page: SamplePage, column: Column, article: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{_meta(page)}
<title>{escape(page.title)}_{escape(column.title)}</title>
</head>
<body>
<div class="header"><ul class="nav">{_menu()}</ul></div>
<div class="position">当前位置:<a href="/">首页</a> &gt; <a href="../">{escape(column.title)}</a></div>
<div class="content">
<h1>{escape(page.title)}</h1>
<div class="info"><span>发布时间:{page.published} 09:30</span> <span>来源:{escape(page.body)}</span>
<span>字号:大 中 小</span></div>
<div class="TRS_Editor">
{article}
</div>
</div>
<div class="footer"><p>{_FOOTER_A}</p><p>{_mark(page)}</p></div>
</body>
</html>
"""


def _list_a(column: Column, entries: tuple[SamplePage, ...], number: int, pages: int) -> str:
    items = "\n".join(
        f'<li><a href="./{page.url.removeprefix(column.first_list)}" title="{escape(page.title)}" target="_blank">'
        f"{escape(page.title)}</a><span>{page.published}</span></li>"
        for page in entries
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{escape(column.title)}</title>
</head>
<body>
<div class="header"><ul class="nav">{_menu()}</ul></div>
<div class="position">当前位置:<a href="/">首页</a> &gt; {escape(column.title)}</div>
<div class="side"><a href="/zn/index.html">政府信息公开指南</a><a href="/zd/index.html">政府信息公开制度</a></div>
<ul class="list">
{items}
</ul>
<div class="page"><script type="text/javascript">createPageHTML({pages}, {number - 1}, "index", "html");</script></div>
<div class="footer"><p>{_FOOTER_A}</p><p>{MARK_SYNTHETIC}</p></div>
</body>
</html>
"""


# --- site B: pages built on request -------------------------------------------------------------------------------------


def _shell_b(page: SamplePage, column: Column, article: str) -> str:
    heading = f'<h1 class="title">{escape(page.title)}</h1>'
    info = f"发布日期:{page.published}  信息来源:{escape(page.body)}  浏览次数:{300 + page.variety}"
    body = (
        _tables_body(heading, info, article, column) if page.dress == "layout" else _div_body(heading, info, article, column)
    )
    return f"""<!DOCTYPE html>
<html>
<head>
<title>{escape(page.title)}</title>
{_meta(page)}
</head>
<body>
{body}
<div id="foot">{_FOOTER_B}<br>{_mark(page)}</div>
</body>
</html>
"""


def _div_body(heading: str, info: str, article: str, column: Column) -> str:
    return f"""<div id="top"><ul>{_menu()}</ul></div>
<div class="crumbs"><a href="/">首页</a> / <a href="{column.path}">{escape(column.title)}</a></div>
<div class="sidebar"><h4>热点信息</h4>
<ul><li><a href="/zc/1.html">惠企政策10条</a></li><li><a href="/zc/2.html">2025年工作要点</a></li></ul></div>
<div class="article">
{heading}
<p class="info">{info}</p>
<div class="article-content" id="zoom">
{article}
</div>
</div>"""


def _tables_body(heading: str, info: str, article: str, column: Column) -> str:
    """The same page as old editors laid it out: tables for the head, the side bar and the text."""
    return f"""<table width="1000" align="center" cellpadding="0" cellspacing="0">
<tr><td colspan="2"><ul>{_menu()}</ul></td></tr>
<tr><td width="200" valign="top"><table width="100%"><tr><td>热点信息</td></tr>
<tr><td><a href="/zc/1.html">惠企政策10条</a></td></tr></table></td>
<td valign="top"><table width="100%">
<tr><td><a href="/">首页</a> / <a href="{column.path}">{escape(column.title)}</a></td></tr>
<tr><td align="center">{heading}</td></tr>
<tr><td align="center">{info}</td></tr>
<tr><td>
{article}
</td></tr></table></td></tr></table>"""


def _list_b(column: Column, entries: tuple[SamplePage, ...], number: int, pages: int) -> str:
    rows = "\n".join(
        f'<dl><dt><a href="{page.url.removeprefix("http://" + column.host)}">{escape(page.title)}</a></dt>'
        f"<dd>{page.published}</dd></dl>"
        for page in entries
    )
    steps = [("首页", 1), ("上一页", max(number - 1, 1)), ("下一页", min(number + 1, pages)), ("尾页", pages)]
    links = " ".join(f'<a href="?page={target}">{name}</a>' for name, target in steps)
    return f"""<!DOCTYPE html>
<html>
<head>
<title>{escape(column.title)}</title>
<meta charset="utf-8">
</head>
<body>
<div id="top"><ul>{_menu()}</ul></div>
<div class="crumbs"><a href="/">首页</a> / {escape(column.title)}</div>
<div class="list">
{rows}
</div>
<div class="pager">共{len(column.pages)}条 第{number}/{pages}页 {links}</div>
<div id="foot">{_FOOTER_B}<br>{MARK_SYNTHETIC}</div>
</body>
</html>
"""
