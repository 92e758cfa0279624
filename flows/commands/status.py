"""`nianbao status`"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, place
from flows.commands.output import print_json, print_table
from storage.database import Database
from storage.overview import RunRow, coverage_counts, last_runs, portal_rows, status_counts

RUNS = 5  # that are shown


@click.command(name="status")
@place
@as_json
def command(*, data: str | None, ledger: str | None, as_json: bool) -> None:
    """Say how far everything is: documents by state, portal and year, and the last runs."""
    with opened_ledger(data, ledger) as opened:
        status = _status(opened)
    if as_json:
        print_json(status)
    else:
        _print(status)


def _status(ledger: Database) -> dict[str, Any]:
    """Everything as JSON types; what there is nothing of is left out of the counts."""
    by_portal: dict[str, Counter[str]] = {}
    by_year: dict[str, Counter[str]] = {}
    for row in coverage_counts(ledger):
        by_portal.setdefault(row.portal, Counter())[row.state] += row.documents
        by_year.setdefault(str(row.year or "unknown"), Counter())[row.state] += row.documents
    return asdict(status_counts(ledger)) | {
        "by_portal": {name: dict(counts) for name, counts in sorted(by_portal.items())},
        "by_year": {year: dict(counts) for year, counts in sorted(by_year.items())},
        "failed_portals": {row.name: row.error for row in portal_rows(ledger) if row.error},
        "runs": [_run(row) for row in last_runs(ledger, RUNS)],
    }


def _run(row: RunRow) -> dict[str, Any]:
    return asdict(row) | {"parameters": json.loads(row.parameters), "counts": json.loads(row.counts) if row.counts else None}


def _print(status: dict[str, Any]) -> None:
    states = ("found", "fetched", "read", "failed")
    click.echo(
        f"{status['documents']} documents: " + ", ".join(f"{count} {state}" for state, count in status["states"].items())
    )
    reports = ", ".join(f"{count} {name}" for name, count in status["reports"].items()) or "no reports"
    click.echo(f"In the lake: {reports}; {status['kept']} of them of documents whose newest version could not be read")
    if status["failures"]:
        click.echo("Failed: " + ", ".join(f"{count} {verdict}" for verdict, count in status["failures"].items()))
    for name, error in status["failed_portals"].items():
        click.echo(f"Portal failed: {name}: {error}")
    for title, key in (("portal", "by_portal"), ("year", "by_year")):
        click.echo()
        rows = [(name, *(counts.get(state, 0) for state in states)) for name, counts in status[key].items()]
        print_table("", (title, *states), rows, right=states)
    click.echo()
    runs = [
        (run["run"], run["flow"], run["started_at"], run["ended_at"], run["outcome"] or "under way")
        for run in status["runs"]
    ]
    print_table("", ("run", "flow", "began", "ended", "outcome"), runs)
