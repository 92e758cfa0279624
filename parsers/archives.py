"""A zip attachment -> the one report inside it, or the pictures that it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import PurePosixPath

from parsers.packages import READ_ERRORS, open_archive
from parsers.verdicts import NotAReport, Unreadable, UnsupportedType

_UTF8_NAME = 0x800  # general purpose bit 11: the name is UTF-8; without it, Chinese tools write GBK
_READABLE = (
    "docx",
    "docm",
    "pdf",
    "doc",
    "wps",
    "rtf",
    "html",
    "htm",
    "xlsx",
    "xls",
    "et",
    "txt",
)  # the best carrier of a report first
PICTURE_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PICTURES = ("png", "jpg", "jpeg", "tif", "tiff", "bmp", "gif")
_REPORT = re.compile(r"年度?报告|年報|年报|年度報告|信息公开|信息公開")
_NOT_TEXT = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|Thumbs\.db)", re.IGNORECASE)


def report_member(payload: bytes) -> tuple[str, bytes]:
    """Name (without its folder) and bytes of the report in a zip file.

    One report may lie there in several formats; the best is taken. Raises `NotAReport` where several files may be the
    report, `UnsupportedType` where none can be read, and what `open_archive` raises.
    """
    with open_archive(payload) as archive:
        names = {_name(member): member for member in archive.infolist() if not member.is_dir()}
        if "OFD.xml" in names:
            raise UnsupportedType(
                "an OFD document (版式文件); no reader takes it. The portal may offer the report as PDF too"
            )
        chosen = _chosen([name for name in names if not _NOT_TEXT.search(name)])
        try:
            return PurePosixPath(chosen).name, archive.read(names[chosen])
        except READ_ERRORS as error:
            raise Unreadable(f"{chosen} in the zip file is damaged: {error}") from error


def pictures_within(payload: bytes) -> list[bytes]:
    """The pictures in a zip file or an Office package, those numbered in their names in that order (image2 before image10)."""
    with open_archive(payload) as archive:
        names = {_name(member): member for member in archive.infolist() if not member.is_dir()}
        pictures = [name for name in names if _suffix(name) in _PICTURES and not _NOT_TEXT.search(name)]
        try:
            payloads = [archive.read(names[name]) for name in sorted(pictures, key=_numbered)]
        except READ_ERRORS as error:
            raise Unreadable(f"a picture in the file is damaged: {error}") from error
    return [payload for payload in payloads if payload.startswith(PICTURE_SIGNATURES)]


def _numbered(name: str) -> list[tuple[int, str]]:
    """A name so that its numbers compare as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"([0-9]{1,9})", name)]


def _name(member: zipfile.ZipInfo) -> str:
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _chosen(names: list[str]) -> str:
    readable = [name for name in names if _suffix(name) in _READABLE]
    if not readable:
        held = ", ".join(sorted({_suffix(name) or "no extension" for name in names})) or "nothing"
        raise UnsupportedType(f"the zip file holds no document that a reader takes: {held}")
    reports = [name for name in readable if _REPORT.search(PurePosixPath(name).name)] or readable
    if len({PurePosixPath(name).stem for name in reports}) > 1:
        raise NotAReport(
            f"the zip file holds {len(reports)} documents, and none is plainly the report: {', '.join(reports[:4])}"
        )
    return min(reports, key=lambda name: (_READABLE.index(_suffix(name)), name))


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")
