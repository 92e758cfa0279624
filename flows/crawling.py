"""Hosts visited side by side, each by one task at a time: portals looked through, documents fetched, foreign files taken in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol
from urllib.parse import urlsplit

from flows.crew import Crew
from flows.hosts import HostQueue
from flows.resources import Resources
from parsers.records import Portal
from tasks.discover import Discovered, Discovery, discover
from tasks.fetch import FetchBatch, FetchCounts, PortalBook, fetch
from tasks.importing import Taken, WarcBatch, survey_files, take_in
from tasks.retrying import retries
from tasks.survey import Survey

CRAWL = "crawl"  # the kind of these task runs


class Listener(Protocol):
    """Who learns, in the flow's thread, what came of a visit."""

    def discovered(self, portal: str, found: Discovered) -> None:
        """What a portal lists."""

    def not_discovered(self, discovery: Discovery, error: BaseException) -> None:
        """Why a portal could not be looked through."""

    def read(self, documents: Collection[str]) -> None:
        """These have come, or failed, or were not new."""

    def left(self, documents: Iterable[str]) -> None:
        """These were not even tried: their batch failed."""

    def taken_in(self, taken: Taken) -> None:
        """What a part of a foreign file held."""

    def surveyed(self, survey: Survey) -> None:
        """What foreign files hold, before it is taken in."""

    def batch_failed(self, error: BaseException) -> None:
        """A task run failed as a whole."""


class Crawling:
    """Work waits here at its host; `begin` starts the next visit."""

    def __init__(self, resources: Resources, crew: Crew, portals: Iterable[Portal], listener: Listener) -> None:
        again = retries(resources.settings.retries, resources.settings.retry_delay)
        self._resources, self._crew, self._listener = resources, crew, listener
        self._book = PortalBook(portals)
        self._discover, self._fetch = discover.with_options(**again), fetch.with_options(**again)
        self._hosts: HostQueue[Discovery | FetchBatch | WarcBatch] = HostQueue(resources.claims)
        self._fetching: list[FetchBatch] = []
        self._fetched = FetchCounts()  # of the batches that have ended

    @property
    def waiting(self) -> int:
        """Visits that have not begun."""
        return len(self._hosts)

    @property
    def counts(self) -> FetchCounts:
        """What was fetched so far."""
        return sum((batch.counts for batch in self._fetching), self._fetched)

    def visit(self, discovery: Discovery) -> None:
        """Let a portal be looked through."""
        self._hosts.add(urlsplit(discovery.portal.lists[0].split()[-1]).netloc, discovery)

    def fetch(self, batch: FetchBatch) -> None:
        """Let documents of one host be fetched."""
        self._hosts.add(batch.host, batch)

    def take_in(self, batch: WarcBatch) -> None:
        """Let a part of a foreign file be taken in."""
        self._hosts.add(batch.file, batch)

    def survey(self, survey: Survey) -> None:
        """Look through foreign files, now."""
        self._crew.submit(
            CRAWL,
            survey_files,
            survey=survey,
            count=len(survey.files),
            ledger=self._resources.ledger,
            done=self._listener.surveyed,
            failed=self._listener.batch_failed,
        )

    def begin(self) -> bool:
        """Start the next visit to a host where nobody is; False where there is none."""
        if (turn := self._hosts.take()) is None:
            return False
        host, work = turn
        if self._resources.claims.shared:
            self._resources.client.asked_elsewhere(host)
        if isinstance(work, Discovery):
            self._discover_portal(host, work)
        elif isinstance(work, WarcBatch):
            self._take_in_batch(host, work)
        else:
            self._fetch_batch(host, work)
        return True

    def hand_on(self) -> None:
        """Let be read what has come of batches that have not ended."""
        for batch in self._fetching:
            self._listener.read(batch.take_settled())

    def _discover_portal(self, host: str, discovery: Discovery) -> None:
        def done(found: Discovered) -> None:
            self._hosts.leave(host)
            self._listener.discovered(discovery.portal.name, found)

        def failed(error: BaseException) -> None:
            self._hosts.leave(host)
            self._listener.not_discovered(discovery, error)

        self._crew.submit(
            CRAWL,
            self._discover,
            discovery=discovery,
            run=self._resources.run,
            client=self._resources.client,
            writers=self._resources.writers,
            ledger=self._resources.ledger,
            done=done,
            failed=failed,
        )

    def _fetch_batch(self, host: str, batch: FetchBatch) -> None:
        def ended() -> None:
            self._hosts.leave(host)
            self._fetching.remove(batch)
            self._fetched += batch.counts

        def done(counts: FetchCounts) -> None:
            ended()
            self._listener.read(batch.take_left())

        def failed(error: BaseException) -> None:
            ended()
            self._listener.batch_failed(error)
            self._listener.read(batch.take_settled())
            self._listener.left(batch.take_left())

        self._fetching.append(batch)
        self._crew.submit(
            CRAWL,
            self._fetch,
            batch=batch,
            run=self._resources.run,
            client=self._resources.client,
            portals=self._book,
            writers=self._resources.writers,
            ledger=self._resources.ledger,
            done=done,
            failed=failed,
        )

    def _take_in_batch(self, file: str, batch: WarcBatch) -> None:
        def done(taken: Taken) -> None:
            self._hosts.leave(file)
            self._fetched += taken.counts
            self._listener.taken_in(taken)

        def failed(error: BaseException) -> None:
            self._hosts.leave(file)
            self._listener.batch_failed(error)

        self._crew.submit(
            CRAWL,
            take_in,
            batch=batch,
            run=self._resources.run,
            writers=self._resources.writers,
            ledger=self._resources.ledger,
            done=done,
            failed=failed,
        )
