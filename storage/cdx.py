"""The index of a WARC file: CDXJ, a line for each response and revisit, sorted by address and time.

It lies beside its file (`RUN-SHARD-000.cdxj`) before that has its final name. pywb and other replay tools serve the
archive from it. The library for its keys (surt) is from 2019 and has no wheel; tests hold ours against it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord
from warcio.timeutils import iso_date_to_timestamp

from storage.members import Member, members

INDEX_SUFFIX = ".cdxj"
NEW_SUFFIX = ".new"  # while it is being written
BLOCK = 64  # lines that are packed together until the file is full: a sixth of their memory

_WWW = re.compile(r"^www\d*\.")
_END_OF_TYPE = re.compile(r"[;\s]")


@dataclass(slots=True)
class CdxIndex:
    """The lines of one WARC file while it is being written."""

    _lines: list[str] = field(default_factory=list)
    _packed: list[bytes] = field(default_factory=list)  # the lines before these

    def add(self, record: ArcWarcRecord, *, file: str, offset: int, length: int) -> None:
        """Index a response or revisit whose gzip member of `length` bytes begins at `offset` of `file`."""
        headers = record.rec_headers
        url = headers.get_header("WARC-Target-URI")
        fields = {
            "url": url,
            "mime": _mime(record),
            "status": record.http_headers.get_statuscode(),
            "digest": headers.get_header("WARC-Payload-Digest"),
            "length": str(length),
            "offset": str(offset),
            "filename": file,
        }
        stated = {name: value for name, value in fields.items() if value is not None}
        time = iso_date_to_timestamp(headers.get_header("WARC-Date"))
        self._lines.append(f"{sort_key(url)} {time} {json.dumps(stated)}\n")
        if len(self._lines) == BLOCK:
            self._packed.append(isal_zlib.compress("".join(self._lines).encode("ascii")))
            self._lines.clear()

    @property
    def text(self) -> str:
        """What the index says, all ASCII."""
        lines = set(self._lines)
        for block in self._packed:
            lines.update(f"{line}\n" for line in isal_zlib.decompress(block).decode("ascii").removesuffix("\n").split("\n"))
        return "".join(sorted(lines))

    def write(self, path: Path) -> Path:
        """Write the index to a file on its way to `path`; gives that file. Raises OSError."""
        unfinished = path.with_name(path.name + NEW_SUFFIX)
        unfinished.write_text(self.text, encoding="ascii")
        return unfinished


def index_path(warc: Path) -> Path:
    """Where the index of a WARC file lies."""
    return warc.with_name(warc.name.removesuffix(".warc.gz") + INDEX_SUFFIX)


def read_index(path: Path, name: str) -> CdxIndex:
    """The index of a WARC file that has, or will have, this name, and whose writer cannot say any more what it has written.

    What is damaged in the file is left out.
    """
    index = CdxIndex()
    for part in members(path):
        if isinstance(part, Member):
            for record in ArchiveIterator(BytesIO(part.content)):
                if record.rec_type in ("response", "revisit"):
                    index.add(record, file=name, offset=part.offset, length=part.end - part.offset)
    return index


def _mime(record: ArcWarcRecord) -> str | None:
    if record.rec_type == "revisit":
        return "warc/revisit"
    stated = record.http_headers.get_header("Content-Type")
    return None if stated is None else _END_OF_TYPE.split(stated, maxsplit=1)[0].strip()


def sort_key(url: str) -> str:
    """The key under which replay tools look an address up (SURT, 2007 rules of the Internet Archive).

    Host reversed and without www, everything in lower case, one form of each escape, doubled and closing slashes dropped,
    parameters in order: https://www.x.cn/A/?b=2&a=1 -> "cn,x)/a?a=1&b=2".
    """
    parts = urlsplit(url)
    host = _WWW.sub("", parts.hostname or "")
    port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}.get(parts.scheme)) else ""
    segments: list[bytes] = []
    for segment in _unescaped(parts.path).split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in (b"", b"."):
            segments.append(segment)
    path = _escaped(b"/" + b"/".join(segments))
    pairs = sorted(pair.partition("=") for pair in _escaped(_unescaped(parts.query)).split("&")) if parts.query else []
    query = "&".join("".join(pair) for pair in pairs)
    return f"{','.join(reversed(host.split('.')))}{port}){path}" + (f"?{query}" if query else "")


def _unescaped(text: str) -> bytes:
    content = text.encode()
    while (plain := unquote_to_bytes(content)) != content:
        content = plain
    return content


def _escaped(content: bytes) -> str:
    return quote_from_bytes(content, safe="!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~").lower()
