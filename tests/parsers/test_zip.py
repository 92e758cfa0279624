"""Zip attachments: the one report inside, by its name and kind; names in GBK; what is no report, or none that can be read."""

from __future__ import annotations

import io
import zipfile

import pytest

from parsers.archives import report_member
from parsers.parse import parse
from parsers.verdicts import NotAReport, Unreadable, UnsupportedType
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes
from tests.rendering.as_pdf import pdf_bytes

NAME = "崇信县2023年政府信息公开年报"


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


class GbkNamed(zipfile.ZipInfo):
    """A member as Chinese tools on Windows write it: its name in GBK, and no flag to say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's own name
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


@pytest.mark.parametrize("name", [f"{NAME}.docx", f"附件/{NAME}.docx", "report.docx"])
def test_the_document_inside_is_read(name: str) -> None:
    report = carried("modern-2021")
    payload = zipped({"__MACOSX/._x.docx": b"x", name: docx_bytes(report.title, report.blocks), "Thumbs.db": b"x"})
    report.assert_read(payload, "attachment.zip")


def test_the_report_is_told_from_its_neighbours_by_name() -> None:
    report = carried("modern-2021")
    others = {"填报说明.docx": b"?", "工作要点.pdf": b"?", "封面.png": b"?"}
    report.assert_read(zipped({**others, f"{NAME}.pdf": pdf_bytes(report.title, report.blocks)}), "attachment.zip")


def test_of_several_formats_the_best_is_taken() -> None:
    assert report_member(zipped({f"{NAME}.pdf": b"p", f"{NAME}.docx": b"d", f"{NAME}.txt": b"t"})) == (f"{NAME}.docx", b"d")


def test_names_in_gbk() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(GbkNamed(f"{NAME}.txt"), b"text")
        archive.writestr(GbkNamed("填报说明.txt"), b"other")
    with zipfile.ZipFile(stream) as archive:
        assert f"{NAME}.txt" not in archive.namelist()
    assert report_member(stream.getvalue()) == (f"{NAME}.txt", b"text")


def test_a_name_helps_where_the_document_says_little() -> None:
    text = "\n".join(
        (
            "一、总体情况",
            "全年工作平稳。" * 30,
            "二、主动公开政府信息情况",
            "公开信息若干条。" * 30,
            "三、收到和处理政府信息公开申请情况",
            "未收到申请。",
        )
    )
    report = parse(zipped({f"{NAME}.txt": text.encode()}), file_name="a.zip")
    assert (report.year, report.organization) == (2023, "崇信县人民政府")


def test_several_reports_are_a_collection() -> None:
    with pytest.raises(NotAReport, match="2 documents"):
        report_member(zipped({"崇信县2023年年报.docx": b"", "华亭市2023年年报.docx": b""}))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "nothing"),
        ({"a.exe": b"", "b.png": b""}, "exe, png"),
        ({"inner.zip": zipped({f"{NAME}.docx": b""})}, "zip"),
        ({"OFD.xml": b"<ofd/>", "Doc_0/Document.xml": b""}, "OFD"),
        ({"年报.docx": zipped({"年报.txt": b"text"})}, "a zip file within"),
        ({"mimetype": b"", "content.xml": b"", "Thumbnails/thumbnail.png": b""}, "install LibreOffice"),
    ],
)
def test_nothing_that_can_be_read(members: dict[str, bytes], message: str) -> None:
    with pytest.raises(UnsupportedType, match=message):
        parse(zipped(members), file_name="attachment.zip")


def test_a_password_makes_it_unreadable() -> None:
    payload = bytearray(zipped({f"{NAME}.txt": b"text"}))
    payload[6] |= 1
    payload[payload.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="password"):
        parse(bytes(payload), file_name="attachment.zip")
