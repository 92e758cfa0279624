"""`nianbao harvest`"""

from __future__ import annotations

from dataclasses import replace

import click

from flows.commands.options import as_json, corrections_file, place, portal_files, verbose, years
from flows.commands.running import finish, run_flow, warn_of_missing_contact
from flows.commands.sample import portals_to_visit
from flows.corrections import choose_corrections
from flows.portals import choose_portals
from flows.settings import settings_from
from flows.years import checked_years


@click.command(name="harvest")
@click.option("--sample", is_flag=True, help="Serve the sample portal and harvest it: nothing outside is visited.")
@portal_files
@click.option("--portal", "only", multiple=True, metavar="NAME", help="Only this portal. May be repeated.")
@years
@corrections_file
@place
@as_json
@verbose
def command(
    *,
    sample: bool,
    portals: str | None,
    only: tuple[str, ...],
    years: tuple[int, ...],
    corrections: str | None,
    data: str | None,
    ledger: str | None,
    as_json: bool,
    verbose: bool,
) -> None:
    """Visit the portals: fetch, read and publish what is new or changed.

    What was fetched before is asked for only whether it has changed.
    """
    wanted, settings = checked_years(years), settings_from(data, ledger)
    choose_corrections(corrections)
    with portals_to_visit(portals, sample=sample) as visit:
        warn_of_missing_contact(choose_portals(visit.portals, only))
        summary = run_flow(
            "flows.harvest:harvest",
            settings,
            verbose=verbose,
            portals=visit.portals,
            portal_names=list(only),
            years=list(wanted),
            corrections=corrections,
        )
    finish(replace(summary, planted=visit.planted), as_json=as_json)
