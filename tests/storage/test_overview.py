"""Selections, counts and failures, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.verdicts import NotAReport, NotFound, ServerError, Timeout
from storage.documents import FetchOutcome, Selector, document_id
from storage.ledger import Ledger
from storage.overview import (
    CoverageCount,
    StatusCounts,
    coverage_counts,
    failures,
    last_runs,
    load_report,
    portal_rows,
    select_documents,
    status_counts,
    versions,
)
from tests.storage.samples import GANSU, PORTAL, body, fetch, keep, link, record, renamed, report

OTHER = replace(renamed(PORTAL, "崇信县"), region="620823")


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """Six documents: 1 valid, 2 suspect, 3 no report, 4 gone after it was read, 5 timed out, 6 only found (other portal)."""
    keep(ledger, 1, report(1))
    keep(ledger, 2, report(2, year=2023, region=GANSU, errors=2))
    keep(ledger, 3, NotAReport("a notice"))
    keep(ledger, 4, report(4))
    fetch(ledger, 4, NotFound("404"), run="run-2")
    record(ledger, [5])
    fetch(ledger, 5, Timeout("slow"))
    ledger.record_links("run-1", OTHER, [replace(link(6, year=2022), url="https://www.chongxin.example.cn:8443/6.html")])
    return ledger


def chosen(ledger: Ledger, selector: Selector) -> list[int]:
    return sorted(int(row.url.rpartition("/")[2].removesuffix(".html")) for row in select_documents(ledger, selector))


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        (Selector(), [1, 2, 3, 4, 5, 6]),
        (Selector(documents=(document_id(link(2).url), link(3).url)), [2, 3]),
        (Selector(documents=("0" * 16,)), []),
        (Selector(portals=("崇信县",)), [6]),
        (Selector(portals=("崇信县", "临江市")), [1, 2, 3, 4, 5, 6]),
        (Selector(hosts=("www.chongxin.example.cn:8443",)), [6]),
        (Selector(years=(2023,)), [2]),
        (Selector(years=(2022, 2024)), [1, 3, 4, 5, 6]),  # as read, else as listed
        (Selector(regions=("CN-GS",)), [2, 6]),  # as read, else by the portal
        (Selector(regions=("cn-jl",)), [1, 3, 4, 5]),
        (Selector(regions=("CN-XX",)), []),
        (Selector(regions=("62",)), [2, 6]),
        (Selector(regions=("6208", "220681")), [1, 2, 3, 4, 5, 6]),
        (Selector(regions=("6206",)), []),
        (Selector(templates=("modern-2021",)), [1, 2, 4]),
        (Selector(states=("failed",)), [3, 4, 5]),
        (Selector(states=("found", "read")), [1, 2, 6]),
        (Selector(stages=("read",)), [3]),
        (Selector(verdicts=("not_found", "timeout")), [4, 5]),
        (Selector(statuses=("suspect",)), [2]),
        (Selector(issues=("identity.1",)), [2]),
        (Selector(issues=("identity",)), []),
        (Selector(issues=("blank",)), [1, 2, 4]),
        (Selector(issues=("b%", "_lank")), []),
        (Selector(older_than_parser="7"), []),
        (Selector(older_than_parser="8"), [1, 2, 3, 4]),
        (Selector(older_than_parser="10"), [1, 2, 3, 4]),
        (Selector(older_than_parser="6"), []),
        (Selector(states=("failed",), years=(2024,), portals=("临江市",), verdicts=("timeout", "not_found")), [4, 5]),
    ],
)
def test_selectors_combine(filled: Ledger, selector: Selector, numbers: list[int]) -> None:
    assert chosen(filled, selector) == numbers


def test_a_selector_takes_any_number_of_documents(filled: Ledger) -> None:
    ids = [document_id(f"https://www.linjiang.example.cn/{number}.html") for number in range(70_000)]
    assert chosen(filled, Selector(documents=tuple(ids))) == [1, 2, 3, 4, 5]


def test_jobs_are_selected_too(filled: Ledger) -> None:
    jobs = filled.documents_to_fetch(Selector(verdicts=("timeout", "not_found")), run="run-3", final=True)
    assert sorted(job.url for job in jobs) == [link(4).url, link(5).url]
    (job,) = filled.documents_to_read(Selector(statuses=("suspect",)), parser_version="7", force=True)
    assert job.url == link(2).url
    assert len(filled.documents_to_fetch(run="run-3", limit=2)) == 2


def test_counts(filled: Ledger) -> None:
    assert status_counts(filled) == StatusCounts(
        documents=6,
        states={"failed": 3, "found": 1, "read": 2},
        failures={"not_a_report": 1, "not_found": 1, "timeout": 1},
        reports={"suspect": 1, "valid": 2},
        templates={"modern-2021": 3},
        kept=1,
    )
    assert status_counts(filled, Selector(portals=("崇信县",))).states == {"found": 1}


def test_failures_say_what_and_whether_a_reading_stands(filled: Ledger) -> None:
    found = [(row.verdict, row.message, row.stage, row.transient, row.published) for row in failures(filled)]
    assert found == [
        ("not_a_report", "a notice", "read", False, False),
        ("not_found", "404", "fetch", False, True),
        ("timeout", "slow", "fetch", True, False),
    ]
    assert [row.verdict for row in failures(filled, Selector(stages=("fetch",)), limit=1)] == ["not_found"]


def test_coverage_is_counted_by_portal_and_year(filled: Ledger) -> None:
    counts = coverage_counts(filled)
    assert sum(count.documents for count in counts) == 6
    assert CoverageCount("临江市", "220681", 2023, "read", None, "suspect", 1) in counts
    assert CoverageCount("崇信县", "620823", 2022, "found", None, None, 1) in counts
    assert CoverageCount("临江市", "220681", 2024, "failed", "not_found", "valid", 1) in counts
    assert {count.year for count in coverage_counts(filled, [2023, 2022])} == {2022, 2023}


def test_versions_hold_what_was_read_from_each_body(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    first, second = versions(ledger, document)
    assert (first.report, first.parser_version, second.report, second.parser_version) == (report(1), "7", None, None)
    assert first.capture.fetched_at < second.capture.fetched_at
    assert load_report(ledger, "0" * 16) is None


def test_discoveries_are_kept_by_portal(ledger: Ledger) -> None:
    ledger.save_discovery("run-1", PORTAL, found=3, expected=40)
    ledger.save_discovery("run-2", PORTAL, found=40, expected=40)
    ledger.save_discovery("run-2", OTHER, found=0, error="the list answered 403")
    found = [(row.name, row.run, row.found, row.expected, row.minimum, row.error) for row in portal_rows(ledger)]
    assert found == sorted([("临江市", "run-2", 40, 40, 1, None), ("崇信县", "run-2", 0, None, 1, "the list answered 403")])


def test_the_newest_runs_come_first(ledger_url: str) -> None:
    times = iter(f"2025-01-0{day}T00:00:00Z" for day in range(1, 9))
    ledger = Ledger(ledger_url, clock=lambda: next(times))
    for number in range(3):
        ledger.start_run(f"run-{number}", "harvest")
    assert [run.run for run in last_runs(ledger, 2)] == ["run-2", "run-1"]
    ledger.close()


def test_a_document_that_the_ledger_does_not_know_is_not_saved(filled: Ledger) -> None:
    before = status_counts(filled)
    filled.save_fetched("run-3", [FetchOutcome("0" * 16, ServerError("503"))])
    assert status_counts(filled) == before
