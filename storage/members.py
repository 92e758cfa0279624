"""The gzip members of a WARC file, one for each record, past whatever is damaged between them."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHUNK = 1 << 16
MAGIC = b"\x1f\x8b\x08"  # how a gzip member begins
RECORD = b"WARC/"  # how a record begins, unpacked


class Member(NamedTuple):
    """A whole member: where it begins and ends in the file, and what it holds."""

    offset: int
    end: int
    content: bytes


class Damage(NamedTuple):
    """Bytes that are no record: from `offset` to `end`. `torn`: the file ends in the middle of a record."""

    offset: int
    end: int
    torn: bool


def members(path: Path) -> Iterator[Member | Damage]:
    """What a file holds, from its beginning to its end; of an empty one a torn record."""
    size = path.stat().st_size
    if not size:
        yield Damage(0, 0, torn=True)
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        position = 0
        while position < size:
            part: Member | Damage
            try:
                part = _member(view, position)
            except (zlib.error, EOFError) as error:
                end = _next_record(view, position + 1)
                part = Damage(position, end, torn=isinstance(error, EOFError) and end == size)
            yield part
            position = part.end


def last_whole(path: Path) -> int:
    """Where the last whole record of a file ends; 0 where it has none."""
    return max((part.end for part in members(path) if isinstance(part, Member)), default=0)


def _member(view: mmap.mmap, start: int) -> Member:
    """The gzip member that begins here. Raises `zlib.error` or `EOFError`."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS + 16)
    position, parts = start, list[bytes]()
    while not unpacker.eof:
        chunk = view[position : position + CHUNK]
        if not chunk:
            raise EOFError("the file ends in the middle of it")
        parts.append(unpacker.decompress(chunk))
        position += len(chunk)
    return Member(start, position - len(unpacker.unused_data), b"".join(parts))


def _next_record(view: mmap.mmap, position: int) -> int:
    """Where the next record begins; the size of the file where none does."""
    while (position := view.find(MAGIC, position)) >= 0:
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS + 16).decompress(view[position : position + CHUNK], len(RECORD))
        except zlib.error:
            start = b""
        if start == RECORD:
            return position
        position += 1
    return len(view)
