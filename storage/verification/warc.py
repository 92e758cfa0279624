"""The WARC files of an archive, each from end to end, past whatever is damaged in it."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
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
from storage.members import Damage, members

SUFFIX = ".warc.gz"


class Response(NamedTuple):
    """A response record. `capture` is what the ledger could have of it, `url` and `final_url` both as the record states it."""

    capture: Capture
    stated: str  # digest in the record, hex; empty where it states none
    whole: bool  # whether the body is the one that the record states
    body: bytes


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
    for part in members(path):
        if isinstance(part, Damage):
            yield part
            continue
        try:
            response = _response(part.content, name, part.offset)
        except (EOFError, ArchiveLoadFailed, ValueError):
            yield Damage(part.offset, part.end, torn=False)
        else:
            if response is not None:
                yield response


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
