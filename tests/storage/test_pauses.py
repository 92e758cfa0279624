"""A document that fails run after run for a passing reason is asked for ever more seldom, and in the end not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from parsers.verdicts import NotFound, Timeout, Verdict
from storage.documents import DocumentRow, FetchOutcome, Unchanged
from storage.ledger import Ledger
from storage.overview import select_documents
from storage.pauses import FREE_RUNS, ISO, MOST_RUNS, pause_after
from tests.storage.samples import body, capture, record


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: datetime = datetime(2026, 1, 5, 4, tzinfo=UTC)

    def __call__(self) -> str:
        return self.at.strftime(ISO)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(ledger_url: str, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url, clock)
    record(ledger, [1])
    yield ledger
    ledger.close()


def asks(ledger: Ledger, run: str, *, paused: bool = False) -> bool:
    return bool(ledger.documents_to_fetch(run=run, final=True, paused=paused))


def fail(ledger: Ledger, run: str, verdict: Verdict | None = None) -> DocumentRow:
    (job,) = ledger.documents_to_fetch(run=run, final=True, paused=True)
    ledger.save_fetched(run, [FetchOutcome(job.document_id, verdict or Timeout("no answer"))])
    (row,) = select_documents(ledger)
    return row


def test_pauses_grow_and_end() -> None:
    days = [None if pause is None else pause / timedelta(days=1) for pause in map(pause_after, range(MOST_RUNS + 1))]
    assert days == [0, 0, 0, 1.5, 3, 6, 12, 24, None]


def test_two_runs_may_fail_and_the_third_makes_a_pause(timed: Ledger, clock: Clock) -> None:
    for number in range(1, FREE_RUNS + 1):
        row = fail(timed, f"run-{number}")
        assert (row.failed_runs, row.next_attempt, row.waits(clock())) == (number, "next run", False)
        assert asks(timed, f"run-{number + 1}")
    row = fail(timed, "run-3")
    assert (row.failed_runs, row.next_attempt, row.retry_at) == (3, "after its pause", "2026-01-06T16:00:00Z")
    assert asks(timed, "run-3"), "the run that failed tries again as often as it likes"
    assert not asks(timed, "run-4")
    assert asks(timed, "run-4", paused=True), "a person who means it"
    clock.at += timedelta(hours=36)
    assert not row.waits(clock())
    assert asks(timed, "run-4")


def test_what_a_run_tries_again_within_itself_counts_once(timed: Ledger) -> None:
    rows = [fail(timed, "run-1") for _ in range(4)]
    assert [(row.attempts, row.failed_runs) for row in rows] == [(1, 1), (2, 1), (3, 1), (4, 1)]


def test_after_the_last_attempt_only_a_person_has_it_tried(timed: Ledger, clock: Clock) -> None:
    for number in range(MOST_RUNS):
        row = fail(timed, f"run-{number}")
    assert (row.failed_runs, row.next_attempt, row.retry_at) == (MOST_RUNS, "by hand", None)
    clock.at += timedelta(days=400)
    assert row.waits(clock())
    assert not asks(timed, "later")
    assert asks(timed, "later", paused=True)


@pytest.mark.parametrize("how", ["answer", "unchanged", "final"])
def test_the_count_begins_anew(timed: Ledger, how: str) -> None:
    for number in range(4):
        fail(timed, f"run-{number}")
    (job,) = timed.documents_to_fetch(run="run-5", paused=True)
    timed.save_fetched("run-5", [FetchOutcome(job.document_id, capture(job, body(1)))])
    if how == "unchanged":
        for number in range(4):
            (job,) = timed.documents_to_fetch(run=f"again-{number}", paused=True)
            timed.save_fetched(f"again-{number}", [FetchOutcome(job.document_id, Timeout("no answer"))])
        timed.save_fetched("run-6", [FetchOutcome(job.document_id, Unchanged("2026-02-01T00:00:00Z"))])
    elif how == "final":
        timed.save_fetched("run-6", [FetchOutcome(job.document_id, NotFound("404"))])
    (row,) = select_documents(timed)
    assert (row.failed_runs, row.retry_at, row.next_attempt) == (0, None, None)
