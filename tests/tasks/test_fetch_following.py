"""Documents whose page only leads to the report: what is asked for, what is kept, what a second run asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from parsers.parse import PARSER_VERSION
from parsers.records import ReportLink
from storage.documents import document_id
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import select_documents
from storage.replay import load_body
from tasks.archiving import ArchiveWriters
from tasks.fetch import ALL_BUT_FINAL, FetchBatch, PortalBook, fetch
from tasks.http import Client
from tests.portal_server import Answer, Server, page, redirect, revalidated, status

TITLE = "清河县2023年政府信息公开工作年度报告"
PAGE = "/nb/t1.html"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.add("/robots.txt", status(404))
        yield server


def one_line(inside: str) -> Answer:
    return page(f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{inside}</body></html>")


class Harvest:
    """Runs over the one document at PAGE."""

    def __init__(self, server: Server, client: Client, writers: ArchiveWriters, ledger: Ledger, data: DataDirectory) -> None:
        self.server, self.client, self.writers, self.ledger, self.data = server, client, writers, ledger, data

    def run(self, name: str = "run") -> FetchBatch:
        portal = self.server.portal()
        url = self.server.url(PAGE)
        self.ledger.record_links(name, portal, [ReportLink(url, TITLE, portal.name, portal.lists[0])])
        batch = FetchBatch("host", (document_id(url),), ALL_BUT_FINAL)
        book = PortalBook([portal])
        fetch.fn(batch, run=name, client=self.client, portals=book, writers=self.writers, ledger=self.ledger)
        return batch

    def body(self) -> tuple[str, bytes]:
        """Where the reader is told that the document came from, and its bytes."""
        (job,) = self.ledger.documents_to_read(parser_version=PARSER_VERSION)
        return job.final_url, load_body(self.data, job.archive_file, job.archive_offset, job.content_digest)

    def asked(self) -> list[str]:
        return [one.path for one in self.server.asked()]


@pytest.fixture
def harvest(server: Server, client: Client, writers: ArchiveWriters, ledger: Ledger, data: DataDirectory) -> Harvest:
    return Harvest(server, client, writers, ledger, data)


def test_the_attachment_is_the_document(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, one_line('<p>全文见附件。</p><a href="files/nb.pdf">附件:年报.pdf</a>'))
    server.add("/nb/files/nb.pdf", page(b"%PDF-1.4 report", "application/pdf"))
    assert harvest.run().counts.new == 1
    assert harvest.asked() == [PAGE, "/nb/files/nb.pdf"]
    assert harvest.body() == (server.url("/nb/files/nb.pdf"), b"%PDF-1.4 report")


def test_a_frame_and_the_file_shown_in_it(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, one_line('<iframe src="/show/1.html"></iframe>'))
    server.add("/show/1.html", one_line('<embed src="/files/nb.pdf">'))
    server.add("/files/nb.pdf", page(b"%PDF-1.4 report", "application/pdf"))
    harvest.run()
    assert harvest.asked() == [PAGE, "/show/1.html", "/files/nb.pdf"]
    assert harvest.body()[1] == b"%PDF-1.4 report"


def test_meta_refresh(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, page('<html><head><meta http-equiv="refresh" content="0;url=/new/1.html"></head><body></body></html>'))
    server.add("/new/1.html", one_line("<h2>一、总体情况</h2>"))
    harvest.run()
    assert harvest.body()[0] == server.url("/new/1.html")


def test_pages_that_send_each_other_on_end(server: Server, harvest: Harvest) -> None:
    def sends_to(path: str) -> Answer:
        return page(f'<html><head><meta http-equiv="refresh" content="0;url={path}"></head><body></body></html>')

    server.add(PAGE, sends_to("/2.html"))
    server.add("/2.html", sends_to("/3.html"))
    server.add("/3.html", sends_to("/4.html"))
    server.add("/4.html", sends_to(PAGE))
    harvest.run()
    assert harvest.asked() == [PAGE, "/2.html", "/3.html"]


def test_the_next_run_asks_whether_the_attachment_has_changed(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, one_line('<a href="/files/nb.htm.pdf">附件</a>'))
    server.add("/files/nb.htm.pdf", revalidated('"a1"', "%PDF-1.4 report"))
    harvest.run()
    batch = harvest.run("run 2")
    assert (batch.counts.new, batch.counts.unchanged) == (0, 1)
    page_again, file_again = server.asked()[2:]
    assert "if-none-match" not in page_again.headers, "the ETag is that of the attachment"
    assert file_again.headers["if-none-match"] == '"a1"'


def test_another_attachment_replaces_the_first(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, one_line('<a href="/files/1.pdf">附件</a>'), one_line('<a href="/files/2.pdf">附件</a>'))
    server.add("/files/1.pdf", page(b"%PDF-1.4 first", "application/pdf", ETag='"1"'))
    server.add("/files/2.pdf", page(b"%PDF-1.4 second", "application/pdf", ETag='"2"'))
    harvest.run()
    assert harvest.run("run 2").counts.new == 1
    assert "if-none-match" not in server.asked("/files/2.pdf")[0].headers
    assert harvest.body()[1] == b"%PDF-1.4 second"


def test_an_attachment_that_is_gone_is_the_verdict_of_its_document(server: Server, harvest: Harvest, ledger: Ledger) -> None:
    server.add(PAGE, one_line('<a href="/files/gone.pdf">附件</a>'))
    harvest.run()
    (row,) = select_documents(ledger)
    assert (row.verdict, row.stage) == ("not_found", "fetch")
    assert row.message is not None
    assert "/files/gone.pdf" in row.message


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="http://127.0.0.1:1/secret.pdf">附件</a>',
        '<embed src="http://169.254.169.254/latest/meta-data/x.pdf">',
        '<a href="http://[::1]/secret.pdf">附件</a>',
    ],
)
def test_no_attachment_leads_into_a_private_network(server: Server, harvest: Harvest, ledger: Ledger, inside: str) -> None:
    server.add(PAGE, one_line(inside))
    harvest.run()
    (row,) = select_documents(ledger)
    assert row.verdict == "unsafe_url"


def test_robots_txt_counts_for_attachments_too(server: Server, harvest: Harvest, ledger: Ledger) -> None:
    server.add("/robots.txt", page("User-agent: *\nDisallow: /files/", "text/plain"))
    server.add(PAGE, one_line('<a href="/files/nb.pdf">附件</a>'))
    harvest.run()
    assert harvest.asked() == [PAGE]
    (row,) = select_documents(ledger)
    assert row.verdict == "robots"


def test_a_redirect_is_no_step_of_its_own(server: Server, harvest: Harvest) -> None:
    server.add(PAGE, redirect("/new/t1.html"))
    server.add("/new/t1.html", one_line('<a href="nb.doc">附件</a>'))
    server.add("/new/nb.doc", page(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"))
    harvest.run()
    assert harvest.body()[0] == server.url("/new/nb.doc"), "resolved against where the page was in the end"
