"""The reparse: archived bytes are read again, without a network."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow

from flows.choosing import with_lake_issues
from flows.parameters import VerdictCode, refuse_unknown, selector_of
from flows.running import TASK_RUNNER, Order, carry_out
from flows.schedule import Schedule
from flows.settings import settings_from
from parsers.records import TemplateId
from storage.ledger import Ledger
from storage.overview import select_documents
from tasks.summary import Summary


@flow(name="reparse", task_runner=TASK_RUNNER, persist_result=False)
def reparse(
    *,
    everything: bool = False,
    documents: Sequence[str] = (),
    portal_names: Sequence[str] = (),
    hosts: Sequence[str] = (),
    years: Sequence[int] = (),
    regions: Sequence[str] = (),
    templates: Sequence[TemplateId] = (),
    verdicts: Sequence[VerdictCode] = (),
    issues: Sequence[str] = (),
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary:
    """Read archived documents again and publish what changed. It is all that has to be done after the parser was mended.

    Args:
        everything: Also what this parser has read. Else what an older one has read, and what nobody has.
        documents: Only these documents, by id or address.
        portal_names: Only documents of the portals of these names.
        hosts: Only documents on these hosts.
        years: Only reports of these years.
        regions: Only reports of these provinces (CN-GS), or of places by the start of their adcode (6208).
        templates: Only reports in these layouts.
        verdicts: Only documents that failed for these reasons.
        issues: Only reports in which these checks found something.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """
    settings = settings_from(data, ledger)
    chosen = selector_of(
        documents=documents,
        portal_names=portal_names,
        hosts=hosts,
        years=years,
        regions=regions,
        templates=templates,
        verdicts=verdicts,
        issues=issues,
    )

    selector = with_lake_issues(chosen, settings.data)

    def plan(schedule: Schedule, ledger: Ledger) -> None:
        refuse_unknown(chosen, ledger)
        if everything:
            schedule.read_again([row.document_id for row in select_documents(ledger, selector) if row.content_digest])
        else:
            schedule.read_unread(selector)

    what = "everything" if everything else "what an older parser has read"
    return carry_out(Order("reparse", f"reparse {what}", settings, corrections=corrections), plan)
