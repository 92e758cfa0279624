"""A picture that looks like a scanned page from afar: grey bars on white. It holds no text."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 240, 320


def scanned_page() -> bytes:
    """An 8-bit grey PNG. Stored without compression, so that the bytes are the same with every zlib."""
    rows = b"".join(b"\x00" + _row(y) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(y: int) -> bytes:
    inked = 24 <= y < HEIGHT - 24 and y % 16 < 7
    return bytes(90 if inked and 20 <= x < WIDTH - 20 - (y * 7 % 40) else 255 for x in range(WIDTH))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
