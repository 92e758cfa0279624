"""pdfminer and pdfplumber held to their bounds: they inflate, interpret and collect without end, and a PDF can ask for that.

Nothing is patched: pdfminer's parser, interpreter and device are subclassed, and so are pdfplumber's file and page, which make
them.
"""

from __future__ import annotations

import io
import time
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer.layout import LTPage
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERALS_DCT_DECODE,
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    PDFStream,
    stream_value,
)
from pdfminer.psparser import literal_name
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.pdf import PDF

from parsers.bounds import (
    MAX_DAMAGED,
    MAX_PACKED_BY_RUNS,
    MAX_PAGE_OBJECTS,
    MAX_PAGES,
    MAX_PDF_FONT,
    MAX_PDF_SECONDS,
    MAX_PDF_STREAM,
)
from parsers.verdicts import TooLarge, Unreadable

_BYTES_A_SECOND = 300_000  # of drawing operators that pdfminer takes in, at worst
_FONTS = ("Type1C", "CIDFontType0C", "OpenType")
INVISIBLE = 3  # text rendering mode: neither filled nor stroked, as in scans with recognised text behind the picture


class Clock:
    """Processor time that one PDF may take: it does not depend on what else the machine does."""

    def __init__(self) -> None:
        self._end = time.thread_time() + MAX_PDF_SECONDS

    def check(self, needed: float = 0.0) -> None:
        """Is there time left, and `needed` seconds of it?"""
        if time.thread_time() + needed > self._end:
            raise TooLarge(f"reading the PDF takes more than {MAX_PDF_SECONDS:.0f} seconds")


class _Stream(PDFStream):
    """A stream that is measured before it is inflated."""

    def decode(self) -> None:
        self._measure()
        super().decode()

    def _measure(self) -> None:
        data: bytes = self.rawdata or b""
        is_font = "Length1" in self.attrs or literal_name(self.get("Subtype")) in _FONTS
        most = MAX_PDF_FONT if is_font else MAX_PDF_STREAM
        filters = self.get_filters()
        if self.decipher and filters and self.objid is not None and self.genno is not None:
            data = self.decipher(self.objid, self.genno, data, self.attrs)
        for name, _ in filters:
            if name in LITERALS_FLATE_DECODE:
                data = _inflated(data, most)
            elif name in (*LITERALS_LZW_DECODE, *LITERALS_RUNLENGTH_DECODE) and len(data) > MAX_PACKED_BY_RUNS:
                raise TooLarge(f"a stream of the PDF has {len(data):,} bytes in LZW or run-length coding")
        if len(data) > most and not (filters and filters[-1][0] in LITERALS_DCT_DECODE):
            raise TooLarge(f"a stream of the PDF has {len(data):,} bytes; the bound is {most:,}")


def _inflated(data: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        inflated = inflater.decompress(data, most + 1)
    except zlib.error as error:
        if len(data) > MAX_DAMAGED:
            raise Unreadable(f"a stream of the PDF, {len(data):,} bytes, is damaged: {error}") from error
        return b""  # pdfminer saves what it can of it, byte by byte
    if len(inflated) > most:
        raise TooLarge(f"a stream of the PDF inflates to more than {most:,} bytes")
    return inflated


class _Parser(PDFParser):
    """Makes bounded streams, and looks at the clock with each block of the file that it reads."""

    def __init__(self, payload: bytes, clock: Clock) -> None:
        self._clock = clock
        super().__init__(io.BytesIO(payload))

    def fillbuf(self) -> bool:
        self._clock.check()
        return bool(super().fillbuf())

    def push(self, *objs: tuple[int, Any]) -> None:
        super().push(*((at, _bounded(found)) for at, found in objs))


def _bounded(found: Any) -> Any:
    return _Stream(found.attrs, found.rawdata or b"", found.decipher) if type(found) is PDFStream else found


class _Interpreter(PDFPageInterpreter):
    """Looks at the clock with the operands of every operator; a form that draws forms that draw forms ends there too."""

    device: _Device

    def execute(self, streams: Sequence[object]) -> None:
        """Content may be such that no operand ever comes, so there must be time for all of it before it is begun."""
        size = sum(len(stream_value(stream).get_data()) for stream in streams)
        self.device.clock.check(size / _BYTES_A_SECOND)
        super().execute(streams)

    def push(self, obj: Any) -> None:
        self.device.count_operand()
        super().push(obj)


class _Device(PDFPageAggregatorWithMarkedContent):
    """Collects what a page shows, up to a bound, and counts letters that are there but not drawn."""

    def __init__(self, manager: PDFResourceManager, page_number: int, clock: Clock) -> None:
        super().__init__(manager, pageno=page_number, laparams=None)
        self.clock = clock
        self._operands = self._objects = 0
        self.invisible = 0

    def count_operand(self) -> None:
        self._operands += 1
        if self._operands % 1024 == 0:
            self.clock.check()

    def _count_object(self) -> None:
        self._objects += 1
        if self._objects > MAX_PAGE_OBJECTS:
            raise TooLarge(f"a page of the PDF has more than {MAX_PAGE_OBJECTS:,} letters and lines")

    def begin_figure(self, *args: Any) -> None:
        self._count_object()
        self.clock.check()
        super().begin_figure(*args)

    def render_char(self, *args: Any, **kwargs: Any) -> float:
        self._count_object()
        return super().render_char(*args, **kwargs)

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        self._count_object()
        super().paint_path(*args, **kwargs)

    def render_string(self, textstate: Any, seq: Any, *args: Any) -> None:
        if textstate.render == INVISIBLE:
            self.invisible += sum(len(part) for part in seq if isinstance(part, bytes))
        super().render_string(textstate, seq, *args)


class BoundedPage(Page):
    """A page of a `BoundedPdf`. `layout` and what rests on it raise `TooLarge` past a bound."""

    pdf: BoundedPdf
    invisible = 0  # bytes of text that the page holds and does not show; known once `layout` has been asked for

    @property
    def layout(self) -> LTPage:
        if not hasattr(self, "_layout"):
            device = _Device(self.pdf.rsrcmgr, self.page_number, self.pdf.clock)
            _Interpreter(self.pdf.rsrcmgr, device).process_page(self.page_obj)
            self._layout = device.get_result()
            self.invisible = device.invisible
        return self._layout


class BoundedPdf(PDF):
    """pdfplumber's PDF, opened by a bounded parser; its pages come one by one."""

    def __init__(self, payload: bytes) -> None:  # in place of the constructor above it, which opens without bounds
        self.clock = Clock()
        self.laparams = None
        self.unicode_norm = None
        self.raise_unicode_errors = False
        self.rsrcmgr = PDFResourceManager()
        self.doc = PDFDocument(_Parser(payload, self.clock))

    def each_page(self) -> Iterator[BoundedPage]:
        """The pages in order. Raises `TooLarge` at the first one past MAX_PAGES."""
        for number, page in enumerate(PDFPage.create_pages(self.doc), 1):
            if number > MAX_PAGES:
                raise TooLarge(f"the PDF has more than {MAX_PAGES} pages")
            self.clock.check()
            yield BoundedPage(self, page, page_number=number)
