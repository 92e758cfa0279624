"""Reading a batch of archived documents, and the messages between a reading process and its parent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from parsers.corrections import corrected
from parsers.parse import PARSER_VERSION
from parsers.records import Report
from parsers.verdicts import Truncated, Verdict
from storage.documents import BytesLost, ReadJob, ReadOutcome
from storage.errors import ArchiveError
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.replay import load_body
from tasks.parsing import parse_or_verdict


@dataclass(frozen=True, slots=True)
class Batch:
    """What the parent sends. `settled` holds outcomes that are known already: documents that killed a reader."""

    run: str
    jobs: tuple[ReadJob, ...]
    settled: tuple[ReadOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Began:
    """The process begins with the job of this index, or with another page of it that is a picture; the number of jobs: it begins
    to store the readings."""

    index: int


@dataclass(slots=True)
class ReadCounts:
    """What came of a batch. `faults`: tracebacks of exceptions that no parser should raise, for the log."""

    valid: int = 0
    suspect: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # by verdict
    faults: list[str] = field(default_factory=list)

    def count(self, result: Report | Verdict | BytesLost) -> None:
        if isinstance(result, BytesLost):
            self.failed[Truncated.code] += 1
        elif isinstance(result, Verdict):
            self.failed[result.code] += 1
        elif result.status == "valid":
            self.valid += 1
        else:
            self.suspect += 1


def read_document(
    data: DataDirectory, job: ReadJob, faults: list[str], recognising: Callable[[], None] | None = None
) -> Report | Verdict | BytesLost:
    """Parse one archived body, and apply the corrections in force for it.

    `faults` gets the traceback of what is a mistake of ours; `recognising` is called before each page that is a picture.
    """
    try:
        body = load_body(data, job.archive_file, job.archive_offset, job.content_digest)
    except ArchiveError as error:
        return BytesLost(str(error))
    result = parse_or_verdict(
        body,
        faults,
        url=job.final_url,
        title=job.title,
        content_type=job.content_type,
        charset=job.charset,
        portal_region=job.portal_region,
        recognising=recognising,
    )
    if isinstance(result, Report) and job.corrections:
        return corrected(result, job.corrections, job.content_digest)
    return result


def read_batch(data: DataDirectory, ledger: Ledger, batch: Batch, tell: Callable[[Began], None]) -> ReadCounts:
    """Read the jobs of a batch, telling of each before it begins, and store what came of them in one transaction."""
    counts = ReadCounts()
    outcomes = list(batch.settled)
    for index, job in enumerate(batch.jobs):
        tell(Began(index))
        outcomes.append(ReadOutcome(job, read_document(data, job, counts.faults, partial(tell, Began(index)))))
    tell(Began(len(batch.jobs)))
    ledger.save_readings(batch.run, PARSER_VERSION, outcomes)
    for outcome in outcomes:
        counts.count(outcome.result)
    return counts
