"""The WARC 1.1 archive: every response as it came, from which everything else can be made again.

A run writes its own files, one a writer: `RUN-SHARD-000.warc.gz`, then `-001` when that one is full. While a file is being
written its name ends in `.open` and its writer holds a lock on it, so that a file left behind by a killed process is known
by its name; `recover_archive` cuts its torn tail and closes it. A capture may be put into the ledger only after `flush()`:
what the ledger names is on the disk, or in the bucket. Objects of a bucket cannot grow: there every `flush()` ends a file.
Beside each finished file lies its index (`storage.cdx`).

Bodies are stored decoded: `Content-Encoding` and `Transfer-Encoding` move to `X-Crawl-...` as Common Crawl does it,
`Content-Length` is that of what is stored. Credentials (cookies, authorization) are left out.

A body that is in the archive already, and a 304, are written as `revisit` records: the archive then shows that we looked and
what the server said, at 0.5 KB instead of the whole page.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from itertools import count
from typing import IO
from urllib.parse import quote, urlsplit

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from parsers.records import Capture
from storage.cdx import CdxIndex, index_path
from storage.errors import StorageError
from storage.layout import DataDirectory
from storage.locks import own
from storage.stores import sync_directory

ROLL_AT = 1_000_000_000  # bytes of a file after which the next is begun, as the WARC standard advises
OPEN_SUFFIX = ".open"
# Of ISA-L, whose gzip is any other's: 130 KB of HTML in 0.11 ms, where zlib takes 0.48 for the same size (its level 1), 0.74 for
# 5 % less (4) and 2.1 for 13 % less (9).
GZIP_LEVEL = 2
GZIP = isal_zlib.MAX_WBITS + 16  # as one gzip member

CREDENTIALS = frozenset({"cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
DECODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

URI_CHARACTERS = ":/?#[]@!$&'()*+,;=%"  # the reserved ones of RFC 3986, and what is quoted already
_PLAIN_URI = re.compile(f"[A-Za-z0-9_.~{re.escape(URI_CHARACTERS)}-]*")

Headers = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request with its response. Of a chain of redirects each hop is an exchange of its own."""

    url: str  # as asked for at the start of the chain
    final_url: str  # what this response came from
    status: int
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes  # content encoding undone
    fetched_at: str  # UTC, ISO 8601 with a trailing Z
    method: str = "GET"  # empty where the request is not known, and so not stored
    request_body: bytes = b""
    reason: str = ""  # of the status line
    address: str | None = None  # IP address connected to

    def header(self, name: str) -> str | None:
        """The first response header of that name."""
        return next((value for key, value in self.response_headers if key.lower() == name), None)


@dataclass(slots=True)
class ArchiveWriter:
    """Writes the exchanges of one worker. Not for use by two threads at once; a context manager that closes its file."""

    data: DataDirectory
    run: str
    shard: str = "0"
    roll_at: int = ROLL_AT
    _file: IO[bytes] | None = field(default=None, init=False)
    _name: str = field(default="", init=False)
    _serials: Iterator[int] = field(default_factory=count, init=False)
    _stem: str = field(default="", init=False)
    _index: CdxIndex = field(default_factory=CdxIndex, init=False)

    def __post_init__(self) -> None:
        self._stem = f"{self.run}-{self.shard}"
        if not self.appends:  # this machine does not know which names others have taken
            self._stem += f"-{secrets.token_hex(4)}"

    @property
    def appends(self) -> bool:
        """Whether what is saved after a flush may go to the same file."""
        return self.data.store.appends

    def save(self, exchange: Exchange, *, previous: Capture | None = None) -> Capture:
        """Write request and response, and say where the response stands.

        `previous` is the document's last capture. Where the body is still the same, a `revisit` record is written and the
        capture that comes back points to the stored body. Raises `StorageError` when the disk is full or read-only.
        """
        digest = hashlib.sha256(exchange.body).hexdigest()
        if previous is not None and previous.digest == digest:
            self._write(exchange, _revisit(exchange, previous))
            file, offset = previous.archive_file, previous.archive_offset
        else:
            file, offset = self._write(exchange, _response(exchange, digest))
        return Capture(
            url=exchange.url,
            final_url=exchange.final_url,
            status=exchange.status,
            content_type=exchange.header("content-type") or "",
            etag=exchange.header("etag"),
            last_modified=exchange.header("last-modified"),
            digest=digest,
            length=len(exchange.body),
            fetched_at=exchange.fetched_at,
            archive_file=file,
            archive_offset=offset,
        )

    def save_not_modified(self, exchange: Exchange, previous: Capture) -> None:
        """Write a 304 as a `revisit` of the capture that it confirms."""
        self._write(exchange, _revisit(exchange, previous, profile=NOT_MODIFIED_PROFILE))

    def flush(self) -> None:
        """Return when everything saved is in the archive. Once a batch, before the ledger learns of the captures."""
        if not self.appends:
            self.close()
        elif self._file is not None:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                raise _cannot_write(self.data, error) from error

    def close(self) -> None:
        """End the file: everything saved is in the archive, under its final name."""
        if self._file is not None:
            try:
                self._file.flush()
            except OSError as error:
                raise _cannot_write(self.data, error) from error
            finish(self.data, self._name, self._index)
            self._file.close()
            self._file = None

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, exchange: Exchange, response: ArcWarcRecord) -> tuple[str, int]:
        members = [_member(response)]  # outside of the file: a failure here leaves no half record in it
        if exchange.method:
            members.append(_member(_request(exchange, response.rec_headers.get_header("WARC-Record-ID"))))
        try:
            if self._file is not None and self._file.tell() >= self.roll_at:
                self.close()
            file = self._file or self._open()
            offset = file.tell()
            file.write(b"".join(members))
        except OSError as error:
            raise _cannot_write(self.data, error) from error
        self._index.add(response, file=self._name, offset=offset, length=len(members[0]))
        return self._name, offset

    def _open(self) -> IO[bytes]:
        """A file that no other process has or had."""
        for serial in self._serials:
            name = f"{self._stem}-{serial:03d}.warc.gz"
            finished, path = self.data.archive / name, self.data.archive / (name + OPEN_SUFFIX)
            try:
                file = path.open("xb")
            except FileExistsError:
                continue
            if not own(file, path):  # `recover_archive` saw it before we had it
                file.close()
            elif finished.exists():
                path.unlink()
                file.close()
            else:
                break
        sync_directory(self.data.archive)
        file.write(_member(_warcinfo(name, self.run)))
        self._file, self._name, self._index = file, name, CdxIndex()
        return file


def finish(data: DataDirectory, name: str, index: CdxIndex) -> None:
    """Put a file that its writer has done with into the archive, for good. Raises `StorageError` where that cannot be done.

    First its index: a finished file is never without.
    """
    try:
        path = index_path(data.archive / name)
        data.store.change({data.name(path): index.write(path)})
        data.store.change({data.name(data.archive / name): data.archive / (name + OPEN_SUFFIX)})
    except OSError as error:
        raise _cannot_write(data, error) from error


def _cannot_write(data: DataDirectory, error: OSError) -> StorageError:
    return StorageError(
        f"The archive {data.store}/archive cannot be written: {error.strerror or error}. "
        f"{data.store.remedy} and start again: what was kept until now is safe."
    )


# --- records ------------------------------------------------------------------------------------------------------------

_builder = WARCWriter(None, gzip=False, warc_version="WARC/1.1")


class _Writer(WARCWriter):  # type: ignore[misc]
    """Digests and copies a body at once, where warcio does it by 16 KB: between any two pieces other threads may take the turn."""

    @staticmethod
    def _iter_stream(stream: IO[bytes]) -> Iterator[bytes]:
        yield stream.read()


class _HttpHeaders(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that are stored as the server sent them, where warcio would percent-encode what is not ASCII."""

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:
        text: str = self.to_str(filter_func) + "\r\n"
        try:
            return text.encode("latin-1")  # as which HTTP clients decode header bytes
        except UnicodeEncodeError:
            return text.encode("utf-8", "replace")


def _member(record: ArcWarcRecord) -> bytes:
    """The record as one gzip member."""
    plain = BytesIO()
    _Writer(plain, gzip=False, warc_version="WARC/1.1").write_record(record)
    return isal_zlib.compress(plain.getbuffer(), GZIP_LEVEL, GZIP)


def _warcinfo(name: str, run: str) -> ArcWarcRecord:
    return _builder.create_warcinfo_record(
        name,
        {
            "software": "nianbao",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": run,
        },
    )


def _response(exchange: Exchange, digest: str) -> ArcWarcRecord:
    return _builder.create_warc_record(
        _uri(exchange.final_url),
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=_response_headers(exchange),
        warc_headers_dict=_warc_headers(exchange) | {"WARC-Payload-Digest": f"sha256:{digest}"},
    )


def _revisit(exchange: Exchange, previous: Capture, *, profile: str | None = None) -> ArcWarcRecord:
    record = _builder.create_revisit_record(
        _uri(exchange.final_url),
        f"sha256:{previous.digest}",
        _uri(previous.final_url),
        previous.fetched_at,
        http_headers=_response_headers(exchange, stored=False),
        warc_headers_dict=_warc_headers(exchange),
    )
    if profile is not None:
        record.rec_headers.replace_header("WARC-Profile", profile)
    return record


def _request(exchange: Exchange, response_id: str) -> ArcWarcRecord:
    target = urlsplit(_uri(exchange.final_url))
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    names = {name.lower() for name, _ in exchange.request_headers}
    host = [] if "host" in names else [("Host", target.netloc.rpartition("@")[2])]
    return _builder.create_warc_record(
        _uri(exchange.final_url),
        "request",
        payload=BytesIO(exchange.request_body),
        length=len(exchange.request_body),
        http_headers=_HttpHeaders(
            f"{exchange.method} {path} HTTP/1.1", host + _kept(exchange.request_headers), is_http_request=True
        ),
        warc_headers_dict=_warc_headers(exchange) | {"WARC-Concurrent-To": response_id},
    )


def _uri(url: str) -> str:
    """The address in ASCII and on one line, whatever the server redirected to."""
    return url if _PLAIN_URI.fullmatch(url) else quote(url, safe=URI_CHARACTERS, errors="replace")


def _warc_headers(exchange: Exchange) -> dict[str, str]:
    headers = {"WARC-Date": exchange.fetched_at}
    if exchange.address is not None:
        headers["WARC-IP-Address"] = exchange.address
    return headers


def _response_headers(exchange: Exchange, *, stored: bool = True) -> StatusAndHeaders:
    headers = []
    for name, value in _kept(exchange.response_headers):
        headers.append((f"X-Crawl-{name}", value) if name.lower() in DECODED else (name, value))
    if stored:
        headers.append(("Content-Length", str(len(exchange.body))))
    reason = " ".join(exchange.reason.split()) or _phrase(exchange.status)
    return _HttpHeaders(f"{exchange.status} {reason}".rstrip(), headers, protocol="HTTP/1.1")


def _kept(headers: Headers) -> list[tuple[str, str]]:
    """Without credentials, and with nothing in them that would end a line early."""
    return [
        (" ".join(name.split()), " ".join(value.split()))
        for name, value in headers
        if name.strip().lower() not in CREDENTIALS
    ]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
