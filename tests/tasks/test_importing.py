"""Reports out of foreign WARC files: which responses are taken, with which bytes, and what becomes of the others."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest

from flows.sample import sample_pages
from flows.sample.site import SampleSites
from parsers.parse import PARSER_VERSION
from parsers.records import Portal, ReportLink
from storage.documents import DocumentRow, Selector, document_id
from storage.errors import ArchiveError
from storage.foreign import LARGEST, ForeignFile
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import select_documents
from storage.replay import load_body
from tasks.archiving import ArchiveWriters
from tasks.fetch import FetchCounts
from tasks.importing import batches, survey_files, take_in
from tasks.survey import UNKNOWN_PLACE, PortalHosts, Survey
from tests.foreign_warc import ForeignWriter, chunked, packed

PAGE = next(page for page in sample_pages() if page.id == "huating-2024")
REPORT = SampleSites().answer(PAGE.url.split("/")[2], "/" + PAGE.url.split("/", 3)[3]).body
TITLE = "清河县2023年政府信息公开工作年度报告"
HOST = "http://www.qinghe.example.cn"


def page(title: str = TITLE, body: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"


@dataclass
class Import:
    """Takes the reports out of files, as a run does."""

    data: DataDirectory
    ledger: Ledger
    writers: ArchiveWriters
    portals: tuple[Portal, ...] = ()

    def __call__(self, *files: Path, years: tuple[int, ...] = (), run: str = "run") -> FetchCounts:
        survey = survey_files.fn(Survey(files, PortalHosts(self.portals)), len(files), self.ledger)
        self.notes = survey.notes
        taken = [take_in.fn(batch, run, self.writers, self.ledger) for batch in batches(survey, years)]
        return sum((one.counts for one in taken), FetchCounts())

    def rows(self) -> dict[str, DocumentRow]:
        return {row.url: row for row in select_documents(self.ledger)}

    def body(self, url: str) -> bytes:
        jobs = self.ledger.documents_to_read(Selector(documents=(url,)), parser_version=PARSER_VERSION)
        (job,) = jobs
        return load_body(self.data, job.archive_file, job.archive_offset, job.content_digest)


@pytest.fixture
def take(data: DataDirectory, ledger: Ledger, writers: ArchiveWriters) -> Import:
    return Import(data, ledger, writers)


@pytest.fixture
def warc(tmp_path: Path) -> Callable[..., ForeignWriter]:
    return lambda name="foreign.warc.gz", **how: ForeignWriter(tmp_path / name, **how)


@pytest.mark.parametrize("name", ["foreign.warc.gz", "foreign.warc"])
def test_reports_are_taken_and_the_rest_is_left(take: Import, warc: Callable[..., ForeignWriter], name: str) -> None:
    with warc(name, packed=name.endswith("gz")) as file:
        file.other("dns:www.qinghe.example.cn", "resource")
        file.other(f"{HOST}/a.html", "request", b"GET /a.html HTTP/1.1\r\n\r\n", "application/http; msgtype=request")
        file.response(f"{HOST}/", page("清河县人民政府", "<a href='/nb/1.html'>政府信息公开年报</a>"))
        file.response(f"{HOST}/news/1.html", page("清河县召开工作会议"))
        file.response(PAGE.url, REPORT)
        file.response(f"{HOST}/gone.html", page(), status="404 Not Found")
        file.response(f"{HOST}/moved.html", b"", status="302 Found", headers={"Location": PAGE.url})
        file.response(f"{HOST}/logo.png", b"\x89PNG", "image/png")
    assert take(file.path).new == 1
    assert list(take.rows()) == [PAGE.url]
    assert take.body(PAGE.url) == REPORT


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (packed(REPORT), {"Content-Encoding": "gzip"}),
        (chunked(REPORT), {"Transfer-Encoding": "chunked"}),
        (chunked(packed(REPORT)), {"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}),
        (REPORT, {"X-Crawl-Content-Encoding": "gzip", "Content-Length": str(len(REPORT))}),  # Common Crawl
        (brotli.compress(REPORT), {"Content-Encoding": "br"}),
        (REPORT, {"Content-Encoding": "br"}),
        (REPORT, {"Content-Encoding": "gzip"}),  # unpacked by the crawler, which left the header
        (REPORT, {"Transfer-Encoding": "chunked"}),
    ],
    ids=["gzip", "chunked", "both", "common crawl", "brotli", "no brotli", "no gzip", "no chunks"],
)
def test_codings(take: Import, warc: Callable[..., ForeignWriter], body: bytes, headers: dict[str, str]) -> None:
    with warc() as file:
        file.response(PAGE.url, body, headers=headers)
    take(file.path)
    assert take.body(PAGE.url) == REPORT


def test_what_a_list_names_is_taken_whatever_it_says_itself(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    entries = [
        ("/nb/1.html", TITLE),
        ("/nb/2.pdf", "清河县教育局2023年政府信息公开年度报告"),
        ("/nb/9.html", "第九镇2023年度政府信息公开年报"),
    ]
    links = "".join(f'<li><a href="{path}">{title}</a><span>2024-01-20</span></li>' for path, title in entries)
    with warc() as file:
        file.response(f"{HOST}/nb/2.pdf", b"%PDF-1.4 report", "application/pdf")  # before the list that names it
        file.response(f"{HOST}/nb/", page("政府信息公开年报", f"<ul>{links}</ul>"))
        file.response(f"{HOST}/nb/1.html", page("清河县人民政府", "<p>正文</p>"))
    take(file.path)
    rows = take.rows()
    assert set(rows) == {f"{HOST}/nb/1.html", f"{HOST}/nb/2.pdf"}, "the third is not in the file"
    assert rows[f"{HOST}/nb/2.pdf"].title == "清河县教育局2023年政府信息公开年度报告"
    assert rows[f"{HOST}/nb/2.pdf"].found_on == f"{HOST}/nb/"
    assert take.body(f"{HOST}/nb/2.pdf") == b"%PDF-1.4 report"


def test_what_the_ledger_knows_is_taken(take: Import, ledger: Ledger, warc: Callable[..., ForeignWriter]) -> None:
    portal = Portal("qinghe", "130534", (f"{HOST}/nb/",))
    ledger.record_links("run 0", portal, [ReportLink(f"{HOST}/nb/7.html", "2023年度", "qinghe", f"{HOST}/nb/")])
    with warc() as file:
        file.response(f"{HOST}/nb/7.html", page("2023年度", "<p>正文</p>"))
    take(file.path)
    (row,) = take.rows().values()
    assert (row.state, row.portal, row.portal_region) == ("fetched", "qinghe", "130534")


def test_the_attachment_of_a_page_is_its_report(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc() as file:
        file.response(f"{HOST}/nb/1.html", page(body='<a href="files/1.pdf">附件</a>'))
        file.response(f"{HOST}/nb/files/1.pdf", b"%PDF-1.4 report", "application/pdf")
    take(file.path)
    assert list(take.rows()) == [f"{HOST}/nb/1.html"]
    assert take.body(f"{HOST}/nb/1.html") == b"%PDF-1.4 report"


def test_documents_belong_to_the_portal_of_their_host(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    take.portals = (
        Portal("county", "130534", ("http://qinghe.example.cn/xxgk/nb/index.html",)),
        Portal("bureau", "130534", ("http://www.qinghe.example.cn/xxgk/nb/jyj/",)),
    )
    urls = {
        f"{HOST}/xxgk/nb/1.html": "county",
        f"{HOST}/xxgk/nb/jyj/1.html": "bureau",
        "http://b.example/1.html": "b.example",
    }
    with warc() as file:
        for url in urls:
            file.response(url, page())
    take(file.path)
    rows = take.rows()
    assert {url: row.portal for url, row in rows.items()} == urls
    assert rows["http://b.example/1.html"].portal_region == UNKNOWN_PLACE


def test_the_newest_capture_counts_over_all_files(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc("new.warc.gz") as new:
        new.response(f"{HOST}/nb/1.html", page(body="second"), date="2024-03-02T08:00:00.250Z")
    with warc("old.warc.gz") as old:
        old.response(f"{HOST}/nb/1.html", page(body="first"), date="2024-03-01T08:00:00Z")
    take(new.path, old.path)
    assert b"second" in take.body(f"{HOST}/nb/1.html")
    (row,) = take.rows().values()
    assert row.fetched_at == "2024-03-02T08:00:00.250Z"


def test_what_we_have_is_not_replaced_by_what_is_older(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc("new.warc.gz") as new:
        new.response(f"{HOST}/nb/1.html", page(body="second"), date="2024-03-02T08:00:00Z")
    with warc("old.warc.gz") as old:
        old.response(f"{HOST}/nb/1.html", page(body="first"), date="2024-03-01T08:00:00Z")
    take(new.path)
    assert take(old.path, run="run 2") == FetchCounts()
    assert take(new.path, run="run 3") == FetchCounts()
    assert b"second" in take.body(f"{HOST}/nb/1.html")


def test_a_revisit_has_the_body_that_it_repeats(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc("one.warc.gz") as one:
        digest = one.response(f"{HOST}/nb/1.html", page())
    with warc("two.warc.gz") as two:
        two.revisit(f"{HOST}/nb/1.html", digest, f"{HOST}/nb/1.html", date="2025-03-01T08:00:00Z")
        two.revisit(f"{HOST}/copy/1.html", digest, f"{HOST}/nb/1.html", date="2025-03-01T08:00:00Z")
        two.revisit(f"{HOST}/nb/2.html", "sha1:LOST", f"{HOST}/nb/2.html", date="2025-03-01T08:00:00Z")
    take(two.path, one.path)
    rows = take.rows()
    assert {url: row.fetched_at for url, row in rows.items()} == dict.fromkeys(
        (f"{HOST}/nb/1.html", f"{HOST}/copy/1.html"), "2025-03-01T08:00:00Z"
    )
    assert take.body(f"{HOST}/copy/1.html") == page().encode()
    assert take.notes == ["1 revisits repeat a response that none of the files holds"]


def test_only_the_years_asked_for(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc() as file:
        file.response(f"{HOST}/nb/1.html", page())
        file.response(f"{HOST}/nb/2.html", page(TITLE.replace("2023", "2022")))
    take(file.path, years=(2022,))
    assert list(take.rows()) == [f"{HOST}/nb/2.html"]


# --- damage -------------------------------------------------------------------------------------------------------------


def test_a_torn_end_costs_the_last_record(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc() as file:
        file.response(f"{HOST}/nb/1.html", page())
        end = file._file.tell()
        file.response(f"{HOST}/nb/2.html", page(TITLE.replace("清河", "临江"), "x" * 5000))
    content = file.path.read_bytes()
    file.path.write_bytes(content[: (end + len(content)) // 2])
    take(file.path)
    states = {url: (row.state, row.verdict) for url, row in take.rows().items()}
    assert states[f"{HOST}/nb/1.html"] == ("fetched", None)
    assert states.get(f"{HOST}/nb/2.html", ("failed", "truncated")) == ("failed", "truncated")


def test_noise_at_the_end_is_told(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc("a.warc", packed=False) as file:
        file.response(f"{HOST}/nb/1.html", page())
    file.path.write_bytes(file.path.read_bytes() + b"\r\nnot a record\r\n" * 20)
    assert take(file.path).new == 1
    (note,) = take.notes
    assert "a.warc: its end cannot be read, what stands before it was" in note


@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        ({"warc_headers": {"WARC-Truncated": "length"}}, "truncated"),
        ({"headers": {"Content-Encoding": "gzip"}, "body": packed(REPORT)[:-300]}, "truncated"),
        ({"headers": {"Transfer-Encoding": "chunked"}, "body": chunked(REPORT)[:-300]}, "truncated"),
        ({"headers": {"Content-Encoding": "zstd"}}, "unreadable"),
        ({"headers": {"Content-Encoding": "br"}, "body": brotli.compress(REPORT)[:-30]}, "truncated"),
        ({"headers": {"Content-Encoding": "br"}, "body": brotli.compress(b"\0" * (LARGEST + 1), quality=1)}, "too_large"),
        ({"headers": {"Content-Encoding": "gzip"}, "body": packed(b"\0" * (LARGEST + 1))}, "too_large"),
        ({"body": b" " * (LARGEST + 1)}, "too_large"),
        ({"body": page("404", "您访问的页面不存在")}, "soft_404"),
    ],
    ids=["cut", "gzip", "chunks", "zstd", "brotli", "brotli bomb", "bomb", "large", "soft 404"],
)
def test_what_cannot_be_had_of_a_listed_document_is_its_verdict(
    take: Import, warc: Callable[..., ForeignWriter], how: dict[str, object], verdict: str
) -> None:
    with warc() as file:
        file.response(f"{HOST}/", page("年报", f'<ul><li><a href="/nb/1.html">{TITLE}</a></li></ul>'))
        file.response(f"{HOST}/nb/1.html", **{"body": REPORT, **how})
    take(file.path)
    rows = take.rows()
    assert rows[f"{HOST}/nb/1.html"].verdict == verdict


def test_a_verdict_does_not_take_away_what_we_have(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    with warc("good.warc.gz") as good:
        good.response(PAGE.url, REPORT)
    with warc("bad.warc.gz") as bad:
        bad.response(PAGE.url, page("404", "您访问的页面不存在"), date="2025-03-01T08:00:00Z")
    take(good.path)
    take(bad.path, run="run 2")
    assert take.rows()[PAGE.url].state == "fetched"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "holds no record"), (b"%PDF-1.4 not a crawl", "is no WARC"), (packed(b"some text"), "is no WARC")],
)
def test_what_is_no_warc_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=message):
        ForeignFile(path).check()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        ForeignFile(tmp_path / "gone.warc.gz").check()


def whole_file_packed(warc: Callable[..., ForeignWriter], path: Path) -> bytes:
    """A file that was packed as one, as `gzip crawl.warc` does; gives its bytes."""
    with warc("a.warc", packed=False) as file:
        file.response(f"{HOST}/", page("年报", f'<ul><li><a href="/nb/1.html">{TITLE}</a></li></ul>'))
        for number in range(3):
            file.response(f"{HOST}/nb/{number}.html", REPORT.replace(b"</html>", b"<!-- %d --></html>" % number))
    path.write_bytes(packed(file.path.read_bytes()))
    return path.read_bytes()


def test_one_gzip_member_around_all_records(take: Import, warc: Callable[..., ForeignWriter], tmp_path: Path) -> None:
    whole = tmp_path / "whole.warc.gz"
    whole_file_packed(warc, whole)
    assert take(whole).new == 3
    assert take.notes == []


def test_one_gzip_member_that_is_torn(take: Import, warc: Callable[..., ForeignWriter], tmp_path: Path) -> None:
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(whole_file_packed(warc, whole)[:-40])
    assert take(whole).new == 2
    (note,) = take.notes
    assert "whole.warc.gz: its end cannot be read, what stands before it was" in note


def test_the_archive_holds_no_request_that_was_never_made(take: Import, warc: Callable[..., ForeignWriter]) -> None:
    from warcio.archiveiterator import ArchiveIterator

    with warc() as file:
        file.response(PAGE.url.replace("://", "://user:secret@"), REPORT, headers={"Set-Cookie": "session=secret"})
    take(file.path)
    take.writers.close()
    (archived,) = take.data.archive.glob("*.warc.gz")
    with archived.open("rb") as stream:
        records = list(ArchiveIterator(stream))
        kinds = [record.rec_type for record in records]
    assert kinds == ["warcinfo", "response"]
    assert b"secret" not in gzip.decompress(archived.read_bytes())
    assert document_id(PAGE.url) in {row.document_id for row in take.rows().values()}
