"""Bytes and headers to text.

The witnesses of a charset, in order: byte order mark, the portal file, the header, the page's own meta tag, the bytes
themselves. A declared charset that does not fit the bytes is passed over, since many portals declare one and write another.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from parsers.pretence import page_verdict, raise_for_page

__all__ = ["Decoded", "decode", "page_verdict", "raise_for_page"]

Witness = Literal["bom", "given", "header", "meta", "detected"]

BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
META = re.compile(
    rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
LONGEST_HEAD = 65_536  # bytes in which a meta tag is looked for; some heads begin with long scripts and styles
# Every name of the GB family means its largest member: pages that declare gb2312 use characters of GBK, and those of GBK others.
GB = frozenset(
    {"gb2312", "gb-2312", "gb_2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb18030", "hz-gb-2312"}
)
UTF_8 = frozenset({"utf-8", "utf8", "u8", "utf_8", "unicode-1-1-utf-8"})
BIG5 = frozenset({"big5", "big5-hkscs", "big-5", "x-x-big5", "cp950"})
ASCII = bytes(range(128))
# Text of the GB family may be valid UTF-8 by chance: 联通 is, and any text of 一 alone. Chinese in UTF-8 takes three bytes a
# character, such accidents mostly two; so UTF-8 is believed against a declaration when there is enough of it (in bytes
# beyond one a character) and its characters are mostly of three bytes (1.5 bytes for each such byte, against 2).
ENOUGH = 16
MOSTLY_THREE = 1.75
# A UTF-8 page may hold a few broken bytes (a text cut in the middle of a character); a GB page read as UTF-8 is broken throughout.
BROKEN_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how we came by it."""

    text: str
    encoding: str  # codec that was used: "utf-8", "gb18030", ...
    witness: Witness  # what named it
    noise: int = 0  # replacement characters that decoding had to write


def decode(payload: bytes, content_type: str = "", charset: str | None = None) -> Decoded:
    """Text of a page. `content_type` is the HTTP header, `charset` what the portal file says (Portal.charset). Never fails."""
    for mark, encoding in BOMS:
        if payload.startswith(mark):
            return _replacing(payload[len(mark) :], encoding, "bom")
    utf_8 = _strict(payload, "utf-8")
    for encoding, witness in _declared(payload, content_type, charset):
        if encoding == "utf-8":
            if utf_8 is not None:
                return Decoded(utf_8, encoding, witness)
        elif utf_8 is None or witness == "given" or not _is_chinese(payload, utf_8, ENOUGH):
            text = _strict(payload, encoding)
            if text is not None:
                return Decoded(text, encoding, witness)
    if utf_8 is not None and (len(utf_8) == len(payload) or _is_chinese(payload, utf_8, 0)):
        return Decoded(utf_8, "utf-8", "detected")
    return _detected(payload)


def _is_chinese(payload: bytes, utf_8: str, enough: int) -> bool:
    """Whether valid UTF-8 is so by intent: more than `enough` of it, and mostly characters of three bytes."""
    beyond = len(payload) - len(utf_8)
    return beyond > enough and len(payload.translate(None, ASCII)) <= MOSTLY_THREE * beyond


def _declared(payload: bytes, content_type: str, charset: str | None) -> Iterator[tuple[str, Witness]]:
    """Codecs that somebody names for this page, the most trusted first."""
    header, meta = CHARSET.search(content_type), META.search(payload, 0, LONGEST_HEAD)
    in_meta = (meta[1] or meta[2]).decode("ascii", "replace") if meta else None
    named: tuple[tuple[str | None, Witness], ...] = (
        (charset, "given"),
        (header[1] if header else None, "header"),
        (in_meta, "meta"),
    )
    for name, witness in named:
        encoding = _codec(name) if name else None
        if encoding is not None:
            yield encoding, witness


def _codec(name: str) -> str | None:
    """The codec for a charset's name; None for a name that says nothing of a Chinese page (iso-8859-1, a server's default)."""
    lowered = name.strip().lower()
    if lowered in GB:
        return "gb18030"
    # A page that names UTF-16 in a meta tag that we could read is none (HTML Standard, "prescan a byte stream").
    if lowered in UTF_8 or lowered.startswith("utf-16"):
        return "utf-8"
    return "big5hkscs" if lowered in BIG5 else None


def _detected(payload: bytes) -> Decoded:
    """Bytes that are no clean UTF-8 and fit no declaration: mostly UTF-8 with a flaw, UTF-16, or else the GB family."""
    head = payload[:4096]
    if head.count(0) * 3 > len(head):
        return _replacing(payload, "utf-16-be" if head[:1] == b"\0" else "utf-16-le", "detected")
    as_utf_8 = _replacing(payload, "utf-8", "detected")
    if as_utf_8.noise == 0 and _strict(payload, "gb18030") is None:
        return as_utf_8
    if 0 < as_utf_8.noise <= max(1, len(payload.translate(None, ASCII)) * BROKEN_SHARE):
        return as_utf_8
    return _replacing(payload, "gb18030", "detected")


def _strict(payload: bytes, encoding: str) -> str | None:
    try:
        return payload.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _replacing(payload: bytes, encoding: str, witness: Witness) -> Decoded:
    text = payload.decode(encoding, "replace")
    return Decoded(text, encoding, witness, text.count("\ufffd"))
