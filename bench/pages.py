"""The pages of the bench: reports of counties over several provinces and years, each in the chrome of a portal.

Figures come from the sample's seeded generator, so that every page keeps its identities; the same number of pages is the
same pages on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice, product
from random import Random

from flows.sample.content import template_of
from flows.sample.figures import synthetic_figures
from flows.sample.markup import DRESSES, PLAIN, blocks_html, paragraph_html
from flows.sample.narrative import Block, Heading, report_blocks, short_name
from parsers.gazetteer import divisions

PAGE_BYTES = 130_000  # of one report page, about
LIST_LENGTH = 20  # reports on one list page
YEARS = (2017, 2018, 2019, 2020, 2021, 2022, 2023, 2024)
PROVINCES = ("130000", "330000", "370000", "410000", "430000", "440000", "510000", "620000")
# How editors left their tables. Most pages of this weight have it from tables that were pasted from Word; of eight, one has a
# span around each character, one is laid out by tables, one is plain, and the chrome around these three is heavier.
DRESS_OF = ("word", "plain", "word", "split", "word", "layout", "word", "word")
LEAST_CHROME = 12_000  # bytes


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report of one body, and where it is published."""

    region: str  # adcode of the province
    path: str
    body: str
    year: int
    number: int  # of the page in the whole bench: seeds its figures and its words
    dress: str

    @property
    def host(self) -> str:
        return host_of(self.region)

    @property
    def title(self) -> str:
        return f"{self.body}{self.year}年政府信息公开工作年度报告"

    @property
    def published(self) -> str:
        return f"{self.year + 1}-01-{1 + self.number % 28:02d}"


@dataclass(frozen=True, slots=True)
class Site:
    """The portal of one province: numbered list pages and the reports that they link to."""

    name: str
    region: str
    pages: tuple[ReportPage, ...]

    @property
    def host(self) -> str:
        return host_of(self.region)

    @property
    def first_list(self) -> str:
        return f"/{self.region}/index.html"

    def lists(self) -> Iterator[tuple[str, str]]:
        """Path and HTML of each list page."""
        batches = [self.pages[start : start + LIST_LENGTH] for start in range(0, len(self.pages), LIST_LENGTH)]
        for number, batch in enumerate(batches):
            name = f"index_{number}.html" if number else "index.html"
            yield f"/{self.region}/{name}", _list_html(self, batch, number, len(batches))


def host_of(region: str) -> str:
    return f"www.sheng-{region[:2]}.example"


def sites(pages: int) -> tuple[Site, ...]:
    """The portals that hold so many reports between them, evenly. Raises ValueError past the number of counties and years."""
    counts = [pages // len(PROVINCES) + (index < pages % len(PROVINCES)) for index in range(len(PROVINCES))]
    start = 0
    found = []
    for region, count in zip(PROVINCES, counts, strict=True):
        if count:
            found.append(_site(region, count, start))
        start += count
    return tuple(found)


def _site(region: str, count: int, start: int) -> Site:
    counties = [
        place.name
        for place in divisions()
        if place.level == "county" and place.code[:2] == region[:2] and place.since is None and place.until is None
    ]
    owed = islice(product(counties, YEARS), count)
    pages = tuple(
        ReportPage(
            region,
            f"/{region}/{year + 1}01/t{year + 1}0101_{number}.html",
            f"{county}人民政府",
            year,
            number,
            DRESS_OF[(number + number // len(YEARS)) % len(DRESS_OF)],  # every year meets every dress
        )
        for number, (county, year) in enumerate(owed, start=start)
    )
    if len(pages) < count:
        raise ValueError(f"the bench has {len(counties) * len(YEARS)} reports for the province {region}, not {count}")
    return Site(f"bench-{region}", region, pages)


# --- a report page -----------------------------------------------------------------------------------------------------


def report_html(page: ReportPage) -> str:
    """The page, some PAGE_BYTES long in UTF-8: what its article does not fill, its chrome does."""
    figures = synthetic_figures(template_of(page.year), page.number, size=10 + page.number % 90)
    dress = DRESSES.get(page.dress, PLAIN)
    blocks = _with_prose(report_blocks(page.body, page.year, figures, variety=page.number), page)
    month, day = page.published[5:7], page.published[8:]
    signature = paragraph_html(page.body, dress) + paragraph_html(f"{page.year + 1}年{month}月{day}日", dress)
    article = f"{blocks_html(blocks, dress)}\n{signature}"
    if page.dress == "layout":
        article = (
            f'<table width="1000" align="center"><tr><td width="200"><table><tr><td>热点信息</td></tr></table></td>'
            f'<td><table width="100%"><tr><td>\n{article}\n</td></tr></table></td></tr></table>'
        )
    weight = max(LEAST_CHROME, PAGE_BYTES - len(article.encode()))
    return _shell(page, article, _chrome(Random(page.number), weight))


# Written for the bench; none states a count that the tables give.
_SENTENCES = (
    "{short}坚持以公开为常态、不公开为例外,把公开要求落实到办文办事的每一个环节",
    "结合机构职能调整,重新核对了法定公开内容,对不再适用的栏目逐一清理归并",
    "围绕群众关心的就业、教育、医疗和住房事项,集中发布办理条件、所需材料和办结时限",
    "对涉及企业的政策实行文件与解读同步起草、同步审核、同步发布,并配上图表和问答",
    "政务服务大厅和图书馆的查阅点配备了自助设备,由专人引导群众查询和打印",
    "完善公文属性源头认定,拟稿时写明公开方式,不予公开的说明理由并由法制机构复核",
    "加强网站日常巡查,对错别字、失效链接和更新不及时的栏目限时整改,整改结果纳入考核",
    "依申请公开实行登记、审核、办理、答复、归档全程留痕,答复文书使用统一格式",
    "遇有疑难申请,由承办机构会同法制机构和有关部门集体会商,确保答复依法准确",
    "通过政务新媒体发布通俗易懂的短视频和图解,方便群众随时了解政策变化",
    "组织业务培训和交流,邀请高校老师讲授条例要点,结合典型案例分析常见问题",
    "把政务公开列入年度督查事项,按季度通报进展,督促落后单位补齐短板",
    "认真办理群众留言和来电,对反映集中的问题及时回应,并把处理结果向社会公布",
    "严格执行公开前的保密审查,妥善处理公开与个人隐私、商业秘密保护的关系",
)


def _with_prose(blocks: tuple[Block, ...], page: ReportPage) -> Iterator[Block]:
    """The sample's report, with as much prose behind its first and its last headings as a county writes."""
    random = Random(page.number)
    headings = [block for block in blocks if isinstance(block, Heading)]
    for block in blocks:
        yield block
        if block in (headings[0], headings[1], headings[-2]):
            for _ in range(4):
                sentences = random.sample(_SENTENCES, 4)
                yield "。".join(sentence.format(short=short_name(page.body)) for sentence in sentences) + "。"


def _shell(page: ReportPage, article: str, chrome: Chrome) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="ArticleTitle" content="{escape(page.title)}">
<meta name="PubDate" content="{page.published} 09:30">
<meta name="ContentSource" content="{escape(page.body)}">
<title>{escape(page.title)}_{escape(page.body)}</title>
<style type="text/css">
{chrome.style}
</style>
</head>
<body>
<div class="header"><ul class="nav">{chrome.menu}</ul></div>
<div class="position">当前位置:<a href="/">首页</a> &gt; <a href="../index.html">政府信息公开年报</a></div>
<div class="side"><h4>相关信息</h4><ul>{chrome.related}</ul></div>
<div class="content">
<h1>{escape(page.title)}</h1>
<div class="info"><span>发布时间:{page.published} 09:30</span> <span>来源:{escape(page.body)}</span></div>
<div class="TRS_Editor">
{article}
</div>
<div class="share">分享到: 打印本页 关闭窗口</div>
</div>
<div class="footer"><p>主办单位:{escape(page.body)}办公室 网站标识码:0000000000 累计访问:3657420</p></div>
<script type="text/javascript">
{chrome.script}
</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Chrome:
    """What a portal puts around an article."""

    style: str
    script: str
    menu: str
    related: str


_COLUMNS = (
    "政务动态",
    "通知公告",
    "政策文件",
    "财政资金",
    "重大项目",
    "公共服务",
    "人事信息",
    "应急管理",
    "规划计划",
    "互动交流",
)
_TOPICS = (
    "促进就业补贴发放办法",
    "城区道路维修安排",
    "春季植树活动",
    "农村供水工程进展",
    "义务教育招生安排",
    "惠民政策解读",
)


def _chrome(random: Random, weight: int) -> Chrome:
    """About so many bytes: half of them scripts, the rest style sheets, menus and links to other pages."""
    menu = "".join(
        f'<li class="nav-item"><a href="/col/{number}/index.html" target="_blank">{name}</a></li>'
        for number, name in enumerate(_COLUMNS)
    )
    eighth = (weight - len(menu.encode())) // 8
    return Chrome(
        style=_filled(
            2 * eighth,
            lambda number: (
                f".box{number} .tit a:hover{{color:#{random.randrange(4096):03x};margin:0 {number % 20}px;float:left}}\n"
            ),
        ),
        script=_filled(
            4 * eighth,
            lambda number: (
                f'$(".tab{number}").hover(function(){{ $(this).addClass("on"); show({random.randrange(900)}); }});\n'
            ),
        ),
        menu=menu,
        related=_filled(
            2 * eighth,
            lambda number: (
                f'<li><a href="/art/{number}/{random.randrange(90000)}.html" target="_blank">{random.choice(_TOPICS)}</a>'
                f"<span>2025-{1 + number % 12:02d}-{1 + number % 28:02d}</span></li>\n"
            ),
        ),
    )


def _filled(size: int, piece: Callable[[int], str]) -> str:
    """Pieces one after the other until they are so many bytes."""
    parts: list[str] = []
    number = 0
    while size > 0:
        parts.append(piece(number))
        size -= len(parts[-1].encode())
        number += 1
    return "".join(parts)


# --- a list page -------------------------------------------------------------------------------------------------------


def _list_html(site: Site, pages: tuple[ReportPage, ...], number: int, of: int) -> str:
    items = "\n".join(
        f'<li><a href="{page.path}" title="{escape(page.title)}" target="_blank">{escape(page.title)}</a>'
        f"<span>{page.published}</span></li>"
        for page in pages
    )
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>政府信息公开年报_{site.name}</title>
</head>
<body>
<div class="position">当前位置:<a href="/">首页</a> &gt; 政府信息公开年报</div>
<ul class="list">
{items}
</ul>
<div class="page"><script type="text/javascript">createPageHTML({of}, {number}, "index", "html");</script></div>
</body>
</html>
"""
