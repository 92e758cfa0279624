"""One document as a harvest leaves it: in the archive, in the ledger, read; without a network and without Prefect."""

from __future__ import annotations

from parsers.parse import PARSER_VERSION
from parsers.records import Portal, ReportLink
from storage.archive import ArchiveWriter, Exchange
from storage.documents import FetchOutcome, Selector
from storage.layout import DataDirectory
from storage.ledger import Ledger
from tasks.reading import Batch, read_batch

PORTAL = Portal("平凉市", "620800", ("https://www.example.gov.cn/nb/",))
URL = "https://www.example.gov.cn/nb/1.html"


def keep_document(
    data: DataDirectory,
    payload: bytes,
    *,
    content_type: str = "text/html",
    url: str = URL,
    title: str = "",
    portal: Portal = PORTAL,
    run: str = "run-1",
    fetched_at: str = "2025-03-04T05:06:07Z",
) -> str:
    """List, fetch and read a document; gives its id."""
    ledger = Ledger(data.prepare().ledger)
    ledger.record_links(run, portal, [ReportLink(url, title, portal.name, portal.lists[0])])
    (job,) = ledger.documents_to_fetch(Selector(documents=(url,)), run=run, final=True)
    answer = Exchange(
        url=url,
        final_url=url,
        status=200,
        request_headers=(),
        response_headers=(("Content-Type", content_type),),
        body=payload,
        fetched_at=fetched_at,
    )
    with ArchiveWriter(data, run) as writer:
        capture = writer.save(answer, previous=job.previous)
    ledger.save_fetched(run, [FetchOutcome(job.document_id, capture)])
    jobs = ledger.documents_to_read(Selector(documents=(url,)), parser_version=PARSER_VERSION)
    read_batch(data, ledger, Batch(run, tuple(jobs)), lambda _: None)
    ledger.close()
    return job.document_id
