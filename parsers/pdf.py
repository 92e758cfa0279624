"""PDF with a text layer -> `Document`. Pages that are only pictures have no text to read: `NeedsOcr`."""

from __future__ import annotations

import logging
import re
from typing import Any

from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfminer.utils import decode_text

from parsers.assembly import assemble
from parsers.pdf_bounded import BoundedPdf
from parsers.pdf_flow import flow
from parsers.pdf_page import PlacedPage, read_page
from parsers.records import Document
from parsers.verdicts import NeedsOcr, Truncated, Unreadable, Verdict

MIN_LETTERS = 40  # in the whole document; with fewer, its pictures are the document
MAX_GARBLED = 0.1  # share of letters whose font does not say what they are

_CROSS_REFERENCES = re.compile(rb"startxref\s+\d+")
_OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
_TOOL_TITLES = re.compile(r"microsoft|wps|untitled|无标题|文档\d|\.(?:docx?|wps|pdf)$", re.IGNORECASE)


def read_pdf(payload: bytes) -> Document:
    """Read one PDF. Raises `NeedsOcr`, `TooLarge`, `Truncated` or `Unreadable`.

    `Document.source` is "ocr" where the text was recognised from pictures by whoever made the file.
    """
    _raise_if_truncated(payload)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity that real files have
    try:
        pdf = _opened(payload)
        pages = [_read_and_forget(page) for page in pdf.each_page()]
        title = _title(pdf)
    except Verdict:
        raise
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise Unreadable("the PDF is protected by a password") from error
    except RecursionError as error:
        raise Unreadable("the PDF nests its objects too deeply") from error
    except Exception as error:  # pdfminer raises whatever the damaged part leads to: KeyError, TypeError, ...
        raise Unreadable(f"the PDF is damaged: {error or type(error).__name__}") from error
    if not pages:
        raise Unreadable("the PDF has no pages")
    _raise_if_pictures(pages)
    recognised = sum(page.invisible for page in pages) > sum(page.letters for page in pages)
    blocks = flow(pages)
    return assemble("ocr" if recognised else "pdf", blocks, title=title, images=sum(page.images for page in pages))


def _raise_if_truncated(payload: bytes) -> None:
    """A PDF ends with %%EOF. Objects after the last one, or none at all, mean that the rest is missing."""
    end = payload.rfind(b"%%EOF")
    if end < 0 or _OBJECT.search(payload, end):
        raise Truncated("the PDF ends in the middle: its end mark is missing")


def _opened(payload: bytes) -> BoundedPdf:
    pdf = BoundedPdf(payload)
    if "Pages" in pdf.doc.catalog:
        return pdf
    # The cross-references lead astray. Where there are none to be found, pdfminer looks for the objects themselves.
    return BoundedPdf(_CROSS_REFERENCES.sub(b"startxref\n0", payload))


def _read_and_forget(page: Any) -> PlacedPage:
    try:
        return read_page(page)
    finally:
        page.close()  # pdfplumber keeps every letter of every page otherwise


def _raise_if_pictures(pages: list[PlacedPage]) -> None:
    letters, garbled = sum(page.letters for page in pages), sum(page.garbled for page in pages)
    if letters < MIN_LETTERS:
        raise NeedsOcr(f"the report is a picture: {len(pages)} pages with {letters} letters of text")
    if garbled > MAX_GARBLED * letters:
        raise NeedsOcr(f"the fonts of the PDF do not say what their letters are: {garbled} of {letters}")


def _title(pdf: BoundedPdf) -> str:
    for info in pdf.doc.info:
        title = resolve1(info.get("Title"))
        if isinstance(title, bytes):
            text = " ".join(decode_text(title).split())
            if text and not _TOOL_TITLES.search(text):
                return text
    return ""
