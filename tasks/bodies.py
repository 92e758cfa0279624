"""The body of an HTTP response, read and unpacked within bounds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Protocol

import brotli

from parsers.verdicts import TooLarge, Truncated, Unreadable

CHUNK = 262_144  # bytes per read: most pages come whole
# Bytes after the stated length that are no mistake of the server's: a line end or two, and our count of the headers.
SLACK = 64
GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Answer(Protocol):
    """What is needed of urllib3's response."""

    status: int
    reason: str | None

    @property
    def headers(self) -> Mapping[str, str]: ...

    def read(self, amt: int, decode_content: bool) -> bytes: ...


def read_body(answer: Answer, limit: int, received: Callable[[], int]) -> bytes:
    """The body with its content coding undone, at most `limit` bytes packed or unpacked. `received` counts what came so far.

    Raises TooLarge, Truncated and Unreadable, and lets the errors of the connection through.
    """
    stated = answer.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > limit:
        raise TooLarge(f"the server states {stated} bytes; the bound is {limit}")
    chunks: list[bytes] = []
    size = 0
    while chunk := answer.read(CHUNK, decode_content=False):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"the body is larger than {limit} bytes")
    body = b"".join(chunks)
    if stated:
        _check_surplus(answer, body[-1000:], received() - size)
    return inflate(body, answer.headers.get("content-encoding", ""), limit)


def _check_surplus(answer: Answer, tail: bytes, others: int) -> None:
    """Raise Truncated when the server sent more than the length that it stated, and the page had not ended there.

    Seen where a length counts characters and not bytes. What lies behind the stated length never reaches the caller.
    `others` are the bytes received that are not of the body: the status line, the headers and the surplus.
    """
    head = len("HTTP/1.1 200 \r\n\r\n") + len(answer.reason or "")
    head += sum(len(name) + len(value) + len(": \r\n") for name, value in answer.headers.items())
    if others - head > SLACK and b"</html" not in tail.lower():
        raise Truncated("the server sends more than the length that it states")


def inflate(body: bytes, coding: str, limit: int) -> bytes:
    """Undo the content coding (gzip, deflate, br, or several) within `limit` bytes of output.

    Raises TooLarge past the limit, Truncated when the stream ends early, Unreadable when it is no such stream.
    """
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("", "identity", "none", "utf-8"):
            continue
        if name not in ("gzip", "x-gzip", "deflate", "br"):
            raise Unreadable(f"content coding {name!r}, which we did not ask for")
        body = _expand(body, limit) if name == "br" else _inflate_once(body, limit)
    return body


def _expand(body: bytes, limit: int) -> bytes:
    """Undo Brotli, which crawlers' archives hold and some servers send unasked."""
    if not body:
        return b""
    unpack = brotli.Decompressor()
    try:
        out = unpack.process(body, output_buffer_limit=limit + 1)
        while not unpack.can_accept_more_data() and len(out) <= limit:
            out += unpack.process(b"", output_buffer_limit=limit + 1 - len(out))
    except brotli.error as error:
        raise Unreadable(f"the body is not compressed as its header says: {error}") from error
    if len(out) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes once unpacked")
    if not unpack.is_finished():
        raise Truncated("the compressed body ends in the middle")
    return bytes(out)


def _inflate_once(body: bytes, limit: int) -> bytes:
    if not body:
        return b""
    out = bytearray()
    try:
        unzip = zlib.decompressobj(GZIP_OR_ZLIB)
        try:
            out += unzip.decompress(body, limit + 1)
        except zlib.error:
            unzip = zlib.decompressobj(-zlib.MAX_WBITS)  # "deflate" without its zlib header, as old servers send it
            out += unzip.decompress(body, limit + 1)
        while unzip.eof and unzip.unused_data.startswith(b"\x1f\x8b") and len(out) <= limit:  # further gzip members
            rest = unzip.unused_data
            unzip = zlib.decompressobj(GZIP_OR_ZLIB)
            out += unzip.decompress(rest, limit + 1 - len(out))
    except zlib.error as error:
        raise Unreadable(f"the body is not compressed as its header says: {error}") from error
    if len(out) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes once unpacked")
    if not unzip.eof:
        raise Truncated("the compressed body ends in the middle")
    return bytes(out)
