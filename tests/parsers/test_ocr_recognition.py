"""Pictures of reports read with the extra “ocr”. It exists for Python below 3.13 only; see conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy
import pytest

from flows.sample.picture import scanned_page
from parsers.ocr import _parts
from parsers.parse import parse
from parsers.verdicts import NeedsOcr, TooLarge, Unreadable
from tests.parsers.carried import carried, differences
from tests.rendering.as_picture import docx_of_pictures, pictures, scanned_pdf, zip_of_pictures

pytest.importorskip("rapidocr_onnxruntime", reason="the extra “ocr” is not installed")


@pytest.fixture(scope="module")
def font() -> Path:
    """A Chinese font out of a package; the pictures are drawn with it."""
    fonts = pytest.importorskip("mplfonts", reason="the group “notebook”, which has a Chinese font, is not installed")
    return next(
        path for path in sorted((Path(fonts.__file__).parent / "fonts").iterdir()) if path.stem.startswith("NotoSansMonoCJK")
    )


@pytest.mark.timeout(900)  # 50 s of processor time, on a machine that may be busy
def test_scanned_pages_are_read(font: Path) -> None:
    report = carried("modern-2021")
    pages: list[None] = []
    payload = scanned_pdf(pictures(report.title, report.blocks, font))
    read = parse(payload, file_name="report.pdf", recognising=lambda: pages.append(None))
    assert len(pages) == 3
    assert differences(read, report.figures) == {}
    assert (read.source, read.year, read.organization) == ("ocr", 2023, "崇信县人民政府")
    assert [issue.code for issue in read.issues] == ["recognised"]


class Reached(Exception):
    """The recogniser is about to look at a page."""


def reach() -> None:
    raise Reached


@pytest.mark.parametrize(("write", "name"), [(docx_of_pictures, "report.docx"), (zip_of_pictures, "report.zip")])
def test_pictures_in_other_files_reach_the_recogniser(write: Callable[[list[bytes]], bytes], name: str) -> None:
    with pytest.raises(Reached):
        parse(write([scanned_page()] * 2), file_name=name, recognising=reach)


def test_a_tall_picture_is_cut_into_pages_between_its_lines() -> None:
    picture = numpy.full((5000, 1400, 3), 250, dtype=numpy.uint8)
    for top in range(0, 5000, 50):
        picture[top : top + 30] = 0  # a line of print
    pages = list(_parts(picture))
    assert len(pages) == 3
    assert sum(page.shape[0] for page in pages) == 5000
    assert all(page[-1].min() == 250 for page in pages)


def test_a_picture_of_nothing_needs_ocr_still() -> None:
    with pytest.raises(NeedsOcr):
        parse(scanned_page(), file_name="report.png")


def test_damaged_and_huge_pictures() -> None:
    with pytest.raises(Unreadable):
        parse(scanned_page()[:3000], file_name="report.png")
    huge = scanned_page().replace((240).to_bytes(4, "big") + (320).to_bytes(4, "big"), (90_000).to_bytes(4, "big") * 2)
    with pytest.raises((TooLarge, Unreadable)):
        parse(huge, file_name="report.png")
