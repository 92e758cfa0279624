"""Files other than pages and plain text -> `Document`. Each reader is loaded when a file of its kind comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parsers import carriers
from parsers.archives import report_member
from parsers.records import Document
from parsers.verdicts import NeedsOcr, UnsupportedType

Converter = Callable[[bytes], bytes]  # legacy Word (.doc, .wps, .rtf) -> DOCX; raises a Verdict where it cannot

NEEDS_LIBREOFFICE = (
    "a legacy Word file (.doc, .wps or .rtf): to read it, install LibreOffice on this machine"
    " (apt install libreoffice-writer-nogui)"
)


def read_attachment(payload: bytes, kind: carriers.CarrierType, convert: Converter | None = None) -> Document:
    """Read a file whose kind is known. `convert` turns legacy Word files into DOCX; without it they are `UnsupportedType`.

    Raises a Verdict where the file cannot be read.
    """
    match kind:
        case "docx":
            from parsers.docx import read_docx  # noqa: PLC0415

            return read_docx(payload)
        case "pdf":
            from parsers.pdf import read_pdf  # noqa: PLC0415

            try:
                return read_pdf(payload)
            except NeedsOcr as verdict:
                from parsers.ocr import read_scanned_pdf  # noqa: PLC0415

                return read_scanned_pdf(payload, verdict.message)
        case "xlsx":
            from parsers.xlsx import read_xlsx  # noqa: PLC0415

            return read_xlsx(payload)
        case "xls":
            from parsers.xlsx import read_xls  # noqa: PLC0415

            return read_xls(payload)
        case "doc":
            if convert is None:
                raise UnsupportedType(NEEDS_LIBREOFFICE)
            return read_attachment(convert(payload), "docx")
        case "image":
            from parsers.ocr import read_picture  # noqa: PLC0415

            return read_picture(payload)
        case "zip":
            return _from_zip(payload, convert)
        case _:
            raise UnsupportedType(f"no attachment reader takes {kind}")


def _from_zip(payload: bytes, convert: Converter | None) -> Document:
    name, member = report_member(payload)
    if carriers.carrier_type(member, file_name=name) == "zip":
        raise UnsupportedType(f"a zip file within the zip file: {name}")
    document = carriers.read_document(member, file_name=name, convert=convert)
    return replace(document, title=document.title or name.rsplit(".", 1)[0])
