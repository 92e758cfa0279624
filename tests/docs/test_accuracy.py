"""`make accuracy` on a small draw: it counts what it should, tells what is wrong, and its page is about this code."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from docs.generate import DOCS
from flows.sample.figures import PageFigures
from tests.accuracy.__main__ import measure
from tests.accuracy.catalogue import EXPECTED
from tests.accuracy.drawn import CARRIERS, drawn_reports
from tests.accuracy.no_reports import KINDS
from tests.accuracy.page import Results, accuracy_page, catalogue_page
from tests.accuracy.score import added, kind, scored
from tests.fixtures.catalogue import CATALOGUE, GROUPS
from tests.rendering.strategies import TEMPLATES


@pytest.fixture(scope="module")
def results() -> Results:
    return measure(1)


def test_a_small_draw_is_read_right_or_flagged(results: Results) -> None:
    total = added(results.drawn.values())
    assert total.documents == len(CARRIERS) * len(TEMPLATES)
    assert total.figures_all == sum(total.figures.values()) > 100 * total.documents
    assert total.silent == 0
    assert set(results.no_reports) == set(KINDS)
    assert sum(len(cases) for cases in results.catalogue.values()) == len(CATALOGUE)


def test_the_page_tells_what_was_counted(results: Results) -> None:
    page = accuracy_page(results)
    assert f"{len(CARRIERS) * len(TEMPLATES)} in all" in page
    for heading in ("Against the goals", "Real documents", "Pages that are no report", "The catalogue", "What is wrong"):
        assert f"\n## {heading}\n" in page
    assert "were not beside the checkout" in accuracy_page(replace(results, real=None))


def test_a_wrong_reading_is_told(results: Results) -> None:
    """The same documents with another truth: every figure is wrong, and nothing complains."""
    document = next(each for each in drawn_reports("html", "modern-2021", 12) if each.clean)
    values = {key: None if value is None else value + 1 for key, value in document.figures.values.items()}
    score = scored([replace(document, figures=PageFigures("modern-2021", values), year=1999)])
    assert (score.documents, score.clean, score.silent, score.figures_right) == (
        1,
        1,
        1,
        sum(v is None for v in values.values()),
    )
    assert score.right == Counter(template=1, organization=1, region=1)
    assert "figures wrong and no error" in score.wrong[0]
    page = accuracy_page(replace(results, drawn={("html", "modern-2021"): score}))
    assert score.wrong[0] in page
    assert "| documents with a wrong figure and no error issue | 0 | 1 | 1 documents |" in page


def test_the_same_seed_draws_the_same_documents() -> None:
    assert drawn_reports("text", "legacy-2017", 3) == drawn_reports("text", "legacy-2017", 4)[:3]


@pytest.mark.parametrize(
    ("printed", "read", "expected"),
    [
        (None, None, ("null", "null")),
        (None, 0.0, ("null", "zero")),
        (0.0, None, ("zero", "null")),
        (0.0, 3.0, ("zero", "another number")),
        (3.0, 3.0, ("number", "the number")),
        (3.0, 4.0, ("number", "another number")),
    ],
)
def test_null_zero_and_numbers_are_told_apart(printed: float | None, read: float | None, expected: tuple[str, str]) -> None:
    assert kind(printed, read) == expected


def test_committed_pages_are_about_this_catalogue() -> None:
    stale = "stale: write it anew with `make accuracy`"
    written = (DOCS / "catalogue.md").read_text(encoding="utf-8")
    assert [case.name for case in CATALOGUE if f"| {case.name.replace('|', chr(92) + '|')} |" not in written] == [], stale
    page = (DOCS / "accuracy.md").read_text(encoding="utf-8")
    for group, cases in GROUPS.items():
        assert re.search(rf"^\| {re.escape(group)} \| {len(cases)} \|", page, re.MULTILINE), stale
    assert "| documents with a wrong figure and no error issue | 0 | 0 |" in page


def test_every_outcome_of_the_catalogue_has_words() -> None:
    assert {case.outcome for case in CATALOGUE} <= set(EXPECTED)
    assert Path(DOCS / "catalogue.md").is_file()


def test_the_catalogue_s_page_marks_what_is_not_as_it_must_be(results: Results) -> None:
    group, cases = next(iter(results.catalogue.items()))
    broken = {group: [replace(cases[0], right=False, came="flagged")]}
    assert "| **flagged** |" in catalogue_page(broken)
    assert "**" not in catalogue_page(results.catalogue)
