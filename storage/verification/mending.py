"""What can be mended of what was found, before documents are read again and partitions published.

Nothing is thrown away that could not be made again: bytes of the archive are cut only behind its last whole record, files that
are not ours are set aside, and a reading whose archived bytes are lost stays.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Select, and_, delete, insert, select

from parsers.records import Capture, Report
from parsers.verdicts import VERDICTS, Verdict
from storage.archive import OPEN_SUFFIX
from storage.cdx import index_path, read_index
from storage.database import utc_now
from storage.documents import FetchOutcome
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.members import Damage
from storage.publication import CAPTURES_PREFIX, forget, publish
from storage.replacement import TEMPORARY_SUFFIX
from storage.replay import recover_archive
from storage.rows import capture_row, event_row
from storage.selection import capture_of
from storage.statements import insert_new, lock_documents, update_documents, upsert
from storage.stores import make_folder
from storage.tables import Row, captures, events, readings
from storage.transitions import (
    READ_COLUMNS,
    STATE_COLUMNS,
    UNPUBLISHED,
    after_loss,
    after_reading,
    link_key,
    published_columns,
)
from storage.verification.archive import find_bodies
from storage.verification.finding import Finding
from storage.verification.ledger import Life, lives
from storage.verification.warc import WarcFile, walk

LOST = ("record_missing", "record_damaged", "record_differs")
ASKS_THE_ARCHIVE = ("capture_unknown", "capture_missing", *LOST)
OF_DOCUMENTS = ("capture_unknown", "capture_missing", "document_inconsistent", "reading_missing", "reading_damaged")
OF_FILES = ("file_missing", "file_damaged", "rows_differ", "versions_differ")
SET_ASIDE = "set-aside"  # folder of the data directory

MENDED_COLUMNS = tuple(dict.fromkeys((*READ_COLUMNS, "content_digest", "etag", "last_modified", "host", "link_key")))


def mend_archive(data: DataDirectory, findings: Iterable[Finding]) -> None:
    """Close what killed runs left open, cut what follows the last whole record of a file, and write indexes anew."""
    recover_archive(data)
    for finding in findings:
        if finding.code == "archive_torn" and not finding.where.endswith(OPEN_SUFFIX):
            _cut_tail(data, Path(finding.where).name)
        elif finding.code == "index_differs" and finding.place is not None:
            with WarcFile(finding.place.file, unfinished=False).here(data) as path:
                _put(data, finding.place.file, path, {})


def _cut_tail(data: DataDirectory, name: str) -> None:
    """Have a file end with its last whole record, or be gone where it has none. One that is damaged before its end is left as it
    is, for a backup."""
    beside = data.archive / f".{name}{TEMPORARY_SUFFIX}"  # never .open: who finds that takes it for a whole run's
    with WarcFile(name, unfinished=False).here(data) as path:
        damages = [part for part in walk(path, name) if isinstance(part, Damage)]
        if len(damages) == 1 and damages[0].offset == 0 and damages[0].torn:
            warc = data.archive / name
            data.store.change({}, [data.name(warc), data.name(index_path(warc))])
        elif len(damages) == 1 and damages[0].torn:
            shutil.copy(path, beside)
            os.truncate(beside, damages[0].offset)
            _put(data, name, beside, {data.name(data.archive / name): beside})


def _put(data: DataDirectory, name: str, warc: Path, files: Mapping[str, Path]) -> None:
    """Put files into the archive, together with the index of a WARC file that lies here for the moment."""
    path = index_path(data.archive / name)
    index = read_index(warc, name).write(path)
    data.store.change({data.name(path): index, **files})


def mend_ledger(data: DataDirectory, ledger: Ledger, findings: Sequence[Finding], run: str) -> list[str]:
    """Make the rows what archive and readings say; gives the documents that may have to be read again."""
    unknown = _of(findings, "capture_unknown")
    bodies = find_bodies(data, {found.digest for found in _of(findings, *ASKS_THE_ARCHIVE) if found.digest})
    for found in unknown:
        _adopt(ledger, found, bodies.get(found.digest or ""), run)
    with ledger.writing() as connection:
        for found in _of(findings, "capture_missing", *LOST):
            _point(connection, found, bodies.get(found.digest or ""))
        for found in _of(findings, "capture_inconsistent"):
            for row in connection.execute(_rows_of(found)).mappings().all():
                upsert(connection, captures, [capture_row(row["document_id"], capture_of(row, prefix=""))])
    _have_fetched(ledger, [found for found in _of(findings, *LOST) if found.digest not in bodies], run)
    touched = sorted({found.document for found in _of(findings, *OF_DOCUMENTS) if found.document})
    with ledger.writing() as connection:
        lock_documents(connection, touched)
        for life in list(lives(connection, touched)):
            _mend_document(connection, life, run)
    forget(ledger, [found.where.removeprefix("partitions ") for found in _of(findings, "mark_unknown")])
    return touched


def _rows_of(found: Finding) -> Select[Any]:
    """The row of `captures` that a finding is about."""
    return select(captures).where(captures.c.document_id == found.document, captures.c.content_digest == found.digest)


def _of(findings: Iterable[Finding], *codes: str) -> list[Finding]:
    return [found for found in findings if found.code in codes]


def _adopt(ledger: Ledger, found: Finding, capture: Capture | None, run: str) -> None:
    """Take in bytes that the ledger missed: as those of the document now where they are newer than what it has."""
    if capture is None or found.document is None:
        return
    with ledger.writing() as connection:
        row = lock_documents(connection, [found.document])[found.document]
        capture = replace(capture, url=row["url"])
        if row["fetched_at"] is not None and row["fetched_at"] >= capture.fetched_at:
            insert_new(connection, captures, [capture_row(found.document, capture)])
            return
    ledger.save_fetched(run, [FetchOutcome(found.document, capture)])


def _point(connection: Connection, found: Finding, capture: Capture | None) -> None:
    """Say where the bytes are that the ledger knows of: in a record that holds them."""
    if capture is None or found.document is None:
        return
    row = connection.execute(_rows_of(found)).mappings().first()
    if row is not None:
        known = capture_of(row, prefix="")
        capture = replace(known, archive_file=capture.archive_file, archive_offset=capture.archive_offset)
    upsert(connection, captures, [capture_row(found.document, capture)])


def _have_fetched(ledger: Ledger, lost: Sequence[Finding], run: str) -> None:
    """Leave to the next harvest the documents whose bytes are nowhere in the archive."""
    now = utc_now()
    with ledger.writing() as connection:
        rows = lock_documents(connection, {found.document for found in lost if found.document})
        for found in lost:
            if found.document in rows and found.digest is not None:
                row = rows[found.document]
                after = after_loss(row, found.digest, f"The archive lost it ({found.where}): {found.what}")
                if any(after[name] != row[name] for name in STATE_COLUMNS):
                    update_documents(connection, READ_COLUMNS, {found.document: after | {"last_changed": now}})
                    connection.execute(insert(events), [event_row(row, after, run, now)])


def _mend_document(connection: Connection, life: Life, run: str) -> None:
    after = mended(life)
    whole = _whole_readings(life)
    for digest in life.readings.keys() - whole.keys():
        same = and_(readings.c.document_id == life.row["document_id"], readings.c.content_digest == digest)
        connection.execute(delete(readings).where(same))
    if any(after[name] != life.row[name] for name in MENDED_COLUMNS):
        now = utc_now()
        after["last_changed"] = now
        columns = {name: after[name] for name in MENDED_COLUMNS}
        update_documents(connection, MENDED_COLUMNS, {life.row["document_id"]: columns})
        connection.execute(insert(events), [event_row(life.row, after, run, now, "mended by nianbao verify")])


def mended(life: Life) -> dict[str, Any]:
    """The row of a document as its list page, its captures and its readings have it."""
    row = dict(life.row)
    row |= {"host": urlsplit(row["url"]).netloc, "link_key": link_key(row)}
    if row["content_digest"] not in life.captures:
        newest = max(life.captures.values(), key=lambda capture: capture["fetched_at"], default=None)
        row |= {"content_digest": newest and newest["content_digest"], "etag": None, "last_modified": None}
    whole = _whole_readings(life)
    row |= _published(row, life, whole)
    if not (row["state"] == "failed" and row["stage"] == "fetch" and row["verdict"] in VERDICTS):
        row |= {"state": "fetched" if row["content_digest"] else "found", "stage": None, "verdict": None, "message": None}
    if row["content_digest"] in whole:
        row |= after_reading(row, life.readings[row["content_digest"]], whole[row["content_digest"]])
    else:
        row |= dict.fromkeys(("read_digest", "read_link", "read_version", "read_corrections"))
    return row


def _published(row: Row, life: Life, whole: Mapping[str, Report | Verdict]) -> Mapping[str, Any]:
    """What the lake is to hold of the document: what it holds, else the newest that could be read."""
    digest = row["published_digest"]
    if digest in life.captures and digest not in whole:  # it is read again, and left out until then
        return UNPUBLISHED | {"published_digest": digest}
    reports = {name: result for name, result in whole.items() if isinstance(result, Report)}
    if digest not in reports:
        digest = max(reports, key=lambda name: str(life.captures[name]["fetched_at"]), default=None)
    return UNPUBLISHED if digest is None else published_columns(row, life.readings[digest], reports[digest])


def _whole_readings(life: Life) -> dict[str, Report | Verdict]:
    """What was read of each of its bodies, where it can be restored."""
    whole: dict[str, Report | Verdict] = {}
    for digest in life.readings.keys() & life.captures.keys():
        with suppress(ValueError):
            whole[digest] = life.result_of(digest)
    return whole


def mend_lake(data: DataDirectory, ledger: Ledger, findings: Iterable[Finding], run: str) -> None:
    """Clear away what does not belong into the lake, write its damaged files anew, and have what is stale published again.

    Damaged partitions are written as they were, from the very readings that they were published from: also those that no
    run may publish now (`storage.withholding`).
    """
    findings = list(findings)
    damaged = {finding.partition for finding in _of(findings, *OF_FILES) if finding.partition}
    publish(data, ledger, damaged, run=run)
    for finding in findings:
        if finding.code == "file_left_over":
            (data.root / finding.where).unlink(missing_ok=True)
        elif finding.code == "file_stray":
            with tempfile.NamedTemporaryFile(dir=data.lake, delete=False) as copy:
                copy.write(data.store.read(finding.where))
            aside = f"{SET_ASIDE}/{finding.where}"
            make_folder((data.root / aside).parent)
            data.store.change({aside: Path(copy.name)}, remove=[finding.where])
        elif finding.partition is not None and finding.partition not in damaged:
            forget(ledger, [finding.partition.path])
        elif finding.month is not None:
            forget(ledger, [CAPTURES_PREFIX + finding.month])
