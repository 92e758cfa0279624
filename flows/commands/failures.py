"""`nianbao failures`"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, place
from flows.commands.output import print_json, print_table
from flows.commands.selecting import selection, selector_from
from flows.parameters import refuse_unknown
from storage.documents import DocumentRow
from storage.overview import failures
from tasks.summary import failure_to_json


@click.command(name="failures")
@selection
@place
@as_json
def command(*, data: str | None, ledger: str | None, as_json: bool, **selectors: Any) -> None:
    """List the documents that failed: why, and where they are.

    The README says of each verdict what to do about it.
    """
    selector = selector_from(selectors)
    with opened_ledger(data, ledger) as opened:
        refuse_unknown(selector, opened)
        rows = failures(opened, selector)
    if as_json:
        print_json([failure_to_json(row) for row in rows])
    else:
        print_documents("Failed", rows)


def print_documents(title: str, rows: Sequence[DocumentRow]) -> None:
    """Documents as a table: verdict, when it is tried again by itself, id, portal, title, link, reason."""
    cells = [
        (row.verdict or row.state, _next(row), row.document_id, row.portal, row.title, row.url, row.message) for row in rows
    ]
    print_table(f"{title}: {len(rows)}", ("verdict", "next attempt", "document", "portal", "title", "link", "reason"), cells)


def _next(row: DocumentRow) -> str | None:
    return f"not before {row.retry_at}" if row.next_attempt == "after its pause" else row.next_attempt
