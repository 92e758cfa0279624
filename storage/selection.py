"""A `Selector` as SQL, and rows of the ledger as records."""

from __future__ import annotations

import re
from dataclasses import fields

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from parsers.gazetteer import ISO_3166_2
from parsers.records import Capture, Correction
from storage.documents import DocumentRow, FetchJob, ReadJob, Selector, document_id
from storage.pauses import MOST_RUNS
from storage.statements import values
from storage.tables import Row, captures, documents

# The columns of a capture beside those of its document, under names of their own.
CAPTURE_COLUMNS = tuple(
    captures.c[name].label(f"capture_{name}")
    for name in (
        "url",
        "final_url",
        "status",
        "content_type",
        "etag",
        "last_modified",
        "content_digest",
        "length",
        "fetched_at",
        "archive_file",
        "archive_offset",
    )
)
CURRENT_CAPTURE = and_(
    captures.c.document_id == documents.c.document_id, captures.c.content_digest == documents.c.content_digest
)
# The report year as read, or else as the list page's title states it.
YEAR = func.coalesce(documents.c.year, documents.c.listed_year)


def conditions(connection: Connection, selector: Selector) -> list[ColumnElement[bool]]:
    """What a row of `documents` has to satisfy to be selected."""
    columns = documents.c
    found: list[ColumnElement[bool]] = []
    if selector.documents:
        ids = {document_id(name) if "/" in name else name for name in selector.documents}
        found.append(columns.document_id.in_(values(connection, ids)))
    for column, wanted in (
        (columns.portal, selector.portals),
        (columns.host, selector.hosts),
        (YEAR, selector.years),
        (columns.template, selector.templates),
        (columns.state, selector.states),
        (columns.stage, selector.stages),
        (columns.verdict, selector.verdicts),
        (columns.status, selector.statuses),
    ):
        if wanted:
            found.append(column.in_(wanted))
    if selector.regions:
        found.append(or_(*(_in_region(region) for region in selector.regions)))
    if selector.issues:
        by_reading = [columns.issue_codes.contains(f" {code} ", autoescape=True) for code in selector.issues]
        found.append(or_(*by_reading, columns.document_id.in_(values(connection, selector.reports_with_issues))))
    if selector.older_than_parser is not None:
        older = _versions_before(connection, selector.older_than_parser)
        found.append(or_(columns.read_version.in_(older), columns.published_version.in_(older)))
    return found


def waiting(now: str) -> ColumnElement[bool]:
    """Whether a document that failed for a passing reason waits for a later time, or for a person."""
    columns = documents.c
    return or_(columns.failed_runs >= MOST_RUNS, and_(columns.retry_at.is_not(None), columns.retry_at > now))


def _versions_before(connection: Connection, version: str) -> list[str]:
    """The parser versions of the ledger that are older than this one."""
    columns = (documents.c.read_version, documents.c.published_version)
    known = {found for column in columns for found in connection.execute(select(column).distinct()).scalars()}
    return sorted(found for found in known if found is not None and _number(found) < _number(version))


def _number(version: str) -> tuple[int, ...]:
    """A version to be compared: 10 comes after 9."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _in_region(region: str) -> ColumnElement[bool]:
    """By the place that was read, or else by that of the portal."""
    if region.isdigit():
        return func.coalesce(documents.c.adcode, documents.c.portal_region).startswith(region, autoescape=True)
    provinces = [code for code, iso in ISO_3166_2.items() if iso == region.upper()]
    unread = and_(documents.c.region.is_(None), func.substr(documents.c.portal_region, 1, 2).in_(provinces))
    return or_(documents.c.region == region.upper(), unread)


def capture_of(row: Row, prefix: str = "capture_") -> Capture:
    """The capture in a row that has `CAPTURE_COLUMNS`, or with an empty `prefix` in one of `storage.tables.captures`."""
    return Capture(
        url=row[f"{prefix}url"],
        final_url=row[f"{prefix}final_url"],
        status=row[f"{prefix}status"],
        content_type=row[f"{prefix}content_type"],
        etag=row[f"{prefix}etag"],
        last_modified=row[f"{prefix}last_modified"],
        digest=row[f"{prefix}content_digest"],
        length=row[f"{prefix}length"],
        fetched_at=row[f"{prefix}fetched_at"],
        archive_file=row[f"{prefix}archive_file"],
        archive_offset=row[f"{prefix}archive_offset"],
    )


def fetch_job(row: Row) -> FetchJob:
    """The job in a row of `documents` with `CAPTURE_COLUMNS`, null where it has no capture."""
    return FetchJob(
        document_id=row["document_id"],
        url=row["url"],
        host=row["host"],
        title=row["title"],
        portal=row["portal"],
        attempts=row["attempts"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        previous=None if row["capture_content_digest"] is None else capture_of(row),
        doubted=row["state"] == "failed",  # for whatever reason: the last one may have taken the place of the loss
    )


def read_job(row: Row, corrections: tuple[Correction, ...] = ()) -> ReadJob:
    """The job in a row of `documents` with `CAPTURE_COLUMNS`, with the corrections in force for the document."""
    return ReadJob(
        document_id=row["document_id"],
        content_digest=row["capture_content_digest"],
        link_key=row["link_key"],
        url=row["url"],
        final_url=row["capture_final_url"],
        title=row["title"],
        portal=row["portal"],
        portal_region=row["portal_region"],
        charset=row["charset"],
        content_type=row["capture_content_type"],
        archive_file=row["capture_archive_file"],
        archive_offset=row["capture_archive_offset"],
        length=row["capture_length"],
        corrections=corrections,
    )


def document_row(row: Row) -> DocumentRow:
    """A row of `documents` as people see it."""
    names = {field.name for field in fields(DocumentRow)} - {"parser_version"}
    return DocumentRow(parser_version=row["read_version"], **{name: row[name] for name in names})
