"""Fetch: documents of one host -> bytes in the archive, and what became of each in the ledger."""

from __future__ import annotations

import time
import traceback
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from parsers.records import Capture, Portal
from parsers.urls import document_key
from parsers.verdicts import Unreadable, Verdict
from storage.archive import ArchiveWriter
from storage.documents import FetchJob, FetchOutcome, Selector, Unchanged
from storage.errors import ArchiveError, StorageError
from storage.ledger import Ledger
from storage.replay import load_capture
from tasks.archiving import ArchiveWriters, exchange_of
from tasks.http import Client
from tasks.pages import leads_to
from tasks.responses import Response
from tasks.retrying import TransientError, is_transient, may_try_again

FETCH_BATCH = 200  # documents of one host in a task run
MOST_STEPS = 2  # from the page of a document to the report: a frame, and the file shown in it
# Seconds of fetching after which the ledger learns what came: what a kill may cost, and a reader waits. At first soon, so that
# there is something to read; then twice as long each time, up to the second figure.
SAVE_AFTER = (1.0, 4.0)
SAVE_OBJECTS_AFTER = (20.0, 20.0)  # the same where each time makes an object in a bucket


@dataclass(slots=True)
class FetchCounts:
    """What came of a batch."""

    new: int = 0  # bytes that we did not have
    unchanged: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # by verdict, when there were no attempts left

    def __add__(self, other: FetchCounts) -> FetchCounts:
        return FetchCounts(self.new + other.new, self.unchanged + other.unchanged, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Manner:
    """How documents are to be fetched."""

    asks_known: bool = True  # ask again for those whose bytes we have, whether they have changed
    asks_final: bool = False  # ask again for those that failed for good
    asks_waiting: bool = False  # ask again for those that have failed so often that they wait
    anew: bool = False  # ask for the whole of each, whatever we have of it


ALL_BUT_FINAL = Manner()  # the harvest's


class FetchBatch:
    """Documents of one host to fetch. It outlives the task's attempts, and counts over all of them.

    Not a dataclass: Prefect looks into every field of those for futures, and hands the task a copy.
    """

    def __init__(self, host: str, document_ids: tuple[str, ...], manner: Manner) -> None:
        self.host = host
        self.document_ids = document_ids
        self.manner = manner
        self.counts = FetchCounts()
        self._settled: deque[str] = deque()
        self._left = set(document_ids)

    def settle(self, document_id: str) -> None:
        """This document will not be fetched again by this batch, and the ledger knows what came of it."""
        self._settled.append(document_id)

    def take_settled(self) -> list[str]:
        """The documents settled since this was asked last. Another thread may ask while the batch is under way."""
        taken = [self._settled.popleft() for _ in range(len(self._settled))]
        self._left.difference_update(taken)
        return taken

    def take_left(self) -> list[str]:
        """The documents that were never taken, once the batch has ended."""
        left, self._left = self._left, set()
        return sorted(left)

    @property
    def size(self) -> int:
        return len(self.document_ids)


class PortalBook:
    """How each portal wants to be visited. Of one whose file is gone: by the defaults.

    Not a mapping: Prefect would look into every portal for futures, with every batch.
    """

    def __init__(self, portals: Iterable[Portal]) -> None:
        self._portals = {portal.name: portal for portal in portals}

    def __getitem__(self, name: str) -> Portal:
        return self._portals.get(name) or Portal(name, region="000000", lists=())


@task(
    name="fetch",
    task_run_name="fetch {batch.host} · {batch.size} documents",
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def fetch(
    batch: FetchBatch,
    *,
    run: str,
    client: Client,
    portals: PortalBook,
    writers: ArchiveWriters,
    ledger: Ledger,
) -> FetchCounts:
    """Fetch what is left to fetch of a batch, one document after the other.

    `portals` says by name how each document's portal wants to be visited. Raises `TransientError` while another attempt is
    left and some document is worth it: that attempt asks the ledger, and finds only those.
    """
    selector = Selector(documents=batch.document_ids)
    manner = batch.manner
    jobs = ledger.documents_to_fetch(
        selector, run=run, refetch=manner.asks_known, final=manner.asks_final, paused=manner.asks_waiting
    )
    passing: list[Capture | Unchanged | Verdict] = []
    outcomes: list[FetchOutcome] = []
    with writers.borrow() as writer:
        saved, (pause, longest) = time.monotonic(), SAVE_AFTER if writer.appends else SAVE_OBJECTS_AFTER
        for job in jobs:
            result = fetch_document(job, client, portals[job.portal], writer, anew=manner.anew)
            outcomes.append(FetchOutcome(job.document_id, result))
            if _worth_another(result):
                passing.append(result)
            else:
                _count(batch.counts, job, result)
            if time.monotonic() - saved > pause:
                _save(run, batch, writer, ledger, outcomes)
                saved, pause = time.monotonic(), min(2 * pause, longest)
        _save(run, batch, writer, ledger, outcomes)
    if passing:
        raise TransientError(f"{len(passing)} of {batch.size} documents of {batch.host}, such as {passing[0]}")
    return batch.counts


def fetch_document(
    job: FetchJob, client: Client, portal: Portal, writer: ArchiveWriter, *, anew: bool = False
) -> Capture | Unchanged | Verdict:
    """One attempt at one document. `anew`: the whole of it, whatever we have.

    Whatever goes wrong with it is its verdict; what is wrong with the archive is raised (`StorageError`).
    """
    try:
        return _fetch_report(job, client, portal, writer, anew=anew)
    except Verdict as verdict:
        return verdict
    except StorageError:
        raise
    except Exception as error:  # one document never stops a batch, and is never swallowed either
        get_run_logger().error("%s\n%s", job.url, traceback.format_exc())
        return Unreadable(f"Fetching it failed ({type(error).__name__}: {error}). This is a mistake in the fetcher.")


def _fetch_report(
    job: FetchJob, client: Client, portal: Portal, writer: ArchiveWriter, *, anew: bool
) -> Capture | Unchanged:
    """The document, or what its page says is the report: an attachment, a frame, where it sends on to. Raises a Verdict.

    Each is asked for whether it has changed where it is what we have of the document.
    """
    url, passed = job.url, [document_key(job.url)]
    anew = anew or (job.doubted and not _is_whole(job.previous, writer))
    while True:
        known = job.previous if not anew and _is_of(job.previous, url) else None
        etag, last_modified = (job.etag, job.last_modified) if known else (None, None)
        response = client.fetch(url, portal=portal, etag=etag, last_modified=last_modified)
        result, following = _keep(response, known, portal, writer)
        if following is None or document_key(following) in passed or len(passed) > MOST_STEPS:
            return result
        url = following
        passed.append(document_key(url))


def _is_of(capture: Capture | None, url: str) -> bool:
    return capture is not None and document_key(capture.url) == document_key(url)


def _is_whole(capture: Capture | None, writer: ArchiveWriter) -> bool:
    """Whether the archive has the bytes of a capture. What it has lost is not asked for whether it has changed."""
    if capture is None:
        return False
    try:
        load_capture(writer.data, capture)
    except ArchiveError:
        return False
    return True


def _keep(
    response: Response, known: Capture | None, portal: Portal, writer: ArchiveWriter
) -> tuple[Capture | Unchanged, str | None]:
    """Archive the answer; gives it, and where it leads to. Raises the verdict of a page that is none, after archiving it."""
    exchange = exchange_of(response)
    if response.not_modified:
        if known is None:
            raise Unreadable(f"{response.url} answers 304 (not modified), and nobody asked whether it was.")
        writer.save_not_modified(exchange, known)
        return Unchanged(response.fetched_at, response.etag, response.last_modified), None
    capture = writer.save(exchange, previous=known)
    return capture, leads_to(capture, response.body, portal.charset)


def _count(counts: FetchCounts, job: FetchJob, result: Capture | Unchanged | Verdict) -> None:
    if isinstance(result, Verdict):
        counts.failed[result.code] += 1
    elif isinstance(result, Unchanged) or (job.previous is not None and result.digest == job.previous.digest):
        counts.unchanged += 1
    else:
        counts.new += 1


def _save(run: str, batch: FetchBatch, writer: ArchiveWriter, ledger: Ledger, outcomes: list[FetchOutcome]) -> None:
    """First the bytes, then the ledger: what it names is on the disk."""
    writer.flush()
    ledger.save_fetched(run, outcomes)
    for outcome in outcomes:
        if not _worth_another(outcome.result):
            batch.settle(outcome.document_id)
    outcomes.clear()


def _worth_another(result: Capture | Unchanged | Verdict) -> bool:
    return isinstance(result, Verdict) and result.transient and may_try_again()
