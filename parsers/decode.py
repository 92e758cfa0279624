"""Bytes and headers to text, and pages that only pretend to be the document told apart."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

from parsers.verdicts import Blocked, SoftNotFound

Witness = Literal["bom", "given", "header", "meta", "detected"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and how we came by it."""

    text: str
    encoding: str  # codec that was used: "utf-8", "gb18030", ...
    witness: Witness  # what named it
    noise: int = 0  # replacement characters that decoding had to write


BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
META = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I
)


def decode(payload: bytes, content_type: str = "", charset: str | None = None) -> Decoded:
    """Text of `payload`; see the module."""
    for mark, encoding in BOMS:
        if payload.startswith(mark):
            return _with(payload[len(mark) :], encoding, "bom")
    try:
        return Decoded(payload.decode("utf-8"), "utf-8", "detected")
    except UnicodeDecodeError:
        return _with(payload, "gb18030", "detected")


def _with(payload: bytes, encoding: str, witness: Witness) -> Decoded:
    text = payload.decode(encoding, "replace")
    return Decoded(text, encoding, witness, text.count("\ufffd"))


def page_verdict(text: str, *, url: str = "", final_url: str = "") -> SoftNotFound | Blocked | None:
    """The verdict of a page with status 200 that is no document, or None."""
    if len(text) < 300 and "页面不存在" in text:
        return SoftNotFound("the page says that it does not exist: 页面不存在")
    return None


def raise_for_page(text: str, *, url: str = "", final_url: str = "") -> None:
    """Raise SoftNotFound or Blocked when `page_verdict` finds one."""
    verdict = page_verdict(text, url=url, final_url=final_url)
    if verdict is not None:
        raise verdict
