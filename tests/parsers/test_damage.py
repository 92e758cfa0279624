"""Damaged tables and torn pages: what is read is right, or an error issue stands, or the document is refused."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from flows.sample.figures import PageFigures, plain_number
from flows.sample.forms import Key
from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.parsers.test_identity import PATIENT, wrong_figures
from tests.rendering.damage import DAMAGES, HTML_ONLY
from tests.rendering.draft import Page
from tests.rendering.layout import Layout
from tests.rendering.linear import LOSES_BLANKS, SHAPES
from tests.rendering.printing import misprinted
from tests.rendering.strategies import Recipe, recipes
from tests.rendering.wording import NUMBERINGS

HEADS = {"legacy-2017": "统计数", "modern-2019": "对外公开总数量", "modern-2021": "现行有效件数"}  # of the first table
FORMS = st.sampled_from(["", "", *sorted(set(SHAPES) - LOSES_BLANKS)])


def flagged_or_right(page: Page, payload: bytes, expected: PageFigures) -> bool:
    try:
        report = parse(payload, content_type=page.content_type, file_name=page.file_name)
    except Verdict:
        return True
    return report.status == "suspect" or wrong_figures(report, expected) == {}


def without_digits(text: bytes) -> bool:
    return not any(byte in b"0123456789" for byte in text)


@st.composite
def damaged_reports(draw: st.DrawFn) -> tuple[Recipe, str, Key, Layout]:
    recipe = draw(recipes())
    key = draw(st.sampled_from(sorted(recipe.draft().figures.values)))
    numbering = draw(st.sampled_from(["", *(change.__name__ for change in NUMBERINGS)]))
    damage = draw(st.sampled_from(sorted(DAMAGES)))
    return recipe, damage, key, Layout(shape="" if damage in HTML_ONLY else draw(FORMS), numbering=numbering)


@PATIENT
@given(damaged_reports())
def test_a_damaged_table_is_flagged_or_read_right(drawn: tuple[Recipe, str, Key, Layout]) -> None:
    recipe, damage, key, layout = drawn
    page = layout.render(DAMAGES[damage](recipe.draft(), key))
    assert flagged_or_right(page, page.payload, page.figures)


@PATIENT
@given(recipes(), FORMS, st.floats(0, 1))
def test_a_page_that_ends_in_its_tables_is_flagged_or_read_right(recipe: Recipe, shape: str, part: float) -> None:
    """Cut anywhere after the head of the first table. Cut before it, a report of 2017 looks like one in words alone."""
    page = Layout(shape=shape).render(recipe.draft())
    head = page.payload.index(HEADS[recipe.template].encode())
    end = head + 300 + int((len(page.payload) - head - 300) * part)
    assert flagged_or_right(page, page.payload[:end], page.figures)


@PATIENT
@given(recipes(), FORMS, st.data())
def test_any_bytes_in_place_of_some_are_flagged_or_read_right(recipe: Recipe, shape: str, data: st.DataObject) -> None:
    """Noise inside the page, away from the digits: nothing untyped is raised, and no number is lost in silence."""
    page = Layout(shape=shape).render(recipe.draft())
    start = data.draw(st.integers(0, len(page.payload)))
    length, noise = data.draw(st.integers(0, 40)), data.draw(st.binary(max_size=20).filter(without_digits))
    gone = page.payload[start : start + length]
    if not without_digits(gone):
        return
    assert flagged_or_right(page, page.payload[:start] + noise + page.payload[start + length :], page.figures)


CELL_TEXTS = st.text(
    st.sampled_from("0123456789０１٣,，.。-—+/／\\%?*()<>|~·…○□ \u3000\xa0\u200b\ufffdxO件次无空"), max_size=6
)
ALONE = {  # cells that stand in no sum, or in a row of zeros
    "legacy-2017": ("statistics", "training.trainees", "value"),
    "modern-2019": ("disclosure", "licenses", "decisions"),
    "modern-2021": ("disclosure", "licenses", "decisions"),
}


@PATIENT
@given(st.sampled_from(sorted(ALONE)), CELL_TEXTS, st.sampled_from(["", "bars", "markdown"]))
def test_any_text_in_a_cell_is_read_by_its_own_digits_or_not_at_all(template: str, text: str, shape: str) -> None:
    """No number is invented: what a cell gives has the digits that it prints, its neighbours stay where they were."""
    key = ALONE[template]
    draft = misprinted(key, text, None)(Recipe(template, "distinct", 101).draft())
    page = Layout(shape=shape).render(draft)
    report = parse(page.payload, content_type=page.content_type, file_name=page.file_name)
    wrong = wrong_figures(report, page.figures)
    read, _ = wrong.pop(key, (None, None))
    assert wrong == {} or report.status == "suspect"
    if read is not None:
        printed = [letter for letter in unicodedata.normalize("NFKC", text) if letter.isdecimal()]
        assert "".join(printed).strip("0") == plain_number(abs(read)).replace(".", "").strip("0")
        numbers = [word for word in text.split() if any(letter.isdecimal() for letter in word)]
        assert report.status == "suspect" or len(numbers) == 1  # a comma beside it changes no number
    elif text.replace("\u200b", "").strip() and shape == "":
        figure = next(figure for figure in report.figures if (figure.table, figure.item, figure.column) == key)
        assert figure.raw or report.status == "suspect"
