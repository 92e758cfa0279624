"""Import: responses of foreign WARC files -> reports in our own archive and ledger, as if we had fetched them.

Two looks. The first, over all files, finds out which responses may be reports: by what pages link to, by titles, tables and
file names, or because the ledger knows them. The second takes these, newest capture of each, by their places in the files.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from parsers.onward import report_elsewhere
from parsers.pretence import raise_for_page
from parsers.records import Capture, Portal, ReportLink
from parsers.urls import canonical_url
from parsers.verdicts import Unreadable, Verdict
from storage.archive import ArchiveWriter, Exchange
from storage.documents import FetchJob, FetchOutcome, Selector, document_id
from storage.errors import ArchiveError
from storage.foreign import ForeignResponse
from storage.ledger import Ledger
from tasks.archiving import ArchiveWriters
from tasks.fetch import FetchCounts
from tasks.survey import Survey, page_text, unpacked

BATCH = 50  # documents in a task run


class WarcBatch:
    """Documents to take from one foreign file. Not a dataclass: see `FetchBatch`."""

    def __init__(self, survey: Survey, keys: tuple[str, ...], file: str) -> None:
        self.survey, self.keys, self.file = survey, keys, file

    @property
    def size(self) -> int:
        return len(self.keys)


def batches(survey: Survey, years: Collection[int]) -> Iterator[WarcBatch]:
    """What there is to take, cut by files."""
    for number, group in itertools.groupby(survey.documents(years), key=lambda item: item[1].file):
        keys = (key for key, _ in group)
        while some := tuple(itertools.islice(keys, BATCH)):
            yield WarcBatch(survey, some, survey.files[number].name)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch."""

    document_ids: tuple[str, ...]  # that have bytes now
    new_links: int
    counts: FetchCounts


@task(name="survey", task_run_name="survey {count} WARC files", cache_policy=NO_CACHE, persist_result=False)
def survey_files(survey: Survey, count: int, ledger: Ledger) -> Survey:
    """Look through the files. Raises `ArchiveError` for one that is gone."""
    survey.look()
    survey.know(ledger)
    for note in survey.notes:
        get_run_logger().warning("%s", note)
    return survey


@task(
    name="take in",
    task_run_name="take in {batch.file} · {batch.size} documents",
    cache_policy=NO_CACHE,
    persist_result=False,
)
def take_in(batch: WarcBatch, run: str, writers: ArchiveWriters, ledger: Ledger) -> Taken:
    """Put the documents of a batch into our own archive, and what became of each into the ledger."""
    new_links = _record(batch.survey, batch.keys, run, ledger)
    jobs = ledger.documents_to_fetch(Selector(documents=batch.keys), run=run, final=True)
    counts = FetchCounts()
    outcomes: list[FetchOutcome] = []
    with writers.borrow() as writer:
        for job in jobs:
            result = _take(batch.survey, job, writer)
            if result is None:
                continue
            outcomes.append(FetchOutcome(job.document_id, result))
            if isinstance(result, Verdict):
                counts.failed[result.code] += 1
            elif job.previous is not None and job.previous.digest == result.digest:
                counts.unchanged += 1
            else:
                counts.new += 1
        writer.flush()
    ledger.save_fetched(run, outcomes)
    return Taken(batch.keys, new_links, counts)


def _record(survey: Survey, keys: Iterable[str], run: str, ledger: Ledger) -> int:
    """Record the links; gives how many are new."""
    found: dict[str, tuple[Portal, list[ReportLink]]] = {}
    for link in (survey.links[key] for key in keys):
        if not link.portal:  # else it is the ledger's own
            portal = survey.hosts.of(link.url)
            found.setdefault(portal.name, (portal, []))[1].append(link)
    return sum(ledger.record_links(run, portal, links).new for portal, links in found.values())


def _take(survey: Survey, job: FetchJob, writer: ArchiveWriter) -> Capture | Verdict | None:
    """Archive the newest capture of a document, or of the report that its page leads to.

    Gives the verdict of what is none, and None where what we have is newer, or is something and this is nothing.
    """
    fetched_at = survey.fetched_at(job.document_id)
    if job.previous is not None and job.previous.fetched_at >= fetched_at:
        return None
    try:
        response = survey.load(job.document_id)
        assert response is not None, "a document that the survey names has a place"
        elsewhere = _leads_to(response, survey.hosts.of(job.url).charset, job.url)
        attached = survey.load(document_id(elsewhere)) if elsewhere else None
        url, kept = (job.url, response) if elsewhere is None or attached is None else (elsewhere, attached)
        exchange = Exchange(
            url=url,
            final_url=canonical_url(kept.url),  # without a user's name and password
            status=200,
            request_headers=(),
            response_headers=kept.headers,
            body=unpacked(kept),
            fetched_at=fetched_at,
            method="",
        )
        return writer.save(exchange, previous=job.previous)
    except Verdict as verdict:
        return verdict if job.previous is None else None
    except ArchiveError as error:
        return Unreadable(str(error)) if job.previous is None else None


def _leads_to(response: ForeignResponse, charset: str | None, url: str) -> str | None:
    """Where the page leads to, if it is one. Raises the verdict of a page that is none."""
    text = page_text(response, charset)
    if text is None:
        return None
    raise_for_page(text, url=url, final_url=response.url)
    return report_elsewhere(text, response.url)
