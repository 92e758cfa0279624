"""Publish: readings in the ledger -> partitions of the lake."""

from __future__ import annotations

from collections.abc import Iterable

from prefect import task
from prefect.cache_policies import NO_CACHE

from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import Publication, publish_stale_captures
from storage.publication import publish as publish_partitions


@task(name="publish", task_run_name="publish {what}", cache_policy=NO_CACHE, persist_result=False)
def publish(what: str, partitions: Iterable[Partition], run: str, data: DataDirectory, ledger: Ledger) -> list[Publication]:
    """Write partitions anew, each replaced whole. `what` names them for a person."""
    return publish_partitions(data, ledger, partitions, run=run)


@task(name="publish captures", task_run_name="publish captures", cache_policy=NO_CACHE, persist_result=False)
def publish_captures(run: str, data: DataDirectory, ledger: Ledger) -> list[str]:
    """Bring the lake's table of captures up to date; gives the months ("2025-03") that were written."""
    return publish_stale_captures(data, ledger, run=run)
