"""Parquet files written beside the old ones, synced, and put in their place."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from storage.layout import sync_directory
from storage.tables import clean_text

TEMPORARY_SUFFIX = ".tmp"  # and a dot in front: no reader of the lake takes such a file for a part of it
# A file system writes its journal once for all the files that are synced at the same time.
SYNCED_AT_ONCE = 16

VERSION_KEY = b"version"  # in the metadata of each file

Columns = Mapping[str, list[Any]]


class Replacement:
    """Several Parquet files that are written together; a context manager.

    Nothing is seen of them before `put_in_place`. Without it, or when something fails, the old files stand. Without any row
    the old files are removed. `version` stands in the metadata of each, by which a reader knows those that belong together.
    Bytes depend on rows, batches and version only.
    """

    def __init__(self, paths: Mapping[str, Path], schemas: Mapping[str, pa.Schema], version: str) -> None:
        self._paths = paths
        self._schemas = schemas
        self._version = version
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._empty = True

    def __enter__(self) -> Self:
        for name, path in self._paths.items():
            _make_folder(path.parent)
            schema = self._schemas[name]
            stamped = schema.with_metadata({**(schema.metadata or {}), VERSION_KEY: self._version.encode()})
            self._writers[name] = pq.ParquetWriter(_beside(path), stamped, compression="zstd", version="2.6")
        return self

    def write(self, name: str, columns: Columns) -> None:
        """Add rows, as one row group, to the file called `name`."""
        schema = self._schemas[name]
        if columns[schema.names[0]]:
            arrays = [_array(columns[field.name], field.type) for field in schema]
            self._writers[name].write_batch(pa.record_batch(arrays, schema=schema))
            self._empty = False

    def finish(self) -> None:
        """End the files: nothing more will be written to them."""
        for writer in self._writers.values():
            writer.close()

    @property
    def written(self) -> list[Path]:
        """The files that are to be synced before they are put in place."""
        return [] if self._empty else [_beside(path) for path in self._paths.values()]

    def move(self) -> set[Path]:
        """Put the files in place of the old ones, or remove those; the folders whose names changed."""
        if self._empty:
            return {_remove(path) for path in self._paths.values()}
        return {_beside(path).replace(path).parent for path in self._paths.values()}

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.finish()
        for path in self._paths.values():
            _beside(path).unlink(missing_ok=True)


def put_in_place(replacements: Sequence[Replacement]) -> None:
    """Put finished files in place of the old ones, each in one step; all of them are on the disk when this returns."""
    for replacement in replacements:
        replacement.finish()
    with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:
        _for_all(pool, _sync, [path for replacement in replacements for path in replacement.written])
        folders = {folder for replacement in replacements for folder in replacement.move()}
        _for_all(pool, sync_directory, sorted(folders))


def _for_all(pool: ThreadPoolExecutor, function: Callable[[Path], None], paths: Iterable[Path]) -> None:
    for _ in pool.map(function, paths):
        pass


def _make_folder(folder: Path) -> None:
    """Make a folder while another process may be removing its parent, which was empty until now."""
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return
        except FileNotFoundError:
            if not folder.parent.parent.is_dir():
                raise


def _remove(path: Path) -> Path:
    """Delete a file with the folders that are empty without it, up to the table's own; the folder that is left."""
    path.unlink(missing_ok=True)
    _beside(path).unlink(missing_ok=True)
    folder = path.parent
    while "=" in folder.name:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # not empty
            break
        folder = folder.parent
    return folder


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
