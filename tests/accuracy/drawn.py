"""Reports drawn in every carrier (载体): who reports, what, in which layout. The same seed draws the same reports."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from html import escape
from typing import Literal, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from flows.sample.figures import PageFigures
from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading
from tests.accuracy.bodies import Body, bodies, titles
from tests.rendering.as_docx import docx_bytes
from tests.rendering.as_pdf import Print, pdf_bytes
from tests.rendering.as_xlsx import xlsx_bytes
from tests.rendering.draft import Draft, map_cells
from tests.rendering.identities import broken_identities
from tests.rendering.layout import Layout
from tests.rendering.strategies import TEMPLATES, Recipe, layouts, recipes
from tests.rendering.writing import SCRIPTS, encode

Carrier = Literal["html", "text", "docx", "pdf", "xlsx"]
CARRIERS: tuple[Carrier, ...] = ("html", "text", "docx", "pdf", "xlsx")
YEARS = {"legacy-2017": (2014, 2019), "modern-2019": (2019, 2021), "modern-2021": (2021, 2025)}  # late adopters included
Drawing = TypeVar("Drawing")
OFFICE = ("docx", "pdf", "xlsx")
File = tuple[bytes, str, str]  # payload, file name, Content-Type


@dataclass(frozen=True)
class Drawn:
    """A document with the truth about it. `clean`: it has one right reading, and nothing to complain of."""

    carrier: Carrier
    payload: bytes
    file_name: str
    content_type: str
    figures: PageFigures
    year: int
    body: Body
    clean: bool
    layout: str  # in words, to find it again


def draw_all(strategy: st.SearchStrategy[Drawing], count: int, number: int) -> list[Drawing]:
    """So many examples of a strategy, the same for the same `number`.

    Each is drawn by itself: in one run of many examples Hypothesis varies those that it has drawn already.
    """
    return [_draw_one(strategy, 1_000_000 * number + index) for index in range(count)]


def _draw_one(strategy: st.SearchStrategy[Drawing], number: int) -> Drawing:
    found: list[Drawing] = []

    @seed(number)
    @settings(max_examples=2, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(example: Drawing) -> None:
        found.append(example)

    collect()
    return found[-1]  # the first is the simplest that there is


def drawn_reports(carrier: Carrier, template: str, count: int) -> list[Drawn]:
    """Reports of a template in a carrier."""
    number = 100 * CARRIERS.index(carrier) + TEMPLATES.index(template)
    return draw_all(_reports(carrier, template), count, number)


@st.composite
def _reports(draw: st.DrawFn, carrier: Carrier, template: str) -> Drawn:
    year = draw(st.integers(*YEARS[template]))
    body = draw(bodies(year))
    clean = draw(st.integers(0, 2)) > 0
    gaps = not clean and draw(st.booleans())
    recipe = replace(draw(recipes(template=template, gaps=gaps)), organization=body.name, year=year)
    draft = recipe.draft()
    drawn = layouts(template, text=carrier == "text").map(lambda layout: _of(carrier, layout))
    layout = draw(drawn.filter(lambda layout: layout.certain(draft)) if clean else drawn)
    clean = layout.certain(draft) and not broken_identities(draft.figures)
    draft = layout.changed(replace(draft, title=draw(titles(body, year))))
    signed = draw(_signatures(body, year)) if layout.chrome != "without_title" else _signature(body, year, 1, 20)
    draft = replace(draft, blocks=(*draft.blocks, *signed))
    written, how = draw(_written(carrier, layout, draft, body))
    return Drawn(
        carrier, *written, draft.figures, year, body, clean, "; ".join(filter(None, (_words(recipe), _words(layout), how)))
    )


def _words(record: Recipe | Layout) -> str:
    """The fields that are not as they mostly are, leaving out what the document itself says."""
    said = {
        each.name: getattr(record, each.name)
        for each in fields(record)
        if each.name not in ("template", "organization", "year")
    }
    usual = {each.name: each.default for each in fields(record)}
    return ", ".join(f"{name} {value}" for name, value in said.items() if value != usual[name])


def _of(carrier: Carrier, layout: Layout) -> Layout:
    """The layout without what only pages have."""
    return replace(layout, spans="", dress="plain", chrome="bare", charset="utf-8") if carrier in OFFICE else layout


def _signature(body: Body, year: int, month: int, day: int) -> tuple[str, str]:
    return body.name, f"{year + 1}年{month}月{day}日"


@st.composite
def _signatures(draw: st.DrawFn, body: Body, year: int) -> tuple[str, ...]:
    """Two reports of three are signed and dated, in the first quarter of the year after."""
    if draw(st.integers(0, 2)) == 0:
        return ()
    return _signature(body, year, draw(st.integers(1, 3)), draw(st.integers(1, 28)))


@st.composite
def _written(draw: st.DrawFn, carrier: Carrier, layout: Layout, draft: Draft, body: Body) -> tuple[File, str]:
    """The file, and what else was drawn about it."""
    match carrier:
        case "html":
            page = layout.written(draft)
            if not draw(st.booleans()):
                return (page.payload, page.file_name, page.content_type), ""
            return (_with_meta(page.payload, draft, body, layout), page.file_name, page.content_type), "meta"
        case "text":
            page = layout.written(draft)
            return (page.payload, page.file_name, page.content_type), ""
        case "docx":
            return (docx_bytes(*_in_script(draft, layout)), "report.docx", ""), ""
        case "xlsx":
            return (xlsx_bytes(*_in_script(draft, layout)), "report.xlsx", ""), ""
        case "pdf":
            how = draw(_prints())
            return (pdf_bytes(*_in_script(draft, layout), how), "report.pdf", ""), str(how)


def _with_meta(payload: bytes, draft: Draft, body: Body, layout: Layout) -> bytes:
    """The meta tags that content systems write into the head of a page."""
    said = {"ArticleTitle": draft.title, "ContentSource": body.name, "PubDate": f"{draft.year + 1}-01-20 09:30"}
    tags = "".join(f'<meta name="{name}" content="{escape(text)}">' for name, text in said.items())
    return payload.replace(b"</head>", encode(f"{tags}</head>", layout.charset.removesuffix("-sig")), 1)


@st.composite
def _prints(draw: st.DrawFn) -> Print:
    """How a PDF is printed; tables without rulings are not among them."""
    height = draw(st.sampled_from((842.0, 842.0, 600.0)))
    return Print(
        rules=draw(st.sampled_from(("all", "all", "inner"))),
        repeat_header=draw(st.booleans()),
        page_number=draw(st.sampled_from(("", "- {} -", "第{}页"))),
        running_head=draw(st.sampled_from(("", "政府信息公开工作年度报告"))),
        height=height,
        bold_twice=draw(st.booleans()),
    )


def _in_script(draft: Draft, layout: Layout) -> tuple[str, list[Block]]:
    """Title and blocks in the script of the layout."""
    convert = SCRIPTS[layout.script]

    def converted(block: Block) -> Block:
        match block:
            case Form():
                return map_cells(block, lambda cell: replace(cell, text=convert(cell.text)))
            case Heading():
                return Heading(convert(block.text))
            case str():
                return convert(block)

    return convert(draft.title), [converted(block) for block in draft.blocks]
