"""Fetching a batch from a real server: what the ledger is told, and what the batch counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flows.sample import SampleServer
from parsers.parse import PARSER_VERSION
from parsers.records import Portal, Report, ReportLink
from storage.documents import BytesLost, ReadOutcome, Selector, document_id
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import select_documents
from storage.replay import load_body
from tasks.archiving import ArchiveWriters
from tasks.fetch import ALL_BUT_FINAL, FetchBatch, FetchCounts, Manner, PortalBook, fetch
from tasks.http import Client
from tasks.reading import read_document

Fetch = Callable[..., FetchBatch]


@pytest.fixture
def run_fetch(sample: SampleServer, client: Client, writers: ArchiveWriters, ledger: Ledger) -> Fetch:
    """Fetch pages of the sample by their ids, as a batch of a run."""
    urls = {page.id: page.url for page in sample.pages}
    portal_of = {page.id: page.portal for page in sample.pages}
    portals = {portal.name: portal for portal in sample.portals}
    book = PortalBook(sample.portals)

    def run(*pages: str, run: str = "run", manner: Manner = ALL_BUT_FINAL) -> FetchBatch:
        for page in pages:
            portal = portals[portal_of[page]]
            ledger.record_links(run, portal, [ReportLink(urls[page], "", portal.name, portal.lists[0])])
        batch = FetchBatch("host", tuple(document_id(urls[page]) for page in pages), manner)
        fetch.fn(batch, run=run, client=client, portals=book, writers=writers, ledger=ledger)
        return batch

    return run


def test_bytes_into_the_archive_and_verdicts_into_the_ledger(
    run_fetch: Fetch, ledger: Ledger, data: DataDirectory, sample: SampleServer
) -> None:
    batch = run_fetch("huating-2024", "taibai-2023", "chunan-2023")
    assert batch.counts == FetchCounts(new=1, unchanged=0, failed={"not_found": 1, "server_error": 1})  # type: ignore[arg-type]
    assert sorted(batch.take_settled()) == sorted(batch.document_ids)
    assert batch.take_left() == []
    verdicts = {row.document_id: (row.state, row.verdict) for row in select_documents(ledger)}
    assert [verdicts[document] for document in batch.document_ids] == [
        ("fetched", None),
        ("failed", "not_found"),
        ("failed", "server_error"),
    ]
    (job,) = ledger.documents_to_read(parser_version=PARSER_VERSION)
    body = load_body(data, job.archive_file, job.archive_offset, job.content_digest)
    assert "华亭市".encode() in body


def test_the_same_run_fetches_nothing_twice_but_what_may_pass(run_fetch: Fetch, sample: SampleServer) -> None:
    run_fetch("huating-2024", "taibai-2023", "chunan-2023")
    asked = len(sample.requests)
    run_fetch("huating-2024", "taibai-2023", "chunan-2023")
    again = [request.target for request in sample.requests[asked:]]
    assert again == [page.url.split("example")[1] for page in sample.pages if page.id == "chunan-2023"]


def test_the_next_run_asks_only_whether_it_has_changed(run_fetch: Fetch, sample: SampleServer) -> None:
    run_fetch("huating-2024")
    batch = run_fetch("huating-2024", run="run 2")
    assert (batch.counts.new, batch.counts.unchanged) == (0, 1)
    assert sample.requests[-1].status == 304


def test_a_known_document_is_left_alone_where_only_the_missing_are_wanted(run_fetch: Fetch, sample: SampleServer) -> None:
    run_fetch("huating-2024", "taibai-2023")
    asked = len(sample.requests)
    batch = run_fetch("huating-2024", "taibai-2023", run="run 2", manner=Manner(asks_known=False, asks_final=True))
    assert [request.status for request in sample.requests[asked:]] == [404]
    assert batch.take_settled() == [batch.document_ids[1]]
    assert batch.take_left() == [batch.document_ids[0]], "there was nothing to fetch of it; it may have to be read"


def test_anew_asks_for_the_whole_of_it(run_fetch: Fetch, sample: SampleServer) -> None:
    run_fetch("huating-2024")
    batch = run_fetch("huating-2024", run="run 2", manner=Manner(anew=True))
    assert sample.requests[-1].status == 200
    assert batch.counts.unchanged == 1


@pytest.mark.parametrize("damaged", [True, False])
def test_what_the_archive_has_lost_is_fetched_whole(
    *, run_fetch: Fetch, ledger: Ledger, data: DataDirectory, writers: ArchiveWriters, sample: SampleServer, damaged: bool
) -> None:
    (document,) = run_fetch("huating-2024").document_ids
    writers.close()
    (job,) = ledger.documents_to_read(parser_version=PARSER_VERSION)
    path = data.archive / job.archive_file
    content = path.read_bytes()
    path.write_bytes(content[: job.archive_offset + 300] + b"\0" + content[job.archive_offset + 301 :])
    result = read_document(data, job, [])
    assert isinstance(result, BytesLost)
    assert "is damaged" in result.message
    ledger.save_readings("run", PARSER_VERSION, [ReadOutcome(job, result)])
    if not damaged:  # it came back from a backup
        path.write_bytes(content)
    run_fetch("huating-2024", run="run 2")
    assert sample.requests[-1].status == (200 if damaged else 304)
    writers.close()
    (again,) = ledger.documents_to_read(Selector(documents=(document,)), parser_version=PARSER_VERSION)
    assert isinstance(read_document(data, again, []), Report)


def test_an_exception_in_one_document_stops_nothing(
    run_fetch: Fetch, ledger: Ledger, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = client.fetch
    monkeypatch.setattr(client, "fetch", lambda url, **how: whole(url, **how) if "/pl/" in url else 1 / 0)
    batch = run_fetch("lufeng-2019", "huating-2024")
    failed, fetched = (select_documents(ledger, Selector(documents=(document,)))[0] for document in batch.document_ids)
    assert (failed.state, failed.verdict, failed.stage) == ("failed", "unreadable", "fetch")
    assert failed.message is not None
    assert "ZeroDivisionError" in failed.message
    assert fetched.state == "fetched"


def test_a_portal_whose_file_is_gone_is_visited_by_the_defaults(sample: SampleServer) -> None:
    book = PortalBook(sample.portals)
    assert book["shili-a-baoji"].minimum == 3
    assert book["gone"] == Portal("gone", "000000", ())
