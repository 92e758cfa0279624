"""The instrument itself: an irregularity prints what it says, and a draft's truth is what its cells hold."""

from __future__ import annotations

from collections import Counter

import pytest
from lxml import html

from flows.sample.figures import plain_number
from flows.sample.forms import Form, FormCell, official_forms
from flows.sample.markup import Dress
from tests.rendering import layout as layouts
from tests.rendering.chrome import CHROMES, Chrome
from tests.rendering.draft import Draft, Irregularity, draft_report
from tests.rendering.dresses import DRESSES
from tests.rendering.identities import broken_identities
from tests.rendering.layout import Layout
from tests.rendering.linear import SHAPES, Shape
from tests.rendering.strategies import TEMPLATES, distinct_figures
from tests.rendering.writing import write_html, write_text

SHAPING = {**layouts.COLUMNS, **layouts.TABLES, **layouts.EXTRA_ROWS, **layouts.SPANS}
TORN = {"number_torn_over_cells"}  # prints one figure in two cells
ALL = {"disclosure", "applications", "proceedings", "statistics"}
RAGGED = {  # the tables whose rows do not fill the grid
    "spans_stripped": ALL,
    "rowspans_overclaim": ALL,
    "colspans_overclaim": ALL,
    "one_table": {"all"},
}


def named(value: object) -> str:
    return value if isinstance(value, str) else ""


def draft_of(template: str) -> Draft:
    return draft_report(distinct_figures(template))


def applicable(template: str) -> list[tuple[str, Irregularity]]:
    modern = template != "legacy-2017"
    foreign = (
        layouts.STATISTICS
        if modern
        else {**layouts.APPLICATIONS, **layouts.DISCLOSURE, **layouts.PROCEEDINGS, **layouts.SPLITS}
    )
    return [(name, irregularity) for name, irregularity in SHAPING.items() if name not in foreign]


CASES = [(template, name, irregularity) for template in TEMPLATES for name, irregularity in applicable(template)]


@pytest.mark.parametrize("template", TEMPLATES)
def test_distinct_figures_keep_the_identities(template: str) -> None:
    figures = distinct_figures(template)
    assert broken_identities(figures) == []
    assert len(set(figures.values.values())) == len(figures.values)


@pytest.mark.parametrize(("template", "name", "irregularity"), CASES, ids=named)
def test_truth_is_what_the_cells_hold(template: str, name: str, irregularity: Irregularity) -> None:
    before = draft_of(template)
    after = irregularity(before)
    printed = {cell.figure: cell.text for form in after.forms() for cell in form.cells() if cell.figure}
    true = {key: value for key, value in after.figures.values.items() if value is not None}
    assert set(printed) == set(true)
    if name not in TORN:
        assert {key: text.removesuffix("万元") for key, text in printed.items()} == {
            k: plain_number(v) for k, v in true.items()
        }
    changed = (after.forms(), after.blocks, after.figures) != (before.forms(), before.blocks, before.figures)
    assert changed or template == "legacy-2017"  # whose table has no spans to lose


@pytest.mark.parametrize("template", TEMPLATES)
def test_official_forms_fill_their_grid(template: str) -> None:
    for form in official_forms(template):
        assert places(form.rows) == grid(form)


@pytest.mark.parametrize("template", TEMPLATES)
def test_page_keeps_the_spans_of_the_form(template: str) -> None:
    page = write_html(draft_of(template))
    tables = html.fromstring(page.payload.decode()).xpath("//table")
    for table, form in zip(tables, official_forms(template), strict=True):
        rows = [
            [(int(td.get("rowspan", "1")), int(td.get("colspan", "1"))) for td in tr.iter("td")] for tr in table.iter("tr")
        ]
        assert rows == [[(cell.rowspan, cell.colspan) for cell in row] for row in form.rows]


@pytest.mark.parametrize(("template", "name", "irregularity"), CASES, ids=named)
def test_a_changed_form_fills_its_grid(template: str, name: str, irregularity: Irregularity) -> None:
    """As a browser would lay it out: no two cells in one place, none outside, none missing. Some are wrong on purpose."""
    gaps = {form.table for form in irregularity(draft_of(template)).forms() if places(form.rows) != grid(form)}
    assert gaps <= RAGGED.get(name, set())


def grid(form: Form) -> Counter[tuple[int, int]]:
    return Counter((r, c) for r in range(len(form.rows)) for c in range(form.width))


def places(rows: tuple[tuple[FormCell, ...], ...]) -> Counter[tuple[int, int]]:
    """How many cells cover each place of the grid."""
    taken: Counter[tuple[int, int]] = Counter()
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while taken[r, c]:
                c += 1
            taken.update((r + i, c + j) for i in range(cell.rowspan) for j in range(cell.colspan))
    return +taken


@pytest.mark.parametrize("chrome", CHROMES.values(), ids=CHROMES.keys())
@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES.keys())
def test_every_figure_stands_in_the_page(dress: Dress, chrome: Chrome) -> None:
    draft = draft_of("modern-2021")
    page = write_html(draft, dress=dress, chrome=chrome)
    tree = html.fromstring(page.payload.decode())
    for noise in tree.xpath("//script | //style | //comment()"):
        noise.drop_tree()
    cells = {"".join(cell.text_content().split()) for cell in tree.iter("td")}
    assert {plain_number(value or 0) for value in draft.figures.values.values()} <= cells


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_figure_stands_in_the_text(template: str, shape: Shape) -> None:
    draft = draft_of(template)
    words = write_text(draft, shape).payload.decode().replace("|", " ").replace(",", " ").replace("万元", "").split()
    assert {plain_number(value or 0) for value in draft.figures.values.values()} <= set(words)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030"])
def test_page_is_written_in_the_charset_that_it_declares(charset: str) -> None:
    page = Layout(charset=charset).render(draft_of("modern-2021"))  # type: ignore[arg-type]
    declared = charset.removesuffix("-sig")
    assert f'charset="{declared}"'.encode() in page.payload
    assert "规章" in page.payload.decode("gb18030" if declared.startswith("gb") else charset)
