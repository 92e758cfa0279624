"""Zip files held to their bounds before anybody unpacks them: Office packages (OPC) and archives."""

from __future__ import annotations

import io
import zipfile
import zlib

from parsers.bounds import MAX_MEMBERS, MAX_UNPACKED, MAX_XML, MAX_XML_TAGS
from parsers.verdicts import TooLarge, Truncated, Unreadable

_ENCRYPTED = 0x1  # general purpose bit 0
READ_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def open_archive(payload: bytes) -> zipfile.ZipFile:
    """The zip file in these bytes. What it declares is within bounds, and no more than it declares is ever unpacked.

    Raises `Truncated` without a directory, `Unreadable` for a broken or encrypted one, `TooLarge` past a bound.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(payload))
        members = archive.infolist()
    except READ_ERRORS as error:
        if b"PK\x05\x06" not in payload[-70_000:]:
            raise Truncated("the file ends in the middle: its zip directory is missing") from error
        raise Unreadable(f"the zip directory is broken: {error}") from error
    if len(members) > MAX_MEMBERS:
        raise TooLarge(f"the zip file has {len(members):,} members; the bound is {MAX_MEMBERS:,}")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise TooLarge(f"the zip file unpacks to {unpacked:,} bytes; the bound is {MAX_UNPACKED:,}")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("the zip file is protected by a password")
    return archive


def check_package(payload: bytes) -> None:
    """Hold an Office package to its bounds. XML with a document type is refused: OPC forbids it, entity bombs need it."""
    with open_archive(payload) as archive:
        total = tags = 0
        for member in archive.infolist():
            try:
                if not _is_xml(archive, member):
                    continue
                total += member.file_size
                if total > MAX_XML:
                    raise TooLarge(f"the XML in the file has more than {MAX_XML:,} bytes")
                text = archive.read(member)
            except READ_ERRORS as error:
                raise Unreadable(f"{member.filename} in the file is damaged: {error}") from error
            tags += text.count(b"<")
            if tags > MAX_XML_TAGS:
                raise TooLarge(f"the XML in the file has more than {MAX_XML_TAGS:,} tags")
            if b"\x00" in text[:200]:
                text = text.replace(b"\x00", b"")  # UTF-16
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Unreadable(f"{member.filename} in the file declares a document type, which Office files never do")


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """By its first bytes: what a part is called says nothing about how it will be parsed."""
    with archive.open(member) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<")
