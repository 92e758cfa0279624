"""A store in a bucket of object storage that speaks Amazon's S3 protocol, through pyarrow.

Credentials, region and endpoint come from where Amazon's own tools look for them: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `~/.aws`. They are never part of an address.

An object comes into being, or is replaced, by one request or not at all: nothing is seen of an upload that was cut off.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
from pyarrow.fs import FileSelector, FileSystem, FileType, SubTreeFileSystem

from storage.errors import StorageError
from storage.stores import AT_ONCE, for_all, prune

PROBE = ".nianbao"  # an empty object; whoever can write it can write the others


class Bucket:
    """A store under an address "s3://BUCKET/PREFIX". Pickles; connects where it is first used."""

    appends = False
    remedy = "See that the bucket exists, that AWS_ENDPOINT_URL is right and that the credentials may read and write there,"

    def __init__(self, address: str) -> None:
        self._address = address

    def __str__(self) -> str:
        return self._address

    @property
    def filesystem(self) -> FileSystem:
        return _connect(self._address)

    def prove_writable(self) -> None:
        """Write a small object. Raises `StorageError` where that cannot be done."""
        try:
            self._write(PROBE, b"")
        except OSError as error:
            raise StorageError(
                f"The data directory {self} cannot be written: {error}. {self.remedy} and start again."
            ) from error

    def change(self, put: Mapping[str, Path], remove: Collection[str] = ()) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for_all(pool, self._upload, put.items())
            for_all(pool, self._delete, remove)
        for path in put.values():
            path.unlink()
            prune(path.parent)

    def open(self, name: str) -> IO[bytes]:
        return cast(IO[bytes], self.filesystem.open_input_file(name))

    def read(self, name: str) -> bytes:
        while True:
            with self.filesystem.open_input_file(name) as file:  # asks how long it is
                content = file.readall()  # asks for so much, in one request
            if self.filesystem.get_file_info(name).size == len(content):
                return content

    def names(self, folder: str) -> Iterator[str]:
        found = self.filesystem.get_file_info(FileSelector(folder, allow_not_found=True, recursive=True))
        return (info.path for info in found if info.type == FileType.File)

    def _upload(self, item: tuple[str, Path]) -> None:
        name, path = item
        with pa.memory_map(str(path)) as file:
            self._write(name, file.read_buffer())

    def _write(self, name: str, content: bytes | pa.Buffer) -> None:
        # All of it in one write: whatever closes the stream early, half of an object is never published.
        with self.filesystem.open_output_stream(name, compression=None) as stream:  # else it packs again what ends in .gz
            stream.write(content)

    def _delete(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self.filesystem.delete_file(name)


@cache
def _connect(address: str) -> FileSystem:
    if "AWS_ENDPOINT_URL" in os.environ and not os.environ.keys() & {"AWS_REGION", "AWS_DEFAULT_REGION"}:
        os.environ["AWS_REGION"] = "us-east-1"  # else Amazon's library asks Amazon's network for one, and may wait a minute
    # Opening is delayed until something is written: then a small object is one request instead of three.
    filesystem, path = FileSystem.from_uri(f"{address}?allow_delayed_open=true")
    return SubTreeFileSystem(path, filesystem)
