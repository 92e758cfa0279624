"""From the ledger to the lake: what is stale, what is published, and that it is the same whatever came first."""

from __future__ import annotations

import errno
import itertools
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from parsers.verdicts import NotAReport, ServerError
from storage import publication
from storage.documents import ReadOutcome, Selector
from storage.errors import StorageError
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import partitions_of, publish, publish_stale_captures, stale_partitions
from storage.transitions import report_key
from tests.storage.samples import (
    GANSU,
    PARSER,
    PORTAL,
    archive_all,
    body,
    fetch,
    keep,
    link,
    number_of,
    read,
    read_job,
    record,
    renamed,
    report,
)

JILIN_2024 = Partition(2024, "CN-JL")


def publish_all(data: DataDirectory, ledger: Ledger, run: str = "run-1") -> list[Partition]:
    """Publish what is stale, captures too; gives the partitions."""
    stale = stale_partitions(data, ledger)
    publish(data, ledger, stale, run=run)
    publish_stale_captures(data, ledger, run=run)
    return stale


def lake_bytes(data: DataDirectory) -> dict[str, bytes]:
    return {str(path.relative_to(data.lake)): path.read_bytes() for path in data.lake.rglob("*") if path.is_file()}


def reports(data: DataDirectory, partition: Partition = JILIN_2024) -> dict[str, dict[str, object]]:
    rows = pq.read_table(data.part("reports", partition), partitioning=None).to_pylist()
    return {row["url"].rpartition("/")[2].removesuffix(".html"): row for row in rows}


def test_a_partition_is_stale_until_it_is_published(data: DataDirectory, ledger: Ledger) -> None:
    assert stale_partitions(data, ledger) == []
    keep(ledger, 1, report(1))
    keep(ledger, 2, report(2, year=2023, region=GANSU))
    keep(ledger, 3, report(3, year=None, region=None))
    assert publish_all(data, ledger) == [Partition(None), Partition(2023, "CN-GS"), JILIN_2024]
    assert stale_partitions(data, ledger) == []
    assert reports(data)["1"]["organization"] == "临江市第1局"


def test_a_second_harvest_of_the_same_changes_no_byte(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    before = lake_bytes(data)
    record(ledger, [1], run="run-2")
    fetch(ledger, 1, body(1), run="run-2", fetched_at="2026-01-01T00:00:00Z")
    assert publish_all(data, ledger, run="run-2") == []
    assert lake_bytes(data) == before
    assert "captures/fetched=2025-03/part-0.parquet" in before


def test_the_order_of_arrival_leaves_no_trace(tmp_path: Path) -> None:
    def harvest(name: str, numbers: list[int], batches: int) -> dict[str, bytes]:
        data = DataDirectory(tmp_path / name).prepare()
        ledger = Ledger(data.ledger)
        for start in range(0, len(numbers), batches):
            record(ledger, numbers[start : start + batches], run=name)
            archive_all(data, ledger, name)
            jobs = ledger.documents_to_read(parser_version=PARSER)
            ledger.save_readings(name, PARSER, [ReadOutcome(job, report(number_of(job))) for job in jobs])
            publish(data, ledger, stale_partitions(data, ledger), run=name)
        ledger.close()
        return lake_bytes(data)

    forwards = harvest("one", list(range(12)), 12)
    assert harvest("other", list(reversed(range(12))), 5) == forwards
    assert len(forwards) == 4


def test_a_changed_report_replaces_the_old_one(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    keep(ledger, 2, report(2))
    publish_all(data, ledger)
    fetch(ledger, 1, body(1, version=2), run="run-2")
    assert stale_partitions(data, ledger) == []  # not read yet: the old one stands
    read(ledger, document, report(7), run="run-2")
    assert publish_all(data, ledger) == [JILIN_2024]
    assert {name: row["organization"] for name, row in reports(data).items()} == {"1": "临江市第7局", "2": "临江市第2局"}


def test_other_figures_from_the_same_bytes_make_the_partition_stale(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    publish_all(data, ledger)
    read(ledger, document, replace(report(1), figures=report(9).figures), parser="8")
    assert publish_all(data, ledger) == [JILIN_2024]
    values = pq.read_table(data.part("figures", JILIN_2024), partitioning=None)["value"].to_pylist()
    assert 9.0 in values


def test_reports_stand_in_the_order_of_their_ids(data: DataDirectory, ledger: Ledger) -> None:
    for number in range(30):
        keep(ledger, number, report(number))
    publish_all(data, ledger)
    identifiers = pq.read_table(data.part("reports", JILIN_2024), partitioning=None)["report_id"].to_pylist()
    assert identifiers == sorted(identifiers)
    assert len(identifiers) == 30


def test_the_same_report_under_another_parser_version_changes_nothing(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    publish_all(data, ledger)
    read(ledger, document, report(1), parser="8")
    assert stale_partitions(data, ledger) == []


def test_a_report_that_moves_leaves_its_old_partition(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1, year=2023))
    keep(ledger, 2, report(2))
    publish_all(data, ledger)
    read(ledger, document, report(1, year=2024), parser="8")
    assert publish_all(data, ledger) == [Partition(2023, "CN-JL"), JILIN_2024]
    assert set(reports(data)) == {"1", "2"}
    assert not data.part("reports", Partition(2023, "CN-JL")).parent.exists()
    assert stale_partitions(data, ledger) == []


def test_a_reading_that_is_taken_back_leaves_the_lake(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    publish_all(data, ledger)
    read(ledger, document, NotAReport("an article"), parser="8")
    assert publish_all(data, ledger) == [JILIN_2024]
    assert list(data.lake.rglob("region=CN-JL")) == []


def test_a_failed_refetch_leaves_the_lake_as_it_is(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    before = lake_bytes(data)
    fetch(ledger, 1, ServerError("503"), run="run-2")
    assert publish_all(data, ledger) == []
    assert lake_bytes(data) == before


def test_the_same_bytes_under_two_addresses_are_published_once(data: DataDirectory, ledger: Ledger) -> None:
    same = body(0)
    record(ledger, [1, 2, 3])
    documents = sorted(fetch(ledger, number, same) for number in (1, 2, 3))
    for document in documents:
        read(ledger, document, report(1))
    publish_all(data, ledger)
    (row,) = reports(data).values()
    assert row["report_id"] == documents[0]
    addresses = {link(number).url for number in (1, 2, 3)}
    assert row["aliases"] == sorted(addresses - {row["url"]})
    assert pq.read_metadata(data.part("figures", JILIN_2024)).num_rows == len(report(1).figures)


def test_the_same_report_in_two_dresses_is_published_once(data: DataDirectory, ledger: Ledger) -> None:
    """A county's report on its own portal and on that of its city: other bytes around the same figures."""
    city = renamed(PORTAL, "白山市")
    record(ledger, [1])
    record(ledger, [2, 3], portal=city)
    same = {fetch(ledger, number, body(number)): number for number in (1, 2)}
    for document in same:
        read(ledger, document, replace(report(1), evidence=(document,), title=f"转载 {document}"))
    other = fetch(ledger, 3, body(3))
    read(ledger, other, report(3))
    publish_all(data, ledger)
    rows = {row["report_id"]: row for row in reports(data).values()}
    stands, alias = sorted(same)
    assert set(rows) == {stands, other}
    assert rows[stands]["aliases"] == [link(same[alias]).url]
    assert rows[other]["aliases"] == []

    changed = replace(report(1), figures=(report(1).figures[0]._replace(value=25.2), *report(1).figures[1:]))
    fetch(ledger, same[alias], body(9), run="run-2")
    read(ledger, alias, changed)
    assert publish_all(data, ledger) == [JILIN_2024]
    assert {row["report_id"] for row in reports(data).values()} == {stands, alias, other}, "they are no longer the same"


@pytest.mark.parametrize("unknown", ["year", "organization", "region"])
def test_reports_of_nobody_in_particular_are_never_taken_for_one(unknown: str) -> None:
    assert report_key(report(1)) == report_key(replace(report(1), title="另题", sections=(), issues=()))
    assert report_key(replace(report(1), **{unknown: None})) is None  # type: ignore[arg-type]


def test_narrative_reports_are_the_same_by_their_text() -> None:
    words = replace(report(1), template="narrative", figures=())
    assert report_key(words) == report_key(replace(words, evidence=()))
    assert report_key(words) != report_key(replace(words, sections=words.sections[:1]))


def test_a_new_alias_makes_the_partition_stale(data: DataDirectory, ledger: Ledger) -> None:
    record(ledger, [1, 2])
    read(ledger, fetch(ledger, 1, body(0)), report(1))
    publish_all(data, ledger)
    read(ledger, fetch(ledger, 2, body(0)), report(1))
    assert publish_all(data, ledger) == [JILIN_2024]


def test_another_portal_makes_the_partition_stale(data: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    publish_all(data, ledger)
    record(ledger, [1], portal=renamed(PORTAL, "a"))
    read(ledger, document, report(1))
    assert publish_all(data, ledger) == [JILIN_2024]
    assert reports(data)["1"]["portal"] == "a"


def test_files_that_somebody_removed_are_written_again(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    before = lake_bytes(data)
    for remove in (data.lake / "issues", data.lake / "captures", data.lake):
        shutil.rmtree(remove)
        data.prepare()
        publish_all(data, ledger)
        assert lake_bytes(data) == before


def test_files_that_the_ledger_does_not_know_are_removed(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    shutil.copytree(data.part("reports", JILIN_2024).parent, data.part("reports", Partition(2001, "CN-JL")).parent)
    assert publish_all(data, ledger) == [Partition(2001, "CN-JL")]
    assert stale_partitions(data, ledger) == []
    assert list(data.lake.rglob("year=2001")) == []


def test_a_new_form_of_the_lake_makes_everything_stale(
    data: DataDirectory, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    monkeypatch.setattr(publication, "LAKE_VERSION", "next")
    assert publish_all(data, ledger) == [JILIN_2024]
    assert stale_partitions(data, ledger) == []


def test_captures_are_a_table_by_month(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-04-01T00:00:00Z")
    assert publish_stale_captures(data, ledger, run="run-2") == ["2025-03", "2025-04"]
    assert publish_stale_captures(data, ledger, run="run-2") == []
    (row,) = pq.read_table(data.captures_part("2025-04"), partitioning=None).to_pylist()
    assert (row["url"], row["fetched_at"], row["status"]) == (link(1).url, "2025-04-01T00:00:00Z", 200)
    assert (row["archive_file"], row["archive_offset"], row["length"]) == ("run-0-000.warc.gz", 1, len(body(1)))


def test_partitions_of_a_portal_can_be_withheld(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    other = renamed(PORTAL, "other")
    ledger.record_links("run-1", other, [replace(link(9), url="https://other.example.cn/9.html")])
    (job,) = ledger.documents_to_fetch(Selector(portals=("other",)), run="run-1")
    assert partitions_of(ledger, Selector(portals=("other",))) == set()
    assert partitions_of(ledger, Selector(portals=(PORTAL.name,))) == {JILIN_2024}
    assert partitions_of(ledger) == {JILIN_2024}
    assert job.host == "other.example.cn"


def test_a_report_read_between_key_and_files_makes_it_stale_again(data: DataDirectory, ledger: Ledger) -> None:
    """What the mark says is what the files hold: both come from one view of the ledger."""
    keep(ledger, 1, report(1))
    record(ledger, [2])
    document = fetch(ledger, 2, body(2))
    job = read_job(ledger, document)
    loaded = publication._load

    def load_late(*arguments: object) -> object:
        ledger.save_readings("run-1", PARSER, [ReadOutcome(job, report(2))])
        return loaded(*arguments)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "_load", load_late)
        publish(data, ledger, [JILIN_2024], run="run-1")
    assert set(reports(data)) == {"1"}
    assert publish_all(data, ledger) == [JILIN_2024]
    assert set(reports(data)) == {"1", "2"}


def test_a_passing_failure_of_an_unchanged_document_asks_for_no_second_reading(data: DataDirectory, ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    publish_all(data, ledger)
    fetch(ledger, 1, ServerError("503"), run="run-2")
    fetch(ledger, 1, body(1), run="run-2")
    assert ledger.documents_to_read(parser_version=PARSER) == []
    assert stale_partitions(data, ledger) == []


def test_a_publication_cut_off_in_the_middle_is_stale_whatever_the_ledger_returns_to(
    data: DataDirectory, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some files new and some old, and then the readings are those again that the old files were written from."""
    document = keep(ledger, 1, report(1))
    publish_all(data, ledger)
    before = lake_bytes(data)
    read(ledger, document, report(7), parser="8")
    replace_file, count = Path.replace, itertools.count()

    def replace_twice(path: Path, target: Path) -> Path:
        if next(count) == 2:
            raise OSError(errno.EIO, "Input/output error")
        return replace_file(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_twice)
        with pytest.raises(StorageError, match="Input/output error"):
            publish(data, ledger, [JILIN_2024], run="run-2")
    read(ledger, document, report(1), parser="9")
    publish_all(data, ledger)
    assert lake_bytes(data) == before
