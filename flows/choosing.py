"""Which documents a rerun is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.database import Database
from storage.documents import DocumentRow, Selector
from storage.overview import select_documents


@dataclass(frozen=True, slots=True)
class Choice:
    """Documents by selector, and among them the failed, the suspect, or both. Neither: see `chosen_documents`."""

    selector: Selector
    failed: bool = False
    suspect: bool = False


def chosen_documents(ledger: Database, choice: Choice) -> list[DocumentRow]:
    """The documents chosen, each once.

    Where neither `failed` nor `suspect` is asked for: the failed ones, unless the selector names documents, templates or
    issues, which good reports have too.
    """
    selector = choice.selector
    names_reports = selector.documents or selector.templates or selector.issues
    parts: list[Selector] = []
    if choice.failed or not (choice.suspect or names_reports):
        parts.append(replace(selector, states=("failed",)))
    if choice.suspect:
        parts.append(replace(selector, statuses=("suspect",)))
    rows = {row.document_id: row for part in parts or [selector] for row in select_documents(ledger, part)}
    return list(rows.values())


def to_fetch(rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    """Those of which we have no bytes, or could not get the newest."""
    return [row for row in rows if row.stage == "fetch" or row.content_digest is None]
