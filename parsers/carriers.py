"""What kind of file is this, and which reader takes it? The bytes decide; headers and names are hints for text alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from parsers.bounds import MAX_BYTES, MAX_TEXT
from parsers.decode import decode, raise_for_page
from parsers.html import read_html
from parsers.packages import open_archive
from parsers.records import Document
from parsers.text import read_text
from parsers.verdicts import TooLarge, Unreadable, UnsupportedType

CarrierType = Literal["html", "text", "docx", "pdf", "xlsx", "xls", "doc", "zip", "image"]

MAX_NOISE = 0.02  # share of characters that could not be decoded; more means that this is no text

_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|meta|table|div|p|span|title|script|h1)\b", re.IGNORECASE)
_MARKUP_TEXT = re.compile(r"<\s*(?:html|body|table|div|p|tr|td)\b[^<>]*>", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # compound file: .doc, .xls, .wps, .et
_NAMES: dict[str, CarrierType] = {
    "html": "html", "htm": "html", "shtml": "html", "txt": "text", "text": "text",
    "docx": "docx", "docm": "docx", "dotx": "docx", "pdf": "pdf",
    "xlsx": "xlsx", "xls": "xls", "et": "xls", "doc": "doc", "wps": "doc", "zip": "zip",
}  # fmt: skip
_PACKAGES: dict[str, CarrierType] = {"word/": "docx", "xl/": "xlsx"}
# A control character may stand where a digit was: it must stay visible, or 1?51 would be read as 151.
_CONTROLS = dict.fromkeys((*range(9), *range(14, 32), 127), "\ufffd") | {11: " ", 12: "\n"}
_CONTROL_BYTES = bytes(_CONTROLS)  # in UTF-8, GB18030 and Big5 no other character holds one of these
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")


def carrier_type(payload: bytes, *, content_type: str = "", file_name: str = "") -> CarrierType:
    """The kind of file. Raises `Unreadable` for an empty or binary one, `UnsupportedType` for a kind that no reader takes."""
    if not payload.strip(b"\x00\r\n\t "):
        raise Unreadable("the file is empty")
    if len(payload) > MAX_BYTES:
        raise TooLarge(f"the file has {len(payload):,} bytes; the bound is {MAX_BYTES:,}")
    suffix = file_name.lower().rpartition(".")[2] if "." in file_name else ""
    named = _NAMES.get(suffix)
    if b"%PDF-" in payload[:1024]:
        return "pdf"
    if payload.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(payload)
    if payload.startswith(_OLE):
        return _compound(payload, named)
    if payload.startswith(b"{\\rtf"):
        return "doc"
    if payload.startswith(_PICTURES):
        return "image"
    if payload.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnsupportedType("a compressed archive other than zip; unpack it and read the report inside")
    if _MARKUP.search(payload[:4096]) or _utf16_markup(payload):
        return "html"
    if named in ("html", "text"):
        return named
    declared = content_type.split(";", maxsplit=1)[0].strip().lower()
    if declared in ("text/html", "application/xhtml+xml"):
        return "html"
    if named is None and declared not in ("", "text/plain", "application/octet-stream"):
        raise UnsupportedType(f"no reader takes {declared}")
    if named is not None:
        raise Unreadable(f"the file is called .{suffix} and is none")
    return "text"


def _zipped(payload: bytes) -> CarrierType:
    with open_archive(payload) as archive:
        names = archive.namelist()
    if {"mimetype", "content.xml"} <= set(names):
        return "doc"  # OpenDocument: LibreOffice makes a DOCX of it as well
    if "[Content_Types].xml" not in names:
        return "zip"
    for folder, kind in _PACKAGES.items():
        if any(name.startswith(folder) for name in names):
            return kind
    raise UnsupportedType("an Office file that is neither a document nor a spreadsheet")


def _compound(payload: bytes, named: CarrierType | None) -> CarrierType:
    """Word or Excel of the years before 2007; a file may hold the other one inside, so its name is heard where both are there."""
    if "EncryptedPackage".encode("utf-16-le") in payload:
        raise Unreadable("the file is protected by a password")
    word = "WordDocument".encode("utf-16-le") in payload
    book = any(f"{name}\0".encode("utf-16-le") in payload for name in ("Workbook", "Book"))
    if word and book:
        return "xls" if named == "xls" else "doc"
    return "xls" if book or (named == "xls" and not word) else "doc"


def _utf16_markup(payload: bytes) -> bool:
    return (
        payload.startswith((b"\xff\xfe", b"\xfe\xff")) and _MARKUP.search(payload[:8192].replace(b"\x00", b"")) is not None
    )


def read_document(
    payload: bytes,
    *,
    content_type: str = "",
    file_name: str = "",
    charset: str | None = None,
    url: str = "",
    convert: Callable[[bytes], bytes] | None = None,
    recognising: Callable[[], None] | None = None,
) -> Document:
    """Read any carrier into paragraphs and grids. Raises a Verdict where that cannot be done.

    `convert` makes DOCX of legacy Word files, which no library reads; it is passed in because it takes a program
    (`tasks.office`). `recognising` is called before each page that is recognised from a picture.
    """
    kind = carrier_type(payload, content_type=content_type, file_name=file_name)
    if kind in ("html", "text"):
        return _read_characters(payload, kind, content_type=content_type, charset=charset, url=url)
    from parsers.attachments import read_attachment  # noqa: PLC0415  heavy readers, which most documents do not need

    return read_attachment(payload, kind, convert, recognising)


def page_markup(payload: bytes, *, content_type: str = "", charset: str | None = None) -> str | None:
    """The markup of a page, decoded as `read_document` decodes it; None where the document is something else than a page."""
    kind = carrier_type(payload, content_type=content_type)
    if kind not in ("html", "text"):
        return None
    text, _ = _characters(payload, content_type=content_type, charset=charset)
    return text if _is_page(text, kind) else None


def _read_characters(payload: bytes, kind: str, *, content_type: str, charset: str | None, url: str) -> Document:
    text, utf_8 = _characters(payload, content_type=content_type, charset=charset)
    if not _is_page(text, kind):
        if len(text) > MAX_TEXT:
            raise TooLarge(f"the text has {len(text):,} characters; the bound is {MAX_TEXT:,}")
        return read_text(text)
    raise_for_page(text, url=url)
    return read_html(text, utf_8)


def _characters(payload: bytes, *, content_type: str, charset: str | None) -> tuple[str, bytes | None]:
    """The text, and the same in UTF-8 where the file holds just that."""
    decoded = decode(payload, content_type, charset)
    text = decoded.text
    plain = len(payload.translate(None, _CONTROL_BYTES)) == len(payload)  # nearly every page; to ask the text takes longer
    controls = 0 if plain else sum(text.count(chr(code)) for code in (*range(1, 9), *range(14, 27)))
    nulls = 0 if plain else text.count("\x00")
    if decoded.noise + controls > MAX_NOISE * len(text) + 20 or nulls > len(text) // 10:
        raise Unreadable(f"the file is no text: {decoded.noise + controls} of {len(text)} characters are noise")
    if not plain:
        return text.translate(_CONTROLS), None
    as_it_is = decoded.encoding == "utf-8" and decoded.witness != "bom" and not decoded.noise
    return text, payload if as_it_is else None


def _is_page(text: str, kind: str) -> bool:
    return kind == "html" or len(_MARKUP_TEXT.findall(text[:20_000])) >= 3
