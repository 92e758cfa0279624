"""`nianbao show REPORT --cell TABLE/ITEM/COLUMN`: the archived document, with the cell marked, in a browser."""

from __future__ import annotations

import sys
import webbrowser
from typing import Any

import click

from flows.cell_view import ABSENCES, CellView, page_of, view_cell
from flows.commands.output import print_json, print_table, say
from parsers.marked_page import MARK
from parsers.records import Report
from parsers.serialize import figure_to_json, issue_to_json, number_to_json
from parsers.verdicts import Verdict
from storage.documents import DocumentRow
from storage.errors import StorageError
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import published_source


def show_cell(
    data: DataDirectory,
    ledger: Ledger,
    row: DocumentRow,
    report: Report | None,
    cell: str,
    *,
    browse: bool | None,
    as_json: bool,
) -> bool:
    """Write the page and say where; `browse` opens it, None does so on a terminal. Gives whether all went well."""
    source = published_source(ledger, row.document_id)
    if report is None or source is None:
        why = f"{row.verdict}: {row.message}" if row.verdict else f"it is {row.state}"
        say(f"{row.document_id} has no figures in the lake: {why}")
        return False
    try:
        view = view_cell(data, report, source, cell)
    except Verdict as verdict:
        say(f"{row.document_id} cannot be read any more: {verdict.code}: {verdict.message}. Run `nianbao reparse`.")
        return False
    address = f"{_written(data, view)}#{MARK}"
    if as_json:
        print_json(_to_json(view, address))
    else:
        _print(view, address)
    if browse or (browse is None and sys.stdout.isatty()):
        webbrowser.open(address)
    if not view.is_found:
        say(f"It does not stand there any more ({view.marked.text!r} does): read it again with `nianbao reparse`.")
    return view.is_found


def _written(data: DataDirectory, view: CellView) -> str:
    """Write the page under a name of its own; its address."""
    figure = view.figure
    path = data.views / f"{view.source.document_id}-{figure.table}-{figure.item}-{figure.column}.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page_of(view), encoding="utf-8", errors="replace")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}. Make room, or mend the disk.") from error
    return path.absolute().as_uri()


def _print(view: CellView, address: str) -> None:
    figure = view.figure
    click.echo(
        f"{view.report.organization or view.report.title}, {view.report.year or 'year unknown'}: {' / '.join(view.labels)}"
    )
    if figure.absence is not None:
        click.echo(f"  no value: {ABSENCES[figure.absence][1]} ({figure.absence})")
    else:
        click.echo(f"  {number_to_json(figure.value)}{f' (from {figure.scaled_from})' if figure.scaled_from else ''}")
    if figure.corrected_from is not None:
        click.echo(f"  corrected from {figure.corrected_from}")
    click.echo(f"  printed as {figure.raw!r}" if figure.raw is not None else "  printed nowhere")
    if view.issues:
        print_table("", ("severity", "code", "what"), [(each.severity, each.code, each.message) for each in view.issues])
    click.echo(f"{_what(view)}: {address}")


def _what(view: CellView) -> str:
    if view.spot is None:
        return "The document (nothing of this table stands in it)"
    if view.spot.row is None:
        return "The document with the table marked"
    return f"The document with the {'row' if view.spot.column is None else 'cell'} marked"


def _to_json(view: CellView, address: str) -> dict[str, Any]:
    source, spot = view.source, view.spot
    marks = [("table", spot.table), ("row", spot.row), ("column", spot.column)] if spot else []
    return {
        "document": source.document_id,
        "labels": list(view.labels),
        "figure": figure_to_json(view.figure),
        "issues": [issue_to_json(issue) for issue in view.issues],
        "marked": {name: place for name, place in marks if place is not None},
        "text": view.marked.text,
        "page": address,
        "url": source.final_url,
        "content_digest": source.content_digest,
        "archive_file": source.archive_file,
        "archive_offset": source.archive_offset,
    }
