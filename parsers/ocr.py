"""Pictures of pages -> `Document`, with the optional extra “ocr” (rapidocr-onnxruntime, whose package carries its models).

A picture becomes what a page of a PDF is: letters in their places and ruled tables. From there on both are read alike.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import Any

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from parsers.assembly import assemble
from parsers.bounds import MAX_PIXELS, MAX_RECOGNISED, MAX_RULINGS
from parsers.pdf_flow import flow
from parsers.pdf_page import SNAP, Edge, Letter, PlacedLine, PlacedPage, PlacedTable, filled, text_lines
from parsers.records import Document
from parsers.verdicts import NeedsOcr, TooLarge, Unreadable, Verdict

WIDTH = 595.0  # points that every picture is taken to be wide, so that it measures like a page of A4
PIXELS = 1400  # across a page when it is looked at: letters of 9 points are 20 pixels high
_TALLEST = 1.6  # height to width; a taller picture is several pages
_SKEW = math.radians(5)  # the most that a scan is turned back
_MIN_SIZE = 0.75  # height of a letter to that of the box around its line

_LOOKALIKES = str.maketrans(
    {"L": "1", "l": "1", "I": "1", "|": "1", "O": "0", "o": "0", "Q": "0", "D": "0", "〇": "0", " ": ""}
)
_LOOKS_LIKE_A_NUMBER = re.compile(r"[0-9LlI|OoQD〇., ]{1,9}")

INSTALL = "to read pictures, install the optional extra “ocr” (pip install 'nianbao[ocr]', Python below 3.13)"


def is_installed() -> bool:
    """Is the extra there? Asked without loading it."""
    return find_spec("rapidocr_onnxruntime") is not None


def read_pictures(payloads: Sequence[bytes], why: str, each_page: Callable[[], None] | None = None) -> Document:
    """Read PNG, JPEG, TIFF, BMP or GIF files as the pages of one document; `why` says what it is, `each_page` is called before
    each page is recognised. Raises `NeedsOcr` without the extra, `TooLarge` or `Unreadable`."""
    if not is_installed():
        raise NeedsOcr(f"{why}; {INSTALL}")
    return _read((picture for payload in payloads for picture in _pictures(payload)), each_page)


def read_scanned_pdf(payload: bytes, why: str, each_page: Callable[[], None] | None = None) -> Document:
    """Read a PDF by what its pages look like; `why` says what is wrong with its text. Raises like `read_pictures`."""
    if not is_installed():
        raise NeedsOcr(f"{why}; {INSTALL}")
    return _read(_pages(payload), each_page)


def _read(pictures: Iterable[Any], each_page: Callable[[], None] | None) -> Document:
    pages: list[PlacedPage] = []
    for picture in pictures:
        for part in _parts(picture):
            if len(pages) == MAX_RECOGNISED:
                raise NeedsOcr(f"more than {MAX_RECOGNISED} pages of pictures, which is too much to recognise")
            if each_page is not None:
                each_page()
            pages.append(_page(part, len(pages) + 1))
    return assemble("ocr", flow(pages), images=len(pages))


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(payload: bytes) -> Iterator[Any]:
    """The frames of a picture file as arrays, RGB, upright."""
    from PIL import Image, ImageOps, ImageSequence  # noqa: PLC0415

    try:
        with Image.open(io.BytesIO(payload)) as image:
            for frame in ImageSequence.Iterator(image):
                if frame.width * frame.height > MAX_PIXELS:
                    raise TooLarge(f"the picture has {frame.width} times {frame.height} pixels")
                yield _array(ImageOps.exif_transpose(frame).convert("RGB"))
    except Verdict:
        raise
    except Exception as error:  # Pillow raises whatever the damaged part leads to
        raise Unreadable(f"the picture is damaged: {error or type(error).__name__}") from error


def _pages(payload: bytes) -> Iterator[Any]:
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(payload)
        for page in document:
            scale = PIXELS / max(page.get_width(), 1.0)
            if scale * scale * page.get_width() * page.get_height() > MAX_PIXELS:
                raise TooLarge(f"a page of {page.get_width():.0f} times {page.get_height():.0f} points")
            yield _array(page.render(scale=scale).to_pil().convert("RGB"))
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"the PDF is damaged: {error}") from error


def _array(image: Any) -> Any:
    """Scaled to the width at which pages are looked at."""
    import numpy  # noqa: PLC0415

    height = max(1, round(image.height * PIXELS / image.width))
    if height * PIXELS > MAX_PIXELS:
        raise TooLarge(f"the picture has {image.width} times {image.height} pixels")
    return numpy.asarray(image.resize((PIXELS, height)))


def _parts(picture: Any) -> Iterator[Any]:
    """A tall picture cut into pages, each where the least is printed."""
    height, width = picture.shape[:2]
    top = 0
    while height - top > _TALLEST * width:
        first, last = top + int(0.8 * _TALLEST * width), top + int(_TALLEST * width)
        ink = (picture[first:last].min(axis=2) < 128).sum(axis=1)
        cut = first + int(ink.argmin())
        yield picture[top:cut]
        top = cut
    yield picture[top:]


# --- one page ---------------------------------------------------------------------------------------------------------


def _page(picture: Any, number: int) -> PlacedPage:
    picture = _straightened(picture)
    point = WIDTH / picture.shape[1]
    letters = [
        {**letter, **{side: letter[side] * point for side in ("x0", "x1", "top", "bottom", "size")}}
        for letter in _letters(picture)
    ]
    edges = [
        {**edge, **{side: edge[side] * point for side in ("x0", "x1", "top", "bottom", "width", "height")}}
        for edge in _rulings(picture)
    ]
    tables: list[PlacedTable] = []
    rest = letters
    for boxes in _boxes(edges):
        cells, rest = filled(boxes, rest)
        tables.append(PlacedTable(tuple(replace(cell, text=_as_number(cell.text)) for cell in cells), number))
    items: list[PlacedLine | PlacedTable] = [*tables, *text_lines(rest, number)]
    ordered = tuple(sorted(items, key=lambda item: (item.top, item.x0)))
    return PlacedPage(number, WIDTH, picture.shape[0] * point, ordered, len(letters), 0, 0, 1)


def _as_number(text: str) -> str:
    """Letters that look like digits, and gaps between digits, where a cell holds nothing else; a dash that looks like 一.

    The sums of the table must bear it out.
    """
    if text in ("一", "二"):
        return "—"
    return text.translate(_LOOKALIKES) if _LOOKS_LIKE_A_NUMBER.fullmatch(text) else text


def _boxes(edges: list[Edge]) -> list[list[tuple[float, float, float, float]]]:
    merged = merge_edges(edges, SNAP, SNAP, 2 * SNAP, 2 * SNAP)
    level = sum(edge["orientation"] == "h" for edge in merged)
    if level * (len(merged) - level) > MAX_RULINGS:
        return []
    return cells_to_tables(intersections_to_cells(edges_to_intersections(merged, SNAP, SNAP)))


def _ink(picture: Any) -> Any:
    import cv2  # noqa: PLC0415

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 12)


def _straightened(picture: Any) -> Any:
    """Turned so that its longest lines are level."""
    import cv2  # noqa: PLC0415

    height, width = picture.shape[:2]
    lines = cv2.HoughLinesP(_ink(picture), 1, math.pi / 3600, width // 4, minLineLength=width // 4, maxLineGap=8)
    found = [] if lines is None else lines.reshape(-1, 4).tolist()
    angles = sorted(angle for x0, y0, x1, y1 in found if abs(angle := math.atan2(y1 - y0, x1 - x0)) < _SKEW)
    if not angles or abs(angle := angles[len(angles) // 2]) < math.radians(0.1):
        return picture
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), math.degrees(angle), 1.0)
    return cv2.warpAffine(picture, turn, (width, height), borderValue=(255, 255, 255))


def _rulings(picture: Any) -> Iterator[Edge]:
    """Level and upright lines, as pdfplumber describes edges; in pixels."""
    import cv2  # noqa: PLC0415

    ink = _ink(picture)
    length = PIXELS // 50
    for orientation, size in (("h", (length, 1)), ("v", (1, length))):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        whole = cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3)))  # over gaps and steps of a pixel
        _, _, boxes, _ = cv2.connectedComponentsWithStats(whole)
        for left, top, width, height, _ in boxes[1:].tolist():
            x, y = left + width / 2, top + height / 2
            if orientation == "h":
                yield {
                    "orientation": "h",
                    "x0": left,
                    "x1": left + width,
                    "top": y,
                    "bottom": y,
                    "width": width,
                    "height": 0,
                }
            else:
                yield {
                    "orientation": "v",
                    "x0": x,
                    "x1": x,
                    "top": top,
                    "bottom": top + height,
                    "width": 0,
                    "height": height,
                }


@cache
def _recogniser() -> Any:
    from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415

    return RapidOCR(max_side_len=round(PIXELS * _TALLEST))


def _letters(picture: Any) -> Iterator[Letter]:
    """Letters and numbers with their places; in pixels."""
    found, _ = _recogniser()(picture[:, :, ::-1], use_cls=False, return_word_box=True)  # pages stand upright
    for line in found or ():
        _, _, _, boxes, words, _ = line
        places = [_place(box) for box in boxes]
        for word, place in zip(words, places, strict=True):
            size = (place["bottom"] - place["top"]) * _MIN_SIZE
            yield {"text": word, **place, "size": size, "spaced": False}


def _place(box: Iterable[tuple[float, float]]) -> dict[str, float]:
    xs, ys = zip(*box, strict=True)
    return {"x0": float(min(xs)), "x1": float(max(xs)), "top": float(min(ys)), "bottom": float(max(ys))}
