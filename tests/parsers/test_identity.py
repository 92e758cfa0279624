"""Figures -> page -> `parse` -> figures is the identity, in any layout; where it is not, an error issue stands."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.sample.figures import PageFigures, plain_number
from flows.sample.forms import Key
from parsers.parse import parse
from parsers.records import Report
from parsers.verdicts import Verdict
from tests.rendering.draft import Page
from tests.rendering.identities import broken_identities
from tests.rendering.layout import Layout
from tests.rendering.printing import misprinted
from tests.rendering.strategies import Recipe, layouts, recipes

# The same examples on every run; `NIANBAO_EXPLORE=5000` draws that many new ones instead.
EXPLORE = os.environ.get("NIANBAO_EXPLORE")
PATIENT = settings(
    deadline=None,
    derandomize=EXPLORE is None,
    max_examples=int(EXPLORE or 60),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def wrong_figures(report: Report, expected: PageFigures) -> dict[tuple[str, str, str], tuple[float | None, float | None]]:
    """Each figure that was read otherwise than printed: (read, printed). A figure of another template counts as well."""
    read = {(figure.table, figure.item, figure.column): figure.value for figure in report.figures}
    keys = {*read, *expected.values}
    return {key: (read.get(key), expected.values.get(key)) for key in keys if read.get(key) != expected.values.get(key)}


def read_page(page: Page) -> Report:
    return parse(page.payload, content_type=page.content_type, file_name=page.file_name)


@st.composite
def certain_layouts(draw: st.DrawFn, *, gaps: bool = False) -> tuple[Recipe, Layout]:
    recipe = draw(recipes(gaps=gaps))
    layout = draw(layouts(recipe.template).filter(lambda layout: layout.certain(recipe.draft())))
    return recipe, layout


@PATIENT
@given(certain_layouts())
def test_certain_layouts_are_read_exactly_and_without_complaint(drawn: tuple[Recipe, Layout]) -> None:
    recipe, layout = drawn
    page = layout.render(recipe.draft())
    report = read_page(page)
    assert report.template == page.figures.template
    assert wrong_figures(report, page.figures) == {}
    assert [issue for issue in report.issues if issue.severity == "error"] == []
    assert report.year == page.year


@PATIENT
@given(recipes(gaps=True), st.data())
def test_no_wrong_figure_without_an_error_issue(recipe: Recipe, data: st.DataObject) -> None:
    """In any layout, and with gaps in the figures: right, or flagged, or refused."""
    page = data.draw(layouts(recipe.template)).render(recipe.draft())
    try:
        report = read_page(page)
    except Verdict:
        return
    assert report.status == "suspect" or wrong_figures(report, page.figures) == {}


@PATIENT
@given(certain_layouts(gaps=True))
def test_null_and_zero_are_never_taken_for_each_other(drawn: tuple[Recipe, Layout]) -> None:
    """Even where an error issue stands: what is read as 0 is printed as 0, what is blank is read as null."""
    recipe, layout = drawn
    page = layout.render(recipe.draft())
    wrong = wrong_figures(read_page(page), page.figures)
    assert {key: pair for key, pair in wrong.items() if set(pair) == {None, 0.0}} == {}


@st.composite
def one_cell_changed(draw: st.DrawFn) -> tuple[Recipe, Key, float]:
    """A report and a cell of it that stands in a sum, with another number printed in it."""
    recipe = draw(recipes().filter(lambda recipe: not recipe.zeros_blank))
    figures = recipe.draft().figures
    summed = [key for key in figures.values if broken_identities(figures.with_values({key: _other(figures, key, 1)}))]
    return recipe, draw(st.sampled_from(summed)), draw(st.sampled_from((1, 9, 10)))


def _other(figures: PageFigures, key: Key, plus: float) -> float:
    return (figures.values[key] or 0.0) + plus


@PATIENT
@given(one_cell_changed(), st.data())
def test_a_wrong_number_in_a_sum_is_read_as_printed_and_flagged(
    changed: tuple[Recipe, Key, float], data: st.DataObject
) -> None:
    """One cell of a report prints another number than the sums promise: the number stands, the issue names a broken sum."""
    recipe, key, plus = changed
    draft = recipe.draft()
    value = _other(draft.figures, key, plus)
    layout = data.draw(layouts(recipe.template).filter(lambda layout: layout.certain(draft)))
    page = layout.render(misprinted(key, plain_number(value), value)(draft))
    report = read_page(page)
    assert wrong_figures(report, page.figures) == {}
    assert [issue.code for issue in report.issues if issue.severity == "error"] != []
