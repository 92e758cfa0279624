"""Two harvests on one data directory at the same time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq

from parsers.records import Capture, Report
from parsers.verdicts import Timeout
from storage.documents import FetchOutcome, ReadJob, ReadOutcome, Selector
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.overview import history, select_documents, status_counts
from storage.publication import publish, publish_stale_captures, stale_partitions
from tests.storage.samples import PARSER, archive_all, body, capture, number_of, record, report

FORK = multiprocessing.get_context("fork")
DOCUMENTS = 40
PROCESSES = 3


def at_once(work: Any, *arguments: Any) -> list[Any]:
    """Run `work(index, start, *arguments)` in several processes that begin together; what each gave, or its error."""
    start, answers = FORK.Barrier(PROCESSES), FORK.Queue()
    children = [FORK.Process(target=_answer, args=(answers, work, index, start, *arguments)) for index in range(PROCESSES)]
    for child in children:
        child.start()
    found = [answers.get(timeout=120) for _ in children]
    for child in children:
        child.join()
    errors = [answer for answer in found if isinstance(answer, str)]
    assert errors == []
    return found


def _answer(answers: Any, work: Any, index: int, start: Any, *arguments: Any) -> None:
    try:
        answers.put(work(index, start, *arguments))
    except BaseException as error:
        answers.put(repr(error))


def _list(index: int, start: Any, url: str) -> tuple[int, int]:
    ledger, new, known = Ledger(url), 0, 0
    start.wait()
    numbers = list(range(DOCUMENTS))
    for first in range(0, DOCUMENTS, 8):
        batch = numbers[first : first + 8]
        recorded = record(ledger, reversed(batch) if index % 2 else batch, run=f"run-{index}")
        new, known = new + recorded.new, known + recorded.known
    return new, known


def test_each_document_is_new_to_one_of_them(ledger: Ledger, ledger_url: str) -> None:
    counts = at_once(_list, ledger_url)
    assert sum(new for new, _ in counts) == DOCUMENTS
    assert sum(known for _, known in counts) == DOCUMENTS * (PROCESSES - 1)
    events = Counter(len(history(ledger, found.document_id)) for found in select_documents(ledger))
    assert events == {1: DOCUMENTS}


def _fail(index: int, start: Any, url: str, documents: tuple[str, ...]) -> int:
    ledger = Ledger(url)
    start.wait()
    for first in range(0, DOCUMENTS, 8):
        batch = documents[first : first + 8]
        ordered = batch[::-1] if index % 2 else batch
        ledger.save_fetched(f"run-{index}", [FetchOutcome(document, Timeout(f"by {index}")) for document in ordered])
    return len(documents)


def test_no_update_is_lost(ledger: Ledger, ledger_url: str) -> None:
    documents = record(ledger, range(DOCUMENTS)).document_ids
    at_once(_fail, ledger_url, documents)
    rows = select_documents(ledger)
    assert {row.attempts for row in rows} == {PROCESSES}
    for document in documents:
        steps = [(event.from_state, event.to_state) for event in history(ledger, document)]
        assert steps == [(None, "found"), ("found", "failed"), *[("failed", "failed")] * (PROCESSES - 1)]


def _harvest(index: int, start: Any, data: DataDirectory, url: str) -> int:
    ledger, run = Ledger(url), f"run-{index}"
    start.wait()
    record(ledger, range(DOCUMENTS), run=run)
    archive_all(data, ledger, run)
    jobs = ledger.documents_to_read(parser_version=PARSER)
    for first in range(0, len(jobs), 8):
        outcomes = [
            ReadOutcome(job, report(number_of(job), year=2020 + number_of(job) % 3)) for job in jobs[first : first + 8]
        ]
        ledger.save_readings(run, PARSER, outcomes)
        publish(data, ledger, stale_partitions(data, ledger), run=run)
    publish_stale_captures(data, ledger, run=run)
    return len(jobs)


def test_harvests_at_once_end_with_one_lake(data: DataDirectory, ledger: Ledger, ledger_url: str) -> None:
    at_once(_harvest, data, ledger_url)
    assert status_counts(ledger).states == {"read": DOCUMENTS}
    assert stale_partitions(data, ledger) == []
    names = []
    for year in (2020, 2021, 2022):
        table = pq.read_table(data.part("reports", Partition(year, "CN-JL")), partitioning=None)
        names += [url.rpartition("/")[2] for url in table["url"].to_pylist()]
    assert sorted(names) == sorted(f"{number}.html" for number in range(DOCUMENTS))
    captures = pq.read_table(data.captures_part("2025-03"), partitioning=None)
    assert captures.num_rows == DOCUMENTS


def _version(job: ReadJob, version: int) -> Report:
    """A report of which no two documents have the same: they would be published as one."""
    read = report(version)
    first, *others = read.figures
    return replace(read, figures=(first._replace(value=float(number_of(job))), *others))


def _publish_often(index: int, start: Any, data: DataDirectory, url: str) -> int:
    """One process changes readings, the others publish all the while and read what stands there."""
    ledger, partition = Ledger(url), Partition(2024, "CN-JL")
    start.wait()
    if index == 0:
        for version in range(2, 12):
            jobs = ledger.documents_to_read(parser_version=str(version))
            ledger.save_readings("run", str(version), [ReadOutcome(job, _version(job, version)) for job in jobs])
        return 1
    for _ in range(15):
        publish(data, ledger, [partition], run="run")
        organizations = pq.read_table(data.part("reports", partition), partitioning=None)["organization"].to_pylist()
        assert len(organizations) == 8
        assert len(set(organizations)) == 1, organizations
    return 1


def test_readers_see_one_version_of_a_partition_while_it_changes(
    data: DataDirectory, ledger: Ledger, ledger_url: str
) -> None:
    documents = record(ledger, range(8)).document_ids
    outcomes: list[FetchOutcome] = []
    for job in ledger.documents_to_fetch(Selector(documents=documents), run="run"):
        result: Capture = capture(job, body(number_of(job)))
        outcomes.append(FetchOutcome(job.document_id, result))
    ledger.save_fetched("run", outcomes)
    jobs = ledger.documents_to_read(parser_version="1")
    ledger.save_readings("run", "1", [ReadOutcome(job, _version(job, 1)) for job in jobs])
    at_once(_publish_often, data, ledger_url)
    publish(data, ledger, stale_partitions(data, ledger), run="run")
    table = pq.read_table(data.part("reports", Partition(2024, "CN-JL")), partitioning=None)
    assert set(table["organization"].to_pylist()) == {"临江市第11局"}
