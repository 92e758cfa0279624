"""Reruns: which documents their selectors choose, which wait, and which partitions they touch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.choosing import Choice, chosen_documents
from flows.errors import CallError
from flows.parameters import selector_of
from parsers.records import Portal, ReportLink
from parsers.verdicts import NotFound, Timeout
from storage.documents import FetchOutcome, Selector
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.publication import publish, stale_partitions
from tests.flows.conftest import CommandLine
from tests.kept import PORTAL, keep_document
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes

WORD = "application/msword"


def kept_reports(folder: Path) -> dict[str, str]:
    """Reports of one body for three years, read and not published; template -> document."""
    data = DataDirectory(folder / "data")
    kept = {}
    for template in ("legacy-2017", "modern-2019", "modern-2021"):
        source = carried(template)
        url = f"https://www.example.gov.cn/nb/{source.year}.docx"
        payload = docx_bytes(source.title, source.blocks)
        kept[template] = keep_document(data, payload, content_type=WORD, url=url, run=f"run-{source.year}")
    return kept


def failed(folder: Path, runs: int, *, verdict: type[Timeout | NotFound] = Timeout, name: str = "gone") -> str:
    """A document that so many runs could not fetch."""
    ledger = Ledger(DataDirectory(folder / "data").prepare().ledger)
    portal = Portal(PORTAL.name, PORTAL.region, PORTAL.lists)
    recorded = ledger.record_links(
        "run", portal, [ReportLink(f"https://{name}.example/1.html", "年报", portal.name, "list")]
    )
    (document,) = recorded.document_ids
    for number in range(runs):
        ledger.save_fetched(f"run-{number}", [FetchOutcome(document, verdict("as it is"))])
    ledger.close()
    return document


def chosen(nianbao: CommandLine, *arguments: str) -> set[str]:
    return {row["document"] for row in nianbao.json("rerun", "--dry-run", *arguments)}


def test_selectors_combine(nianbao: CommandLine) -> None:
    kept = kept_reports(nianbao.folder)
    timed_out, not_found = failed(nianbao.folder, 1), failed(nianbao.folder, 1, verdict=NotFound, name="away")
    everything = {*kept.values(), timed_out, not_found}
    for arguments, expected in {
        (): {timed_out, not_found},
        ("--verdict", "timeout"): {timed_out},
        ("--stage", "fetch"): {timed_out, not_found},
        ("--stage", "fetch", "--host", "away.example"): {not_found},
        ("--stage", "read"): set(),
        ("--stage", "publish"): set(kept.values()),
        ("--stage", "publish", "--stage", "fetch", "--older-than-parser", "99"): set(kept.values()),
        ("--stage", "publish", "--year", "2019"): {kept["modern-2019"]},
        ("--stage", "publish", "--failed"): set(),
        ("--older-than-parser", "99"): set(kept.values()),
        ("--older-than-parser", "99", "--template", "legacy-2017"): {kept["legacy-2017"]},
        ("--older-than-parser", "0"): set(),
        ("--template", "modern-2021", "--template", "modern-2019"): {kept["modern-2021"], kept["modern-2019"]},
        ("--region", "CN-GS", "--failed"): {timed_out, not_found},
        ("--region", "CN-ZJ"): set(),
        ("--portal", PORTAL.name, "--suspect"): set(),
        ("--document", timed_out, "--document", kept["legacy-2017"]): {timed_out, kept["legacy-2017"]},
    }.items():
        assert chosen(nianbao, *arguments) == expected, arguments
    assert len(everything) == 5
    refused = nianbao("rerun", "--older-than-parser", "newest")
    assert refused.returncode == 2
    assert "'newest' is no version of the parser" in refused.stderr


def selected(**chosen: Any) -> Choice:
    return Choice(selector_of(**chosen))


def test_what_is_misspelt_is_refused(nianbao: CommandLine) -> None:
    """Else a rerun of it would do nothing, and end well."""
    for chosen, said in (
        ({"issues": ["carried-over"]}, "No check of a report is called 'carried-over'; did you mean carried_over?"),
        ({"issues": ["list.nothing"]}, "No check of a report is called 'list.nothing'? docs/checks.md has them all."),
        ({"regions": ["Gansu"]}, "'Gansu' is no region: write a province as CN-GS"),
        ({"regions": ["CN-QQ"]}, "'CN-QQ' is no region"),
        ({"documents": ["http://[::1"]}, "'http://[::1' is no document: write its id"),
    ):
        with pytest.raises(CallError) as caught:
            selected(**chosen)
        assert str(caught.value).startswith(said)
    data, document = DataDirectory(nianbao.folder / "data"), failed(nianbao.folder, 1)
    ledger = Ledger(data.ledger)
    known = selected(documents=[document, "https://gone.example/1.html"], portal_names=[PORTAL.name], hosts=["gone.example"])
    assert [row.document_id for row in chosen_documents(data, ledger, known).rows] == [document]
    for chosen, said in (
        ({"documents": [document, "0" * 16]}, f"no document {'0' * 16};"),
        ({"documents": ["https://gone.example/2.html"]}, "no document https://gone.example/2.html;"),
        ({"portal_names": ["a"], "hosts": ["b.example"]}, "no portal a and no host b.example;"),
    ):
        with pytest.raises(CallError, match=f"The ledger knows {said}"):
            chosen_documents(data, ledger, selected(**chosen))
    ledger.close()
    for command in ("rerun", "reparse", "failures"):
        done = nianbao(command, "--portal", "a")
        assert (done.returncode, done.stderr.partition(";")[0]) == (2, "nianbao: The ledger knows no portal a"), command


def test_documents_that_wait_are_left_out_unless_a_person_means_them(nianbao: CommandLine) -> None:
    waiting, fresh = failed(nianbao.folder, 3), failed(nianbao.folder, 2, name="new")
    final = failed(nianbao.folder, 8, name="lost")
    said = nianbao("rerun", "--dry-run")
    assert "2 documents wait for their next attempt (`nianbao failures`); --failed tries them now" in said.stderr
    assert chosen(nianbao) == {fresh}
    assert chosen(nianbao, "--verdict", "timeout") == {fresh}
    assert chosen(nianbao, "--failed") == {waiting, fresh, final}
    assert chosen(nianbao, "--document", waiting) == {waiting}
    rows = {row["document"]: row for row in nianbao.json("failures")}
    assert {row["next_attempt"] for row in rows.values()} == {"next run", "after its pause", "by hand"}
    assert rows[waiting]["next_attempt_at"] > "2026"
    assert rows[final]["next_attempt_at"] is None
    table = nianbao("failures").stdout
    assert f"not before {rows[waiting]['next_attempt_at']}" in table
    assert "by hand" in table


def test_issues_that_came_of_the_year_before_are_shown_and_chosen(nianbao: CommandLine) -> None:
    """They stand in the lake, and in no reading: they come about when a report is published."""
    data = DataDirectory(nianbao.folder / "data")
    source = carried("modern-2021")
    kept = {}
    for year in (2022, 2023):
        payload = docx_bytes(source.title, replace(source, year=year).blocks)
        kept[year] = keep_document(data, payload, content_type=WORD, url=f"https://www.example.gov.cn/nb/{year}.docx")
    ledger = Ledger(data.ledger)
    publish(data, ledger, stale_partitions(data, ledger), run="run-1")
    for code in ("carried_over", "in_force_continuity"):
        choice = Choice(Selector(issues=(code,)))
        assert [row.document_id for row in chosen_documents(data, ledger, choice).rows] == [kept[2023]], code
    both = Choice(Selector(issues=("carried_over", "year_guessed"), years=(2022,)))
    assert chosen_documents(data, ledger, both).rows == ()
    ledger.close()
    assert "106 in force in 2022, 104 issued and 105 repealed make 105, not 106" in nianbao("show", kept[2023]).stdout


def test_a_rerun_touches_only_the_partitions_of_its_documents(served: CommandLine) -> None:
    """All three reports are read and none is published; the years are so far apart that none is held against another.

    Nothing is fetched, so that no portal file is asked for: there is none.
    """
    kept = kept_reports(served.folder)
    done = served.json("rerun", "--document", kept["modern-2019"])
    assert done["published"] == {"year=2019/region=CN-GS": 1}
    lake = served.folder / "data/lake/reports"
    before = {path: path.stat().st_mtime_ns for path in lake.rglob("*.parquet")}
    assert chosen(served, "--stage", "publish") == {kept["legacy-2017"], kept["modern-2021"]}
    done = served.json("rerun", "--stage", "publish", "--year", "2017")
    assert done["published"] == {"year=2017/region=CN-GS": 1}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    done = served.json("rerun", "--document", kept["modern-2019"], "--document", kept["modern-2021"])
    assert set(done["published"]) == {"year=2023/region=CN-GS"}
    refetched = served("rerun", "--refetch", "--document", kept["modern-2019"])
    assert refetched.returncode == 2
    assert "deployments/portals: is not there; name a portal file" in refetched.stderr
