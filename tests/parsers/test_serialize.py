"""Reports as JSON: the contract of `nianbao parse --json`, and back without loss."""

from __future__ import annotations

import json
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from parsers.records import Absence, Figure, Issue, Region, Report, Section, Severity, TemplateId
from parsers.serialize import report_from_json, report_to_json

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
MAYBE = st.none() | TEXTS
PLACES = st.integers(0, 10_000)
FIGURES = st.builds(
    Figure,
    table=TEXTS,
    item=TEXTS,
    column=TEXTS,
    value=st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60).map(float),
    raw=MAYBE,
    absence=st.none() | st.sampled_from(get_args(Absence)),
    scaled_from=MAYBE,
    address=st.none() | st.tuples(PLACES, PLACES, PLACES),
)
ISSUES = st.builds(
    Issue,
    severity=st.sampled_from(get_args(Severity)),
    code=TEXTS,
    message=TEXTS,
    table=MAYBE,
    item=MAYBE,
    column=MAYBE,
)
REPORTS = st.builds(
    Report,
    template=st.sampled_from(get_args(TemplateId)),
    year=st.none() | st.integers(2008, 2100),
    organization=MAYBE,
    region=st.none() | st.builds(Region, adcode=TEXTS, path=st.lists(TEXTS, max_size=4).map(tuple), iso=st.just("CN-GS")),
    published_on=st.none() | st.dates().map(str),
    title=TEXTS,
    source=st.sampled_from(["html", "pdf"]),
    figures=st.lists(FIGURES, max_size=5).map(tuple),
    sections=st.lists(st.builds(Section, heading=TEXTS, text=TEXTS), max_size=3).map(tuple),
    issues=st.lists(ISSUES, max_size=3).map(tuple),
    evidence=st.lists(TEXTS, max_size=3).map(tuple),
)

REPORT = Report(
    template="modern-2021",
    year=2024,
    organization="崇信县人民政府",
    region=Region("620823", ("甘肃省", "平凉市", "崇信县"), "CN-GS"),
    published_on=None,
    title="年报",
    source="html",
    figures=(
        Figure("applications", "received", "natural_person", 13.0, "13"),
        Figure("disclosure", "fees", "amount", 25.1, "251000元", scaled_from="元", address=(0, 4, 1)),
        Figure("applications", "received", "total", None, "", absence="blank"),
    ),
    sections=(Section("一、总体情况", "照章办事。"),),
    issues=(Issue("error", "identity", "和不对", "applications", "received", "total"), Issue("info", "year", "只有标题说")),
    evidence=("本年制发件数",),
)


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


def test_the_object_is_that_of_the_contract() -> None:
    assert json.dumps(report_to_json(REPORT), ensure_ascii=False) == (
        '{"template": "modern-2021", "year": 2024, "organization": "崇信县人民政府", '
        '"region": {"adcode": "620823", "path": ["甘肃省", "平凉市", "崇信县"], "iso": "CN-GS"}, '
        '"published_on": null, "title": "年报", "figures": ['
        '{"table": "applications", "item": "received", "column": "natural_person", "value": 13, "raw": "13"}, '
        '{"table": "disclosure", "item": "fees", "column": "amount", "value": 25.1, "raw": "251000元", '
        '"scaled_from": "元", "address": [0, 4, 1]}, '
        '{"table": "applications", "item": "received", "column": "total", "value": null, "raw": "", "absence": "blank"}], '
        '"sections": [{"heading": "一、总体情况", "text": "照章办事。"}], "issues": ['
        '{"severity": "error", "code": "identity", "table": "applications", "item": "received", "column": "total", '
        '"message": "和不对"}, '
        '{"severity": "info", "code": "year", "table": null, "item": null, "column": null, "message": "只有标题说"}], '
        '"source": "html", "status": "suspect", "evidence": ["本年制发件数"]}'
    )
