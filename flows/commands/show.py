"""`nianbao show`"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, place
from flows.commands.output import print_json, print_table
from flows.commands.report import print_report
from flows.errors import CallError
from flows.settings import settings_from
from parsers.amendments import Amendment, amendments
from parsers.records import Report
from parsers.serialize import report_to_json
from storage.documents import DocumentRow, Event, Selector, Version
from storage.overview import history, load_report, select_documents, versions


@click.command(name="show")
@click.argument("document")
@click.option("--history", "with_history", is_flag=True, help="Everything that happened to it.")
@click.option("--versions", "with_versions", is_flag=True, help="Every version of its bytes, and what each changed.")
@click.option(
    "--cell",
    metavar="TABLE/ITEM/COLUMN",
    help="One figure, such as applications/received/total: write the archived page with its cell marked, and say where.",
)
@click.option("--open/--no-open", "browse", default=None, help="Open that page in a browser.  [default: on a terminal]")
@place
@as_json
def command(
    *,
    document: str,
    with_history: bool,
    with_versions: bool,
    cell: str | None,
    browse: bool | None,
    data: str | None,
    ledger: str | None,
    as_json: bool,
) -> None:
    """Show one DOCUMENT, by its id (the report_id of the lake) or its address: the report, and what the checks found.

    With --cell the document itself, as it was fetched, with one figure marked in it; the page needs no network.
    """
    if cell is not None and (with_history or with_versions):
        raise click.UsageError("--cell shows one figure; ask for --history and --versions without it.")
    with opened_ledger(data, ledger) as opened:
        rows = select_documents(opened, Selector(documents=(document,)))
        if not rows:
            raise CallError(
                f"The ledger knows no document {document}; `nianbao failures` and the lake's report_id name them."
            )
        row = rows[0]
        report = load_report(opened, row.document_id)
        if cell is not None:
            from flows.commands.cell import show_cell  # noqa: PLC0415 - loads the readers, which the rest does without

            directory = settings_from(data, ledger).data
            well = show_cell(directory, opened, row, report, cell, browse=browse, as_json=as_json)
            click.get_current_context().exit(0 if well else 1)
        events = history(opened, row.document_id) if with_history else []
        kept = versions(opened, row.document_id) if with_versions else []
    if as_json:
        shown: dict[str, Any] = {"document": asdict(row), "report": report_to_json(report) if report else None}
        shown |= {"history": [asdict(event) for event in events]} if with_history else {}
        shown |= {"versions": _versions(kept)} if with_versions else {}
        print_json(shown)
        return
    _print_document(row)
    if report is not None:
        print_report(report)
    if with_history:
        _print_history(events)
    if with_versions:
        _print_versions(kept)


def _print_document(row: DocumentRow) -> None:
    click.echo(f"{row.document_id}  {row.state}  {row.url}")
    click.echo(f"listed by {row.portal} as {row.title!r} on {row.found_on}")
    if row.verdict:
        kept = "; the report below is of an earlier version" if row.published else ""
        click.echo(f"failed at {row.stage}: {row.verdict}: {row.message}{kept}")


def _print_history(events: list[Event]) -> None:
    cells = [(event.at, event.from_state, event.to_state, event.verdict, event.message, event.run) for event in events]
    print_table("history", ("at", "from", "to", "verdict", "message", "run"), cells)


def _print_versions(kept: list[Version]) -> None:
    cells = [
        (version.capture.fetched_at, version.capture.digest[:16], version.capture.length, _reading(version))
        for version in kept
    ]
    print_table("versions", ("fetched", "digest", "bytes", "read as"), cells, right=("bytes",))
    for version, changes in zip(kept, _changes(kept), strict=True):
        if changes is not None:
            at = f"changed in the version of {version.capture.fetched_at}: {len(changes)}"
            print_table(at, ("what", "before", "after"), [(each.what, each.before, each.after) for each in changes])


def _changes(kept: list[Version]) -> list[tuple[Amendment, ...] | None]:
    """What each version changed of the last one before it that could be read; None where there is nothing to compare."""
    found: list[tuple[Amendment, ...] | None] = []
    last: Report | None = None
    for version in kept:
        found.append(amendments(last, version.report) if last and version.report else None)
        last = version.report or last
    return found


def _reading(version: Version) -> str:
    if version.report is not None:
        return f"{version.report.year} {version.report.organization} ({version.report.status})"
    return version.verdict or "not read yet"


def _versions(kept: list[Version]) -> list[dict[str, Any]]:
    return [
        asdict(version)
        | {
            "report": report_to_json(version.report) if version.report else None,
            "changes": None if changes is None else [asdict(change) for change in changes],
        }
        for version, changes in zip(kept, _changes(kept), strict=True)
    ]
