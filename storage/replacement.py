"""Parquet files written beside the old ones, and put in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from storage.layout import DataDirectory
from storage.stores import make_folder, prune
from storage.tables import clean_text

TEMPORARY_SUFFIX = ".tmp"  # and a dot in front: no reader of the lake takes such a file for a part of it
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
            make_folder(path.parent)
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
    def places(self) -> list[Path]:
        """Where the files belong."""
        return list(self._paths.values())

    @property
    def written(self) -> list[Path]:
        """The files to put there; none where the old ones are to be removed."""
        return [] if self._empty else [_beside(path) for path in self.places]

    def discard(self) -> None:
        """Remove what was written and not put in place."""
        for path in self.places:
            _beside(path).unlink(missing_ok=True)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.finish()
        self.discard()


def put_in_place(data: DataDirectory, replacements: Sequence[Replacement]) -> None:
    """Put finished files in place of the old ones, each in one step; all of them are there for good when this returns."""
    put: dict[str, Path] = {}
    remove: list[str] = []
    for replacement in replacements:
        replacement.finish()
        names = [data.name(path) for path in replacement.places]
        if replacement.written:
            put |= zip(names, replacement.written, strict=True)
        else:
            remove += names
            replacement.discard()
            for path in replacement.places:
                prune(path.parent)
    data.store.change(put, remove)


def _beside(path: Path) -> Path:
    # The same name each time: what a killed process left is written over by the next. Writers of one partition take turns.
    return path.with_name(f".{path.name}{TEMPORARY_SUFFIX}")


def _array(values: list[Any], kind: pa.DataType) -> pa.Array[Any]:
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:  # a lone surrogate out of a broken page
        return pa.array([clean_text(value) if isinstance(value, str) else value for value in values], kind)
