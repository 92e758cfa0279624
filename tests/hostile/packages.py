"""Zip files and Office packages: bombs, entities, spans, rows far away."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from tests.hostile.cases import MB, case

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>{}]>".format(
    "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
)


def zipped(members: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in members:
            with archive.open(name, "w") as member:
                for chunk in chunks:
                    member.write(chunk)
    return stream.getvalue()


def repeated(text: str, count: int, before: str = "", after: str = "") -> Iterable[bytes]:
    yield before.encode()
    block = text.encode() * 1000
    for _ in range(count // 1000):
        yield block
    yield after.encode()


def package(main: str, kind: str, chunks: Iterable[bytes], *others: tuple[str, str]) -> bytes:
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        f'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" '
        f'ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
    )
    relations = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        f'Target="{main}"/></Relationships>'
    )
    written = (("[Content_Types].xml", types), ("_rels/.rels", relations), *others)
    return zipped([*((name, [text.encode()]) for name, text in written), (main, chunks)])


def docx(text: str, count: int = 1000, *, head: str = "") -> bytes:
    chunks = repeated(text, count, f'{head}<w:document xmlns:w="{WORD}"><w:body>', "</w:body></w:document>")
    return package("word/document.xml", "wordprocessingml.document", chunks)


def xlsx(rows: str, after: str = "", *, head: str = "") -> bytes:
    book = (
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    relations = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    )
    sheet = f'{head}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    others = (("xl/_rels/workbook.xml.rels", relations), ("xl/worksheets/sheet1.xml", sheet))
    return package("xl/workbook.xml", "spreadsheetml.sheet", [book.encode()], *others)


PARAGRAPH = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"


@case("a.zip")
def zip_bomb() -> bytes:
    return zipped([("年报.txt", (bytes(MB) for _ in range(800)))])


@case("a.zip")
def zip_bomb_within_its_bounds() -> bytes:
    return zipped([("年报.html", (b"<p>1" * (MB // 4) for _ in range(140)))])


@case("a.zip")
def zip_of_60000_members() -> bytes:
    return zipped((f"{number}.txt", ()) for number in range(60_000))


@case("a.docx")
def docx_bomb() -> bytes:
    return docx(PARAGRAPH, 12_000_000)


@case("a.docx")
def docx_of_picture_bombs() -> bytes:
    chunks = repeated(PARAGRAPH, 1000, f'<w:document xmlns:w="{WORD}"><w:body>', "</w:body></w:document>")
    payload = package("word/document.xml", "wordprocessingml.document", chunks)
    stream = io.BytesIO(payload)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"word/media/{number}.bmp", bytes(10 * MB))
    return stream.getvalue()


@case("a.docx")
def docx_of_as_many_paragraphs_as_are_let_in() -> bytes:
    return docx("<w:p/>", 590_000)


@case("a.docx")
def docx_of_as_many_cells_as_are_let_in() -> bytes:
    row = f"<w:tr>{f'<w:tc>{PARAGRAPH}</w:tc>' * 40}</w:tr>"
    return docx(f"<w:tbl>{row * 200}</w:tbl>" + "<w:p/>" * 10, 1000)


@case("a.docx")
def docx_with_billion_laughs() -> bytes:
    return docx("<w:p><w:r><w:t>&m;</w:t></w:r></w:p>", head=LAUGHS)


@case("a.docx")
def docx_nested_100000_deep() -> bytes:
    return docx("<w:sdt>" * 100 + "</w:sdt>" * 0, 1000)


@case("a.docx")
def docx_of_tables_in_tables() -> bytes:
    return docx("<w:tbl><w:tr><w:tc>" * 60 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 60)


@case("a.docx")
def docx_of_spans() -> bytes:
    row = f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>{PARAGRAPH}</w:tc></w:tr>'
    return docx(f"<w:tbl>{row}</w:tbl>", 20_000)


@case("a.xlsx")
def xlsx_with_billion_laughs() -> bytes:
    return xlsx('<row r="1"><c t="inlineStr"><is><t>&m;</t></is></c></row>', head=LAUGHS)


@case("a.xlsx")
def xlsx_that_merges_everything() -> bytes:
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 50_000
    return xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', f"<mergeCells>{merges}</mergeCells>")


@case("a.xlsx")
def xlsx_with_a_row_far_away() -> bytes:
    return xlsx('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>')


@case("a.xlsx")
def xlsx_with_columns_far_away() -> bytes:
    return xlsx("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 5000)))


@case("a.xlsx")
def xlsx_of_as_many_cells_as_are_let_in() -> bytes:
    return xlsx("".join(f'<row r="{n}">{"<c><v>1</v></c>" * 100}</row>' for n in range(1, 990)))


@case("a.xls")
def xls_of_noise() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20_000
