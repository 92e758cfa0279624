"""`nianbao portals`"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, place, portal_files
from flows.commands.output import print_json, print_table, say
from flows.commands.running import warn_of_missing_contact
from flows.errors import CallError
from flows.portals import choose_portals
from flows.provinces import province_of_adcode
from storage.overview import PortalRow, portal_rows
from storage.portals import load_portal, load_portals, portal_faults, save_checked
from storage.portals import portal_files as files_of

FILE = click.Path(path_type=Path)
REGISTER = Path("deployments/register")  # portals that somebody has looked up, to begin with


@click.group(name="portals")
def command() -> None:
    """List the portal files, check them, or try them out."""


@command.command(name="list")
@portal_files
@place
@as_json
def list_portals(*, portals: str | None, data: str | None, ledger: str | None, as_json: bool) -> None:
    """List the portals, and what was found when they were last visited."""
    chosen, visits = choose_portals(portals), _visits(data, ledger)
    if as_json:
        rows = [
            asdict(portal) | {"last": asdict(visits[portal.name]) if portal.name in visits else None} for portal in chosen
        ]
        print_json(rows)
        return
    cells = []
    for portal in chosen:
        visit = visits.get(portal.name)
        found = (visit.found, visit.discovered_at, visit.error) if visit else (None, "never", None)
        cells.append((portal.name, province_of_adcode(portal.region), portal.region, portal.minimum, *found))
    columns = ("name", "province", "region", "minimum", "found", "visited", "failed")
    print_table(f"{len(chosen)} portals", columns, cells, right=("minimum", "found"))


@command.command(name="check-file")
@click.argument("file", type=FILE)
@as_json
def check_file(*, file: Path, as_json: bool) -> None:
    """Say whether FILE, a portal file or a folder of them, is right, and everything that is not. Visits nothing."""
    faults = portal_faults(file)
    for fault in faults:
        say(f"nianbao: {fault}")
    if faults:
        click.get_current_context().exit(2)
    portals = load_portals(file)
    if as_json:
        print_json([asdict(portal) for portal in portals])
    else:
        click.echo(f"{len(portals)} portals are right: {', '.join(portal.name for portal in portals)}")


@command.command(name="check")
@click.argument("file", type=FILE, default=REGISTER)
@as_json
def check(*, file: Path, as_json: bool) -> None:
    """Visit the lists of the portals of FILE (or of deployments/register) and write into their files what was found."""
    from flows.trial import try_portals  # noqa: PLC0415 - loads the network

    files = {load_portal(one).name: one for one in files_of(file)}
    portals = load_portals(file)
    warn_of_missing_contact(portals)
    today = datetime.now(UTC).date().isoformat()
    found = []
    for trial in try_portals(portals):
        checked = f"{today}: {trial.finding}"
        save_checked(files[trial.portal], checked)
        found.append(
            {"portal": trial.portal, "file": str(files[trial.portal]), "checked": checked, "well": not trial.shortfall}
        )
        if not as_json:
            click.echo(f"{trial.portal}: {checked}")
    if as_json:
        print_json(found)
    click.get_current_context().exit(0 if all(entry["well"] for entry in found) else 1)


@command.command(name="test")
@click.argument("file", type=FILE)
@as_json
def test(*, file: Path, as_json: bool) -> None:
    """Visit the lists of the portals of FILE and show what a harvest would find. Stores nothing."""
    from flows.trial import try_portals  # noqa: PLC0415 - loads the network

    portals = load_portals(file)
    warn_of_missing_contact(portals)
    trials = list(try_portals(portals))
    if as_json:
        print_json([trial.to_json() for trial in trials])
    for trial in trials if not as_json else ():
        click.echo(f"{trial.portal}: {len(trial.links)} reports on {trial.pages} list pages, minimum {trial.minimum}")
        print_table(
            "", ("year", "title", "link", "why"), [(link.year, link.title, link.url, link.reason) for link in trial.links]
        )
        if trial.left_out:
            print_table(
                "left out", ("title", "link", "why"), [(link.title, link.url, link.reason) for link in trial.left_out]
            )
        for issue in trial.issues:
            click.echo(f"{issue.severity}: {issue.code}: {issue.message}")
    click.get_current_context().exit(1 if any(trial.shortfall for trial in trials) else 0)


def _visits(data: str | None, ledger: str | None) -> dict[str, PortalRow]:
    try:
        with opened_ledger(data, ledger) as opened:
            return {row.name: row for row in portal_rows(opened)}
    except CallError:  # nothing was harvested yet
        return {}
