"""Word files that python-docx does not open, as the one kind that it does: Strict Office Open XML (ISO/IEC 29500), documents
with macros (.docm), templates (.dotx, .dotm). They differ in names alone."""

from __future__ import annotations

import io
import zipfile

from parsers.packages import READ_ERRORS, open_archive
from parsers.verdicts import Unreadable

_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_MAINS = (
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/": b"http://schemas.openxmlformats.org/officeDocument/2006/",
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
}
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"


def as_docx(payload: bytes) -> bytes:
    """The package as a transitional .docx; the payload itself where it is one. The package is held to its bounds already."""
    with open_archive(payload) as archive:
        try:
            names = archive.namelist()
            types = archive.read(_TYPES)
            strict = _RELATIONS in names and _STRICT in archive.read(_RELATIONS)
            if not strict and not any(main in types for main in _OTHER_MAINS):
                return payload
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as written:
                for name in dict.fromkeys(names):
                    written.writestr(name, _renamed(name, archive.read(name), strict=strict))
        except (*READ_ERRORS, KeyError) as error:
            raise Unreadable(f"the Word file is damaged: {error}") from error
    return stream.getvalue()


def _renamed(name: str, part: bytes, *, strict: bool) -> bytes:
    if name == _TYPES:
        for main in _OTHER_MAINS:
            part = part.replace(main, _MAIN)
    if strict and name.endswith((".xml", ".rels")):
        for ours, theirs in _NAMESPACES.items():
            part = part.replace(ours, theirs)
    return part
