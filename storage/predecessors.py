"""The report of the same body for the year before, as the ledger holds it; what the two say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, and_, select

from parsers.across_years import PLACES, across_years
from parsers.codebook import Place
from storage.layout import Partition
from storage.payload import StoredReport, unpack_report
from storage.tables import documents, readings

Body = tuple[str, str]  # organisation and adcode


def year_before(partition: Partition) -> Partition | None:
    """The partition whose reports these are held against; None where the year is not known."""
    return None if partition.year is None else Partition(partition.year - 1, partition.region)


def with_years_before(connection: Connection, partition: Partition, reports: Sequence[StoredReport]) -> list[StoredReport]:
    """The reports with the warnings that their predecessors give rise to; as they are where there is none, or more than one.

    The readings in the ledger stay free of them: they depend on another document.
    """
    before = year_before(partition)
    if before is None or partition.year is None:
        return list(reports)
    bodies = [_body(report) for report in reports]
    known = _predecessors(connection, before, {body for body in bodies if body})
    return [
        _compared(report, known[body], partition.year) if body in known else report
        for report, body in zip(reports, bodies, strict=True)
    ]


def _body(report: StoredReport) -> Body | None:
    organization, region = report.head["organization"], report.head["region"]
    return (organization, region["adcode"]) if organization and region else None


def _compared(report: StoredReport, predecessor: StoredReport, year: int) -> StoredReport:
    found = [asdict(issue) for issue in across_years(_figures(report), _figures(predecessor), year)]
    return replace(report, head={**report.head, "issues": [*report.head["issues"], *found]}) if found else report


def _predecessors(connection: Connection, before: Partition, bodies: set[Body]) -> dict[Body, StoredReport]:
    """The one report that each of the bodies has for the year before, all in one query."""
    columns = documents.c
    query = (
        select(columns.organization, columns.adcode, columns.published_digest, columns.report_key, readings.c.report)
        .join_from(
            documents,
            readings,
            and_(readings.c.document_id == columns.document_id, readings.c.content_digest == columns.published_digest),
        )
        .where(columns.published_tag.is_not(None), columns.year == before.year, columns.region == before.region)
        .order_by(columns.document_id)
        .where(columns.organization.in_(sorted({organization for organization, _ in bodies})))
    )
    found: dict[Body, dict[str, bytes]] = {}
    for row in connection.execute(query):
        if (body := (row.organization, row.adcode)) in bodies:
            found.setdefault(body, {})[row.report_key or row.published_digest] = row.report
    return {body: unpack_report(*payloads.values()) for body, payloads in found.items() if len(payloads) == 1}


def _figures(report: StoredReport) -> dict[Place, float | None]:
    """The figures that are compared across years."""
    columns = report.figures
    rows = zip(zip(columns["table"], columns["item"], columns["column"], strict=True), columns["value"], strict=True)
    return {Place(*place): value for place, value in rows if place in PLACES}
