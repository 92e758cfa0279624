"""Where archive and lake are kept: in a folder, or in a bucket of object storage (`storage.bucket`).

Files are made on this machine and come into the store whole, each in one step, under names such as
"lake/reports/year=2024/region=CN-GS/part-0.parquet". That is all that a folder and a bucket have in common, and all that the
rest of the storage leans on: a bucket knows neither appending nor renaming.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

# A file system writes its journal once for all the files that are synced at the same time; a bucket answers slowly and to many.
AT_ONCE = 16


class Store(Protocol):
    """Files by name, "/" between the parts. `str()` says where. Errors are `OSError`s, `FileNotFoundError` for a name."""

    @property
    def appends(self) -> bool:
        """Whether a file may grow. Else every flush of a writer ends one, which is why they are then further apart."""
        ...

    @property
    def remedy(self) -> str:
        """What a person is to do when it cannot be written: the beginning of a sentence."""
        ...

    @property
    def filesystem(self) -> FileSystem:
        """The same for pyarrow and its datasets."""
        ...

    def change(self, put: Mapping[str, Path], remove: Collection[str] = ()) -> None:
        """Move files of this machine to these names, in place of what has them now, and remove other names.

        Each name changes in one step, all of them for good when this returns.
        """
        ...

    def open(self, name: str) -> IO[bytes]:
        """A file to read from, at any place."""
        ...

    def read(self, name: str) -> bytes:
        """The whole of a file as of one moment, though somebody may be replacing it."""
        ...

    def names(self, folder: str) -> Iterator[str]:
        """The names of all files whose names begin with `folder` and a "/"; none where there is no such folder."""
        ...


class Folder:
    """A store in a folder of this machine. What is put there has to come from the same disk."""

    appends = True
    remedy = "Make room or mend the disk"

    def __init__(self, root: Path) -> None:
        self._root = root

    def __str__(self) -> str:
        return str(self._root)

    @property
    def filesystem(self) -> FileSystem:
        from pyarrow.fs import LocalFileSystem, SubTreeFileSystem  # noqa: PLC0415 - most commands do without pyarrow

        return SubTreeFileSystem(str(self._root.absolute()), LocalFileSystem())

    def change(self, put: Mapping[str, Path], remove: Collection[str] = ()) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for_all(pool, _sync, put.values())
            folders = {path.replace(self._root / name).parent for name, path in put.items()}
            folders |= {_remove(self._root / name) for name in remove}
            for_all(pool, sync_directory, sorted(folders))

    def open(self, name: str) -> IO[bytes]:
        return (self._root / name).open("rb")

    def read(self, name: str) -> bytes:
        return (self._root / name).read_bytes()

    def names(self, folder: str) -> Iterator[str]:
        above = len(str(self._root / folder)) - len(folder)
        for parent, _, files in os.walk(self._root / folder):
            yield from (f"{parent[above:]}/{file}" for file in files)


def for_all(pool: ThreadPoolExecutor, function: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Call `function` for all items at once; raises what one of them raises."""
    for _ in pool.map(function, items):
        pass


def sync_directory(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder while another process may be removing its parent, which was empty until now."""
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return
        except FileNotFoundError:
            if not folder.parent.parent.is_dir():
                raise


def prune(folder: Path) -> Path:
    """Remove a partition's folder where it is empty, and those above it, up to the table's own; the folder that is left."""
    while "=" in folder.name:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:  # not empty
            break
        folder = folder.parent
    return folder


def _remove(path: Path) -> Path:
    path.unlink(missing_ok=True)
    return prune(path.parent)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
