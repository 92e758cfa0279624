"""Parquet files written beside the old ones, synced, and put in their place."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from storage.layout import sync_directory
from storage.tables import clean_text

TEMPORARY_SUFFIX = ".tmp"  # and a dot in front: no reader of the lake takes such a file for a part of it
Columns = Mapping[str, list[Any]]


class Replacement:
    """Several Parquet files that are written together; a context manager.

    Nothing is seen of them before `commit`, which syncs them all and then renames one after the other. Without it, or when
    something fails, the old files stand. Bytes depend on rows and batches only.
    """

    def __init__(self, paths: Mapping[str, Path], schemas: Mapping[str, pa.Schema]) -> None:
        self._paths = paths
        self._schemas = schemas
        self._writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> Self:
        for name, path in self._paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = pq.ParquetWriter(_beside(path), self._schemas[name], compression="zstd", version="2.6")
        return self

    def write(self, name: str, columns: Columns) -> None:
        """Add rows, as one row group, to the file called `name`."""
        schema = self._schemas[name]
        if columns[schema.names[0]]:
            arrays = [_array(columns[field.name], field.type) for field in schema]
            self._writers[name].write_batch(pa.record_batch(arrays, schema=schema))

    def commit(self) -> None:
        """Put the files in place."""
        for name, writer in self._writers.items():
            writer.close()
            _sync(_beside(self._paths[name]))
        for path in self._paths.values():
            _beside(path).replace(path)
        for path in self._paths.values():
            sync_directory(path.parent)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for name, writer in self._writers.items():
            writer.close()
            _beside(self._paths[name]).unlink(missing_ok=True)


def remove_files(paths: Iterable[Path]) -> None:
    """Delete the files with the folders that are empty without them, up to the table's own."""
    for path in paths:
        path.unlink(missing_ok=True)
        _beside(path).unlink(missing_ok=True)
        folder = path.parent
        while "=" in folder.name and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent
        if folder.is_dir():
            sync_directory(folder)


def _beside(path: Path) -> Path:
    # The same name each time: what a killed process left is written over by the next. Writers of one partition take turns.
    return path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _array(values: list[Any], kind: pa.DataType) -> pa.Array[Any]:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # a lone surrogate out of a broken page
        return pa.array([clean_text(value) if isinstance(value, str) else value for value in values], kind)
