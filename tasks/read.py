"""Read: archived documents -> readings in the ledger, in a process of its own."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from storage.documents import ReadJob
from tasks.readers import Readers
from tasks.reading import ReadCounts


class ReadBatch:
    """Jobs for one reading process. Not a dataclass: Prefect looks into every field of those for futures, one by one."""

    def __init__(self, jobs: tuple[ReadJob, ...]) -> None:
        self.jobs = jobs

    @property
    def size(self) -> int:
        return len(self.jobs)


@task(name="read", task_run_name="read {batch.size} documents", cache_policy=NO_CACHE, persist_result=False)
def read(batch: ReadBatch, run: str, readers: Readers) -> ReadCounts:
    """Parse a batch and store what came of each document: a report, or the verdict that stopped it."""
    counts = readers.read(run, batch.jobs)
    for fault in counts.faults:
        get_run_logger().error("%s", fault)
    return counts
