"""Files other than pages and plain text -> `Document`. Each reader is loaded when a file of its kind comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parsers import carriers
from parsers.archives import pictures_within, report_member
from parsers.records import Document
from parsers.verdicts import NeedsOcr, UnsupportedType

Converter = Callable[[bytes], bytes]  # legacy Word (.doc, .wps, .rtf) -> DOCX; raises a Verdict where it cannot

NEEDS_LIBREOFFICE = (
    "a legacy Word file (.doc, .wps or .rtf): to read it, install LibreOffice on this machine"
    " (apt install libreoffice-writer-nogui)"
)


def read_attachment(
    payload: bytes,
    kind: carriers.CarrierType,
    convert: Converter | None = None,
    recognising: Callable[[], None] | None = None,
) -> Document:
    """Read a file whose kind is known. `convert` turns legacy Word files into DOCX; without it they are `UnsupportedType`.

    What holds its report as pictures is recognised where the extra “ocr” is there; `recognising` is called before each page.

    Raises a Verdict where the file cannot be read.
    """
    match kind:
        case "docx":
            from parsers.docx import read_docx  # noqa: PLC0415

            try:
                return read_docx(payload)
            except NeedsOcr as verdict:
                from parsers.ocr import read_pictures  # noqa: PLC0415

                return read_pictures(pictures_within(payload), verdict.message, recognising)
        case "pdf":
            from parsers.pdf import read_pdf  # noqa: PLC0415

            try:
                return read_pdf(payload)
            except NeedsOcr as verdict:
                from parsers.ocr import read_scanned_pdf  # noqa: PLC0415

                return read_scanned_pdf(payload, verdict.message, recognising)
        case "xlsx":
            from parsers.xlsx import read_xlsx  # noqa: PLC0415

            return read_xlsx(payload)
        case "xls":
            from parsers.xlsx import read_xls  # noqa: PLC0415

            return read_xls(payload)
        case "doc":
            if convert is None:
                raise UnsupportedType(NEEDS_LIBREOFFICE)
            return read_attachment(convert(payload), "docx", recognising=recognising)
        case "image":
            from parsers.ocr import read_pictures  # noqa: PLC0415

            return read_pictures([payload], "the report is a picture", recognising)
        case "zip":
            return _from_zip(payload, convert, recognising)
        case _:
            raise UnsupportedType(f"no attachment reader takes {kind}")


def _from_zip(payload: bytes, convert: Converter | None, recognising: Callable[[], None] | None) -> Document:
    try:
        name, member = report_member(payload)
    except UnsupportedType:
        pictures = pictures_within(payload)
        if not pictures:
            raise
        from parsers.ocr import read_pictures  # noqa: PLC0415

        return read_pictures(pictures, f"the zip file holds the report as {len(pictures)} pictures", recognising)
    if carriers.carrier_type(member, file_name=name) == "zip":
        raise UnsupportedType(f"a zip file within the zip file: {name}")
    document = carriers.read_document(member, file_name=name, convert=convert, recognising=recognising)
    return replace(document, title=document.title or name.rsplit(".", 1)[0])
