"""What is fuzzed: readers of each carrier and of list pages, with the files that the fuzzer starts from."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from parsers.codebook import TEMPLATE_IDS
from parsers.labels import vocabulary
from parsers.pagination import Crawl
from parsers.parse import parse
from parsers.records import Portal
from parsers.verdicts import Verdict
from tests.parsers.carried import Carried, carried
from tests.rendering.as_docx import docx_bytes
from tests.rendering.as_pdf import Print, pdf_bytes
from tests.rendering.as_xls import xls_bytes
from tests.rendering.as_xlsx import xlsx_bytes
from tests.rendering.draft import Draft, draft_report
from tests.rendering.dresses import DRESSES
from tests.rendering.linear import SHAPES
from tests.rendering.strategies import TEMPLATES, distinct_figures
from tests.rendering.writing import write_html, write_text

LISTS = Path(__file__).parents[1] / "fixtures" / "listing"
START = "http://www.qinghe.example/nb/index.html"
PAGES = 6  # of one list that are the same answer


@dataclass(frozen=True)
class Target:
    """`run` reads a file and raises nothing; `seeds` are whole files of the kind."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]


def read_report(payload: bytes, *, file_name: str) -> None:
    with contextlib.suppress(Verdict):
        parse(payload, file_name=file_name)


def discover(payload: bytes) -> None:
    """A portal whose every list page is this one."""
    text = payload.decode("utf-8", errors="replace")
    crawl = Crawl(Portal("qinghe", "130534", (START,)), max_pages=PAGES)
    while (request := crawl.next_request()) is not None:
        crawl.feed(request, text)
    crawl.issues()


def drafts() -> Iterator[Draft]:
    return (draft_report(distinct_figures(template)) for template in TEMPLATES)


def pages() -> Iterator[bytes]:
    for draft in drafts():
        yield write_html(draft).payload
        yield write_html(draft, dress=DRESSES["split"], charset="gb18030").payload


def texts() -> Iterator[bytes]:
    for draft in drafts():
        yield from (write_text(draft, shape).payload for shape in SHAPES.values())


def carriers(write: Callable[[Carried], bytes]) -> Iterator[bytes]:
    return (write(carried(template)) for template in TEMPLATES)


def unpacked_pdf(report: Carried) -> bytes:
    """A PDF whose streams are as they are drawn, so that changing a byte changes what is drawn."""
    return pdf_bytes(report.title, report.blocks, Print(packed=False))


def archive(report: Carried) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("年报.txt", write_text(draft_report(report.figures), SHAPES["bars"]).payload)
        file.writestr("说明.docx", docx_bytes(report.title, report.blocks[:2]))
    return stream.getvalue()


TARGETS: dict[str, Target] = {
    "html": Target(partial(read_report, file_name="a.html"), pages),
    "txt": Target(partial(read_report, file_name="a.txt"), texts),
    "docx": Target(
        partial(read_report, file_name="a.docx"), lambda: carriers(lambda each: docx_bytes(each.title, each.blocks))
    ),
    "pdf": Target(partial(read_report, file_name="a.pdf"), lambda: carriers(unpacked_pdf)),
    "xlsx": Target(
        partial(read_report, file_name="a.xlsx"), lambda: carriers(lambda each: xlsx_bytes(each.title, each.blocks))
    ),
    "xls": Target(
        partial(read_report, file_name="a.xls"), lambda: carriers(lambda each: xls_bytes(each.title, each.blocks))
    ),
    "zip": Target(partial(read_report, file_name="a.zip"), lambda: carriers(archive)),
    "list": Target(discover, lambda: (path.read_bytes() for path in sorted(LISTS.iterdir()))),
}


def words() -> list[bytes]:
    """What the files of reports are made of, for the fuzzer to put in."""
    labels = {label for template in TEMPLATE_IDS for label in vocabulary(template).meanings if len(label) > 1}
    tags = (
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        '<td colspan="3">',
        '<td rowspan="2">',
        "<p>",
        "<br>",
        "|",
        "\n|\n",
    )
    marks = ("万元", "/", "０", "１２", "-1", "99999999999999999999", "\u200b", "\ufffd", "、", "2024年", "人民政府")
    return [word.encode() for word in (*tags, *marks, *sorted(labels, key=len)[:80])]
