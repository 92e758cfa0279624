"""A report as pictures of its pages, as a scanner leaves them: grey, a little askew."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx
from PIL import Image, ImageDraw, ImageFont

from flows.sample.narrative import Block
from tests.rendering.as_pdf import WIDTH, Press, Print

SCALE = 2.4  # pixels a point


class PicturePaper:
    """Pages as pictures, with the methods of reportlab's canvas that the press uses."""

    def __init__(self, height: float, font: Path) -> None:
        self._size = (round(WIDTH * SCALE), round(height * SCALE))
        self._font_file = font
        self.pages: list[Image.Image] = []
        self._begin()

    def _begin(self) -> None:
        self._page = Image.new("L", self._size, 250)
        self._pen = ImageDraw.Draw(self._page)

    def setFont(self, _: str, size: float) -> None:  # noqa: N802
        self._font = ImageFont.truetype(str(self._font_file), round(size * SCALE))

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._pen.text((x * SCALE, self._size[1] - y * SCALE), text, fill=30, font=self._font, anchor="ls")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        height = self._size[1]
        self._pen.line((x0 * SCALE, height - y0 * SCALE, x1 * SCALE, height - y1 * SCALE), fill=60, width=2)

    def showPage(self) -> None:  # noqa: N802
        self.save()
        self._begin()

    def getPageNumber(self) -> int:  # noqa: N802
        return len(self.pages) + 1

    def save(self) -> None:
        self.pages.append(self._page)


def pictures(title: str, blocks: Iterable[Block], font: Path, *, askew: float = 0.4) -> list[Image.Image]:
    """The pages of the report, each turned by `askew` degrees."""
    how = Print(height=842.0)
    paper = PicturePaper(how.height, font)
    press = Press(how, paper)
    press.report(title, blocks)
    press.bytes()
    return [page.rotate(askew, resample=Image.Resampling.BICUBIC, fillcolor=250) for page in paper.pages]


def scanned_pdf(pages: list[Image.Image]) -> bytes:
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:])
    return stream.getvalue()


def docx_of_pictures(pictures: list[bytes]) -> bytes:
    """A Word file that holds nothing but pictures."""
    document = docx.Document()
    for picture in pictures:
        document.add_picture(io.BytesIO(picture))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zip_of_pictures(pictures: list[bytes]) -> bytes:
    """The pages of a report, numbered: 1.png to 10.png and on."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, picture in enumerate(pictures, 1):
            archive.writestr(f"年报/{number}.png", picture)
    return stream.getvalue()
