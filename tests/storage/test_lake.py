"""The Parquet files: what is in them, that others read them, and that equal readings give equal bytes."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from parsers.records import Report
from storage import lake
from storage.errors import StorageError
from storage.lake import Published, present_partitions, whole_partitions
from storage.layout import TABLES, DataDirectory, Partition
from storage.payload import StoredReport, store_report
from storage.schemas import CAPTURES, FIGURES, ISSUES, REPORTS, SECTIONS
from tests.storage.samples import GANSU, report

PARTITION = Partition(2024, "CN-JL")
publish_partition = partial(lake.publish_partition, version="1")
SCHEMAS = {"reports": REPORTS, "figures": FIGURES, "sections": SECTIONS, "issues": ISSUES}


def published(number: int, content: Report | None = None, aliases: tuple[str, ...] = ()) -> Published:
    return Published(
        report_id=f"{number:016x}",
        content_digest=f"{number:064x}",
        url=f"https://www.linjiang.example.cn/{number}.html",
        portal="临江市",
        aliases=aliases,
        report=store_report(content or report(number)),
    )


def digest_of(data: DataDirectory) -> dict[str, bytes]:
    return {str(path.relative_to(data.lake)): path.read_bytes() for path in data.lake.rglob("*") if path.is_file()}


@pytest.mark.parametrize("schema", [*SCHEMAS.values(), CAPTURES])
def test_every_field_is_described(schema: object) -> None:
    for field in schema:  # type: ignore[attr-defined]
        assert field.metadata[b"description"].decode().endswith("."), field.name


def test_the_files_carry_the_descriptions(data: DataDirectory) -> None:
    publish_partition(data, PARTITION, [published(1)])
    for table, schema in SCHEMAS.items():
        written = pq.read_schema(data.part(table, PARTITION))  # type: ignore[arg-type]
        assert written.equals(schema)
        for field in schema:
            assert written.field(field.name).metadata[b"description"] == field.metadata[b"description"]


def test_a_report_is_a_row(data: DataDirectory) -> None:
    publish_partition(data, PARTITION, [published(3, report(3, errors=2), aliases=("https://b.example.cn/3",))])
    (row,) = pq.read_table(data.part("reports", PARTITION), partitioning=None).to_pylist()
    assert row == {
        "report_id": f"{3:016x}",
        "content_digest": f"{3:064x}",
        "template": "modern-2021",
        "status": "suspect",
        "organization": "临江市第3局",
        "adcode": "220681",
        "province": "吉林省",
        "prefecture": "白山市",
        "county": "临江市",
        "township": None,
        "title": "第3局政府信息公开工作年度报告",
        "url": "https://www.linjiang.example.cn/3.html",
        "aliases": ["https://b.example.cn/3"],
        "portal": "临江市",
        "published_on": "2025-01-20",
        "source": "html",
        "figure_count": 4,
        "figures_present": 2,
        "error_count": 2,
        "warning_count": 1,
        "evidence": ["本年制发件数", "title"],
    }


def test_a_figure_is_a_row_in_the_order_of_the_codebook(data: DataDirectory) -> None:
    publish_partition(data, PARTITION, [published(3), published(4)])
    table = pq.read_table(data.part("figures", PARTITION), partitioning=None)
    columns = ["table", "item", "column", "value", "raw", "absence", "scaled_from", "at_table", "at_row", "at_column"]
    rows = [tuple(row.values()) for row in table.select(columns).to_pylist()]
    assert rows[:4] == [
        ("disclosure", "fees", "amount", 25.1, "251000元", None, "元", 0, 4, 1),
        ("applications", "received", "natural_person", 3.0, "3", None, None, 1, 2, 1),
        ("applications", "received", "total", None, "", "blank", None, 1, 2, 7),
        ("proceedings", "reconsideration", "total", None, None, "table_missing", None, None, None, None),
    ]
    assert table["report_id"].to_pylist() == [f"{3:016x}"] * 4 + [f"{4:016x}"] * 4
    assert set(
        zip(table["organization"].to_pylist(), table["adcode"].to_pylist(), table["status"].to_pylist(), strict=True)
    ) == {
        ("临江市第3局", "220681", "valid"),
        ("临江市第4局", "220681", "valid"),
    }


def test_sections_and_issues_are_rows(data: DataDirectory) -> None:
    publish_partition(data, PARTITION, [published(3, report(3, errors=1))])
    sections = pq.read_table(data.part("sections", PARTITION), partitioning=None).to_pylist()
    assert [(row["position"], row["heading"], row["text"]) for row in sections] == [
        (0, "一、总体情况", "第3局照章办事。"),
        (1, "六、其他需要报告的事项", ""),
    ]
    issues = pq.read_table(data.part("issues", PARTITION), partitioning=None).to_pylist()
    assert [(row["position"], row["severity"], row["code"], row["item"]) for row in issues] == [
        (0, "error", "identity.0", "received"),
        (1, "warning", "blank", "received"),
    ]


def test_a_report_without_a_place_or_tables_is_a_row_too(data: DataDirectory) -> None:
    bare = replace(report(region=None), organization=None, figures=(), sections=(), issues=())
    publish_partition(data, Partition(None), [published(1, bare)])
    (row,) = pq.read_table(data.part("reports", Partition(None)), partitioning=None).to_pylist()
    assert (row["adcode"], row["province"], row["organization"], row["figure_count"]) == (None, None, None, 0)
    assert pq.read_table(data.part("figures", Partition(None)), partitioning=None).num_rows == 0


@pytest.fixture
def small_lake(data: DataDirectory) -> Path:
    """Two provinces and a report of unknown year and place."""
    publish_partition(data, PARTITION, [published(1), published(2)])
    publish_partition(data, Partition(2023, "CN-GS"), [published(3, report(3, year=2023, region=GANSU))])
    publish_partition(data, Partition(None), [published(4, report(4, year=None, region=None))])
    return data.lake


def test_pandas_reads_the_partitions_as_columns(small_lake: Path) -> None:
    figures = pd.read_parquet(small_lake / "figures")
    assert len(figures) == 4 * 4
    received = figures[figures["column"] == "natural_person"].sort_values("report_id")
    assert received["value"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert received["region"].tolist() == ["CN-JL", "CN-JL", "CN-GS", "CN-XX"]
    assert received["year"].tolist() == [2024, 2024, 2023, 0]
    assert len(pd.read_parquet(small_lake / "figures", filters=[("year", "==", 2023)])) == 4


def test_duckdb_reads_the_partitions_as_columns(small_lake: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    query = f"""
        SELECT year, region, sum(value) FROM read_parquet('{small_lake}/figures/*/*/*.parquet', hive_partitioning = true)
        WHERE "column" = 'natural_person' GROUP BY ALL ORDER BY year
    """
    assert duckdb.sql(query).fetchall() == [(0, "CN-XX", 4.0), (2023, "CN-GS", 3.0), (2024, "CN-JL", 3.0)]


def test_readers_do_not_see_what_is_being_written(small_lake: Path, data: DataDirectory) -> None:
    def readings() -> Iterator[Published]:
        yield published(5)
        assert [path.name for path in data.part("reports", PARTITION).parent.iterdir()].count("part-0.parquet") == 1
        assert pd.read_parquet(small_lake / "reports")["report_id"].nunique() == 4
        yield published(6)

    publish_partition(data, PARTITION, readings())
    assert sorted(pd.read_parquet(small_lake / "reports", filters=[("region", "==", "CN-JL")])["report_id"]) == [
        f"{5:016x}",
        f"{6:016x}",
    ]


def test_equal_readings_give_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROW_GROUP_REPORTS", 3)
    one, other = (DataDirectory(tmp_path / name).prepare() for name in ("one", "other"))
    publish_partition(one, PARTITION, [published(number) for number in range(10)])
    publish_partition(other, PARTITION, [published(99)])
    publish_partition(other, PARTITION, iter([published(number) for number in range(10)]))
    assert digest_of(one) == digest_of(other)
    assert len(digest_of(one)) == 4


def test_a_partition_without_readings_is_removed_with_its_folders(small_lake: Path, data: DataDirectory) -> None:
    assert publish_partition(data, PARTITION, []) == 0
    assert publish_partition(data, PARTITION, []) == 0
    assert present_partitions(data) == {Partition(2023, "CN-GS"), Partition(None)}
    assert not (small_lake / "figures" / "year=2024").exists()
    assert (small_lake / "figures").is_dir()


def test_a_partition_with_a_file_missing_is_not_whole(small_lake: Path, data: DataDirectory) -> None:
    data.part("issues", PARTITION).unlink()
    assert PARTITION in present_partitions(data)
    assert whole_partitions(data) == {Partition(2023, "CN-GS"), Partition(None)}


@pytest.mark.parametrize("table", TABLES)
def test_a_failure_leaves_the_old_partition_and_nothing_else(data: DataDirectory, table: str) -> None:
    publish_partition(data, PARTITION, [published(1)])
    before = digest_of(data)

    def readings() -> Iterator[Published]:
        yield published(2)
        raise RuntimeError(f"the ledger vanished while {table} was written")

    with pytest.raises(RuntimeError, match="vanished"):
        publish_partition(data, PARTITION, readings())
    assert digest_of(data) == before


def test_a_lake_that_cannot_be_written_is_a_sentence(data: DataDirectory) -> None:
    data.lake.rmdir()
    data.lake.write_text("in the way")
    with pytest.raises(StorageError, match=r"lake .* cannot be written: .*Make room"):
        publish_partition(data, PARTITION, [published(1)])


def test_memory_does_not_grow_with_the_partition(data: DataDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake, "ROW_GROUP_REPORTS", 10)
    alive: weakref.WeakSet[StoredReport] = weakref.WeakSet()
    most = 0

    class Watched(StoredReport):
        __hash__ = object.__hash__

    def readings() -> Iterator[Published]:
        nonlocal most
        for number in range(200):
            entry = published(number)
            watched = Watched(entry.report.head, entry.report.figures)
            alive.add(watched)
            most = max(most, len(alive))
            yield replace(entry, report=watched)
            del watched, entry

    assert publish_partition(data, PARTITION, readings()) == 200
    assert most <= 2 * 10 + 1  # one row group being written, one being gathered


def test_a_lone_surrogate_does_not_stop_a_partition(data: DataDirectory) -> None:
    entry = published(1)
    head = dict(entry.report.head) | {"title": "年报\ud83d"}
    publish_partition(data, PARTITION, [replace(entry, report=StoredReport(head, entry.report.figures))])
    assert pq.read_table(data.part("reports", PARTITION), partitioning=None)["title"].to_pylist() == ["年报?"]
