"""A partition of the lake as of one moment, for a reader that joins its tables while somebody may be publishing.

The four files are replaced one after the other, each in one step, and each names its version: where four files, each read
whole, name the same one, they belong together.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import LakeError
from storage.layout import TABLES, DataDirectory, Partition, Table
from storage.replacement import VERSION_KEY

PATIENCE = 10.0  # seconds; four renames take less than one thousandth
PAUSE = 0.005  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The four tables of one partition, of one version. `year` and `region` are not among their columns."""

    partition: Partition
    version: str
    tables: Mapping[Table, pa.Table]


def load_snapshot(data: DataDirectory, partition: Partition, *, patience: float = PATIENCE) -> Snapshot | None:
    """The partition as it stands, None where the lake does not have it.

    Raises `LakeError` where a file is damaged, and where its files still belong to different versions after `patience`
    seconds: then a publication was killed in between, and has not been taken up again yet.
    """
    deadline = time.monotonic() + patience
    while True:
        files = _load(data, partition)
        if not files:
            return None
        versions = {table: file_version(file.schema_arrow) for table, file in files.items()}
        if len(files) == len(TABLES) and len(set(versions.values())) == 1:
            tables = {table: _read(data, partition, table, file) for table, file in files.items()}
            return Snapshot(partition, versions["reports"], tables)
        if time.monotonic() > deadline:
            raise LakeError(
                f"The files of {partition.path} in {data.store}/lake are of different versions: their publication was interrupted. "
                "Run `nianbao harvest` again, or `nianbao verify --repair`."
            )
        time.sleep(PAUSE)


def file_version(schema: pa.Schema) -> str:
    """The version that a file of the lake names in its metadata; empty where it names none."""
    return (schema.metadata or {}).get(VERSION_KEY, b"").decode()


def _load(data: DataDirectory, partition: Partition) -> dict[Table, pq.ParquetFile]:
    """The files that are there."""
    files: dict[Table, pq.ParquetFile] = {}
    for table in TABLES:
        try:
            content = data.store.read(data.name(data.part(table, partition)))
        except FileNotFoundError:
            continue
        try:
            files[table] = pq.ParquetFile(pa.BufferReader(content))
        except (pa.ArrowException, OSError) as error:
            raise _damaged(data, partition, table, error) from error
    return files


def _read(data: DataDirectory, partition: Partition, table: Table, file: pq.ParquetFile) -> pa.Table:
    try:
        return file.read()
    except (pa.ArrowException, OSError) as error:
        raise _damaged(data, partition, table, error) from error


def _damaged(data: DataDirectory, partition: Partition, table: Table, error: Exception) -> LakeError:
    return LakeError(
        f"The file {data.store}/{data.name(data.part(table, partition))} is damaged ({error}). "
        "`nianbao verify --repair` writes it anew from what the ledger and the archive hold."
    )
