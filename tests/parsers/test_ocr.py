"""Pictures of reports: what is said of them without the extra “ocr”, and what may be published of what it recognises."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.sample.picture import scanned_page
from parsers.archives import pictures_within
from parsers.parse import parse, parse_document
from parsers.pdf import read_pdf
from parsers.records import Document
from parsers.verdicts import NeedsOcr
from tests.parsers.carried import carried, differences
from tests.rendering.as_pdf import pdf_bytes
from tests.rendering.as_picture import docx_of_pictures, scanned_pdf, zip_of_pictures


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", None)


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_the_verdict_says_what_to_install() -> None:
    with pytest.raises(NeedsOcr, match="install the optional extra"):
        parse(scanned_page(), file_name="report.png")


@pytest.mark.usefixtures("without_extra")
def test_without_the_extra_a_scanned_pdf_needs_ocr() -> None:
    from PIL import Image

    payload = scanned_pdf([Image.new("L", (300, 400), 250)] * 2)
    with pytest.raises(NeedsOcr, match=r"2 pages with 0 letters of text; to read pictures, install"):
        parse(payload, file_name="report.pdf")


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize(("write", "name"), [(docx_of_pictures, "report.docx"), (zip_of_pictures, "report.zip")])
def test_without_the_extra_files_of_pictures_need_ocr(write: Callable[[list[bytes]], bytes], name: str) -> None:
    with pytest.raises(NeedsOcr, match=r"2 (?:images|pictures).*install the optional extra"):
        parse(write([scanned_page()] * 2), file_name=name)


def test_pictures_are_taken_in_the_order_of_their_numbers() -> None:
    pictures = [scanned_page() + bytes([number]) for number in range(12)]
    assert pictures_within(zip_of_pictures(pictures)) == pictures


def recognised(changes: dict[tuple[str, str, str], str] | None = None) -> Document:
    """A document as recognition leaves it; in its tables some figures are printed otherwise than they should."""
    report = carried("modern-2021")
    printed = carried("modern-2021", report.figures.with_printed(changes or {}))
    return replace(read_pdf(pdf_bytes(printed.title, printed.blocks)), source="ocr")


def test_figures_that_all_sums_bear_out_are_published_and_marked() -> None:
    report = parse_document(recognised())
    assert differences(report, carried("modern-2021").figures) == {}
    assert report.source == "ocr"
    assert [(issue.severity, issue.code) for issue in report.issues] == [("warning", "recognised")]
    assert "but the 10 that stand in none" in report.issues[0].message


@pytest.mark.parametrize(
    ("figure", "printed", "reason"),
    [
        (("applications", "granted", "other"), "9", "does not equal"),
        (("applications", "granted", "other"), "", "does not equal"),
        (("proceedings", "reconsideration", "total"), "", "figures that the sums need"),
        (("applications", "received", "other"), "1Z", "no number"),
        (("disclosure", "licenses", "decisions"), "B", "no number"),
    ],
)
def test_figures_that_are_not_borne_out_are_not_published(figure: tuple[str, str, str], printed: str, reason: str) -> None:
    with pytest.raises(NeedsOcr, match=f"recognised from pictures, and .*{reason}"):
        parse_document(recognised({figure: printed}))


def test_a_gap_that_breaks_no_sum_is_a_gap() -> None:
    report = carried("modern-2021")
    zero = {key: 0.0 for key in report.figures.values if key[0] == "proceedings"}
    printed = carried(
        "modern-2021", report.figures.with_values(zero).with_printed({("proceedings", "litigation_direct", "other"): ""})
    )
    document = replace(read_pdf(pdf_bytes(printed.title, printed.blocks)), source="ocr")
    with pytest.raises(NeedsOcr, match="1 figures that the sums need were not"):
        parse_document(document)
