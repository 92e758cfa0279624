"""Headers and bodies read by themselves."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest

from parsers.verdicts import TooLarge, Truncated, Unreadable
from tasks.bodies import inflate
from tasks.responses import retry_after

NOW = datetime(2026, 1, 20, 8, 0, 0, tzinfo=UTC)
TEXT = "清河县2023年政府信息公开工作年度报告".encode() * 30


def packed(body: bytes) -> bytes:
    """gzip without the hour in it: test names are made of it."""
    return gzip.compress(body, mtime=0)


RAW_DEFLATE = zlib.compress(TEXT)[2:-4]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 20 Jan 2026 08:02:00 GMT", 120.0),
        ("Tuesday, 20-Jan-26 08:02:00 GMT", 120.0),
        ("Tue, 20 Jan 2026 16:02:00 +0800", 120.0),
        ("Tue, 20 Jan 2026 07:00:00 GMT", 0.0),
        ("999999999", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (packed(TEXT), "gzip"),
        (packed(TEXT), "X-GZIP"),
        (packed(TEXT[:100]) + packed(TEXT[100:]), "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (RAW_DEFLATE, "deflate"),
        (packed(packed(TEXT)), "gzip, gzip"),
        (packed(zlib.compress(TEXT)), "deflate, gzip"),
    ],
)
def test_codings(body: bytes, coding: str) -> None:
    assert inflate(body, coding, 10_000) == TEXT


@pytest.mark.parametrize(
    ("body", "coding", "verdict"),
    [
        (packed(TEXT)[:-5], "gzip", Truncated),
        (zlib.compress(TEXT)[:20], "deflate", Truncated),
        (TEXT, "gzip", Unreadable),
        (TEXT, "zstd", Unreadable),
        (packed(b"0" * 20_000), "gzip", TooLarge),
        (packed(b"0" * 9_000) + packed(b"0" * 9_000), "gzip", TooLarge),
    ],
)
def test_codings_that_fail(body: bytes, coding: str, verdict: type[Exception]) -> None:
    with pytest.raises(verdict):
        inflate(body, coding, 10_000)


def test_an_empty_body_has_no_coding() -> None:
    assert inflate(b"", "gzip", 10) == b""
