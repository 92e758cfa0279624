"""The ledger: where every document is, and why. The operations that a harvest makes, each one short transaction on a batch.

Every operation may be repeated: a process killed between any two of them leaves a ledger from which the next run goes on
to the same end. The order that makes it so: the archive is flushed, then the ledger learns of the captures; a reading is
stored, then its partition is stale; files are replaced, then the partition is marked as published.

What people ask of the ledger is in `storage.overview`, what the lake asks in `storage.publication`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, or_, select, true, update

from parsers.records import Capture, Correction, Portal, Report, ReportLink
from parsers.verdicts import TRANSIENT
from storage.applicable import Applicable, applicable, differs
from storage.database import Database, utc_now
from storage.documents import (
    EVERYTHING,
    BytesLost,
    FetchJob,
    FetchOutcome,
    ReadJob,
    ReadOutcome,
    Recorded,
    Selector,
    document_id,
)
from storage.layout import DataDirectory
from storage.payload import pack_report, restore_report, unpack_report
from storage.rows import capture_row, event_row, reading_note, reading_row
from storage.selection import CAPTURE_COLUMNS, CURRENT_CAPTURE, capture_of, conditions, fetch_job, read_job, waiting
from storage.statements import insert_new, lock_documents, update_documents, upsert, values
from storage.tables import Row, captures, documents, events, portals, readings, runs
from storage.transitions import (
    FETCH_COLUMNS,
    LINK_COLUMNS,
    READ_COLUMNS,
    Changes,
    after_fetch,
    after_loss,
    after_reading,
    link_columns,
    merge_links,
    published_columns,
)


class Ledger(Database):
    """The state of every document. See the module; connections and processes as `Database` says."""

    def __init__(self, url: str | Path, clock: Callable[[], str] = utc_now) -> None:
        """As `Database`; `clock` gives the time as the ledger writes it."""
        super().__init__(url)
        self._now = clock

    # --- runs and portals

    def start_run(self, run: str, flow: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Note that a run began; one that is taken up again keeps its first beginning."""
        row = {"run": run, "flow": flow, "parameters": _json(parameters), "started_at": self._now()}
        with self.writing() as connection:
            insert_new(connection, runs, [row])

    def end_run(self, run: str, outcome: str, counts: Mapping[str, Any] | None = None) -> None:
        """Note how a run ended ("completed", "failed") and what it counted."""
        row = {"ended_at": self._now(), "outcome": outcome, "counts": _json(counts)}
        with self.writing() as connection:
            connection.execute(update(runs).where(runs.c.run == run).values(row))

    def save_discovery(
        self, run: str, portal: Portal, *, found: int, expected: int | None = None, error: str | None = None
    ) -> None:
        """Note what the last discovery of a portal found, what its list says it has (共N条), and why it stopped."""
        row = {
            "name": portal.name,
            "region": portal.region,
            "discovered_at": self._now(),
            "run": run,
            "found": found,
            "expected": expected,
            "minimum": portal.minimum,
            "error": error,
        }
        with self.writing() as connection:
            upsert(connection, portals, [row])

    # --- discover

    def record_links(self, run: str, portal: Portal, links: Iterable[ReportLink]) -> Recorded:
        """Take in the report links of a list page, or of a whole portal; new documents begin in state `found`.

        Several links to one document count once. What they and the portal file say of it may change what a reading gives:
        then it is read again (`documents_to_read`), without a fetch. Raises ValueError for a link that is no address.
        """
        listed: dict[str, Changes] = {}
        for link in links:
            key, columns = document_id(link.url), link_columns(portal, link, run)
            listed[key] = merge_links(listed[key], columns) if key in listed else columns
        now = self._now()
        state = {"state": "found", "first_seen": now, "last_changed": now, "attempts": 0, "failed_runs": 0}
        rows = [{"document_id": key} | listed[key] | state for key in sorted(listed)]
        with self.writing() as connection:
            new = insert_new(connection, documents, rows)
            happened = [event_row({"document_id": key}, state, run, now) for key in listed if key in new]
            changed = {}
            for key, row in lock_documents(connection, listed.keys() - new).items():
                merged = merge_links(row, listed[key])
                if any(merged[name] != row[name] for name in LINK_COLUMNS):
                    changed[key] = merged
            _save(connection, LINK_COLUMNS, changed, happened)
        return Recorded(len(new), len(listed) - len(new), tuple(listed))

    # --- fetch

    def documents_to_fetch(
        self,
        selector: Selector = EVERYTHING,
        *,
        run: str,
        refetch: bool = True,
        final: bool = False,
        paused: bool = False,
        limit: int | None = None,
    ) -> list[FetchJob]:
        """What this run should still fetch of the selected documents, ordered by host and id.

        Documents that no server has answered for, and those that failed for a passing reason, always; unless that has
        happened so often that they wait (`storage.pauses`), which `paused` passes over. Those that failed for good only with
        `final`; those whose bytes we have only with `refetch` (a conditional request). What this run has
        fetched, or seen fail for good, is not given again: a run that is taken up again fetches nothing twice.
        """
        failed = documents.c.stage.is_not_distinct_from("fetch")
        passing = and_(failed, documents.c.verdict.in_(sorted(TRANSIENT)))
        wanted: list[ColumnElement[bool]] = [documents.c.state == "found"]
        if final:
            wanted.append(failed)
        if refetch:
            wanted.append(and_(documents.c.content_digest.is_not(None), ~failed))
        untouched = documents.c.fetch_run.is_distinct_from(run)
        query = (
            select(documents, *CAPTURE_COLUMNS)
            .outerjoin_from(documents, captures, CURRENT_CAPTURE)
            .where(or_(passing, and_(untouched, or_(*wanted))))
            .where(true() if paused else ~and_(untouched, passing, waiting(self._now())))
            .order_by(documents.c.host, documents.c.document_id)
            .limit(limit)
        )
        return [fetch_job(row) for row in self._selected(query, selector)]

    def save_fetched(self, run: str, outcomes: Iterable[FetchOutcome]) -> None:
        """Take in what a batch of fetches gave: captures (flushed to the archive before), 304s, verdicts.

        A document that fails keeps the bytes and the published reading that it had. A capture of the same bytes in another
        place of the archive replaces the old one, whose record may be damaged; the document is then read again.
        """
        results = dict(outcomes)
        now, changed, happened = self._now(), {}, []
        bodies: list[Changes] = []
        moved: list[Changes] = []
        with self.writing() as connection:
            rows = lock_documents(connection, results)
            places = _places(connection, [key for key, result in results.items() if isinstance(result, Capture)])
            for key, row in rows.items():
                result = results[key]
                stored_anew = isinstance(result, Capture) and _is_elsewhere(result, places.get(key))
                changes = after_fetch(row, result, run=run, now=now, stored_anew=stored_anew)
                if changes["stage"] == "fetch" or _differs(row, changes, "state", "content_digest"):
                    happened.append(event_row(row, changes, run, now))
                    changes["last_changed"] = now
                if isinstance(result, Capture):
                    (moved if stored_anew else bodies).append(capture_row(key, result))
                changed[key] = changes
            insert_new(connection, captures, bodies)  # what was seen before keeps its first place and time
            upsert(connection, captures, moved)
            _save(connection, FETCH_COLUMNS, changed, happened)

    # --- read

    def documents_to_read(
        self,
        selector: Selector = EVERYTHING,
        *,
        parser_version: str,
        corrections: Sequence[Correction] = (),
        force: bool = False,
        limit: int | None = None,
    ) -> list[ReadJob]:
        """What has to be parsed of the selected documents, ordered by archive file and offset.

        Bytes not read yet, and bytes whose reading is of another parser version, of other words on the list page or of
        other `corrections` than those in force, which the jobs carry along. Where the lake holds a reading of earlier
        bytes, because the present ones could not be read, those count too. `force` gives everything that has bytes.
        """
        with self.reading() as connection:
            in_force = applicable(connection, selector, corrections)
            query = _to_read(parser_version, in_force, force=force).where(*conditions(connection, selector)).limit(limit)
            return [read_job(row, in_force.get(row["document_id"], ())) for row in connection.execute(query).mappings()]

    def save_readings(self, run: str, parser_version: str, outcomes: Iterable[ReadOutcome]) -> None:
        """Take in what the parser made of a batch: reports, or the verdicts that stopped it.

        An outcome whose job is out of date (the list page says something else by now) is dropped: its document is still to
        be read. A report is in the lake from the next publication on. A verdict takes back the reading of the same bytes;
        the lake then goes back to the last earlier bytes that could be read. Bytes that the archive has lost take back nothing.
        """
        packed = [(job, result, pack_report(result) if isinstance(result, Report) else None) for job, result in outcomes]
        now, kept, notes = self._now(), [], {}
        after: dict[str, Changes] = {}
        with self.writing() as connection:
            before = lock_documents(connection, {job.document_id for job, _, _ in packed})
            for job, result, payload in packed:
                row = after.get(job.document_id) or before.get(job.document_id)
                if row is None or row["link_key"] != job.link_key:
                    continue
                if isinstance(result, BytesLost):
                    after[job.document_id] = dict(row) | after_loss(row, job.content_digest, result.message)
                    notes[job.document_id] = result.message
                    continue
                reading = reading_row(job, result, parser_version, payload)
                # A batch may hold two bodies of one document.
                after[job.document_id] = dict(row) | after_reading(row, reading, result)
                notes[job.document_id] = reading_note(result, parser_version)
                kept.append(reading)
            upsert(connection, readings, kept)
            happened = []
            for key, row in after.items():
                if before[key]["published_digest"] and not row["published_digest"]:
                    row.update(_earlier_reading(connection, row))
                if _differs(before[key], row, *READ_COLUMNS):
                    row["last_changed"] = now
                    happened.append(event_row(before[key], row, run, now, notes[key]))
            _save(connection, READ_COLUMNS, after, happened)

    def _selected(self, query: Select[Any], selector: Selector) -> list[Row]:
        with self.reading() as connection:
            return list(connection.execute(query.where(*conditions(connection, selector))).mappings())


def _to_read(parser_version: str, in_force: Applicable, *, force: bool) -> Select[Any]:
    """The bodies that `Ledger.documents_to_read` gives, of all documents."""
    columns = documents.c
    current = captures.c.content_digest == columns.content_digest
    published = and_(
        captures.c.content_digest == columns.published_digest,
        columns.content_digest.is_distinct_from(columns.published_digest),
    )
    unread = or_(
        columns.state == "fetched",
        columns.read_digest.is_distinct_from(columns.content_digest),
        columns.read_link.is_distinct_from(columns.link_key),
        columns.read_version.is_distinct_from(parser_version),
        differs(columns.read_corrections, in_force),
    )
    outdated = or_(
        columns.published_link.is_distinct_from(columns.link_key),
        columns.published_version.is_distinct_from(parser_version),
        differs(columns.published_corrections, in_force),
    )
    return (
        select(documents, *CAPTURE_COLUMNS)
        .join_from(documents, captures, captures.c.document_id == columns.document_id)
        .where(or_(current, published) if force else or_(and_(current, unread), and_(published, outdated)))
        .order_by(captures.c.archive_file, captures.c.archive_offset, columns.document_id)
    )


def _save(connection: Connection, columns: tuple[str, ...], changed: Mapping[str, Row], happened: list[Changes]) -> None:
    update_documents(connection, columns, {key: {name: row[name] for name in columns} for key, row in changed.items()})
    if happened:
        connection.execute(insert(events), happened)


def _differs(before: Row, after: Row, *names: str) -> bool:
    return any(before[name] != after[name] for name in names)


def _places(connection: Connection, keys: list[str]) -> dict[str, Capture]:
    """The captures of these documents' present bytes."""
    query = select(documents.c.document_id, *CAPTURE_COLUMNS).join_from(documents, captures, CURRENT_CAPTURE)
    rows = connection.execute(query.where(documents.c.document_id.in_(values(connection, keys)))).mappings()
    return {row["document_id"]: capture_of(row) for row in rows}


def _is_elsewhere(capture: Capture, known: Capture | None) -> bool:
    """Whether these are bytes that we have, in another place of the archive than where we have them."""
    if known is None or known.digest != capture.digest:
        return False
    return (known.archive_file, known.archive_offset) != (capture.archive_file, capture.archive_offset)


def _earlier_reading(connection: Connection, row: Row) -> Changes:
    """What the lake is to hold of a document whose reading was taken back: that of the newest other bytes that have one."""
    query = (
        select(readings)
        .join_from(
            readings, captures, and_(*(readings.c[name] == captures.c[name] for name in ("document_id", "content_digest")))
        )
        .where(readings.c.document_id == row["document_id"], readings.c.report.is_not(None))
        .order_by(captures.c.fetched_at.desc(), captures.c.content_digest)
        .limit(1)
    )
    found = connection.execute(query).mappings().first()
    if found is None:
        return {}
    return published_columns(row, found, restore_report(unpack_report(found["report"])))


def _json(data: Mapping[str, Any] | None) -> str:
    return json.dumps(data or {}, ensure_ascii=False, sort_keys=True)


def open_ledger(data: DataDirectory, url: str | None = None) -> Ledger:
    """The ledger of a data directory: at `url`, else at NIANBAO_LEDGER, else the SQLite file in the directory."""
    return Ledger(url or os.environ.get("NIANBAO_LEDGER") or data.ledger)
