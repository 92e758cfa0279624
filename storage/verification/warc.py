"""The WARC files of an archive, each from end to end, past whatever is damaged in it."""

from __future__ import annotations

import hashlib
import mmap
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from parsers.records import Capture
from storage.archive import OPEN_SUFFIX
from storage.layout import DataDirectory

SUFFIX = ".warc.gz"
CHUNK = 1 << 16
MAGIC = b"\x1f\x8b\x08"  # how a gzip member begins
BROKEN = (zlib.error, EOFError, ArchiveLoadFailed, ValueError)


class Response(NamedTuple):
    """A response record. `capture` is what the ledger could have of it, `url` and `final_url` both as the record states it."""

    capture: Capture
    stated: str  # digest in the record, hex; empty where it states none
    whole: bool  # whether the body is the one that the record states
    body: bytes


class Damage(NamedTuple):
    """Bytes that are no record: from `offset` to `end`. `torn`: the file ends in the middle of a record."""

    offset: int
    end: int
    torn: bool


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A file of the archive: in the store, or on this machine while its writer has not finished it."""

    name: str  # that it has, or will have
    unfinished: bool

    @property
    def where(self) -> str:
        """Under the data directory."""
        return f"archive/{self.name}" + (OPEN_SUFFIX if self.unfinished else "")

    @contextmanager
    def here(self, data: DataDirectory) -> Iterator[Path]:
        """The file on this machine; brought here for as long as it is needed where the archive lies in a bucket."""
        if self.unfinished or data.bucket is None:
            yield data.root / self.where
            return
        with tempfile.NamedTemporaryFile(prefix="nianbao-warc-") as copy, data.store.open(self.where) as file:
            shutil.copyfileobj(file, copy)
            copy.flush()
            yield Path(copy.name)

    def responses(self, data: DataDirectory) -> Iterator[Response]:
        """The responses in it, whatever else is damaged."""
        with self.here(data) as path:
            yield from (part for part in walk(path, self.name) if isinstance(part, Response))


def warc_files(data: DataDirectory) -> list[WarcFile]:
    """The files of the archive, by name."""
    names = [Path(name).name for name in data.store.names("archive")]
    unfinished = [path.name.removesuffix(OPEN_SUFFIX) for path in data.archive.glob(f"*{SUFFIX}{OPEN_SUFFIX}")]
    files = [WarcFile(name, unfinished=False) for name in names if name.endswith(SUFFIX)]
    return sorted([*files, *(WarcFile(name, unfinished=True) for name in unfinished)], key=lambda file: file.where)


def walk(path: Path, name: str) -> Iterator[Response | Damage]:
    """The response records and the damages of a file called `name`, in their order."""
    size = path.stat().st_size
    if not size:
        yield Damage(0, 0, torn=True)
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        position = 0
        while position < size:
            try:
                member, end = _member(view, position)
                response = _response(member, name, position)
            except BROKEN as error:
                end = _next_record(view, position + 1)
                yield Damage(position, end, torn=isinstance(error, EOFError) and end == size)
            else:
                if response is not None:
                    yield response
            position = end


def _member(view: mmap.mmap, position: int) -> tuple[bytes, int]:
    """The gzip member that begins here, unpacked, and where it ends. Raises `zlib.error` or `EOFError`."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
    parts: list[bytes] = []
    while not unpacker.eof:
        chunk = view[position : position + CHUNK]
        if not chunk:
            raise EOFError("the file ends in the middle of it")
        parts.append(unpacker.decompress(chunk))
        position += len(chunk)
    return b"".join(parts), position - len(unpacker.unused_data)


def _next_record(view: mmap.mmap, position: int) -> int:
    """Where the next record begins; the size of the file where none does."""
    while (position := view.find(MAGIC, position)) >= 0:
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(view[position : position + CHUNK], 5)
        except zlib.error:
            start = b""
        if start == b"WARC/":
            return position
        position += 1
    return len(view)


def _response(member: bytes, name: str, offset: int) -> Response | None:
    """The record as a response, None where it is another kind of record."""
    record = next(iter(ArchiveIterator(BytesIO(member))), None)
    if record is None:
        raise ValueError("it is empty")
    body: bytes = record.content_stream().read()
    if record.rec_type != "response" or record.http_headers is None:
        return None
    digest = hashlib.sha256(body).hexdigest()
    stated = (record.rec_headers.get_header("WARC-Payload-Digest") or "").removeprefix("sha256:")
    uri = record.rec_headers.get_header("WARC-Target-URI") or ""
    headers = record.http_headers
    status = headers.get_statuscode()
    capture = Capture(
        url=uri,
        final_url=uri,
        status=int(status) if status.isdecimal() else 0,
        content_type=headers.get_header("content-type") or "",
        etag=headers.get_header("etag"),
        last_modified=headers.get_header("last-modified"),
        digest=digest,
        length=len(body),
        fetched_at=record.rec_headers.get_header("WARC-Date") or "",
        archive_file=name,
        archive_offset=offset,
    )
    return Response(capture, stated, stated in ("", digest), body)
