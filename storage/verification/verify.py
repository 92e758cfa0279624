"""The whole check, and the whole mending but for the reading of documents and the publication, which a flow does."""

from __future__ import annotations

from storage.database import utc_now
from storage.errors import LedgerError
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.verification.archive import Judge, check_archive
from storage.verification.finding import Finding
from storage.verification.lake import check_lake
from storage.verification.ledger import check_ledger
from storage.verification.mending import mend_archive, mend_lake, mend_ledger


def verify(data: DataDirectory, ledger: Ledger, is_document: Judge) -> list[Finding]:
    """Every disagreement between ledger, archive and lake, in this order of places.

    Changes nothing. What a run under way is just doing may be found as well.
    """
    found = [*check_ledger(ledger), *check_archive(data, ledger, is_document)]
    try:
        return [*found, *check_lake(data, ledger)]
    except LedgerError:
        if not found:
            raise
        return found  # a row names no place that could be a partition: the ledger is to be mended first


def mend(data: DataDirectory, ledger: Ledger, found: list[Finding]) -> list[str]:
    """Mend what does not need a parser; gives the documents to read again. Then what is stale is to be published."""
    mend_archive(data, found)
    run = f"verify-{utc_now()}"
    documents = mend_ledger(data, ledger, found, run)
    mend_lake(data, ledger, check_lake(data, ledger), run)
    return documents
