"""A harvested data directory damaged in one way after the other: `verify` finds it, `--repair` brings back the same lake.

What cannot be mended without the network stays found, and nothing is lost by the attempt.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage.cdx import index_path
from storage.documents import Selector
from storage.layout import TABLES, DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import publish, publish_stale_captures, stale_partitions
from storage.replacement import VERSION_KEY
from storage.verification.finding import CODES, Finding
from storage.verification.verify import mend, verify
from tasks.pages import is_document
from tasks.reading import PARSER_VERSION, Batch, read_batch
from tests.flows.conftest import CommandLine
from tests.kills.traces import end_state


@dataclass(frozen=True)
class Harvested:
    """A data directory of the test's own, as a harvest left it, and the province in which it is damaged."""

    data: DataDirectory
    region: str = "CN-GS"

    @property
    def partition(self) -> Partition:
        return Partition(2024, self.region)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Change the ledger as somebody might with a tool of his own."""
        with closing(sqlite3.connect(self.data.ledger)) as ledger, ledger:
            return ledger.execute(statement, values).fetchall()

    def part(self, table: Any = "figures") -> Path:
        return self.data.part(table, self.partition)

    def document(self) -> tuple[str, str, str, int]:
        """Id and digest of a report of the province, and the place of its record."""
        query = f"""SELECT document_id, content_digest, archive_file, archive_offset FROM captures
                   JOIN documents USING (document_id, content_digest)
                   WHERE year = 2024 AND region = '{self.region}' ORDER BY document_id LIMIT 1"""
        (row,) = self.sql(query)
        return row

    def find(self) -> list[Finding]:
        ledger = Ledger(self.data.ledger)
        try:
            return verify(self.data, ledger, is_document)
        finally:
            ledger.close()

    def repair(self, found: list[Finding]) -> None:
        """What `nianbao verify --repair` does, without Prefect around it."""
        ledger = Ledger(self.data.ledger)
        ids = mend(self.data, ledger, found)
        jobs = ledger.documents_to_read(Selector(documents=tuple(ids)), parser_version=PARSER_VERSION) if ids else []
        read_batch(self.data, ledger, Batch("repair", tuple(jobs)), lambda began: None)
        publish(self.data, ledger, stale_partitions(self.data, ledger), run="repair")
        publish_stale_captures(self.data, ledger, run="repair")
        ledger.close()


def lake_of(data: DataDirectory) -> dict[str, bytes]:
    return {str(path.relative_to(data.lake)): path.read_bytes() for path in data.lake.rglob("*") if path.is_file()}


@pytest.fixture
def harvested(sample_data: Path, tmp_path: Path) -> Harvested:
    shutil.copytree(sample_data, tmp_path / "data")
    return Harvested(DataDirectory(tmp_path / "data"))


@pytest.fixture(scope="module")
def undamaged(sample_data: Path) -> dict[str, Any]:
    return end_state(sample_data) | {"every file of the lake": lake_of(DataDirectory(sample_data))}


def test_a_harvest_leaves_nothing_to_find(harvested: Harvested, undamaged: dict[str, Any]) -> None:
    assert harvested.find() == []
    assert end_state(harvested.data.root).items() <= undamaged.items()


# --- what is mended; each gives the codes that must be found


def lake_file_missing(one: Harvested) -> set[str]:
    one.part().unlink()
    return {"file_missing"}


def lake_file_cut_short(one: Harvested) -> set[str]:
    one.part().write_bytes(one.part().read_bytes()[:-100])
    return {"file_damaged"}


def lake_file_empty(one: Harvested) -> set[str]:
    one.part("reports").write_bytes(b"")
    return {"file_damaged"}


def lake_byte_flipped(one: Harvested) -> set[str]:
    payload = bytearray(one.part().read_bytes())
    payload[len(payload) // 3] ^= 0x10
    one.part().write_bytes(payload)
    return {"file_damaged", "rows_differ"}


def lake_statistics_flipped(one: Harvested) -> set[str]:
    """Rows read well, but a reader that filters would be misled."""
    payload = bytearray(one.part("reports").read_bytes())
    payload[payload.rindex(one.document()[0].encode()) + 15] ^= 1  # the smallest report_id, as the footer states it
    one.part("reports").write_bytes(payload)
    assert pq.ParquetFile(one.part("reports")).read()["report_id"][0].as_py() == one.document()[0]
    return {"file_damaged"}


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    pq.write_table(change(pq.ParquetFile(path).read()), path, compression="zstd", version="2.6")


def lake_rows_of_a_report_that_is_not_published(one: Harvested) -> set[str]:
    def with_another(table: pa.Table) -> pa.Table:
        first = table.slice(0, 1)
        names = pa.array(["0123456789abcdef"], pa.string())
        return pa.concat_tables([table, first.set_column(0, table.schema.field(0), names)])

    rewritten(one.part("reports"), with_another)
    return {"rows_differ"}


def lake_rows_of_a_report_missing(one: Harvested) -> set[str]:
    rewritten(one.part("reports"), lambda table: table.slice(1))
    return {"rows_differ"}


def lake_file_of_another_version(one: Harvested) -> set[str]:
    rewritten(one.part("issues"), lambda table: table.replace_schema_metadata({VERSION_KEY: b"2:1:0:"}))
    return {"versions_differ"}


def lake_partition_orphaned(one: Harvested) -> set[str]:
    for table in TABLES:
        shutil.copytree(one.part(table).parent, one.data.part(table, Partition(2001, "CN-GS")).parent)
    return {"partition_orphaned"}


def lake_file_left_over(one: Harvested) -> set[str]:
    one.part().with_name(".part-0.parquet.tmp").write_bytes(b"PAR1")
    return {"file_left_over"}


def lake_file_that_readers_would_count_twice(one: Harvested) -> set[str]:
    shutil.copy(one.part(), one.part().with_name("part-1.parquet"))
    return {"file_stray"}


def lake_folder_of_somebody_else(one: Harvested) -> set[str]:
    shutil.copytree(one.part().parent, one.data.lake / "figures/year=latest/region=CN-GS")
    return {"file_stray"}


def lake_captures_missing(one: Harvested) -> set[str]:
    (path,) = (one.data.lake / "captures").rglob("*.parquet")
    path.unlink()
    return {"file_missing"}


def lake_partition_stale(one: Harvested) -> set[str]:
    """As after a kill between a reading and its publication."""
    one.sql("UPDATE partitions SET content_key = '2:0:0:' WHERE name = ?", one.partition.path)
    return {"partition_stale"}


def ledger_mark_of_no_partition(one: Harvested) -> set[str]:
    one.sql("INSERT INTO partitions VALUES ('year=2002/region=CN-GS', '2:1:0:', '2025-01-01T00:00:00Z', 'run')")
    return {"mark_unknown"}


def ledger_reading_gone(one: Harvested) -> set[str]:
    one.sql("DELETE FROM readings WHERE document_id = ?", one.document()[0])
    return {"reading_missing", "rows_differ"}


def ledger_reading_damaged(one: Harvested) -> set[str]:
    document = one.document()[0]
    ((report,),) = one.sql("SELECT report FROM readings WHERE document_id = ?", document)
    one.sql("UPDATE readings SET report = ? WHERE document_id = ?", report[: len(report) // 2], document)
    return {"reading_damaged"}


def ledger_reading_of_other_figures(one: Harvested) -> set[str]:
    document = one.document()[0]
    ((other,),) = one.sql("SELECT report FROM readings WHERE document_id <> ? AND report IS NOT NULL LIMIT 1", document)
    one.sql("UPDATE readings SET report = ? WHERE document_id = ?", other, document)
    return {"reading_damaged"}


def ledger_state_wrong(one: Harvested) -> set[str]:
    one.sql("UPDATE documents SET state = 'found' WHERE document_id = ?", one.document()[0])
    return {"document_inconsistent"}


def ledger_year_wrong(one: Harvested) -> set[str]:
    one.sql("UPDATE documents SET year = 1999 WHERE document_id = ?", one.document()[0])
    return {"document_inconsistent", "partition_stale"}


def ledger_region_none(one: Harvested) -> set[str]:
    one.sql("UPDATE documents SET region = 'Gansu' WHERE document_id = ?", one.document()[0])
    return {"document_inconsistent"}


def ledger_publication_forgotten(one: Harvested) -> set[str]:
    columns = ("published_digest", "published_link", "published_version", "published_tag", "year", "region", "status")
    one.sql(
        f"UPDATE documents SET {', '.join(f'{name} = NULL' for name in columns)} WHERE document_id = ?", one.document()[0]
    )
    return {"document_inconsistent", "partition_stale"}


def ledger_link_key_wrong(one: Harvested) -> set[str]:
    one.sql("UPDATE documents SET link_key = '0' WHERE document_id = ?", one.document()[0])
    return {"document_inconsistent"}


def ledger_capture_gone(one: Harvested) -> set[str]:
    one.sql("DELETE FROM captures WHERE document_id = ?", one.document()[0])
    return {"capture_missing", "capture_unknown", "partition_stale"}


def ledger_older_than_the_archive(one: Harvested) -> set[str]:
    """As after somebody brought the ledger back from a backup."""
    document = one.document()[0]
    for table in ("captures", "readings"):
        one.sql(f"DELETE FROM {table} WHERE document_id = ?", document)
    one.sql(
        """UPDATE documents SET state = 'found', fetched_at = NULL, content_digest = NULL, read_digest = NULL,
           published_digest = NULL, published_link = NULL, published_version = NULL, published_tag = NULL, year = NULL,
           region = NULL, adcode = NULL, organization = NULL, template = NULL, status = NULL, issue_codes = NULL
           WHERE document_id = ?""",
        document,
    )
    return {"capture_unknown", "partition_stale"}


def ledger_capture_points_nowhere(one: Harvested) -> set[str]:
    one.sql("UPDATE captures SET archive_offset = archive_offset + 7 WHERE document_id = ?", one.document()[0])
    return {"record_missing", "capture_inconsistent"}


def ledger_capture_points_to_another_body(one: Harvested) -> set[str]:
    document, _, file, offset = one.document()
    query = "SELECT archive_offset FROM captures WHERE archive_file = ? AND archive_offset <> ? LIMIT 1"
    ((other,),) = one.sql(query, file, offset)
    one.sql("UPDATE captures SET archive_offset = ? WHERE document_id = ?", other, document)
    return {"record_differs", "capture_inconsistent"}


def archive_left_open(one: Harvested) -> set[str]:
    path = one.data.archive / one.document()[2]
    path.rename(path.with_name(f"{path.name}.open"))
    return {"archive_left_open"}


def archive_tail_torn(one: Harvested) -> set[str]:
    path = one.data.archive / one.document()[2]
    path.write_bytes(path.read_bytes() + path.read_bytes()[:200])
    return {"archive_torn"}


def archive_file_empty(one: Harvested) -> set[str]:
    (one.data.archive / "run-0-000.warc.gz").write_bytes(b"")
    return {"archive_torn"}


def archive_index_gone(one: Harvested) -> set[str]:
    index_path(one.data.archive / one.document()[2]).unlink()
    return {"index_differs"}


def archive_index_of_another_file(one: Harvested) -> set[str]:
    path = index_path(one.data.archive / one.document()[2])
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    return {"index_differs"}


MENDED = [
    lake_file_missing,
    lake_file_cut_short,
    lake_file_empty,
    lake_byte_flipped,
    lake_statistics_flipped,
    lake_rows_of_a_report_that_is_not_published,
    lake_rows_of_a_report_missing,
    lake_file_of_another_version,
    lake_partition_orphaned,
    lake_file_left_over,
    lake_file_that_readers_would_count_twice,
    lake_folder_of_somebody_else,
    lake_captures_missing,
    lake_partition_stale,
    ledger_mark_of_no_partition,
    ledger_reading_gone,
    ledger_reading_damaged,
    ledger_reading_of_other_figures,
    ledger_state_wrong,
    ledger_year_wrong,
    ledger_region_none,
    ledger_publication_forgotten,
    ledger_link_key_wrong,
    ledger_capture_gone,
    ledger_older_than_the_archive,
    ledger_capture_points_nowhere,
    ledger_capture_points_to_another_body,
    archive_left_open,
    archive_tail_torn,
    archive_file_empty,
    archive_index_gone,
    archive_index_of_another_file,
]


@pytest.mark.parametrize("damage", MENDED, ids=lambda damage: damage.__name__)
def test_is_found_and_mended(
    damage: Callable[[Harvested], set[str]], harvested: Harvested, undamaged: dict[str, Any]
) -> None:
    expected = damage(harvested)
    found = harvested.find()
    assert {finding.code for finding in found} & expected, (found, expected)
    harvested.repair(found)
    assert harvested.find() == []
    after = end_state(harvested.data.root) | {"every file of the lake": lake_of(harvested.data)}
    assert [name for name in undamaged if after[name] != undamaged[name]] == []


# --- what only a backup or the network can mend


def archive_file_gone(one: Harvested) -> set[str]:
    (one.data.archive / one.document()[2]).unlink()
    return {"record_missing"}


def archive_record_damaged(one: Harvested) -> set[str]:
    _, _, file, offset = one.document()
    path = one.data.archive / file
    payload = bytearray(path.read_bytes())
    payload[offset + 300] ^= 0xFF
    path.write_bytes(payload)
    return {"archive_damaged", "record_missing"}


def archive_file_of_somebody_else(one: Harvested) -> set[str]:
    (one.data.archive / "notes.txt").write_text("to do")
    return {"archive_stray"}


@pytest.mark.parametrize(
    "damage", [archive_file_gone, archive_record_damaged, archive_file_of_somebody_else], ids=lambda damage: damage.__name__
)
def test_is_found_and_loses_nothing(
    damage: Callable[[Harvested], set[str]], harvested: Harvested, undamaged: dict[str, Any]
) -> None:
    expected = damage(harvested)
    found = harvested.find()
    assert {finding.code for finding in found} == expected
    harvested.repair(found)
    assert harvested.find() == found
    assert lake_of(harvested.data) == undamaged["every file of the lake"]


def test_files_that_the_system_does_not_give_are_told_of(harvested: Harvested) -> None:
    """A link to itself in the place of each stands for a right that is missing and for a failing disk, which a test cannot have."""
    for path in (harvested.part(), harvested.data.archive / harvested.document()[2]):
        path.rename(path.with_name("away"))
        path.symlink_to(path)
    found = {finding.code: finding for finding in harvested.find()}
    assert found.keys() == {"archive_unreadable", "file_damaged", "file_stray", "archive_stray"}
    assert "It cannot be read (Too many levels" in found["archive_unreadable"].message
    assert "The file cannot be read (Too many levels" in found["file_damaged"].message


def test_a_file_damaged_before_its_end_is_left_for_the_backup(harvested: Harvested) -> None:
    archive_record_damaged(harvested)
    archive_tail_torn(harvested)
    path = harvested.data.archive / harvested.document()[2]
    before = path.read_bytes()
    found = harvested.find()
    assert {finding.code for finding in found} == {"archive_damaged", "archive_torn", "record_missing"}
    harvested.repair(found)
    assert path.read_bytes() == before
    assert harvested.find() == found


def test_a_damaged_record_costs_no_other(harvested: Harvested) -> None:
    document = harvested.document()[0]
    archive_record_damaged(harvested)
    found = harvested.find()
    (damage,) = (finding for finding in found if finding.code == "archive_damaged")
    assert damage.what.endswith("are no whole record")
    about = [finding for finding in found if finding.document]
    assert [finding.document for finding in about] == [document]
    assert f"nianbao rerun --refetch --document {document}" in about[0].message
    harvested.repair(about)
    ((verdict, message),) = harvested.sql("SELECT verdict, message FROM documents WHERE document_id = ?", document)
    assert (verdict, message.partition(" (")[0]) == ("truncated", "The archive lost it")
    ledger = Ledger(harvested.data.ledger)
    jobs = ledger.documents_to_fetch(Selector(documents=(document,)), run="later", refetch=False)
    assert [job.doubted for job in jobs] == [True], "the next harvest fetches it"
    ledger.close()
    harvested.sql("UPDATE captures SET archive_file = 'elsewhere.warc.gz' WHERE document_id = ?", document)
    (damage,) = (finding for finding in harvested.find() if finding.code == "archive_damaged")
    assert damage.what.endswith("; the ledger has everything without them")


def test_a_failed_document_whose_bytes_are_lost_is_fetched_again_too(harvested: Harvested) -> None:
    ((document, file),) = harvested.sql(
        "SELECT document_id, archive_file FROM captures JOIN documents USING (document_id, content_digest) WHERE stage = 'read'"
    )
    (harvested.data.archive / file).unlink()
    harvested.repair(harvested.find())
    assert harvested.sql("SELECT stage, verdict FROM documents WHERE document_id = ?", document) == [("fetch", "truncated")]


def test_a_document_that_is_gone_keeps_what_hangs_on_it(harvested: Harvested) -> None:
    document = harvested.document()[0]
    harvested.sql("DELETE FROM documents WHERE document_id = ?", document)
    found = harvested.find()
    assert {finding.code for finding in found} == {"row_orphaned", "partition_stale"}
    harvested.repair(found)
    assert {finding.code for finding in harvested.find()} == {"row_orphaned"}
    assert harvested.sql("SELECT count(*) FROM captures WHERE document_id = ?", document) == [(1,)]


def test_what_was_set_aside_is_kept(harvested: Harvested) -> None:
    lake_file_that_readers_would_count_twice(harvested)
    harvested.repair(harvested.find())
    aside = harvested.data.root / "set-aside/lake/figures" / harvested.partition.path / "part-1.parquet"
    assert aside.read_bytes() == harvested.part().read_bytes()


# --- the command


@pytest.fixture
def elsewhere(harvested: Harvested, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, {})


def test_the_command_says_that_all_agrees(elsewhere: CommandLine) -> None:
    done = elsewhere("verify")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Ledger, archive and lake agree\n", "")
    assert elsewhere.json("verify") == {"agrees": True, "findings": []}


def test_the_command_lists_what_it_finds(elsewhere: CommandLine, harvested: Harvested) -> None:
    lake_file_missing(harvested)
    done = elsewhere("verify")
    assert done.returncode == 1
    assert "file_missing  lake/figures/year=2024/region=CN-GS/part-0.parquet" in done.stdout
    assert "nianbao verify --repair" in done.stdout
    (finding,) = elsewhere.json("verify", status=1)["findings"]
    assert finding["code"] == "file_missing"


def test_nothing_to_verify(nianbao: CommandLine) -> None:
    done = nianbao("verify", "--repair")
    assert done.returncode == 2
    assert "nianbao harvest" in done.stderr
    assert not (nianbao.folder / "data").exists()


@pytest.mark.timeout(600)
def test_the_command_mends_all_at_once(harvested: Harvested, prefect_api: str, undamaged: dict[str, Any]) -> None:
    damages: dict[str, tuple[Callable[[Harvested], set[str]], ...]] = {
        "CN-GS": (lake_partition_orphaned, lake_file_left_over, lake_file_that_readers_would_count_twice),
        "CN-HN": (lake_rows_of_a_report_missing, ledger_mark_of_no_partition, lake_folder_of_somebody_else),
        "CN-SN": (ledger_reading_damaged, lake_captures_missing),
        "CN-YN": (lake_byte_flipped, archive_tail_torn, archive_left_open),
        "CN-ZJ": (ledger_older_than_the_archive,),
    }
    for region, ways in damages.items():
        for damage in ways:
            damage(replace(harvested, region=region))
    served = CommandLine(harvested.data.root.parent, {"PREFECT_API_URL": prefect_api})
    answer = served.json("verify", "--repair")
    assert answer["agrees"], json.dumps(answer["findings"], indent=1)
    assert {finding["code"] for finding in answer["mended"]} >= {
        *("partition_orphaned", "partition_stale", "file_left_over", "file_stray", "rows_differ", "mark_unknown"),
        *("reading_damaged", "capture_unknown", "archive_torn", "archive_left_open"),
    }
    assert lake_of(harvested.data) == undamaged["every file of the lake"]


def test_every_code_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    for code in CODES:
        assert f"`{code}`" in page
