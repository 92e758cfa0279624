"""Pages with status 200 that are not the document, and the pages that must never be taken for such."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.decode import page_verdict, raise_for_page
from parsers.verdicts import Blocked, SoftNotFound

FIXTURES = Path(__file__).parent.parent / "fixtures" / "listing"
URL = "http://www.qinghe.example.cn/xxgk/nb/t20240126_1.html"
ITEMS = ("首页", "政务公开", "办事服务", "登录", "注册", "网站地图")
MENU = "<ul>" + "".join(f"<li><a href='/{name}/'>{name}</a></li>" for name in ITEMS) + "</ul>"


def page(body: str, title: str = "清河县人民政府", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "text",
    [
        page("<h1>404</h1><p>您访问的页面不存在</p>", "404"),
        page(MENU + "<p>对不起，您访问的页面不存在或已被删除！</p>" + MENU * 5),
        page("<p>抱歉，您要查看的信息已被删除。</p>"),
        page("<p>该文章已删除</p>"),
        page("<h2>HTTP Status 404 – Not Found</h2>"),
        page("<p>找不到该页面，5秒后返回首页</p>", "出错了"),
        page("<p>页面走丢了</p>", "错误页面"),
        page("<p>页面未找到</p>" + MENU * 60, "404 Not Found"),
        page("<p>页面不存在</p>", "政府信息公开年报"),
        "<html><body> </body></html>",
        "<html></html>",
    ],
)
def test_error_pages(text: str) -> None:
    assert isinstance(page_verdict(text, url=URL, final_url=URL), SoftNotFound)


@pytest.mark.parametrize(
    "text",
    [
        page("", "", '<script>document.cookie="x=1;path=/";window.location.reload();</script>'),
        page("", "", "<script>document.cookie=('_')+('_')+('jsl_clearance=1');location.href=location.pathname;</script>"),
        page(
            "<noscript>请开启JavaScript</noscript>",
            "",
            "<meta content=\"e2Fkd\"><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>",
        ),
        page("", "", "<script>var arg1='3F';function setCookie(n,v){}; reload('acw_sc__v2', arg2);</script>"),
        page("<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>", "网站防火墙"),
        page("<p>访问过于频繁，请完成验证</p><p>请输入验证码</p><img src='code.jpg'>"),
        page("<h1>Access Denied</h1>"),
        page("<p>为保障访问安全，请拖动滑块完成验证</p>", "安全验证"),
        page("<form><input name='u'>用户名<input type='password' name='p'>密码</form>", "用户登录"),
    ],
)
def test_walls(text: str) -> None:
    assert isinstance(page_verdict(text, url=URL, final_url=URL), Blocked)


@pytest.mark.parametrize(
    ("final_url", "verdict"),
    [
        ("http://www.qinghe.example.cn/", SoftNotFound),
        ("https://qinghe.example.cn/index.html", SoftNotFound),
        ("http://www.qinghe.example.cn/error/404.html", SoftNotFound),
        ("http://www.qinghe.example.cn/404.shtml", SoftNotFound),
        ("http://sso.qinghe.example.cn/cas/login?service=x", Blocked),
        ("http://www.qinghe.example.cn/user/login.jsp", Blocked),
        ("https://www.qinghe.example.cn/xxgk/nb/t20240126_1.html", type(None)),
        ("http://www.qinghe.example.cn/xxgk/nb/2023/t20240126_1.html", type(None)),
    ],
)
def test_redirects_to_somewhere_else(final_url: str, verdict: type) -> None:
    assert isinstance(page_verdict(page(MENU * 40), url=URL, final_url=final_url), verdict)


def test_a_home_page_that_was_asked_for_is_no_soft_404() -> None:
    assert (
        page_verdict(page(MENU * 40), url="http://qinghe.example.cn", final_url="http://www.qinghe.example.cn/index.html")
        is None
    )


ENTRIES = "".join(
    f"<li><a href='t2024012{number}_1.html'>清河县{2017 + number}年政府信息公开工作年度报告</a><span>2024-01-2{number}</span></li>"
    for number in range(3, 8)
)


def test_the_list_again_in_place_of_a_report() -> None:
    again = page(MENU + f"<ul>{ENTRIES}</ul>", "政府信息公开年报")
    assert isinstance(page_verdict(again, url=URL, final_url=URL), SoftNotFound)
    assert isinstance(page_verdict(again + "<p> </p>" * 9_000, url=URL, final_url=URL), SoftNotFound)
    listed_at = URL.rpartition("/")[0] + "/"
    assert page_verdict(again, url=listed_at, final_url=listed_at) is None


def test_a_report_in_pictures_beside_a_list_of_reports_is_no_list() -> None:
    for heading in ("<h1>清河县2023年政府信息公开工作年度报告</h1>", "<p>清河县政府信息公开工作年度报告（2023年）</p>"):
        text = page(MENU + heading + f"<img src='nb.jpg'><div>相关信息<ul>{ENTRIES}</ul></div>", "清河县人民政府")
        assert page_verdict(text, url=URL, final_url=URL) is None


REPORT = (
    MENU
    + "<h1>清河县2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>网站部分栏目更新不及时,个别链接提示您访问的页面不存在。</p>"
    + "<p>请登录县政府网站查阅,输入验证码后可以下载。未发生访问被拦截的情况。</p>"
)


@pytest.mark.parametrize(
    "text",
    [
        page(REPORT, "清河县2023年政府信息公开工作年度报告"),
        page(REPORT, "登录"),
        page(
            "<p>部分群众反映网站链接打开后提示页面不存在。</p>" + "<p>我单位高度重视,已逐一核查并完成整改。</p>" * 80,
            "整改情况",
        ),
        page(REPORT + "<p>说明</p>" * 3000),
        page(MENU + "<img src='nb.jpg'>", "清河县2023年政府信息公开工作年度报告(图片版)"),
        page(MENU + "<a href='nb.pdf'>附件:清河县2023年政府信息公开工作年度报告.pdf</a>"),
        page("<img src='nb.jpg'>", "", "<script>document.cookie='visited=1';</script>"),
        page("<form>账号<input type='password'></form>" + MENU, "清河县人民政府"),
        page("<div id='app'></div><script src='/app.js'></script>"),
        page("<p>网站由云锁提供安全服务</p>" + MENU),
        page("<p>查询结果:暂无数据</p>" + MENU, "政府信息公开年报"),
        "<datastore><recordset></recordset></datastore>",
        '{"message": "页面不存在"}',
        "",
    ],
)
def test_what_must_never_be_taken_for_one(text: str) -> None:
    assert page_verdict(text, url=URL, final_url=URL) is None
    raise_for_page(text, url=URL, final_url=URL)


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_no_list_page_is_taken_for_one(name: str) -> None:
    assert page_verdict((FIXTURES / name).read_text(encoding="utf-8"), url=URL, final_url=URL) is None


def test_the_verdict_is_raised_with_what_was_seen() -> None:
    with pytest.raises(SoftNotFound, match="访问的页面不存在"):
        raise_for_page(page("<p>您访问的页面不存在</p>"))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "<script>" * 20_000,
        "<title>" * 20_000,
        "<div>404" * 20_000,
        "document.cookie=" * 20_000 + "<a>",
        "<" * 300_000,
        "<p>" * 99_999,
    ],
    ids=["scripts", "titles", "divs", "cookies", "brackets", "paragraphs"],
)
def test_hostile_pages_end_in_time(text: str) -> None:
    assert page_verdict(text) is None or isinstance(page_verdict(text), SoftNotFound | Blocked)
