"""The repair after `nianbao verify`: documents whose readings were lost are read again, what is stale is published."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow

from flows.running import TASK_RUNNER, Order, carry_out
from flows.schedule import Schedule
from flows.settings import settings_from
from storage.ledger import Ledger
from tasks.summary import Summary


@flow(name="repair", task_runner=TASK_RUNNER, persist_result=False)
def repair(
    *,
    documents: Sequence[str] = (),
    corrections: str | None = None,
    data: str | None = None,
    ledger: str | None = None,
) -> Summary:
    """Read documents whose readings were lost, from the archive, and publish what is stale.

    Args:
        documents: Ids of the documents to look at; what has been read of them is not read again.
        corrections: File of reviewed corrections. Empty: NIANBAO_CORRECTIONS, else deployments/corrections.toml.
        data: Directory where everything is kept. Empty: NIANBAO_DATA, else data.
        ledger: Database URL of the ledger. Empty: NIANBAO_LEDGER, else a file in the data directory.
    """

    def plan(schedule: Schedule, ledger: Ledger) -> None:
        schedule.read(documents)

    title = f"repair {len(documents)} documents"
    return carry_out(Order("repair", title, settings_from(data, ledger), corrections=corrections), plan)
