"""What runs when: discovering, fetching, reading and publishing overlap, each bounded, a host visited by one task at a time.

    discover portal --ids--> fetch batch (one host) --ids--> read batch (any hosts) --> publish province

The schedule lives in the flow's own thread: it submits Prefect task runs, waits for the next one to end, and decides what
may begin then. Between tasks travel ids of documents; what is known of them stands in the ledger, so that a batch that
fails, or a run that is killed, leaves nothing that the next run would not find.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from prefect.logging import get_run_logger

from flows.crawling import CRAWL, Crawling
from flows.crew import FATAL, Crew
from flows.due_partitions import DuePartitions
from flows.progress import Progress
from flows.provinces import Provinces
from flows.resources import Resources
from parsers.parse import PARSER_VERSION
from parsers.records import Correction, Portal
from storage.documents import EVERYTHING, DocumentRow, ReadJob, Selector
from storage.layout import Partition
from storage.overview import failures
from storage.publication import Publication
from tasks.discover import Discovered, Discovery, PortalError
from tasks.fetch import ALL_BUT_FINAL, FETCH_BATCH, FetchBatch, Manner
from tasks.importing import Taken
from tasks.importing import batches as warc_batches
from tasks.publish import publish, publish_captures
from tasks.read import ReadBatch, read
from tasks.reading import ReadCounts
from tasks.survey import Survey

READ_BATCH = 100  # documents in a task run, and in a transaction of the ledger
READ_AHEAD = 20  # batches fetched and not yet read, at which fetching pauses: what bounds the memory
LOOK_EVERY = 0.3  # seconds after which documents that came are read, though their batch has not ended
ASK_AT_ONCE = 500  # documents asked of the ledger in one query

T = TypeVar("T")


class Schedule:
    """The work of one run: give it work with `visit`, `fetch` and `read`, and `finish` it."""

    def __init__(
        self,
        resources: Resources,
        portals: Iterable[Portal],
        years: Collection[int] = (),
        corrections: Sequence[Correction] = (),
    ) -> None:
        self._resources = resources
        self._run, self._settings = resources.run, resources.settings
        self._data, self._ledger = resources.data, resources.ledger
        self._years = frozenset(years)
        self._corrections = tuple(corrections)
        self._crew = Crew()
        self._crawling = Crawling(resources, self._crew, portals, self)
        self._to_read: deque[ReadJob] = deque()
        self._unreadable: Counter[str] = Counter()  # documents that could not be read, by verdict
        self._due = DuePartitions(self._data, self._ledger, self._years)
        self._to_publish: deque[tuple[str, list[Partition]]] = deque()
        self._provinces = Provinces()
        self.progress = Progress()
        self.on_progress: Callable[[Progress], None] = lambda progress: None
        self.failed_portals: dict[str, str] = {}  # name -> why
        self.failed_batches: list[str] = []
        self.warnings: list[str] = []
        self.documents: set[str] = set()  # all that this run was about
        self.published: dict[Partition, int] = {}  # -> reports in it

    def failures(self) -> list[DocumentRow]:
        """The documents of this run that stand failed now."""
        return [row for row in failures(self._ledger) if row.document_id in self.documents]

    @property
    def task_runs(self) -> int:
        """How many were submitted."""
        return self._crew.submitted

    # --- work to do

    def publish_only_of(self, documents: Iterable[str]) -> None:
        """Leave every partition alone but those that hold these documents, before the run or after it."""
        self._due.limit_to(documents)

    def visit(self, portal: Portal) -> None:
        """Discover a portal; then fetch, read and publish what it lists."""
        self.progress.portals += 1
        self._provinces.begin(portal)
        self._crawling.visit(Discovery(portal, self._years))

    def take_in(self, survey: Survey) -> None:
        """Look through foreign WARC files; then archive, read and publish the reports in them."""
        self._crawling.survey(survey)

    def fetch(self, documents: Iterable[str], manner: Manner = ALL_BUT_FINAL) -> None:
        """Fetch documents, then read them. What need not be fetched is read at once."""
        documents = tuple(documents)
        self.documents.update(documents)
        batches: dict[str, list[str]] = {}
        for some in _batches(documents, ASK_AT_ONCE):
            jobs = self._ledger.documents_to_fetch(
                Selector(documents=some),
                run=self._run,
                refetch=manner.asks_known,
                final=manner.asks_final,
                paused=manner.asks_waiting,
            )
            for job in jobs:
                batches.setdefault(job.host, []).append(job.document_id)
            self.read(set(some) - {job.document_id for job in jobs})
        for host, ids in batches.items():
            for batch in _batches(ids, FETCH_BATCH):
                self._crawling.fetch(FetchBatch(host, batch, manner))

    def read(self, documents: Collection[str], *, force: bool = False) -> None:
        """Read what has to be read of these documents, or with `force` all that has bytes."""
        self.documents.update(documents)
        for some in _batches(documents, ASK_AT_ONCE):
            jobs = self._ledger.documents_to_read(
                Selector(documents=some), parser_version=PARSER_VERSION, corrections=self._corrections, force=force
            )
            self._to_read.extend(jobs)
            self._settle(set(some) - {job.document_id for job in jobs})

    def read_unread(self, selector: Selector = EVERYTHING) -> None:
        """Read, now, what has not been read by this parser: what a killed run had fetched, what an older parser has read."""
        seen: set[ReadJob] = set()
        while True:
            jobs = self._ledger.documents_to_read(
                selector,
                parser_version=PARSER_VERSION,
                corrections=self._corrections,
                limit=len(seen) + READ_AHEAD * READ_BATCH,
            )
            if not (new := [job for job in jobs if job not in seen]):
                return
            seen.update(new)
            self.documents.update(job.document_id for job in new)
            self._to_read.extend(new)
            self.work()

    def read_again(self, documents: Collection[str]) -> None:
        """Read, now, all bytes of these documents, whoever has read them before."""
        for some in _batches(documents, READ_AHEAD * READ_BATCH):
            self.read(some, force=True)
            self.work()

    # --- the run

    def finish(self) -> None:
        """Do the work that is left, and publish what changed. Raises what ended it early: see `flows.crew.FATAL`."""
        self.work()
        self._publish_stale()
        self.warnings += self._due.warnings
        self._crew.submit(
            "publish", publish_captures, run=self._run, data=self._data, ledger=self._ledger, failed=self.batch_failed
        )
        self.work()

    def work(self) -> None:
        """Begin what may begin and wait for what ends, until there is nothing more."""
        while self._crew.at_work.total() or self._crew.fatal is None:
            try:
                if self._crew.fatal is None:
                    self._begin_crawling()
                    self._begin_reading()
                    self._begin_publishing()
                    if not self._crew.at_work.total() and not self._crawling.waiting:
                        break
                self._crew.take_one(patience=LOOK_EVERY)
                self._crawling.hand_on()
                self._show()
            except FATAL as error:  # what is under way ends first: it holds files that are to be closed
                self._crew.fatal = self._crew.fatal or error
        if self._crew.fatal is not None:
            raise self._crew.fatal

    def _show(self) -> None:
        fetched = self._crawling.counts
        self.progress.documents = len(self.documents)
        self.progress.fetched, self.progress.unchanged = fetched.new, fetched.unchanged
        self.progress.failed = fetched.failed + self._unreadable
        self.on_progress(self.progress)

    def _begin_crawling(self) -> None:
        while self._crew.at_work[CRAWL] < self._settings.crawlers and len(self._to_read) < READ_AHEAD * READ_BATCH:
            if not self._crawling.begin():
                return

    def _begin_reading(self) -> None:
        """Whole batches, one more than there are processes; a smaller one only where a process would have nothing to do."""
        processes, at_work = self._resources.readers.count, self._crew.at_work
        while self._to_read and at_work["read"] <= processes:
            if len(self._to_read) < READ_BATCH and at_work["read"] >= processes:
                return
            jobs = tuple(self._to_read.popleft() for _ in range(min(READ_BATCH, len(self._to_read))))
            self._read_batch(ReadBatch(jobs))

    def _read_batch(self, batch: ReadBatch) -> None:
        documents = {job.document_id for job in batch.jobs}

        def done(counts: ReadCounts) -> None:
            self.progress.valid += counts.valid
            self.progress.suspect += counts.suspect
            self._unreadable.update(counts.failed)
            self._settle(documents)

        def failed(error: BaseException) -> None:
            self.batch_failed(error)
            self._settle(documents)

        self._crew.submit(
            "read", read, batch=batch, run=self._run, readers=self._resources.readers, done=done, failed=failed
        )

    def _begin_publishing(self) -> None:
        """One task at a time: two would only share the same processor."""
        if self._to_publish and not self._crew.at_work["publish"]:
            province, partitions = self._to_publish.popleft()

            def done(publications: list[Publication]) -> None:
                self.published.update((publication.partition, publication.reports) for publication in publications)
                self.progress.published = len(self.published)

            self._crew.submit(
                "publish",
                publish,
                what=f"{province} · {len(partitions)} partitions",
                partitions=partitions,
                run=self._run,
                data=self._data,
                ledger=self._ledger,
                done=done,
                failed=self.batch_failed,
            )

    # --- what came of visits: see `flows.crawling.Listener`

    def discovered(self, portal: str, found: Discovered) -> None:
        """Fetch what a portal lists."""
        self.warnings += [f"{portal}: {issue.message}" for issue in found.issues]
        self.progress.new_links += found.new
        self.fetch(self._provinces.await_documents(portal, found.document_ids))
        self._portal_ended(portal)

    def not_discovered(self, discovery: Discovery, error: BaseException) -> None:
        """Keep why; its partitions are withheld."""
        portal, known = discovery.portal, isinstance(error, PortalError)
        why = str(error).removeprefix(f"{portal.name}: ") if known else _named(error)
        self.failed_portals[portal.name] = why
        if not known:  # else the task has noted it
            crawl = discovery.crawl
            self._ledger.save_discovery(self._run, portal, found=len(crawl.links), expected=crawl.expected, error=why)
        self._portal_ended(portal.name)

    def surveyed(self, survey: Survey) -> None:
        """Take in the reports that foreign files hold."""
        self.warnings += survey.notes
        for batch in warc_batches(survey, self._years):
            self._crawling.take_in(batch)
        if not self._crawling.waiting:
            self.warnings.append(
                f"none of the {survey.responses} responses with status 200 may be a report that is asked for"
            )

    def taken_in(self, taken: Taken) -> None:
        """Read what a foreign file held."""
        self.progress.new_links += taken.new_links
        self.read(taken.document_ids)

    def left(self, documents: Iterable[str]) -> None:
        """Leave to the next run what was not even tried."""
        self._settle(documents)

    def batch_failed(self, error: BaseException) -> None:
        """Keep that a task run failed as a whole; what it had to do is left to the next run."""
        self.failed_batches.append(_named(error))
        get_run_logger().error("%s", self.failed_batches[-1])

    # --- what follows from what

    def _settle(self, documents: Iterable[str]) -> None:
        """Nothing more will be done to these documents in this run."""
        documents = list(documents)
        self.progress.done += len(documents)
        for province in self._provinces.settle(documents):
            self._publish_stale(province)

    def _portal_ended(self, portal: str) -> None:
        self.progress.portals_done += 1
        if province := self._provinces.end(portal):
            self._publish_stale(province)

    def _publish_stale(self, province: str | None = None) -> None:
        """Queue the partitions, of one province or all, of which the lake is behind the ledger."""
        stale: dict[str, list[Partition]] = {}
        for partition in self._due.stale():
            if province in (None, partition.region):
                stale.setdefault(partition.region, []).append(partition)
        self._to_publish.extend(stale.items())


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _batches(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    waiting = iter(items)
    while batch := tuple(islice(waiting, size)):
        yield batch
