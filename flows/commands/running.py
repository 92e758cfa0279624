"""A flow run from the command line: in this process, with a Prefect server, its progress shown, its outcome printed."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import click

from flows.commands.output import print_json, print_table, say
from flows.contact import contact_missing
from flows.errors import CallError
from flows.prefect_server import prefect_server, quiet_prefect
from flows.progress import Listener, Progress, watched_by
from flows.settings import Settings, hand_down
from parsers.records import Portal
from storage.errors import StorageError
from storage.ledger import Ledger

LINE_SECONDS = 5.0  # between two lines of progress where there is no terminal


def run_flow(flow: str, settings: Settings, *, verbose: bool, **parameters: Any) -> Any:
    """Run a flow, named as "flows.harvest:harvest", and give its `tasks.summarise.Summary`, however it went.

    Directory and ledger are tried first, so that nothing is started for a run that could not write.
    """
    data = settings.data.prepare()
    Ledger(settings.ledger).close()
    hand_down(settings)
    quiet_prefect(verbose=verbose)
    with prefect_server(data.root / "prefect") as server:
        module, name = flow.split(":")
        running = importlib.import_module("flows.running")
        call = getattr(importlib.import_module(module), name)
        with _shown_progress() as listener, watched_by(listener):
            try:
                return call(**parameters)
            except running.RunError as error:
                return error.summary
            except (CallError, StorageError):
                raise
            except Exception as error:
                if fault := importlib.import_module("flows.prefect_api").server_fault(error, server.api_url):
                    log = (
                        f" {data.root / 'prefect/server.log'} says why; where the disk is full, make room."
                        if server.own
                        else ""
                    )
                    raise CallError(
                        f"The Prefect server at {server.api_url} failed in the middle of the run ({fault}).{log} Start again: what "
                        "was kept until now is safe."
                    ) from error
                raise


def warn_of_missing_contact(portals: Iterable[Portal]) -> None:
    """Say on standard error, before anything is visited, that nobody could write to us."""
    if warning := contact_missing(portals):
        say(warning)


def finish(summary: Any, *, as_json: bool) -> None:
    """Print what came of a run, and end with the exit status that says it."""
    if as_json:
        print_json(summary.to_json())
    else:
        _print(summary)
    click.get_current_context().exit(0 if summary.well else 1)


def _print(summary: Any) -> None:
    visited = f"{', '.join(map(str, summary.years)) or 'all years'}, {summary.portals} portals, " if summary.portals else ""
    click.echo(f"{summary.flow}: {visited}{summary.documents} documents, {summary.seconds:.0f} s")
    click.echo(f"  {summary.new_links} new links, {summary.fetched} fetched, {summary.unchanged} unchanged")
    click.echo(f"  {summary.valid + summary.suspect} read ({summary.suspect} suspect), {len(summary.failures)} failed")
    for name, why in summary.failed_portals.items():
        click.echo(f"  portal failed: {name}: {why}")
    for why in summary.failed_batches:
        click.echo(f"  task run failed: {why}")
    for warning in summary.warnings:
        click.echo(f"  worth a look: {warning}")
    if summary.failures:
        click.echo()
        rows = [
            (row.verdict, row.document_id, row.title or row.url, row.message + _planted(summary, row.document_id))
            for row in summary.failures
        ]
        print_table("Failed", ("verdict", "document", "title", "reason"), rows)
    click.echo()
    count = len(summary.published)
    click.echo(
        f"{count} partitions written, {sum(summary.published.values())} reports in them" if count else "Nothing to publish"
    )
    click.echo(f"The Parquet lies in {summary.lake}")


def _planted(summary: Any, document: str) -> str:
    return " (planted in the sample)" if document in summary.planted else ""


@contextlib.contextmanager
def _shown_progress() -> Iterator[Listener]:
    """Progress on standard error: a bar on a terminal, else a line now and then."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console  # noqa: PLC0415 - only for a person
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.documents or None, completed=progress.done, description=describe(progress))

        yield show


class _Lines:
    """A line of progress where something changed, not more often than every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            say(f"{progress.done} of {progress.documents} documents: {describe(progress)}")


def describe(progress: Progress) -> str:
    """The counts in a line."""
    parts = [f"{progress.portals_done}/{progress.portals} portals"] if progress.portals else []
    parts += [f"{progress.fetched} fetched", f"{progress.unchanged} unchanged", f"{progress.read} read"]
    parts += [f"{progress.failed.total()} failed", f"{progress.published} partitions published"]
    return ", ".join(parts)
