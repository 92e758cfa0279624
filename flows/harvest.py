"""The harvest: every portal is looked through, what is new or changed is fetched, read and published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow

from flows.portals import choose_portals
from flows.running import TASK_RUNNER, Order, carry_out
from flows.schedule import Schedule
from flows.settings import Settings, portal_path, settings_from
from flows.years import checked_years, year_of_season
from storage.documents import EVERYTHING, Selector
from storage.foreign import ForeignFile
from storage.ledger import Ledger
from tasks.summary import Summary
from tasks.survey import PortalHosts, Survey


@flow(name="harvest", task_runner=TASK_RUNNER, persist_result=False)
def harvest(
    *,
    years: Sequence[int] = (),
    portal_names: Sequence[str] = (),
    portals: str | None = None,
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary:
    """Visit the portals and bring the lake up to date.

    What was fetched before is asked for only whether it has changed. Raises `RunError` where a portal gave less than its
    minimum: nothing of that portal is published, everything else is.

    Args:
        years: Only reports of these years. Empty: all.
        portal_names: Only the portals of these names. Empty: all.
        portals: Portal files: a TOML file or a folder of them. Empty: NIANBAO_PORTALS, else deployments/portals.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """
    return _harvest(checked_years(years), portal_names, portals, corrections, settings_from(data, ledger))


@flow(name="annual-harvest", task_runner=TASK_RUNNER, persist_result=False)
def annual_harvest(
    *,
    year: int | None = None,
    portal_names: Sequence[str] = (),
    portals: str | None = None,
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary:
    """The harvest of one season: the reports of one year.

    Args:
        year: Report year. Empty: the year before this one, whose reports come out now.
        portal_names: Only the portals of these names. Empty: all.
        portals: Portal files: a TOML file or a folder of them. Empty: NIANBAO_PORTALS, else deployments/portals.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """
    years = checked_years([year if year is not None else year_of_season()])
    return _harvest(years, portal_names, portals, corrections, settings_from(data, ledger))


@flow(name="harvest-warc", task_runner=TASK_RUNNER, persist_result=False)
def harvest_warc(
    *,
    files: Sequence[str],
    years: Sequence[int] = (),
    portals: str | None = None,
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary:
    """Take the reports out of WARC files that others have written, and bring the lake up to date. No server is visited.

    Args:
        files: WARC or ARC files, packed or not.
        years: Only reports of these years. Empty: all.
        portals: Portal files: a TOML file or a folder of them. A report belongs to the portal of its host; to one named after
            the host where there is none. Empty: NIANBAO_PORTALS, else deployments/portals, else none.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """
    paths = [Path(file) for file in files]
    for path in paths:
        ForeignFile(path).check()
    known = choose_portals(portals) if portals or portal_path().exists() else []
    wanted = checked_years(years)
    title = f"harvest of {len(paths)} WARC files"

    def plan(schedule: Schedule, ledger: Ledger) -> None:
        schedule.take_in(Survey(paths, PortalHosts(known)))

    order = Order("harvest-warc", title, settings_from(data, ledger), years=wanted, corrections=corrections)
    return carry_out(order, plan)


def _harvest(
    years: tuple[int, ...], only: Sequence[str], portal_files: str | None, corrections: str | None, settings: Settings
) -> Summary:
    portals = choose_portals(portal_files, only)
    title = f"harvest {', '.join(map(str, years)) or 'all years'} · {len(portals)} portals"

    def plan(schedule: Schedule, ledger: Ledger) -> None:
        for portal in portals:
            schedule.visit(portal)
        schedule.work()
        schedule.read_unread(Selector(years=years) if years else EVERYTHING)

    return carry_out(Order("harvest", title, settings, portals, years, corrections), plan)
