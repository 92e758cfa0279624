"""A reader that joins the tables of a partition while it is being published."""

from __future__ import annotations

import multiprocessing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from storage.errors import LakeError
from storage.lake import Published, publish_partition, staged_partition
from storage.layout import TABLES, DataDirectory, Partition
from storage.payload import store_report
from storage.snapshot import file_version, load_snapshot
from tests.storage.samples import report

FORK = multiprocessing.get_context("fork")
PARTITION = Partition(2024, "CN-JL")
ROUNDS = 150


def version_of(number: int) -> list[Published]:
    """Readings that tell their version by their count, and by the number in every organisation and figure. Of 0 there are none."""
    return [
        Published(f"{place:016x}", f"{number:064x}", f"https://a.example.cn/{place}", "a", (), store_report(report(number)))
        for place in range(number)
    ]


def publish_version(data: DataDirectory, number: int) -> None:
    publish_partition(data, PARTITION, version_of(number), version=str(number))


def _read_all_the_while(data: DataDirectory, stop: Any, answers: Any) -> None:
    seen: set[str | None] = set()
    count = 0
    while not stop.is_set() or not count:
        snapshot = load_snapshot(data, PARTITION)
        seen.add(snapshot and snapshot.version)
        count += 1
        if snapshot is not None:
            number = int(snapshot.version)
            ids = {f"{place:016x}" for place in range(number)}
            for table in TABLES:
                assert set(snapshot.tables[table]["report_id"].to_pylist()) == ids, (number, table)
            assert set(snapshot.tables["reports"]["organization"].to_pylist()) == {f"临江市第{number}局"}
            assert snapshot.tables["figures"].num_rows == number * len(report().figures)
        for table in TABLES:  # and as any reader opens it, table by table: whole, of one version
            try:
                rows = ds.dataset(data.lake / table, format="parquet", partitioning="hive").to_table(columns=["report_id"])
            except FileNotFoundError:  # removed between listing and opening: there is nothing of it any more
                continue
            of_each = {"reports": 1, "figures": len(report().figures)}.get(table, 2 if table == "sections" else 1)
            assert rows.num_rows % of_each == 0
    answers.put((count, seen))


def _answer(data: DataDirectory, stop: Any, answers: Any) -> None:
    try:
        _read_all_the_while(data, stop, answers)
    except BaseException as error:
        answers.put(repr(error))


def test_a_reader_sees_one_version_of_all_tables_throughout_publishing(data: DataDirectory) -> None:
    publish_partition(data, Partition(2023, "CN-GS"), version_of(1), version="1")  # stays: no table is ever without a file
    stop, answers = FORK.Event(), FORK.Queue()
    reader = FORK.Process(target=_answer, args=(data, stop, answers))
    reader.start()
    for step in range(ROUNDS):
        publish_version(data, step % 6)  # 0: the partition is removed, and comes back
    stop.set()
    answer = answers.get(timeout=60)
    reader.join()
    assert not isinstance(answer, str), answer
    count, seen = answer
    assert count > 10
    assert len(seen) > 3


def test_every_file_names_the_version_of_its_partition(data: DataDirectory) -> None:
    publish_version(data, 3)
    assert {file_version(pq.read_schema(data.part(table, PARTITION))) for table in TABLES} == {"3"}


def test_a_partition_that_is_not_there(data: DataDirectory) -> None:
    assert load_snapshot(data, PARTITION) is None


def test_files_of_two_versions_are_no_snapshot(data: DataDirectory) -> None:
    """As a publisher leaves them that is killed between two renames."""
    publish_version(data, 2)
    with staged_partition(data, PARTITION, version_of(3), version="3") as staged:
        new = staged.replacement.written[0]
        new.replace(data.part("reports", PARTITION))
        with pytest.raises(LakeError, match=r"year=2024/region=CN-JL .*different versions.*nianbao harvest"):
            load_snapshot(data, PARTITION, patience=0.05)
    publish_version(data, 3)
    snapshot = load_snapshot(data, PARTITION)
    assert snapshot is not None
    assert snapshot.version == "3"


def test_a_partition_with_a_file_missing_is_no_snapshot(data: DataDirectory) -> None:
    publish_version(data, 2)
    data.part("issues", PARTITION).unlink()
    with pytest.raises(LakeError, match="different versions"):
        load_snapshot(data, PARTITION, patience=0.05)


@pytest.mark.parametrize("kept", [0, 100, 0.5])
def test_a_damaged_file_is_named(data: DataDirectory, kept: float) -> None:
    publish_version(data, 2)
    path = data.part("figures", PARTITION)
    path.write_bytes(path.read_bytes()[: int(kept if kept > 1 else kept * path.stat().st_size)])
    with pytest.raises(LakeError, match=r"figures/year=2024/region=CN-JL/part-0.parquet is damaged.*verify --repair"):
        load_snapshot(data, PARTITION)


def test_tables_of_several_versions_open_as_one_dataset(data: DataDirectory) -> None:
    publish_version(data, 2)
    publish_partition(data, Partition(2023, "CN-GS"), version_of(1), version="another")
    table = ds.dataset(data.lake / "reports", format="parquet", partitioning="hive").to_table()
    assert isinstance(table, pa.Table)
    assert table.num_rows == 3


def test_the_query_of_the_docs_tells_the_versions(data: DataDirectory) -> None:
    duckdb = pytest.importorskip("duckdb")
    publish_version(data, 2)
    publish_partition(data, Partition(2023, "CN-GS"), version_of(1), version="another")
    page = (Path(__file__).parents[2] / "docs/lake.md").read_text(encoding="utf-8")
    query = page.partition("```sql\n")[2].partition("```")[0].replace("data/lake", str(data.lake))
    rows = duckdb.sql(query).fetchall()
    assert rows == [("year=2023/region=CN-GS", "another", 4), ("year=2024/region=CN-JL", "2", 4)]
