"""`nianbao verify`"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, corrections_file, place, verbose
from flows.commands.output import print_json, print_table, say
from flows.commands.running import run_flow
from flows.corrections import choose_corrections
from flows.settings import Settings, settings_from
from storage.ledger import Ledger
from storage.verification.finding import Finding
from storage.verification.verify import mend
from storage.verification.verify import verify as find
from tasks.pages import is_document


@click.command(name="verify")
@click.option("--repair", is_flag=True, help="Mend what the archive can mend: rows, readings, the lake.")
@corrections_file
@place
@as_json
@verbose
def command(
    *, repair: bool, corrections: str | None, data: str | None, ledger: str | None, as_json: bool, verbose: bool
) -> None:
    """Say where ledger, archive and lake disagree: what is missing, orphaned, damaged or stale.

    Everything in the archive is read, and every partition of the lake is compared with what its readings give. Best while no run
    is going on. Exit status: 0 where all agrees, 1 where something was found, or with --repair could not be mended.
    """
    settings = settings_from(data, ledger)
    choose_corrections(corrections)
    with opened_ledger(data, ledger) as opened:
        found = find(settings.data, opened, is_document)
        documents = mend(settings.data.prepare(), opened, found) if repair and found else []
    left = found
    if repair and found:
        say(f"{len(found)} findings; mending")
        left = _repaired(settings, documents, corrections=corrections, verbose=verbose)
    mended = [finding for finding in found if not any(finding.where == other.where for other in left)]
    if as_json:
        answer: dict[str, Any] = {"agrees": not left, "findings": [finding.to_json() for finding in left]}
        print_json(answer | ({"mended": [finding.to_json() for finding in mended]} if repair else {}))
    else:
        _print("Mended", mended if repair else [])
        _print("Found" if not repair else "Not mended", left)
        click.echo(f"{len(left)} findings" if left else "Ledger, archive and lake agree")
    click.get_current_context().exit(1 if left else 0)


def _repaired(settings: Settings, documents: list[str], *, corrections: str | None, verbose: bool) -> list[Finding]:
    """Read and publish; what still disagrees then."""
    run_flow("flows.repair:repair", settings, verbose=verbose, documents=documents, corrections=corrections)
    opened = Ledger(settings.ledger)
    try:
        return find(settings.data, opened, is_document)
    finally:
        opened.close()


def _print(title: str, findings: Sequence[Finding]) -> None:
    if findings:
        rows = [(finding.code, finding.where, finding.message) for finding in findings]
        print_table(title, ("code", "where", "what, and what to do"), rows)
        click.echo()
