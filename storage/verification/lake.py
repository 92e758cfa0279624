"""The lake against the ledger: each partition is written anew elsewhere from its readings, and compared byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.database import Database
from storage.errors import ReadingError
from storage.lake import present_months, present_partitions
from storage.layout import PART, TABLES, DataDirectory, Partition
from storage.publication import (
    CAPTURES_PREFIX,
    published_keys,
    rebuilt,
    rebuilt_captures,
    wanted_months,
    wanted_partitions,
)
from storage.replacement import TEMPORARY_SUFFIX
from storage.snapshot import file_version
from storage.turns import publishing, publishing_captures
from storage.verification.finding import Finding
from storage.withholding import withheld_partitions

MOST_NAMED = 3  # reports that a finding names


def check_lake(data: DataDirectory, ledger: Database) -> Iterator[Finding]:
    """Every disagreement between lake and ledger."""
    yield from _strays(data)
    with ledger.reading() as connection:
        wanted, months, published = wanted_partitions(connection), wanted_months(connection), published_keys(connection)
    withheld = withheld_partitions(ledger)
    for partition in sorted(wanted.keys() | present_partitions(data), key=lambda part: part.sort_key):
        yield from _check_partition(data, ledger, partition, withheld.get(partition, ()))
    for month in sorted(months.keys() | present_months(data)):
        yield from _check_month(data, ledger, month)
    present = {partition.path for partition in wanted.keys() | present_partitions(data)}
    present |= {CAPTURES_PREFIX + month for month in months.keys() | present_months(data)}
    for name in sorted(published.keys() - present):
        yield Finding("mark_unknown", f"partitions {name}", "The lake has no such partition, and needs none")


def _strays(data: DataDirectory) -> Iterator[Finding]:
    left_over = {data.name(path) for path in data.lake.rglob(f".{PART}{TEMPORARY_SUFFIX}")}
    ours = {data.name(data.part(table, partition)) for table in TABLES for partition in present_partitions(data)}
    ours |= {data.name(data.captures_part(month)) for month in present_months(data)}
    for where in sorted(left_over):
        yield Finding("file_left_over", where, "It was being written when its writer was killed")
    for where in sorted(set(data.store.names("lake")) - ours - left_over):
        yield Finding("file_stray", where, "It is no file of the lake, and readers may take it for one")


def _check_partition(
    data: DataDirectory, ledger: Database, partition: Partition, withheld_for: Collection[str]
) -> Iterator[Finding]:
    with publishing(data, ledger, partition):
        with ledger.reading() as connection:
            key = wanted_partitions(connection, partition).get(partition)
            mark = published_keys(connection).get(partition.path)
        names = {table: data.name(data.part(table, partition)) for table in TABLES}
        if key is None:
            for name in sorted(set(data.store.names("lake")) & set(names.values())):
                yield Finding("partition_orphaned", name, "The ledger has no report for it", partition=partition)
        elif mark != key and withheld_for:
            what = f"It is not written from the readings that the ledger holds now, for {' and '.join(withheld_for)} gave too little"
            yield Finding("partition_withheld", f"lake/*/{partition.path}", what)
        elif mark != key:
            what = "It was not written from the readings that the ledger holds now"
            yield Finding("partition_stale", f"lake/*/{partition.path}", what, partition=partition)
        else:
            try:
                with tempfile.TemporaryDirectory(prefix="nianbao-verify-") as folder:
                    expected = rebuilt(ledger, partition, DataDirectory(Path(folder)))
            except ReadingError:  # which is a finding of its own, and is to be mended first
                return
            for table, content in expected.items():
                if found := _compare(data, names[table], content):
                    code, what = found
                    yield Finding(code, names[table], what, partition=partition)


def _check_month(data: DataDirectory, ledger: Database, month: str) -> Iterator[Finding]:
    name = data.name(data.captures_part(month))
    with publishing_captures(data, ledger, month):
        with ledger.reading() as connection:
            key = wanted_months(connection).get(month)
            mark = published_keys(connection).get(CAPTURES_PREFIX + month)
        if key is None:
            yield Finding("partition_orphaned", name, "The ledger has no capture of this month", month=month)
        elif mark != key:
            what = "It was not written from the captures that the ledger holds now"
            yield Finding("partition_stale", name, what, month=month)
        else:
            with tempfile.TemporaryDirectory(prefix="nianbao-verify-") as folder:
                expected = rebuilt_captures(ledger, month, DataDirectory(Path(folder)))
            if found := _compare(data, name, expected):
                code, what = found
                yield Finding(code, name, what, month=month)


def _compare(data: DataDirectory, name: str, expected: bytes) -> tuple[str, str] | None:
    """Code and sentence where a file is not what it should be."""
    try:
        content = data.store.read(name)
    except FileNotFoundError:
        return "file_missing", "The file is not there"
    except OSError as error:
        if data.bucket is not None:  # which does not answer: nothing is said of the file
            raise
        return "file_damaged", f"The file cannot be read ({error.strerror})"
    if content == expected:
        return None
    try:
        ours = pq.ParquetFile(pa.BufferReader(content))
        rows = ours.read()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        return "file_damaged", f"The file cannot be read ({' '.join(str(error).split())})"
    theirs = pq.ParquetFile(pa.BufferReader(expected))
    right = theirs.read()
    if file_version(ours.schema_arrow) != file_version(theirs.schema_arrow):
        return "versions_differ", "The file is of another version than its partition"
    if rows.equals(right):
        if ours.metadata.created_by != theirs.metadata.created_by:  # another Arrow writes other bytes for the same rows
            return None
        return "file_damaged", "The rows can be read, but the bytes are not those that were written"
    return "rows_differ", _difference(rows, right)


def _difference(rows: pa.Table, right: pa.Table) -> str:
    name = right.schema.names[0]  # report_id, document_id
    if name not in rows.schema.names:
        return f"The file has no column {name}"
    here, there = set(rows[name].to_pylist()), set(right[name].to_pylist())
    if unknown := here - there:
        return f"The file holds what the ledger does not publish there: {_some(unknown)}"
    if missing := there - here:
        return f"The file lacks what the ledger publishes there: {_some(missing)}"
    return "The file holds other values than the readings in the ledger"


def _some(names: set[Any]) -> str:
    ordered = sorted(map(str, names))
    rest = f" and {len(ordered) - MOST_NAMED} more" if len(ordered) > MOST_NAMED else ""
    return ", ".join(ordered[:MOST_NAMED]) + rest
