"""The archive read back: one body by its place, and the mending of files that a killed process left open."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from parsers.records import Capture
from storage.archive import OPEN_SUFFIX, finish
from storage.cdx import read_index
from storage.errors import ArchiveError, StorageError
from storage.layout import DataDirectory
from storage.locks import own
from storage.members import last_whole

CHUNK = 1 << 16


def load_body(data: DataDirectory, archive_file: str, offset: int, digest: str | None = None) -> bytes:
    """The decoded body of the response stored at `offset` of `archive_file`.

    It is checked against the digest in its record, and against `digest` (lower-case hex SHA-256) where given. Raises
    `ArchiveError` when the file is missing, torn or damaged, or when another body stands there; `StorageError` when a bucket
    does not answer, which says nothing of the file.
    """
    place = f"{archive_file} at {offset}"
    try:
        with _open(data, archive_file) as file:
            file.seek(offset)
            record = _parse(_first_member(file))
            body: bytes = record.content_stream().read()
    except FileNotFoundError as error:
        raise ArchiveError(f"The archive file {archive_file} is missing; fetch its documents again.") from error
    except (OSError, zlib.error, EOFError, ArchiveLoadFailed) as error:
        if data.bucket is not None and isinstance(error, OSError):
            raise StorageError(
                f"The archive {data.store}/archive cannot be read: {error}. {data.store.remedy} and start again."
            ) from error
        raise ArchiveError(f"The record in {place} is damaged ({error}); fetch its document again.") from error
    found = hashlib.sha256(body).hexdigest()
    stated = (record.rec_headers.get_header("WARC-Payload-Digest") or "").removeprefix("sha256:")
    if record.rec_type != "response" or found not in (stated, digest) or digest not in (None, found):
        raise ArchiveError(f"The record in {place} is not the body that it should be; fetch its document again.")
    return body


def load_capture(data: DataDirectory, capture: Capture) -> bytes:
    """The body of a capture, checked against the capture's digest; `ArchiveError` as for `load_body`."""
    return load_body(data, capture.archive_file, capture.archive_offset, capture.digest)


def recover_archive(data: DataDirectory) -> dict[str, int]:
    """Finish the files that killed writers left on this machine: what follows the last whole record is cut off.

    What is damaged before that stays for `nianbao verify` to tell, and the records behind it are where they were. Files whose
    writer still lives are left alone, so this may run at the start of every harvest. Returns how many bytes were cut, by file
    name.
    """
    cut = {}
    for path in sorted(data.archive.glob(f"*{OPEN_SUFFIX}")):
        with suppress(FileNotFoundError), path.open("r+b") as file:  # its writer may finish at any moment
            if own(file, path):
                name = path.name.removesuffix(OPEN_SUFFIX)
                kept = last_whole(path)
                cut[name] = path.stat().st_size - kept
                file.truncate(kept)
                if kept:
                    finish(data, name, read_index(path, name))
                else:
                    path.unlink()
    return cut


def _open(data: DataDirectory, name: str) -> IO[bytes]:
    """The file, whether its writer has finished with it or not."""
    if Path(name).name != name:
        raise FileNotFoundError(name)
    finished = data.name(data.archive / name)
    try:
        return data.store.open(finished)
    except FileNotFoundError:
        pass
    try:
        return (data.archive / (name + OPEN_SUFFIX)).open("rb")
    except FileNotFoundError:
        return data.store.open(finished)  # finished between the two looks


def _first_member(file: IO[bytes]) -> bytes:
    """The gzip member that begins here, unpacked. Raises `zlib.error` or `EOFError`."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
    parts = []
    while not unpacker.eof:
        chunk = file.read(CHUNK)
        if not chunk:
            raise EOFError("the file ends in the middle of it")
        parts.append(unpacker.decompress(chunk))
    return b"".join(parts)


def _parse(member: bytes) -> ArcWarcRecord:
    for record in ArchiveIterator(BytesIO(member)):
        return record
    raise EOFError("it is empty")
