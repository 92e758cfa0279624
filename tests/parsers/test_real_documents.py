"""The five real documents, figure by figure: one assertion each, so that a failing test names one number."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from parsers.codebook import Place, load_template
from parsers.parse import parse
from parsers.records import Report

GOLDEN = Path(__file__).parent.parent / "golden"
SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
NAMES = sorted(path.stem for path in GOLDEN.glob("*.toml"))

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the real documents (../shared/seeds) are not beside the checkout"
)


class Expected(NamedTuple):
    name: str
    place: Place
    value: float | None


def load_golden(name: str) -> dict[str, Any]:
    return tomllib.loads((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"))


def expected_figures(name: str) -> list[Expected]:
    golden = load_golden(name)
    figures = []
    for table in load_template(golden["template"]).tables:
        for item in table.items:
            printed = golden[table.key][item.key].split()
            for column, text in zip(item.columns, printed, strict=True):
                figures.append(Expected(name, Place(table.key, item.key, column.key), None if text == "_" else float(text)))
    return figures


FIGURES = [figure for name in NAMES for figure in expected_figures(name)]


@cache
def read(name: str) -> Report:
    document = SEEDS / load_golden(name)["document"]
    return parse(document.read_bytes(), file_name=document.name)


@cache
def figures_read(name: str) -> dict[Place, float | None]:
    return {Place(figure.table, figure.item, figure.column): figure.value for figure in read(name).figures}


def test_every_figure_is_golden() -> None:
    assert len(FIGURES) == 858
    assert len(NAMES) == 5


@pytest.mark.parametrize("expected", FIGURES, ids=lambda e: f"{e.name}/{e.place.table}/{e.place.item}/{e.place.column}")
def test_figure(expected: Expected) -> None:
    assert figures_read(expected.name)[expected.place] == expected.value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", ["template", "year", "organization", "published_on"])
def test_identity(name: str, what: str) -> None:
    assert (getattr(read(name), what) or "") == load_golden(name)[what]


@pytest.mark.parametrize("name", NAMES)
def test_region(name: str) -> None:
    region = read(name).region
    assert (region.adcode if region else "") == load_golden(name)["adcode"]


@pytest.mark.parametrize("name", NAMES)
def test_no_error_stands_against_a_report_that_adds_up(name: str) -> None:
    assert [issue for issue in read(name).issues if issue.severity == "error"] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_blank_cell_is_told_as_blank(name: str) -> None:
    absences = {figure.absence for figure in read(name).figures if figure.value is None}
    assert absences <= {"blank"}
    assert all(figure.absence is None for figure in read(name).figures if figure.value is not None)


@pytest.mark.parametrize("name", NAMES)
def test_sections_keep_their_text(name: str) -> None:
    sections = read(name).sections
    assert sum(len(section.text) for section in sections) > 800
    assert len([section for section in sections if section.heading]) >= 5
