"""A report is published with what its predecessor says of it, and anew when the predecessor changes."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq

from parsers.records import Figure, Report
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.overview import load_report
from storage.publication import publish, stale_partitions
from tests.storage.samples import keep, report

YEAR = Partition(2024, "CN-JL")
BEFORE = Partition(2023, "CN-JL")


def carrying(year: int, item: str, count: float) -> Report:
    figure = Figure("applications", item, "total", count, f"{count:g}")
    return replace(report(1, year=year), figures=(figure,), issues=())


def published_issues(data: DataDirectory, ledger: Ledger) -> list[str]:
    publish(data, ledger, stale_partitions(data, ledger), run="run-1")
    return pq.read_table(data.part("issues", YEAR), partitioning=None).column("code").to_pylist()


def test_what_did_not_arrive_is_told(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, carrying(2024, "carried_in", 3.0))
    assert published_issues(data, ledger) == []
    keep(ledger, 2, carrying(2023, "carried_out", 4.0))
    assert stale_partitions(data, ledger) == [BEFORE, YEAR]
    assert published_issues(data, ledger) == ["carried_over"]
    assert stale_partitions(data, ledger) == []
    shown = load_report(ledger, document)
    assert shown is not None
    assert [issue.code for issue in shown.issues] == ["carried_over"], "as the lake has it"


def test_two_candidates_for_the_year_before_say_nothing(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, carrying(2024, "carried_in", 3.0))
    keep(ledger, 2, carrying(2023, "carried_out", 4.0))
    keep(ledger, 3, carrying(2023, "carried_out", 5.0))
    assert published_issues(data, ledger) == []


def test_another_body_is_no_predecessor(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, carrying(2024, "carried_in", 3.0))
    keep(ledger, 2, replace(carrying(2023, "carried_out", 4.0), organization="临江市第2局"))
    assert published_issues(data, ledger) == []
