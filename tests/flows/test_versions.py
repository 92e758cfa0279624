"""A report that its authority amended: both versions are kept, the lake holds the last, `show` says what changed."""

from __future__ import annotations

from dataclasses import replace

from parsers.amendments import amendments
from parsers.parse import parse
from parsers.records import Report
from storage.layout import DataDirectory
from tests.flows.conftest import CommandLine
from tests.kept import keep_document
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes
from tests.rendering.strategies import distinct_figures

WORD = "application/msword"
CHANGED = ("proceedings", "reconsideration", "other")


def version(change: float, year: int = 2023) -> bytes:
    """The same report; with a change, one of its figures is another one, and its total with it."""
    figures = distinct_figures("modern-2021")
    values = {**figures.values}
    for column in (CHANGED[2], "total"):
        values[(*CHANGED[:2], column)] = (values[(*CHANGED[:2], column)] or 0) + change
    source = replace(carried("modern-2021", replace(figures, values=values)), year=year)
    return docx_bytes(source.title, source.blocks)


def test_show_tells_figure_by_figure_what_an_amended_report_changed(nianbao: CommandLine) -> None:
    data = DataDirectory(nianbao.folder / "data")
    first, broken, second = version(0), b"<html><body><p>x</p></body></html>", version(5)
    for number, payload in enumerate((first, broken, second)):
        at = f"2025-0{number + 3}-04T05:06:07Z"
        report = keep_document(data, payload, content_type=WORD, run=f"run-{number}", fetched_at=at)
    shown = nianbao.json("show", report, "--versions")
    one, two, three = shown["versions"]
    assert (one["changes"], two["changes"], two["report"]) == (None, None, None)
    before = distinct_figures("modern-2021").values
    changed = {change["what"]: (change["before"], change["after"]) for change in three["changes"]}
    figures = {name: value for name, value in changed.items() if not name.startswith("section ")}
    expected = {("/".join((*CHANGED[:2], column))): before[(*CHANGED[:2], column)] for column in ("other", "total")}
    assert figures == {name: (value, (value or 0) + 5) for name, value in expected.items()}
    published = {(each["table"], each["item"], each["column"]): each["value"] for each in shown["report"]["figures"]}
    assert published[CHANGED] == (before[CHANGED] or 0) + 5, "the lake holds the latest"
    said = nianbao("show", report, "--versions").stdout
    assert "changed in the version of 2025-05-04T05:06:07Z" in said
    assert "proceedings/reconsideration/other" in said


def read(payload: bytes) -> Report:
    return parse(payload)


def test_what_is_compared() -> None:
    before = read(version(0))
    assert amendments(before, before) == ()
    blank = before.figures[0]._replace(value=None, raw="", absence="blank")
    after = replace(
        before,
        year=2022,
        figures=(blank, *before.figures[1:]),
        sections=(replace(before.sections[0], text=before.sections[0].text + "。"), *before.sections[1:-1]),
    )
    found = {change.what: (change.before, change.after) for change in amendments(before, after)}
    first, lost = before.figures[0], before.sections[-1]
    length = len(before.sections[0].text)
    assert found == {
        "year": (2023, 2022),
        f"{first.table}/{first.item}/{first.column}": (first.value, "blank"),
        f"section {before.sections[0].heading}".rstrip(): (f"{length} characters", f"{length + 1} characters"),
        f"section {lost.heading}": (f"{len(lost.text)} characters", None),
    }
    narrative = replace(before, template="narrative", figures=())
    gone = amendments(before, narrative)
    assert sum(change.after is None for change in gone) == len(before.figures)
