"""What the ledger says and is told: documents, jobs and choices. Plain frozen records that cross process borders."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

from parsers.records import Capture, Correction, Report
from parsers.urls import document_key
from parsers.verdicts import TRANSIENT, Verdict
from storage.pauses import MOST_RUNS

State = Literal["found", "fetched", "read", "failed"]
Stage = Literal["fetch", "read"]
Status = Literal["valid", "suspect"]


def document_id(url: str) -> str:
    """The name of a document: the first 16 hex digits of the SHA-256 of its key (`parsers.urls.document_key`)."""
    return hashlib.sha256(document_key(url).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Selector:
    """Which documents. The fields combine with AND, the values of one field with OR; an empty field asks for nothing."""

    documents: tuple[str, ...] = ()  # document ids, or addresses
    portals: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # with the port where it is not the usual one
    years: tuple[int, ...] = ()  # report year as read, else as the list page's title states it
    # ISO 3166-2 ("CN-GS") or the beginning of an adcode ("6208"), of the place that was read, else of the portal.
    regions: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    stages: tuple[Stage, ...] = ()  # where a failed document stopped
    verdicts: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()  # of the published reading
    issues: tuple[str, ...] = ()  # codes of issues in the published reading
    reports_with_issues: tuple[
        str, ...
    ] = ()  # documents that have one of `issues` by what the lake says (see flows.choosing)
    older_than_parser: str | None = None  # the last reading, or the published one, is of a parser version before this


EVERYTHING = Selector()


@dataclass(frozen=True, slots=True)
class FetchJob:
    """A document to fetch."""

    document_id: str
    url: str
    host: str
    title: str
    portal: str
    attempts: int  # failed ones since the last answer
    etag: str | None  # what to send as If-None-Match
    last_modified: str | None  # what to send as If-Modified-Since
    previous: Capture | None  # the last capture: for `ArchiveWriter.save(previous=...)`
    doubted: bool = False  # whether the archive may have lost the bytes of that


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The server answered 304: the last capture still stands."""

    fetched_at: str
    etag: str | None = None  # where the server sent a new one
    last_modified: str | None = None


class FetchOutcome(NamedTuple):
    """What became of a `FetchJob`."""

    document_id: str
    result: Capture | Unchanged | Verdict


@dataclass(frozen=True, slots=True)
class ReadJob:
    """A body in the archive to parse, with all that the result depends on beside the bytes and the parser's version."""

    document_id: str
    content_digest: str
    link_key: str  # names the state of the fields that come from the list page and the portal file
    url: str
    final_url: str
    title: str
    portal: str
    portal_region: str
    charset: str | None
    content_type: str
    archive_file: str
    archive_offset: int
    length: int
    corrections: tuple[Correction, ...] = ()  # of these bytes and of others that the document has had


@dataclass(frozen=True, slots=True)
class BytesLost:
    """The archive does not give the bytes of a document any more; `message` says why."""

    message: str


class ReadOutcome(NamedTuple):
    """What became of a `ReadJob`."""

    job: ReadJob
    result: Report | Verdict | BytesLost


class Recorded(NamedTuple):
    """What `Ledger.record_links` did."""

    new: int
    known: int
    document_ids: tuple[str, ...]  # of all links given, each once, in their order


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document as the ledger has it."""

    document_id: str
    url: str
    title: str
    portal: str
    portal_region: str
    found_on: str
    state: State
    stage: Stage | None
    verdict: str | None
    message: str | None
    attempts: int
    failed_runs: int
    retry_at: str | None
    first_seen: str
    last_changed: str
    fetched_at: str | None
    content_digest: str | None
    published_digest: str | None
    year: int | None
    region: str | None
    adcode: str | None
    organization: str | None
    template: str | None
    status: Status | None
    parser_version: str | None

    @property
    def published(self) -> bool:
        """Whether a reading of it stands in the lake: a failed document keeps the last good one."""
        return self.published_digest is not None

    @property
    def transient(self) -> bool:
        """Whether trying again later, with nothing changed on our side, may help."""
        return self.verdict in TRANSIENT

    @property
    def next_attempt(self) -> Literal["next run", "after its pause", "by hand"] | None:
        """When it is fetched again by itself; None where it did not fail for a passing reason. See `storage.pauses`."""
        if self.state != "failed" or not self.transient:
            return None
        if self.failed_runs >= MOST_RUNS:
            return "by hand"
        return "after its pause" if self.retry_at else "next run"

    def waits(self, now: str) -> bool:
        """Whether runs pass it over at this time, unless a person asks for it."""
        due = self.next_attempt == "after its pause" and self.retry_at is not None and self.retry_at <= now
        return self.next_attempt in ("by hand", "after its pause") and not due


@dataclass(frozen=True, slots=True)
class Event:
    """One change in the life of a document."""

    at: str
    run: str
    from_state: State | None
    to_state: State
    stage: Stage | None
    verdict: str | None
    message: str | None
    content_digest: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One capture of a document with what was read from it; `report` and `verdict` are both None before it is read."""

    capture: Capture
    parser_version: str | None
    verdict: str | None
    message: str | None
    report: Report | None
