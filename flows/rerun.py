"""The rerun: documents that failed, or are suspect, are tried again."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.choosing import Choice, chosen_documents, to_fetch
from flows.parameters import StageName, VerdictCode, selector_of
from flows.portals import choose_portals
from flows.running import TASK_RUNNER, Order, carry_out
from flows.schedule import Schedule
from flows.settings import settings_from
from parsers.records import TemplateId
from storage.ledger import Ledger
from storage.withholding import release
from tasks.fetch import Manner
from tasks.summary import Summary, failure_to_json


@flow(name="rerun", task_runner=TASK_RUNNER, persist_result=False)
def rerun(
    *,
    documents: Sequence[str] = (),
    portal_names: Sequence[str] = (),
    hosts: Sequence[str] = (),
    years: Sequence[int] = (),
    regions: Sequence[str] = (),
    templates: Sequence[TemplateId] = (),
    verdicts: Sequence[VerdictCode] = (),
    issues: Sequence[str] = (),
    stages: Sequence[StageName] = (),
    older_than_parser: str | None = None,
    failed: bool = False,
    suspect: bool = False,
    refetch: bool = False,
    dry_run: bool = False,
    portals: str | None = None,
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary | None:
    """Try documents again, chosen by selectors that combine: fetch what could not be fetched, read again what was.

    A dry run gives no summary.

    Args:
        documents: Only these documents, by id or address.
        portal_names: Only documents of the portals of these names.
        hosts: Only documents on these hosts.
        years: Only reports of these years.
        regions: Only reports of these provinces (CN-GS), or of places by the start of their adcode (6208).
        templates: Only reports in these layouts.
        verdicts: Only documents that failed for these reasons.
        issues: Only reports in which these checks found something.
        stages: Only documents that stopped here: failed to be fetched or read, or not yet published (of portals named: or withheld).
        older_than_parser: Only documents that a parser version before this one has read.
        failed: The failed ones, whether their pause is over or not. Without any choice: those whose pause is over.
        suspect: The published ones that have errors.
        refetch: Fetch them anew, even where the archive has their bytes.
        dry_run: Only list what would be run, as a table artifact.
        portals: Portal files: a TOML file or a folder of them. Empty: NIANBAO_PORTALS, else deployments/portals.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """
    settings = settings_from(data, ledger)
    selector = selector_of(
        documents=documents,
        portal_names=portal_names,
        hosts=hosts,
        years=years,
        regions=regions,
        templates=templates,
        verdicts=verdicts,
        issues=issues,
        older_than_parser=older_than_parser,
    )
    choice = Choice(selector, failed=failed, suspect=suspect, stages=tuple(stages))
    settings.data.prepare()
    opened = Ledger(settings.ledger)
    chosen = chosen_documents(settings.data, opened, choice)
    opened.close()
    rows = chosen.rows
    if dry_run:
        create_table_artifact([failure_to_json(row) for row in rows], key="rerun-dry", description="What would be run")
        return None
    fetch = {row.document_id for row in (rows if refetch else to_fetch(rows))}

    def plan(schedule: Schedule, ledger: Ledger) -> None:
        if "publish" in stages and portal_names:
            release(ledger, portal_names)
        schedule.warnings += chosen.warnings
        schedule.publish_only_of(row.document_id for row in rows)
        schedule.fetch(fetch, Manner(asks_known=refetch, asks_final=True, asks_waiting=choice.asks_waiting, anew=refetch))
        schedule.read_again([row.document_id for row in rows if row.document_id not in fetch])

    visited = choose_portals(portals) if fetch else ()
    return carry_out(Order("rerun", f"rerun {len(rows)} documents", settings, visited, corrections=corrections), plan)
