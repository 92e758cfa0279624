"""Every page of the catalogue is read as it must be, or refused with the right verdict."""

from __future__ import annotations

from collections import Counter

import pytest

from parsers.parse import parse
from parsers.records import Report
from parsers.verdicts import Verdict
from tests.fixtures.case import Case
from tests.fixtures.catalogue import CATALOGUE
from tests.parsers.test_identity import wrong_figures
from tests.rendering.draft import Page

READ = [case for case in CATALOGUE if not case.verdicts]
REFUSED = [case for case in CATALOGUE if case.verdicts]


def read(case: Case) -> tuple[Page, Report]:
    page = case.page()
    arguments = {"content_type": page.content_type, "file_name": page.file_name, **case.arguments}
    return page, parse(page.payload, **arguments)


def test_names_are_unique() -> None:
    assert [name for name, times in Counter(case.name for case in CATALOGUE).items() if times > 1] == []


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_page_is_read(case: Case) -> None:
    page, report = read(case)
    errors = [f"{issue.code}: {issue.message}" for issue in report.issues if issue.severity == "error"]
    wrong = wrong_figures(report, page.figures)
    match case.outcome:
        case "valid":
            assert (wrong, errors) == ({}, [])
        case "suspect":
            assert wrong == {}
            assert errors
        case "flagged":
            assert errors
        case _:
            assert wrong == {} or errors
    codes = {issue.code for issue in report.issues}
    assert set(case.issues) - codes == set()
    assert set(case.no_issues) & codes == set()
    figures = {(figure.table, figure.item, figure.column): figure for figure in report.figures}
    assert {key: figures[key].raw for key in case.raws} == case.raws
    assert {key: figures[key].absence for key in case.absences} == case.absences
    assert {key: figures[key].scaled_from for key in case.units} == case.units


@pytest.mark.parametrize("case", [case for case in READ if case.year], ids=lambda case: case.name)
def test_year(case: Case) -> None:
    assert read(case)[1].year == case.year


@pytest.mark.parametrize("case", [case for case in READ if case.published_on], ids=lambda case: case.name)
def test_publication_date(case: Case) -> None:
    assert read(case)[1].published_on == case.published_on


@pytest.mark.parametrize("case", [case for case in READ if case.organization], ids=lambda case: case.name)
def test_organization(case: Case) -> None:
    assert read(case)[1].organization == case.organization


@pytest.mark.parametrize("case", [case for case in READ if case.adcode is not None], ids=lambda case: case.name)
def test_region(case: Case) -> None:
    region = read(case)[1].region
    assert (region.adcode if region else "") == case.adcode


@pytest.mark.parametrize("case", [case for case in READ if case.headings], ids=lambda case: case.name)
def test_sections(case: Case) -> None:
    headings = [section.heading for section in read(case)[1].sections if section.heading]  # "": what stands before the first
    assert len(headings) == len(case.headings), headings
    assert [word for word, heading in zip(case.headings, headings, strict=True) if word not in heading] == []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_page_is_refused(case: Case) -> None:
    with pytest.raises(Verdict) as refused:
        read(case)
    assert refused.value.code in case.verdicts
