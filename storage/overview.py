"""What people ask of the ledger: how far it is, what failed and why, the life of one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import and_, func, select

from parsers.records import Report
from storage.database import Database
from storage.documents import EVERYTHING, DocumentRow, Event, ReadJob, Selector, State, Status, Version, document_id
from storage.errors import LedgerError
from storage.layout import Partition
from storage.payload import restore_report, unpack_report
from storage.predecessors import with_years_before
from storage.selection import CAPTURE_COLUMNS, YEAR, capture_of, conditions, document_row, read_job
from storage.statements import values
from storage.tables import captures, documents, events, portals, readings, runs


@dataclass(frozen=True, slots=True)
class StatusCounts:
    """How far the ledger is. Each mapping is sorted by its key."""

    documents: int
    states: dict[str, int]
    failures: dict[str, int]  # verdict code -> failed documents
    reports: dict[str, int]  # "valid", "suspect" -> reports in the lake
    templates: dict[str, int]  # of those reports
    kept: int  # failed documents of which the lake holds an earlier reading


@dataclass(frozen=True, slots=True)
class CoverageCount:
    """How many documents of one portal and year are in one condition."""

    portal: str
    portal_region: str  # adcode
    year: int | None  # as read, else as the list page's title states it
    state: State
    verdict: str | None
    status: Status | None  # of the reading in the lake, if there is one
    documents: int


@dataclass(frozen=True, slots=True)
class PortalRow:
    """The last discovery of a portal."""

    name: str
    region: str
    discovered_at: str
    run: str
    found: int
    expected: int | None
    minimum: int
    error: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of a flow; `parameters` and `counts` are JSON."""

    run: str
    flow: str
    parameters: str
    started_at: str
    ended_at: str | None
    outcome: str | None
    counts: str | None


def status_counts(ledger: Database, selector: Selector = EVERYTHING) -> StatusCounts:
    """How many of the selected documents are in which state."""
    columns = (documents.c.state, documents.c.verdict, documents.c.status, documents.c.template)
    with ledger.reading() as connection:
        query = select(*columns, func.count()).where(*conditions(connection, selector)).group_by(*columns)
        groups = [tuple(row) for row in connection.execute(query)]
    states: dict[str, int] = {}
    failures: dict[str, int] = {}
    reports: dict[str, int] = {}
    templates: dict[str, int] = {}
    for state, verdict, status, template, count in groups:
        for counts, key in ((states, state), (failures, verdict), (reports, status), (templates, template)):
            if key is not None:
                counts[key] = counts.get(key, 0) + count
    return StatusCounts(
        documents=sum(count for *_, count in groups),
        states=dict(sorted(states.items())),
        failures=dict(sorted(failures.items())),
        reports=dict(sorted(reports.items())),
        templates=dict(sorted(templates.items())),
        kept=sum(count for state, _, status, _, count in groups if state == "failed" and status is not None),
    )


def coverage_counts(ledger: Database, years: Sequence[int] = ()) -> list[CoverageCount]:
    """Documents by portal, year and condition, ordered so; `years` empty takes all of them."""
    columns = (
        documents.c.portal,
        documents.c.portal_region,
        YEAR.label("year"),
        documents.c.state,
        documents.c.verdict,
        documents.c.status,
    )
    with ledger.reading() as connection:
        query = (
            select(*columns, func.count()).where(*conditions(connection, Selector(years=tuple(years)))).group_by(*columns)
        )
        rows = [CoverageCount(*row) for row in connection.execute(query)]
    return sorted(rows, key=lambda row: tuple("" if value is None else str(value) for value in _values(row)))


def _values(row: CoverageCount) -> tuple[object, ...]:
    return tuple(getattr(row, field.name) for field in fields(row))


def select_documents(ledger: Database, selector: Selector = EVERYTHING, *, limit: int | None = None) -> list[DocumentRow]:
    """The selected documents, ordered by portal, year and address."""
    order = (documents.c.portal, YEAR, documents.c.url, documents.c.document_id)
    with ledger.reading() as connection:
        query = select(documents).where(*conditions(connection, selector)).order_by(*order).limit(limit)
        return [document_row(row) for row in connection.execute(query).mappings()]


def unknown_names(ledger: Database, selector: Selector) -> list[str]:
    """What a selector names and the ledger has never seen, such as "portal a": documents, portals and hosts."""
    columns = documents.c
    ids = {name: document_id(name) if "/" in name else name for name in selector.documents}
    named = (
        ("document", columns.document_id, ids),
        ("portal", columns.portal, {name: name for name in selector.portals}),
        ("host", columns.host, {name: name for name in selector.hosts}),
    )
    unknown: list[str] = []
    with ledger.reading() as connection:
        for what, column, names in named:
            query = select(column).distinct().where(column.in_(values(connection, names.values())))
            known = set(connection.execute(query).scalars())
            unknown += [f"{what} {name}" for name, key in names.items() if key not in known]
    return unknown


def failures(ledger: Database, selector: Selector = EVERYTHING, *, limit: int | None = None) -> list[DocumentRow]:
    """The selected documents that failed, ordered by verdict, portal and address."""
    order = (documents.c.verdict, documents.c.portal, documents.c.url, documents.c.document_id)
    with ledger.reading() as connection:
        query = select(documents).where(documents.c.state == "failed", *conditions(connection, selector))
        return [document_row(row) for row in connection.execute(query.order_by(*order).limit(limit)).mappings()]


def history(ledger: Database, document: str) -> list[Event]:
    """The life of a document, oldest first."""
    columns = [events.c[field.name] for field in fields(Event)]
    query = select(*columns).where(events.c.document_id == document).order_by(events.c.event_id)
    with ledger.reading() as connection:
        return [Event(*row) for row in connection.execute(query)]


def versions(ledger: Database, document: str) -> list[Version]:
    """Every body that a document has had, in the order first seen, with what was read from it."""
    same = and_(readings.c.document_id == captures.c.document_id, readings.c.content_digest == captures.c.content_digest)
    query = (
        select(*CAPTURE_COLUMNS, readings.c.parser_version, readings.c.verdict, readings.c.message, readings.c.report)
        .outerjoin_from(captures, readings, same)
        .where(captures.c.document_id == document)
        .order_by(captures.c.fetched_at, captures.c.content_digest)
    )
    with ledger.reading() as connection:
        rows = list(connection.execute(query).mappings())
    return [
        Version(
            capture=capture_of(row),
            parser_version=row["parser_version"],
            verdict=row["verdict"],
            message=row["message"],
            report=None if row["report"] is None else restore_report(unpack_report(row["report"])),
        )
        for row in rows
    ]


def load_report(ledger: Database, document: str) -> Report | None:
    """The reading of a document that the lake holds, if it holds one, with what the report of the year before says of it."""
    same = and_(readings.c.document_id == documents.c.document_id, readings.c.content_digest == documents.c.published_digest)
    query = select(documents.c.year, documents.c.region, readings.c.report).join_from(documents, readings, same)
    with ledger.reading() as connection:
        row = connection.execute(query.where(documents.c.document_id == document)).first()
        if row is None or row.report is None:
            return None
        try:
            partition = Partition(row.year, row.region)
        except (TypeError, ValueError) as error:
            raise LedgerError(
                f"Report {document} is of no province ({error}): somebody changed the ledger. Run `nianbao verify --repair`."
            ) from error
        (stored,) = with_years_before(connection, partition, [unpack_report(row.report)])
    return restore_report(stored)


def published_source(ledger: Database, document: str) -> ReadJob | None:
    """The bytes from which the lake's reading of a document was made, and where they are; None where it holds none."""
    same = and_(captures.c.document_id == documents.c.document_id, captures.c.content_digest == documents.c.published_digest)
    query = select(documents, *CAPTURE_COLUMNS).join_from(documents, captures, same)
    with ledger.reading() as connection:
        row = connection.execute(query.where(documents.c.document_id == document)).mappings().first()
    return None if row is None else read_job(row)


def portal_rows(ledger: Database) -> list[PortalRow]:
    """The last discovery of every portal, by name."""
    query = select(*(portals.c[field.name] for field in fields(PortalRow))).order_by(portals.c.name)
    with ledger.reading() as connection:
        return [PortalRow(*row) for row in connection.execute(query)]


def last_runs(ledger: Database, limit: int = 10) -> list[RunRow]:
    """The newest runs, newest first."""
    query = select(*(runs.c[field.name] for field in fields(RunRow))).order_by(runs.c.started_at.desc(), runs.c.run.desc())
    with ledger.reading() as connection:
        return [RunRow(*row) for row in connection.execute(query.limit(limit))]
