"""`nianbao harvest`"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from flows.commands.options import as_json, corrections_file, place, portal_files, verbose, years
from flows.commands.running import finish, run_flow, warn_of_missing_contact
from flows.commands.sample import portals_to_visit
from flows.corrections import choose_corrections
from flows.errors import CallError
from flows.portals import choose_portals
from flows.settings import settings_from
from flows.years import checked_years
from storage.foreign import ForeignFile


@click.command(name="harvest")
@click.option("--sample", is_flag=True, help="Serve the sample portal and harvest it: nothing outside is visited.")
@click.option(
    "--from-warc", is_flag=True, help="Take the reports out of WARC FILES that others have written: no server is visited."
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
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
    from_warc: bool,
    files: tuple[Path, ...],
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
    if from_warc:
        _refuse(sample=sample, only=only, files=files)
        summary = run_flow(
            "flows.harvest:harvest_warc",
            settings_from(data, ledger),
            verbose=verbose,
            files=[str(file) for file in files],
            portals=portals,
            years=list(wanted),
            corrections=corrections,
        )
        finish(summary, as_json=as_json)
        return
    if files:
        raise CallError(f"{files[0]}: files are taken with --from-warc only.")
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


def _refuse(*, sample: bool, only: tuple[str, ...], files: tuple[Path, ...]) -> None:
    """Raise what is wrong with a call for WARC files, before anything is started."""
    if sample or only:
        raise CallError("--from-warc visits no portal; leave out --sample and --portal.")
    if not files:
        raise CallError("--from-warc needs at least one file: nianbao harvest --from-warc FILE...")
    for file in files:
        ForeignFile(file).check()
