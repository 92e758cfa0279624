"""PDF: bombs, trees that never end, drawing that never ends."""

from __future__ import annotations

import zlib

from tests.hostile.cases import MB, case


def pdf(objects: dict[int, bytes]) -> bytes:
    written = bytearray(b"%PDF-1.4\n")
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(written)
        written += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    return bytes(written) + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def stream(data: bytes, entries: bytes = b"", *, times: int = 1) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(data) for _ in range(times)) + packer.flush()
    return b"<</Filter/FlateDecode/Length %d%b>>\nstream\n%b\nendstream" % (len(packed), entries, packed)


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def one_page(content: bytes, objects: dict[int, bytes] | None = None, resources: bytes = b"") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<<%b/Font<</F 5 0 R>>>>>>" % resources
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: tree, 3: page, 4: content, 5: FONT, **(objects or {})})


def many_pages(count: int, content: bytes) -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 5 + count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)
    pages = dict.fromkeys(range(5, 5 + count), page)
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: tree, 3: content, 4: FONT, **pages})


@case("a.pdf")
def pdf_of_20000_pages() -> bytes:
    return many_pages(20_000, stream(b"BT /F 12 Tf 50 700 Td (report) Tj ET"))


@case("a.pdf")
def pdf_of_149_slow_pages() -> bytes:
    return many_pages(149, stream(b"q Q " * 60_000))


@case("a.pdf")
def pdf_stream_bomb() -> bytes:
    return one_page(stream(b" " * MB, times=1000))


@case("a.pdf")
def pdf_stream_bomb_twice_packed() -> bytes:
    inner = zlib.compressobj(9)
    once = b"".join(inner.compress(b" " * MB) for _ in range(900)) + inner.flush()
    twice = zlib.compress(once, 9)
    return one_page(b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>\nstream\n%b\nendstream" % (len(twice), twice))


@case("a.pdf")
def pdf_of_brackets() -> bytes:
    return one_page(stream(b"[" * 1_000_000))


@case("a.pdf")
def pdf_of_letters_without_end() -> bytes:
    return one_page(stream(b"BT /F 12 Tf " + b"(a) Tj " * 140_000 + b"ET"))


@case("a.pdf")
def pdf_of_forms_in_forms() -> bytes:
    def form(level: int) -> bytes:
        content = b"/X%d Do " % (level + 1) * 10 if level < 9 else b"BT ET"
        resources = b"/Resources<</XObject<</X%d %d 0 R>>>>" % (level + 1, level + 11)
        return stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]" + resources)

    return one_page(stream(b"/X0 Do " * 10), {10 + level: form(level) for level in range(10)}, b"/XObject<</X0 10 0 R>>")


@case("a.pdf")
def pdf_of_ruled_paper() -> bytes:
    lines = b"".join(b"%d 0 m %d 800 l S 0 %d m 600 %d l S\n" % (n / 5, n / 5, n / 4, n / 4) for n in range(3000))
    return one_page(stream(lines + b"BT /F 9 Tf 50 500 Td (%b) Tj ET" % (b"a" * 200)))


@case("a.pdf")
def pdf_of_as_many_rulings_as_are_let_in() -> bytes:
    lines = b"".join(b"%d 0 m %d 800 l S 0 %d m 600 %d l S\n" % (n * 8, n * 8, n * 11, n * 11) for n in range(1, 70))
    return one_page(stream(lines + b"BT /F 9 Tf 50 500 Td (%b) Tj ET" % (b"a" * 200)))


@case("a.pdf")
def pdf_whose_page_tree_runs_in_a_circle() -> bytes:
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99>>"})


@case("a.pdf")
def pdf_whose_page_tree_is_5000_deep() -> bytes:
    tree = {number: b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, 5000)}
    return pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", **tree})


@case("a.pdf")
def pdf_of_noise() -> bytes:
    return b"%PDF-1.4\n" + bytes(range(256)) * 150_000 + b"%%EOF"


@case("a.pdf")
def pdf_of_objects_that_never_end() -> bytes:
    return b"%PDF-1.4\n" + b"1 0 obj\n" * 3_000_000 + b"%%EOF"


@case("a.pdf")
def pdf_of_a_huge_picture() -> bytes:
    entries = b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB"
    content = stream(b"q 600 0 0 800 0 0 cm /I Do Q")
    return one_page(content, {9: stream(bytes(MB), entries, times=2500)}, b"/XObject<</I 9 0 R>>")
