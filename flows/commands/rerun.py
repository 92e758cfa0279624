"""`nianbao rerun`"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import click

from flows.choosing import Choice, chosen_documents, to_fetch
from flows.commands.failures import print_documents
from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, corrections_file, place, portal_files, verbose
from flows.commands.output import print_json, say
from flows.commands.running import finish, run_flow, warn_of_missing_contact
from flows.commands.sample import portals_to_visit
from flows.commands.selecting import selection, selector_from
from flows.corrections import choose_corrections
from flows.parameters import StageName
from flows.portals import choose_portals
from flows.settings import settings_from
from tasks.summary import failure_to_json


@click.command(name="rerun")
@selection
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(get_args(StageName)),
    help="Documents that stopped here: failed to be fetched or read, or read and not yet published. "
    "With --portal, publish is also for what is withheld.",
)
@click.option("--older-than-parser", metavar="VERSION", help="Documents that a parser version before this one has read.")
@click.option(
    "--failed", is_flag=True, help="The failed ones, whether their pause is over or not.  [without any choice: if it is]"
)
@click.option("--suspect", is_flag=True, help="The published ones that have errors.")
@click.option("--refetch", is_flag=True, help="Fetch them anew, even where the archive has their bytes.")
@click.option("--dry-run", is_flag=True, help="Only list what would be run.")
@click.option("--sample", is_flag=True, help="Serve the sample portal meanwhile, as its operators have mended it.")
@portal_files
@corrections_file
@place
@as_json
@verbose
def command(
    *,
    stages: tuple[StageName, ...],
    older_than_parser: str | None,
    failed: bool,
    suspect: bool,
    refetch: bool,
    dry_run: bool,
    sample: bool,
    portals: str | None,
    corrections: str | None,
    data: str | None,
    ledger: str | None,
    as_json: bool,
    verbose: bool,
    **selectors: Any,
) -> None:
    """Try again what failed, or what the options choose: they combine.

    What could not be fetched is fetched; what was fetched is read again from the archive.
    """
    selector = selector_from(selectors | {"older_than_parser": older_than_parser})
    choose_corrections(corrections)
    settings = settings_from(data, ledger)
    with opened_ledger(data, ledger) as opened:
        choice = Choice(selector, failed=failed, suspect=suspect, stages=stages)
        chosen = chosen_documents(settings.data, opened, choice)
    if dry_run:
        if as_json:
            print_json([failure_to_json(row) for row in chosen.rows])
        else:
            print_documents("Would be run", chosen.rows)
        for warning in chosen.warnings:
            say(warning)
        return
    with portals_to_visit(portals, sample=sample, mended=True) as visit:
        if chosen.rows if refetch else to_fetch(chosen.rows):  # else no portal file is needed
            warn_of_missing_contact(choose_portals(visit.portals))
        summary = run_flow(
            "flows.rerun:rerun",
            settings,
            verbose=verbose,
            portals=visit.portals,
            corrections=corrections,
            stages=stages,
            older_than_parser=older_than_parser,
            failed=failed,
            suspect=suspect,
            refetch=refetch,
            **selectors,
        )
    finish(replace(summary, planted=visit.planted), as_json=as_json)
