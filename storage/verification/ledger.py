"""The ledger against itself: each document in exactly one state, and every column that is worked out from others as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Table, select

from parsers.records import Report
from parsers.verdicts import VERDICTS, Verdict
from storage.database import Database
from storage.documents import document_id
from storage.layout import Partition
from storage.payload import restore_report, unpack_report
from storage.publication import CAPTURES_PREFIX
from storage.rows import capture_row
from storage.selection import capture_of
from storage.statements import values
from storage.tables import Row, captures, documents, events, partitions, readings
from storage.transitions import PUBLISHED_COLUMNS, UNPUBLISHED, link_key, published_columns
from storage.verification.finding import Finding

PAGE = 500  # documents looked at together


@dataclass(slots=True)
class Life:
    """A document with all that hangs on it."""

    row: Row
    captures: dict[str, Row] = field(default_factory=dict)  # by digest
    readings: dict[str, Row] = field(default_factory=dict)

    def result_of(self, digest: str) -> Report | Verdict:
        """What was read of these bytes. Raises ValueError where it is not what was stored."""
        reading = self.readings[digest]
        if reading["report"] is None:
            if reading["verdict"] not in VERDICTS:
                raise ValueError(f"it has no report, and {reading['verdict']!r} is no verdict")
            return VERDICTS[reading["verdict"]](reading["message"])
        try:
            report = restore_report(unpack_report(reading["report"]))
        except Exception as error:  # no zlib, no JSON, a key that is not there, a type that does not fit: all say the same
            raise ValueError(f"{type(error).__name__}: {error}") from error
        # Where its list page says something else by now, it is still to be read again.
        published = digest == self.row["published_digest"] and self.row["published_link"] == self.row["link_key"]
        if published and published_columns(self.row, reading, report)["published_tag"] != self.row["published_tag"]:
            raise ValueError("it is not the one that was published")
        return report


def lives(connection: Connection, ids: Sequence[str] | None = None) -> Iterator[Life]:
    """Every document, or these, ordered by id."""
    last = ""
    while True:
        query = select(documents).where(documents.c.document_id > last).order_by(documents.c.document_id).limit(PAGE)
        if ids is not None:
            query = query.where(documents.c.document_id.in_(values(connection, ids)))
        page = {row["document_id"]: Life(row) for row in connection.execute(query).mappings()}
        if not page:
            return
        for table, name in ((captures, "captures"), (readings, "readings")):
            of_page = select(table).where(table.c.document_id.in_(values(connection, page)))
            for row in connection.execute(of_page).mappings():
                getattr(page[row["document_id"]], name)[row["content_digest"]] = row
        yield from page.values()
        last = max(page)


def check_ledger(ledger: Database) -> Iterator[Finding]:
    """Every contradiction among the rows of the ledger."""
    with ledger.reading() as connection:
        for table in (captures, readings, events):
            yield from _orphans(connection, table)
        for life in lives(connection):
            yield from _check(life)
        for name in connection.execute(select(partitions.c.name).order_by(partitions.c.name)).scalars():
            if not _names_a_partition(name):
                yield Finding("mark_unknown", f"partitions {name}", "The lake has no partition of this name")


def _names_a_partition(name: str) -> bool:
    if name.startswith(CAPTURES_PREFIX):
        return True
    with suppress(ValueError):
        return bool(Partition.from_path(name))
    return False


def _orphans(connection: Connection, table: Table) -> Iterator[Finding]:
    known = select(documents.c.document_id)
    query = select(table.c.document_id).distinct().where(table.c.document_id.not_in(known)).order_by(table.c.document_id)
    for document in connection.execute(query).scalars():
        what = "The ledger has no such document"
        yield Finding("row_orphaned", f"{table.name} {document}", what, document=document)


def _check(life: Life) -> Iterator[Finding]:
    row, document = life.row, life.row["document_id"]

    def found(code: str, what: str, table: str = "documents", digest: str | None = None) -> Finding:
        where = f"{table} {document}" + (f" {digest[:16]}" if digest else "")
        return Finding(code, where, what, document=document, digest=digest)

    if document_id(row["url"]) != document:
        yield found("address_differs", f"Its id was not made from its address {row['url']}")
    if row["content_digest"] is not None and row["content_digest"] not in {*life.captures, *life.readings}:
        what = "The ledger does not say where its bytes are"
        yield found("capture_missing", what, "captures", row["content_digest"])
    for digest, capture in life.captures.items():
        if any(capture[name] != value for name, value in capture_row(document, capture_of(capture, prefix="")).items()):
            yield found("capture_inconsistent", "Columns that follow from others do not", "captures", digest)
    damaged = set()
    for digest in life.readings:
        if digest not in life.captures:
            yield found("capture_missing", "The ledger does not say where the bytes are that were read", "captures", digest)
        try:
            life.result_of(digest)
        except ValueError as error:
            damaged.add(digest)
            yield found("reading_damaged", f"What was read of it cannot be trusted ({error})", "readings", digest)
    for digest in sorted({row[name] for name in ("read_digest", "published_digest") if row[name]} - damaged):
        if digest not in life.readings and (digest == row["content_digest"] or digest == row["published_digest"]):
            yield found("reading_missing", "What was read of it is not kept", "readings", digest)
    if wrong := sorted({*_wrong_of_link(row), *_wrong_of_state(life, damaged), *_wrong_of_publication(life, damaged)}):
        yield found("document_inconsistent", f"These columns contradict the others: {', '.join(wrong)}")


def _wrong_of_link(row: Row) -> Iterator[str]:
    expected = {"host": urlsplit(row["url"]).netloc, "link_key": link_key(row)}
    yield from (name for name, value in expected.items() if row[name] != value)


def _wrong_of_state(life: Life, damaged: set[str]) -> Iterator[str]:
    """State, stage and verdict say the same as bytes and readings."""
    row, state, bytes_ = life.row, life.row["state"], life.row["content_digest"]
    is_read = bytes_ is not None and row["read_digest"] == bytes_
    if state not in ("found", "fetched", "read", "failed"):
        yield "state"
    if (state == "found") != (bytes_ is None) and (state != "failed" or row["stage"] != "fetch"):
        yield "state"
    if state == "failed":
        if row["verdict"] not in VERDICTS:
            yield "verdict"
        if row["stage"] not in ("fetch", "read") or (row["stage"] == "read" and not is_read):
            yield "stage"
    else:
        yield from (name for name in ("stage", "verdict", "message") if row[name] is not None)
    if state == "read" and not (is_read and row["published_digest"] == bytes_):
        yield "state"
    if is_read and bytes_ in life.readings and bytes_ not in damaged:
        reading = life.readings[bytes_]
        yield from (name for name, value in _read_as(reading).items() if row[name] != value)
        failed = isinstance(life.result_of(bytes_), Verdict)
        if row["stage"] == "read" and row["verdict"] != reading["verdict"]:
            yield "verdict"
        if (state == "read" and failed) or (row["stage"] == "read" and not failed) or state == "fetched":
            yield "state"


def _read_as(reading: Row) -> dict[str, Any]:
    names = {"read_link": "link_key", "read_version": "parser_version", "read_corrections": "corrections"}
    return {name: reading[source] for name, source in names.items()}


def _wrong_of_publication(life: Life, damaged: set[str]) -> Iterator[str]:
    """The columns of the reading that the lake holds follow from that reading."""
    row, digest = life.row, life.row["published_digest"]
    expected: Mapping[str, Any] = UNPUBLISHED
    if digest is not None:
        if digest in damaged or digest not in life.readings:
            return
        result = life.result_of(digest)
        if not isinstance(result, Report):
            yield "published_digest"
            return
        expected = published_columns(row, life.readings[digest], result) | {"published_tag": row["published_tag"]}
    yield from (name for name in PUBLISHED_COLUMNS if row[name] != expected[name])
