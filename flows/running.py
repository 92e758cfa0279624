"""The frame of every flow run: its name and its place in the ledger, what is shown of it while it goes on, how it ends."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.contact import contact_missing
from flows.corrections import corrections_in_force, warnings_of
from flows.prefect_api import await_recorded
from flows.progress import Progress, tell
from flows.resources import open_resources
from flows.schedule import Schedule
from flows.settings import Settings
from parsers.records import Portal
from storage.errors import StorageError
from storage.ledger import Ledger
from tasks.summarise import summarise
from tasks.summary import Summary

# More threads than a run uses; how many tasks run at the same time is the schedule's business.
TASK_RUNNER = cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=256))
ARTIFACT_SECONDS = 2.0  # between two updates of the progress that Prefect shows


class RunError(Exception):
    """A run that came to its end, but not well: portals or whole batches failed. Its flow run is Failed."""

    def __init__(self, summary: Summary) -> None:
        self.summary = summary
        reasons = [f"{name}: {why}" for name, why in summary.failed_portals.items()]
        reasons += summary.failed_batches
        super().__init__(f"{summary.flow} did not go well: {'; '.join(reasons)}")


@dataclass(frozen=True, slots=True)
class Order:
    """What a flow run is to do, beside the work itself."""

    flow: str
    title: str  # names the run in Prefect
    settings: Settings
    portals: Sequence[Portal] = ()
    years: tuple[int, ...] = ()
    corrections: str | None = None  # the file of corrections; None: where it usually is


def carry_out(order: Order, plan: Callable[[Schedule, Ledger], None]) -> Summary:
    """Run an order: `plan` gives the schedule its work.

    Raises `RunError` where portals or whole batches failed, and `StorageError` where disk or ledger ended the run.
    """
    context = FlowRunContext.get()
    assert context is not None, "only a flow may carry out an order"
    assert context.flow_run is not None
    began = time.monotonic()
    run = _run_name(context.flow_run)
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, name=order.title)
    if warning := contact_missing(order.portals):
        get_run_logger().warning("%s", warning)
    with open_resources(order.settings, run) as resources:
        ledger = resources.ledger
        ledger.start_run(run, order.flow, {"title": order.title, "years": order.years})
        corrections = corrections_in_force(order.corrections, ledger)
        schedule = Schedule(resources, order.portals, order.years, corrections)
        schedule.warnings += warnings_of(corrections, ledger)
        schedule.on_progress = _Shown(order.title).show
        try:
            plan(schedule, ledger)
            schedule.finish()
        except BaseException as error:
            with contextlib.suppress(StorageError):  # what ended the run may be the ledger itself
                ledger.end_run(run, "crashed", {"error": f"{type(error).__name__}: {error}"})
            raise
        summary = _summary(order, run, schedule, time.monotonic() - began)
        summarise(summary)
        ledger.end_run(run, "completed" if _went_well(summary) else "failed", summary.counts())
    if missing := await_recorded(context.flow_run.id, summary.task_runs):
        text = f"Prefect has no record of {missing} of {summary.task_runs} task runs; the documents are not affected."
        get_run_logger().warning("%s", text)
        summary = replace(summary, warnings=(*summary.warnings, text))
    if not _went_well(summary):
        raise RunError(summary)
    return summary


def _went_well(summary: Summary) -> bool:
    return not (summary.failed_portals or summary.failed_batches)


def _run_name(flow_run: FlowRun) -> str:
    """Sorts by time, and stays the same when a flow run is taken up again: what it has fetched is not fetched again."""
    at = flow_run.expected_start_time or flow_run.created
    return f"{at:%Y%m%dT%H%M%S}-{flow_run.id.hex[:8]}" if at else flow_run.id.hex


def _summary(order: Order, run: str, schedule: Schedule, seconds: float) -> Summary:
    progress = schedule.progress
    return Summary(
        flow=order.flow,
        run=run,
        years=order.years,
        portals=progress.portals,
        failed_portals=schedule.failed_portals,
        documents=progress.documents,
        new_links=progress.new_links,
        fetched=progress.fetched,
        unchanged=progress.unchanged,
        valid=progress.valid,
        suspect=progress.suspect,
        failures=tuple(schedule.failures()),
        failed_batches=tuple(schedule.failed_batches),
        warnings=tuple(schedule.warnings),
        published={
            partition.path: reports
            for partition, reports in sorted(schedule.published.items(), key=lambda item: item[0].sort_key)
        },
        lake=f"{order.settings.data.store}/lake",
        seconds=round(seconds, 1),
        task_runs=schedule.task_runs + 1,  # with that of the summary itself
    )


class _Shown:
    """The progress of a run, for who watches here and as an artifact in Prefect."""

    def __init__(self, title: str) -> None:
        self._artifact = cast(UUID, create_progress_artifact(0.0, description=title))
        self._updated = time.monotonic()

    def show(self, progress: Progress) -> None:
        tell(progress)
        if time.monotonic() - self._updated > ARTIFACT_SECONDS:
            percent = min(99.0, 100 * progress.done / progress.documents) if progress.documents else 0.0
            update_progress_artifact(self._artifact, percent)
            self._updated = time.monotonic()
