"""Pictures of reports read with the extra “ocr”. It exists for Python below 3.13 only; see conftest.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sample.picture import scanned_page
from parsers.parse import parse
from parsers.verdicts import NeedsOcr, TooLarge, Unreadable
from tests.parsers.carried import carried, differences
from tests.rendering.as_picture import pictures, scanned_pdf, tall_png

pytest.importorskip("rapidocr_onnxruntime", reason="the extra “ocr” is not installed")


@pytest.fixture(scope="module")
def font() -> Path:
    """A Chinese font out of a package; the pictures are drawn with it."""
    fonts = pytest.importorskip("mplfonts", reason="the group “notebook”, which has a Chinese font, is not installed")
    return next(
        path for path in sorted((Path(fonts.__file__).parent / "fonts").iterdir()) if path.stem.startswith("NotoSansMonoCJK")
    )


@pytest.mark.xdist_group("ocr")
def test_scanned_pages_are_read(font: Path) -> None:
    report = carried("modern-2021")
    read = parse(scanned_pdf(pictures(report.title, report.blocks, font)), file_name="report.pdf")
    assert differences(read, report.figures) == {}
    assert (read.source, read.year, read.organization) == ("ocr", 2023, "崇信县人民政府")
    assert [issue.code for issue in read.issues] == ["recognised"]


@pytest.mark.xdist_group("ocr")
def test_one_tall_picture_is_several_pages(font: Path) -> None:
    report = carried("legacy-2017")
    read = parse(tall_png(pictures(report.title, report.blocks, font, askew=0.0)), file_name="report.png")
    assert differences(read, report.figures) == {}
    assert read.source == "ocr"


def test_a_picture_of_nothing_needs_ocr_still() -> None:
    with pytest.raises(NeedsOcr):
        parse(scanned_page(), file_name="report.png")


def test_damaged_and_huge_pictures() -> None:
    with pytest.raises(Unreadable):
        parse(scanned_page()[:3000], file_name="report.png")
    huge = scanned_page().replace((240).to_bytes(4, "big") + (320).to_bytes(4, "big"), (90_000).to_bytes(4, "big") * 2)
    with pytest.raises((TooLarge, Unreadable)):
        parse(huge, file_name="report.png")
