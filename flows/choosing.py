"""Which documents a rerun is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flows.parameters import StageName, refuse_unknown
from flows.quality import load_table
from parsers import across_years
from storage.database import Database, utc_now
from storage.documents import DocumentRow, Selector
from storage.lake import present_partitions
from storage.layout import DataDirectory, Partition
from storage.overview import select_documents
from storage.publication import stale_partitions


@dataclass(frozen=True, slots=True)
class Choice:
    """Documents by selector, and among them the failed, the suspect, or both. Neither: see `chosen_documents`."""

    selector: Selector
    failed: bool = False
    suspect: bool = False
    stages: tuple[StageName, ...] = ()  # where they stopped; empty: anywhere

    @property
    def asks_waiting(self) -> bool:
        """Whether somebody means the documents themselves, so that no pause counts (`storage.pauses`)."""
        return self.failed or bool(self.selector.documents)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a rerun is to do."""

    rows: tuple[DocumentRow, ...]
    waiting: int = 0  # documents left out because they failed too often to be tried now

    @property
    def warnings(self) -> list[str]:
        """What a person should know of the choice."""
        if not self.waiting:
            return []
        return [f"{self.waiting} documents wait for their next attempt (`nianbao failures`); --failed tries them now"]


def chosen_documents(data: DataDirectory, ledger: Database, choice: Choice) -> Chosen:
    """The documents chosen, each once.

    Where neither `failed` nor `suspect` is asked for: the failed ones, unless the choice names what good reports have too:
    documents, templates, issues, a parser version, or that they are not published yet. Raises `CallError` as `refuse_unknown`.
    """
    refuse_unknown(choice.selector, ledger)
    selector = with_lake_issues(choice.selector, data)
    named = selector.documents or selector.templates or selector.issues or selector.older_than_parser
    parts: list[Selector] = []
    if choice.failed or not (choice.suspect or named or "publish" in choice.stages):
        parts.append(replace(selector, states=("failed",)))
    if choice.suspect:
        parts.append(replace(selector, statuses=("suspect",)))
    found = {row.document_id: row for part in parts or [selector] for row in select_documents(ledger, part)}
    rows = _stopped_at(choice.stages, tuple(found.values()), data, ledger)
    if choice.asks_waiting:
        return Chosen(rows)
    now = utc_now()
    due = tuple(row for row in rows if not row.waits(now))
    return Chosen(due, len(rows) - len(due))


def with_lake_issues(selector: Selector, data: DataDirectory) -> Selector:
    """The selector, which then also finds the issues that no reading has by itself: those that came of it at publication, when the
    report was held against that of the year before. They stand in the lake."""
    codes = sorted(across_years.CODES.intersection(selector.issues))
    if not codes or not present_partitions(data):
        return selector
    found = load_table(data, "issues", ["report_id", "code"]).to_pylist()
    reports = {row["report_id"] for row in found if row["code"] in codes}
    return replace(selector, reports_with_issues=tuple(sorted(reports)))


def _stopped_at(
    stages: Sequence[StageName], rows: tuple[DocumentRow, ...], data: DataDirectory, ledger: Database
) -> tuple[DocumentRow, ...]:
    """Those that stopped at one of the stages: failed there, or read and not in the lake as they were read."""
    if not stages:
        return rows
    stale = set(stale_partitions(data, ledger)) if "publish" in stages else set()
    return tuple(row for row in rows if row.stage in stages or (row.published and _partition(row) in stale))


def _partition(row: DocumentRow) -> Partition:
    assert row.region is not None, "a published document has one, if only CN-XX"
    return Partition(row.year, row.region)


def to_fetch(rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    """Those of which we have no bytes, or could not get the newest."""
    return [row for row in rows if row.stage == "fetch" or row.content_digest is None]
