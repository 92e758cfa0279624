"""Pagers in the words, pictures and menus of real portals, and what lists say of their own size."""

from __future__ import annotations

import pytest

from parsers.listing import ListPage, read_list
from parsers.listing_pager import is_pager_text

HOME = "http://www.qinghe.example.cn/xxgk/nb/"
ENTRY = '<ul><li><a href="t20240126_88101.html">清河县2023年政府信息公开工作年度报告</a><span>2024-01-26</span></li></ul>'


def read(content: str, url: str = HOME, **options: object) -> ListPage:
    text = f"<!DOCTYPE html><html><head><title>政府信息公开年报</title></head><body>{content}</body></html>"
    return read_list(text, url, **options)  # type: ignore[arg-type]


def following(found: ListPage) -> list[str]:
    return [request.url.removeprefix(HOME) for request in found.next_pages]


@pytest.mark.parametrize(
    "word",
    """下一页 下页 后页 后一页 下一頁 [下一页] 【下一页】 下一页> 下页>> 下一页»
    下一页→ 下一页(N) 下10条 Next NEXT Next> > >> » › → ▶ 〉 ＞""".split(),  # noqa: SIM905
)
def test_words_and_arrows_for_the_next_page(word: str) -> None:
    found = read(f'{ENTRY}<div class="fy"><a href="/p/">上一页</a><a href="list/2/">{word}</a></div>')
    assert following(found) == ["list/2/"]
    assert is_pager_text(word)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="list/2/"><img src="n.gif" alt="下一页"></a>',
        '<a href="list/2/" aria-label="Next"><i></i></a>',
        '<a href="list/2/" class="page-next"><i></i></a>',
        "<button onclick=\"location='list/2/'\">下一页</button>",
        '<div data-url="list/2/">点击加载更多</div>',
    ],
)
def test_a_next_link_without_words(link: str) -> None:
    assert following(read(ENTRY + link)) == ["list/2/"]


@pytest.mark.parametrize("word", ["上一页", "首页", "<", "«", "|<", "上一頁", "更多", "查看更多", "2023", "清河县教育局"])
def test_words_that_lead_to_no_next_page(word: str) -> None:
    assert following(read(f'{ENTRY}<a href="list/2/">{word}</a>')) == []


def test_addresses_of_a_pager_are_relative_to_the_base_of_the_page() -> None:
    found = read(f'<base href="/zwgk/">{ENTRY}<a href="list_2.html">下一页</a>')
    assert [request.url for request in found.next_pages] == ["http://www.qinghe.example.cn/zwgk/list_2.html"]


@pytest.mark.parametrize(
    "code", ["location.href='list_'+this.value+'.html'", "goPage(this.options[this.selectedIndex].value)"]
)
def test_a_select_whose_code_makes_the_address(code: str) -> None:
    options = "".join(f'<option value="{number}">第{number}页</option>' for number in (1, 2, 3))
    script = "<script>function goPage(n) { var url = 'list_' + n + '.html'; window.location = url; }</script>"
    found = read(f'{ENTRY}<select onchange="{code}">{options}</select>{script}', HOME + "list_1.html")
    assert following(found) == ["list_2.html", "list_3.html"]


def test_numbers_whose_click_handler_makes_the_address() -> None:
    links = "".join(f'<a href="javascript:;" data-page="{number}">{number}</a>' for number in (1, 2, 3))
    script = "<script>$('.page a').click(function() { var p = $(this).attr('data-page'); location.href = '?pageNum=' + p; })</script>"
    assert following(read(f'{ENTRY}<div class="page">{links}</div>{script}')) == ["?pageNum=2", "?pageNum=3"]


@pytest.mark.parametrize(
    "statement",
    """共45条 共有45条信息 共计45条 总数:45 记录总数:45 信息总数:45 总记录数:45条 检索到45条结果 共45条数据
    本栏目共有文章45篇 总共:45条 合计:45条 Total:45 本栏目信息总数45条 共45項 显示第1-10条记录,共45条
    <b>共</b><b>45</b><b>条</b> 45条记录""".split(),  # noqa: SIM905
)
def test_a_list_states_its_total(statement: str) -> None:
    assert read(f'{ENTRY}<div class="pager">{statement}</div>').total == 45


@pytest.mark.parametrize("text", ["全年共受理申请45条", "共收到45条意见建议", "第1-45条记录", "共45个街道"])
def test_other_numbers_are_no_total(text: str) -> None:
    assert read(f"{ENTRY}<p>{text}</p>").total is None


def test_what_the_last_page_does_not_show_is_not_worked_out() -> None:
    body = ENTRY + '<div class="page">共80条 上一页</div>'
    assert len(following(read(body, HOME + "?page=2"))) == 79
    assert following(read(body, HOME + "?page=2", later=True)) == []


@pytest.mark.parametrize(
    "code",
    [
        "if (p == 1) { location.href = 'list.html'; } else { location.href = 'list_' + p + '.html'; }",
        "window.location = p < 2 ? 'list.html' : 'list_' + p + '.html';",
    ],
)
def test_a_function_with_an_address_of_its_own_for_the_first_page(code: str) -> None:
    body = f'{ENTRY}<script>function go(p) {{ {code} }}</script>共3页 <a href="javascript:go(2)">下一页</a>'
    assert following(read(body, HOME + "list.html")) == ["list_2.html"]
    assert following(read(body.replace("下一页", ""), HOME + "list.html")) == ["list_2.html", "list_3.html"]


def test_a_next_link_of_the_last_page_leads_nowhere() -> None:
    assert following(read(f'{ENTRY}共3页 <a href="list_4.html">下一页</a>', HOME + "list_3.html", later=True)) == []


def test_a_select_that_submits_its_form_chooses_among_lists() -> None:
    options = (
        '<option value="2023" selected>2023年</option><option value="2022">2022年</option><option value="9">请选择</option>'
    )
    form = f'<form method="post" action="list.do"><select name="nd" onchange="this.form.submit()">{options}</select></form>'
    assert [(one.title, one.request.data) for one in read(ENTRY + form).sub_lists] == [("2022年", "nd=2022")]
    assert read(ENTRY + form, later=True).sub_lists == ()
    bodies = "<option value='1'>教育局</option>"
    state = "<input type='hidden' name='__VIEWSTATE' value='x'>"
    postback = f"""<form method="post" action="list.aspx">{state}
        <select name="dw" onchange="javascript:setTimeout('__doPostBack(\\'dw\\',\\'\\')', 0)">{bodies}</select></form>"""
    (chosen,) = read(ENTRY + postback).sub_lists
    assert chosen.request.data == "__VIEWSTATE=x&__EVENTTARGET=dw&__EVENTARGUMENT=&dw=1"
