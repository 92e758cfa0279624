"""The page around the report: navigation, side bars, footers with numbers, tables as layout, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.rendering.draft import Draft

Chrome = Callable[[Draft, str, str], str]  # (draft, inner HTML, charset) -> page

_MENU = "".join(
    f'<li><a href="/{number}/">{name}</a></li>' for number, name in enumerate(("首页", "政务公开", "办事服务", "互动交流"))
)
_FOOTER = (
    "主办单位:某某人民政府办公室 备案号:00000000号 网站标识码:0000000000 今日访问 128 累计访问 3657420 联系电话:0000-0000000"
)


def _head(draft: Draft, charset: str, title: str | None = None) -> str:
    return f'<head><meta charset="{charset}"><title>{escape(title or draft.title)}</title></head>'


def bare(draft: Draft, inner: str, charset: str) -> str:
    """The report and its title, nothing else."""
    return f"<!DOCTYPE html><html>{_head(draft, charset)}<body><h1>{escape(draft.title)}</h1>{inner}</body></html>"


def fragment(draft: Draft, inner: str, charset: str) -> str:
    """No html, head or body: what an editor's field holds."""
    return f"<p>{escape(draft.title)}</p>\n{inner}"


def portal(draft: Draft, inner: str, charset: str) -> str:
    """Navigation, breadcrumbs, a side bar with reports of other years, a footer with numbers, related links."""
    return f"""<!DOCTYPE html><html>{_head(draft, charset, draft.title + "_政府信息公开年报_门户网站")}<body>
<div class="nav"><ul>{_MENU}</ul></div><div class="crumb">当前位置:首页 &gt; 政府信息公开 &gt; 政府信息公开年报</div>
<div class="left"><h3>政府信息公开年报</h3><ul><li><a href="/a.html">2015年政府信息公开工作年度报告</a></li>
<li><a href="/b.html">2016年政府信息公开工作年度报告</a></li></ul></div>
<div class="main"><h1>{escape(draft.title)}</h1>
<div class="info">发布时间:{draft.year + 1}-01-20 浏览次数:356次 字体:大 中 小</div>
<div class="content">{inner}</div><div class="share">分享到: 打印本页 关闭窗口</div></div>
<div class="footer">{_FOOTER}</div></body></html>"""


def layout_tables(draft: Draft, inner: str, charset: str) -> str:
    """The whole page inside tables three deep; the report's own tables are nested in a cell."""
    return f"""<html>{_head(draft, charset)}<body>
<table width="1000"><tr><td colspan="2"><table><tr><td>首页</td><td>政务公开</td></tr>
</table></td></tr><tr><td width="200"><table><tr><td>热点信息</td></tr><tr><td>访问量 20318</td></tr></table></td>
<td><table width="100%"><tr><td align="center"><b>{escape(draft.title)}</b></td></tr>
<tr><td>发布日期:{draft.year + 1}-01-20</td></tr>
<tr><td>{inner}</td></tr></table></td></tr><tr><td colspan="2">{_FOOTER}</td></tr></table></body></html>"""


def contents_and_running_heads(draft: Draft, inner: str, charset: str) -> str:
    """A table of contents before the report, a running head and page numbers after it, all repeating section words."""
    contents = "".join(
        f"<p>{name}……{page}</p>"
        for page, name in enumerate(
            ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"), start=1
        )
    )
    feet = "<p>- 4 -</p><p>第5页 共9页</p><p>政府信息公开工作年度报告 收到和处理政府信息公开申请情况</p>"
    title = f"<h1>{escape(draft.title)}</h1><h2>目录</h2>"
    return f"<html>{_head(draft, charset)}<body>{title}{contents}{inner}{feet}</body></html>"


def hidden_copy(draft: Draft, inner: str, charset: str) -> str:
    """A comment and a hidden block that hold a table of other numbers: nobody who reads the page sees them."""
    other = "<table><tr><td>行政许可</td><td>999999</td></tr></table>"
    return bare(draft, f'<!-- {other} --><div style="display:none">{other}</div>{inner}', charset)


def without_title(draft: Draft, inner: str, charset: str) -> str:
    """No title line at all: the page begins with the first section."""
    return f"<html>{_head(draft, charset, '政府信息公开')}<body>{inner}</body></html>"


def broken_markup(draft: Draft, inner: str, charset: str) -> str:
    """Closing tags left out, as browsers forgive: `</td>`, `</tr>`, `</p>` and the end of the page."""
    for tag in ("</td>", "</tr>", "</p>"):
        inner = inner.replace(tag, "")
    return f"<html>{_head(draft, charset)}<body><center><h1>{escape(draft.title)}</h1>{inner}"


CHROMES: dict[str, Chrome] = {
    "bare": bare,
    "fragment": fragment,
    "portal": portal,
    "layout_tables": layout_tables,
    "contents_and_running_heads": contents_and_running_heads,
    "without_title": without_title,
    "broken_markup": broken_markup,
}
