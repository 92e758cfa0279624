"""WARC and ARC files that others have written: Common Crawl, wget, Heritrix, another archive's crawl.

Read record by record, so that the size of a file does not matter. Their ends may be torn, their records odd; what cannot be
read is left out and told, the rest is given.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from storage.errors import ArchiveError

LARGEST = 50 * 2**20  # bytes of a body that is taken, as of one that is fetched
CHUNK = 1 << 16
Opened = IO[bytes] | gzip.GzipFile
ONE_MEMBER = "non-chunked gzip"  # what warcio says of a file whose records share one gzip member


@dataclass(frozen=True, slots=True)
class ForeignResponse:
    """An HTTP response with status 200, or a revisit of one."""

    url: str
    fetched_at: str  # UTC, ISO 8601 with a trailing Z
    headers: tuple[tuple[str, str], ...]
    body: bytes  # chunks joined, content coding as it came; empty for a revisit and for one that is too large
    digest: str  # names the payload, in the words of whoever wrote the file; a revisit has that of the response it repeats
    offset: int = 0  # of the record in its file
    revisit: bool = False
    whole: bool = True  # False where the record, or the crawler that wrote it, broke off
    too_large: bool = False

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(slots=True)
class ForeignFile:
    """One file. `broken` says, once it was read through, why its end could not be read; None where it could.

    Where all records share one gzip member, which `responses` finds out, offsets are those of the unpacked file. Such a file is
    unpacked as it is read, and its responses are best loaded in their order: to go back is to unpack it anew.
    """

    path: Path
    broken: str | None = field(default=None, init=False)
    _whole: gzip.GzipFile | None = field(default=None, init=False, repr=False)  # of a file in one gzip member
    _reading: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def check(self) -> None:
        """Raise `ArchiveError` for what is no WARC or ARC file, or one without a record."""
        try:
            with self.path.open("rb") as file:
                if next(iter(_records(file)), None) is None:
                    raise ArchiveError(f"{self.path} holds no record.")
        except OSError as error:
            raise ArchiveError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        except (ArchiveLoadFailed, zlib.error) as error:
            raise ArchiveError(f"{self.path} is no WARC or ARC file: {_sentence(error)}") from error

    def responses(self) -> Iterator[ForeignResponse]:
        """Every response of the file in its order."""
        given = -1
        try:
            with self.path.open("rb") as file:
                for response in _responses(file):
                    given = response.offset
                    yield response
        except (ArchiveLoadFailed, zlib.error, EOFError) as error:
            if ONE_MEMBER not in str(error):
                self.broken = _sentence(error)
                return
            self._whole = gzip.open(self.path)  # noqa: SIM115 - for as long as responses are loaded
            yield from self._unpacked(given)

    def _unpacked(self, given: int) -> Iterator[ForeignResponse]:
        """The responses of a file in one gzip member, behind those that were given. Only the first record can have been."""
        try:
            with gzip.open(self.path) as file:
                yield from (response for response in _responses(file) if response.offset > given)
        except (ArchiveLoadFailed, zlib.error, EOFError, gzip.BadGzipFile) as error:
            self.broken = _sentence(error)

    def load(self, offset: int) -> ForeignResponse:
        """The response at this offset, as `responses` gave it. Raises `ArchiveError`."""
        try:
            with self._reading, self.path.open("rb") if self._whole is None else nullcontext(self._whole) as file:
                file.seek(offset)
                record = next(iter(_records(file)), None)
                response = None if record is None else _response(record)
        except (OSError, ArchiveLoadFailed, zlib.error, EOFError) as error:
            raise ArchiveError(f"The record at {offset} of {self.path} cannot be read: {_sentence(error)}") from error
        if response is None:
            raise ArchiveError(f"At {offset} of {self.path} stands no response any more: the file has changed.")
        return response


def _responses(file: Opened) -> Iterator[ForeignResponse]:
    records = _records(file)
    for record in records:
        response = _response(record)
        if response is not None:
            yield replace(response, offset=records.get_record_offset())  # which passes over the body


def _records(file: Opened) -> ArchiveIterator:
    return ArchiveIterator(file, arc2warc=True)


def _sentence(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{text.rstrip('.')}." if text else f"{type(error).__name__}."


def _response(record: ArcWarcRecord) -> ForeignResponse | None:
    """The record as a response; None for one of another kind."""
    revisit = record.rec_type == "revisit"
    if not (revisit or record.rec_type == "response") or (record.http_headers is None and not revisit):
        return None
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")  # wget and old Heritrix put brackets
    fetched_at = _time(record.rec_headers.get_header("WARC-Date") or "")
    if not url.lower().startswith(("http://", "https://")) or fetched_at is None:
        return None
    if record.http_headers is not None and record.http_headers.get_statuscode() != "200":
        return None
    headers = () if record.http_headers is None else tuple((name, value) for name, value in record.http_headers.headers)
    body, whole, too_large = (b"", True, False) if revisit else _body(record)
    stated = record.rec_headers.get_header("WARC-Payload-Digest")
    if revisit and not stated:
        return None  # of what, it does not say
    return ForeignResponse(
        url=url,
        fetched_at=fetched_at,
        headers=headers,
        body=body,
        digest=stated or f"sha256:{hashlib.sha256(body).hexdigest()}",
        revisit=revisit,
        whole=whole and record.rec_headers.get_header("WARC-Truncated") is None,
        too_large=too_large,
    )


def _body(record: ArcWarcRecord) -> tuple[bytes, bool, bool]:
    """The payload without the framing of chunks; whether it is whole; whether it is too large."""
    parts: list[bytes] = []
    length = 0
    while chunk := record.raw_stream.read(CHUNK):
        length += len(chunk)
        if length > LARGEST:
            return b"", True, True
        parts.append(chunk)
    payload = b"".join(parts)
    whole = getattr(record.raw_stream, "limit", 0) <= 0  # else the record ends before its stated length
    if (record.http_headers.get_header("Transfer-Encoding") or "").strip().lower() != "chunked":
        return payload, whole, False
    try:
        joined = _joined(payload)
    except ChunkedDataException:
        return payload, False, False
    return joined, whole, False


def _joined(payload: bytes) -> bytes:
    """The chunks of a body in one; a body that is not chunked, whatever its header says, as it is."""
    head, line_end, _ = payload[:64].partition(b"\r\n")
    try:
        int(head.partition(b";")[0], 16)
    except ValueError:
        return payload
    if not line_end:
        return payload
    reader = ChunkedDataReader(BytesIO(payload), raise_exceptions=True, decomp_type=None)
    parts = []
    while part := reader.read(CHUNK):
        parts.append(part)
    return b"".join(parts)


def _time(stated: str) -> str | None:
    """UTC, ISO 8601 with a trailing Z; None for what is no time."""
    try:
        at = datetime.fromisoformat(stated.strip())
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds" if at.microsecond else "seconds").replace("+00:00", "Z")
