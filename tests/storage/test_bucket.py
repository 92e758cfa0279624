"""The data directory in a bucket of object storage, against a real server: what the store promises, archive and publication."""

from __future__ import annotations

import os
import pickle
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from warcio.archiveiterator import ArchiveIterator

from parsers.records import Capture
from storage.archive import ArchiveWriter
from storage.bucket import Bucket
from storage.documents import ReadOutcome
from storage.errors import ArchiveError, StorageError
from storage.lake import present_months, present_partitions, whole_partitions
from storage.layout import TABLES, DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import publish, publish_stale_captures, stale_partitions
from storage.replay import load_body, load_capture, recover_archive
from storage.snapshot import load_snapshot
from storage.verification.verify import mend, verify
from tests.storage.object_store import BUCKET, READER_KEY, READER_SECRET, SECRET, ObjectStore
from tests.storage.samples import PARSER, archive_all, keep, number_of, read, record, report
from tests.storage.test_archive import BODY, EXCHANGE
from tests.storage.test_snapshot import publish_version
from tests.waiting import PATIENCE, wait_for

JILIN_2024 = Partition(2024, "CN-JL")
ROUNDS = 40  # of publishing while somebody reads


@pytest.fixture
def ledger(new_database: str) -> Iterator[Ledger]:
    """With a bucket there is only PostgreSQL."""
    ledger = Ledger(new_database)
    yield ledger
    ledger.close()


def objects(data: DataDirectory, folder: str) -> dict[str, bytes]:
    """Name -> bytes."""
    return {name: data.store.read(name) for name in data.store.names(folder)}


def warcs(data: DataDirectory) -> list[str]:
    return sorted(name for name in data.store.names("archive") if name.endswith(".warc.gz"))


# --- the store


def made(folder: Path, content: bytes) -> Path:
    file = folder / "made.gz"
    file.write_bytes(content)
    return file


def test_what_is_put_is_there_whole_and_nowhere_else(in_bucket: DataDirectory, tmp_path: Path) -> None:
    store = in_bucket.store
    small, large = os.urandom(100), os.urandom(12_000_000)  # the larger one goes in several parts
    for content in (large, small):
        file = made(tmp_path, content)
        store.change({"archive/a.gz": file})
        assert store.read("archive/a.gz") == content
        assert not file.exists()
    assert list(store.names("archive")) == ["archive/a.gz"]
    store.change({"archive/b.gz": made(tmp_path, small)}, ["archive/a.gz", "archive/never-there.gz"])
    assert list(store.names("archive")) == ["archive/b.gz"]
    assert list(store.names("nothing")) == []
    with pytest.raises(FileNotFoundError):
        store.read("archive/a.gz")


def test_a_part_of_an_object_is_read_without_the_rest(in_bucket: DataDirectory, tmp_path: Path) -> None:
    content = os.urandom(1_000_000)
    in_bucket.store.change({"archive/a.gz": made(tmp_path, content)})
    with in_bucket.store.open("archive/a.gz") as file:
        file.seek(700_000)
        assert file.read(10) == content[700_000:700_010]


def test_whoever_reads_an_object_whole_gets_it_of_one_moment(
    in_bucket: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaced by a longer one after its length was asked: then what came is only the beginning of the new one."""
    store = in_bucket.store
    store.change({"lake/a": made(tmp_path, b"old")})
    connected = store.filesystem

    class Slow:
        def open_input_file(self, name: str) -> Any:
            monkeypatch.setattr(Bucket, "filesystem", connected)
            file = connected.open_input_file(name)
            assert file.size() == 3
            store.change({"lake/a": made(tmp_path, b"new and longer")})
            return file

    monkeypatch.setattr(Bucket, "filesystem", Slow())
    assert store.read("lake/a") == b"new and longer"


def test_a_data_directory_is_handed_to_other_processes(in_bucket: DataDirectory) -> None:
    again = pickle.loads(pickle.dumps(in_bucket.absolute()))
    assert (again.address, str(again.store)) == (in_bucket.address, in_bucket.address)
    assert SECRET.encode() not in pickle.dumps(in_bucket)


def refused(tmp_path: Path, address: str) -> str:
    with pytest.raises(StorageError) as caught:
        DataDirectory(tmp_path / "state", address).prepare()
    return str(caught.value)


def test_a_bucket_that_cannot_be_written_is_a_sentence(
    object_store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The data directory s3://no-such-bucket/a cannot be written" in refused(tmp_path, "s3://no-such-bucket/a")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READER_SECRET)
    assert "ACCESS_DENIED" in refused(tmp_path, f"s3://{BUCKET}/for-readers")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a wrong one")
    message = refused(tmp_path, f"s3://{BUCKET}/for-nobody")
    assert message.endswith("and that the credentials may read and write there, and start again.")
    assert "a wrong one" not in message
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        assert "that AWS_ENDPOINT_URL is right" in refused(tmp_path, f"s3://{BUCKET}/nobody-answers")
    assert not (tmp_path / "state").exists()


# --- the archive


def test_what_is_flushed_is_an_object(in_bucket: DataDirectory) -> None:
    with ArchiveWriter(in_bucket, "run") as writer:
        first = writer.save(EXCHANGE)
        assert warcs(in_bucket) == []
        writer.flush()
        second, third = (writer.save(replace(EXCHANGE, body=BODY + bytes([number]))) for number in range(2))
        writer.flush()
        writer.flush()  # nothing more: no object
    assert warcs(in_bucket) == [f"archive/{capture.archive_file}" for capture in (first, second)]
    assert second.archive_file == third.archive_file
    assert [load_capture(in_bucket, capture)[len(BODY) :] for capture in (first, second, third)] == [b"", b"\0", b"\1"]
    assert list(in_bucket.archive.iterdir()) == []


def test_an_object_of_the_archive_is_a_warc(in_bucket: DataDirectory) -> None:
    with ArchiveWriter(in_bucket, "run") as writer:
        writer.save(EXCHANGE)
    (name,) = warcs(in_bucket)
    with in_bucket.store.open(name) as file:
        kinds = [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds == ["warcinfo", "response", "request"]


def test_two_writers_of_one_run_on_two_machines_share_no_object(in_bucket: DataDirectory, tmp_path: Path) -> None:
    """A run that is taken up again elsewhere has the same name: what the first machine stored must stay."""
    elsewhere = DataDirectory(tmp_path / "other machine", in_bucket.bucket).prepare()
    captures = []
    for data in (in_bucket, elsewhere):
        with ArchiveWriter(data, "run") as writer:
            captures.append(writer.save(replace(EXCHANGE, body=os.urandom(500))))
    assert len(warcs(in_bucket)) == 2
    for capture in captures:
        assert len(load_capture(elsewhere, capture)) == 500


def test_what_a_killed_writer_left_on_this_machine_is_stored(in_bucket: DataDirectory) -> None:
    writer = ArchiveWriter(in_bucket, "run")
    whole, torn = (writer.save(replace(EXCHANGE, body=os.urandom(500))) for _ in range(2))
    assert writer._file is not None
    writer._file.close()  # which lets go of the lock, as death does
    (path,) = in_bucket.archive.iterdir()
    os.truncate(path, torn.archive_offset + 200)
    with pytest.raises(ArchiveError, match="damaged"):
        load_capture(in_bucket, torn)
    assert recover_archive(in_bucket) == {whole.archive_file: 200}
    assert warcs(in_bucket) == [f"archive/{whole.archive_file}"]
    assert list(in_bucket.archive.iterdir()) == []
    assert len(load_capture(in_bucket, whole)) == 500


def test_a_missing_object_is_a_verdict_and_a_server_that_refuses_is_not(
    in_bucket: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("gone.warc.gz", "../lake/reports"):
        with pytest.raises(ArchiveError, match="is missing"):
            load_body(in_bucket, name, 0)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "expired")
    with pytest.raises(StorageError, match="cannot be read") as caught:
        load_body(DataDirectory(tmp_path, f"s3://{BUCKET}/refused"), "run-0-000.warc.gz", 0)
    assert not isinstance(caught.value, ArchiveError), "no document is to blame"


# --- the lake


def publish_all(data: DataDirectory, ledger: Ledger) -> list[Partition]:
    stale = stale_partitions(data, ledger)
    publish(data, ledger, stale, run="run-1")
    publish_stale_captures(data, ledger, run="run-1")
    return stale


def test_the_lake_in_a_bucket_is_that_of_a_folder(in_bucket: DataDirectory, data: DataDirectory, ledger: Ledger) -> None:
    record(ledger, range(1, 6))
    archive_all(in_bucket, ledger, "run-1")
    jobs = ledger.documents_to_read(parser_version=PARSER)
    outcomes = [(job, report(number_of(job), year=2020 + number_of(job) % 3)) for job in jobs]
    ledger.save_readings("run-1", PARSER, [ReadOutcome(*outcome) for outcome in outcomes])
    assert publish_all(in_bucket, ledger) == [Partition(year, "CN-JL") for year in (2020, 2021, 2022)]
    assert publish_all(in_bucket, ledger) == []
    assert len(publish_all(data, ledger)) == 3  # the same ledger; a folder in which nothing stands
    kept = objects(in_bucket, "lake")
    assert len(kept) == 3 * 4 + 1
    assert kept == {path.relative_to(data.root).as_posix(): path.read_bytes() for path in data.lake.rglob("*.parquet")}
    assert whole_partitions(in_bucket) == present_partitions(in_bucket) == whole_partitions(data)
    assert present_months(in_bucket) == present_months(data) == {"2025-03"}
    assert [path for path in in_bucket.root.rglob("*") if path.is_file()] == []


def test_what_is_damaged_in_a_bucket_is_found_and_mended(in_bucket: DataDirectory, ledger: Ledger, tmp_path: Path) -> None:
    record(ledger, range(1, 4))
    archive_all(in_bucket, ledger, "run-1")
    for number, job in enumerate(ledger.documents_to_read(parser_version=PARSER)):
        ledger.save_readings("run-1", PARSER, [ReadOutcome(job, report(number))])
    publish_all(in_bucket, ledger)
    assert verify(in_bucket, ledger, any_page) == []
    before, archive = objects(in_bucket, "lake"), objects(in_bucket, "archive")
    (warc,) = warcs(in_bucket)
    parts = {table: in_bucket.name(in_bucket.part(table, JILIN_2024)) for table in TABLES}
    damages = {
        parts["figures"]: b"noise",
        parts["issues"]: before[parts["sections"]],
        "lake/reports/year=2001/region=CN-GS/part-0.parquet": before[parts["reports"]],
        "lake/notes.txt": b"whose is this?",
        warc: archive[warc] + archive[warc][:100],  # the beginning of a record
    }
    for name, content in damages.items():
        in_bucket.store.change({name: made(tmp_path, content)})
    index = next(name for name in archive if name.endswith(".cdxj"))
    in_bucket.store.change({}, [parts["sections"], index])

    found = verify(in_bucket, ledger, any_page)
    assert Counter(finding.code for finding in found) == {
        "archive_torn": 1,
        "file_damaged": 1,
        "file_missing": 1,
        "file_stray": 1,
        "partition_orphaned": 1,
        "rows_differ": 1,
    }
    mend(in_bucket, ledger, found)
    publish_all(in_bucket, ledger)
    assert verify(in_bucket, ledger, any_page) == []
    assert objects(in_bucket, "lake") == before
    assert objects(in_bucket, "archive") == archive
    assert in_bucket.store.read("set-aside/lake/notes.txt") == b"whose is this?"


def any_page(capture: Capture, body: bytes, charset: str | None) -> bool:
    """The samples hold nothing but documents."""
    return True


def test_a_partition_that_its_reports_have_left_is_removed(in_bucket: DataDirectory, ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1, year=2023))
    publish_all(in_bucket, ledger)
    read(ledger, document, report(1, year=2024), parser="8")
    assert publish_all(in_bucket, ledger) == [Partition(2023, "CN-JL"), JILIN_2024]
    assert present_partitions(in_bucket) == {JILIN_2024}
    assert publish_all(in_bucket, ledger) == []


def test_objects_that_somebody_removed_or_added_are_put_right(
    in_bucket: DataDirectory, ledger: Ledger, tmp_path: Path
) -> None:
    keep(ledger, 1, report(1))
    publish_all(in_bucket, ledger)
    before = objects(in_bucket, "lake")
    strange = {in_bucket.name(in_bucket.part("reports", Partition(2001, "CN-GS"))): made(tmp_path, b"what is this?")}
    in_bucket.store.change(strange, [in_bucket.name(in_bucket.part("issues", JILIN_2024))])
    assert publish_all(in_bucket, ledger) == [Partition(2001, "CN-GS"), JILIN_2024]
    assert objects(in_bucket, "lake") == before


def test_a_snapshot_of_a_partition(in_bucket: DataDirectory, ledger: Ledger) -> None:
    assert load_snapshot(in_bucket, JILIN_2024) is None
    keep(ledger, 1, report(1))
    publish_all(in_bucket, ledger)
    snapshot = load_snapshot(in_bucket, JILIN_2024)
    assert snapshot is not None
    assert snapshot.tables["reports"]["organization"].to_pylist() == ["临江市第1局"]


def test_a_lake_that_cannot_be_written_any_more_is_a_sentence(
    in_bucket: DataDirectory, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(ledger, 1, report(1))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", READER_SECRET)
    readable = DataDirectory(in_bucket.root, f"{in_bucket.bucket}/elsewhere")
    with pytest.raises(StorageError, match=r"The lake s3://.*/lake cannot be written: .*credentials.*stands"):
        publish(readable, ledger, [JILIN_2024], run="run-1")
    assert stale_partitions(in_bucket, ledger) == [JILIN_2024]


def test_publishers_of_one_partition_take_turns(ledger: Ledger, new_database: str) -> None:
    """On whatever machine: the turn is in the database."""
    other = Ledger(new_database)
    taken = threading.Event()

    def take() -> None:
        with other.turns(["d", "a"]):
            taken.set()

    def waiting() -> int | None:
        with ledger.reading() as connection:
            return connection.execute(
                text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            ).scalar()

    with ledger.turns(["b", "a"]):
        with other.turns(["c", "d"]):  # others are free
            pass
        thread = threading.Thread(target=take)
        thread.start()
        wait_for(waiting, "the other one waits")
        assert not taken.is_set()
    thread.join(PATIENCE)
    assert taken.is_set()
    other.close()


def test_a_reader_sees_one_version_of_all_tables_throughout_publishing(in_bucket: DataDirectory) -> None:
    publish_version(in_bucket, 1)
    seen = set()

    def publish_all_versions() -> None:
        for step in range(ROUNDS):
            publish_version(in_bucket, 1 + step % 3)

    publisher = threading.Thread(target=publish_all_versions)
    publisher.start()
    while publisher.is_alive() or not seen:
        snapshot = load_snapshot(in_bucket, JILIN_2024)
        assert snapshot is not None
        seen.add(snapshot.version)
        ids = {f"{place:016x}" for place in range(int(snapshot.version))}
        for table in TABLES:
            assert set(snapshot.tables[table]["report_id"].to_pylist()) == ids, (snapshot.version, table)
    assert len(seen) > 1
