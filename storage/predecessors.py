"""The report of the same body for the year before, as the ledger holds it; what the two say together."""

from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy import Connection, and_, select

from parsers.across_years import across_years
from parsers.codebook import Place
from storage.layout import Partition
from storage.payload import StoredReport, unpack_report
from storage.tables import documents, readings


def year_before(partition: Partition) -> Partition | None:
    """The partition whose reports these are held against; None where the year is not known."""
    return None if partition.year is None else Partition(partition.year - 1, partition.region)


def with_year_before(connection: Connection, partition: Partition, report: StoredReport) -> StoredReport:
    """The report with the warnings that its predecessor gives rise to; as it is where there is none, or more than one.

    The reading in the ledger stays free of them: they depend on another document.
    """
    before = year_before(partition)
    predecessor = _predecessor(connection, before, report) if before else None
    if partition.year is None or predecessor is None:
        return report
    found = across_years(_figures(report), _figures(predecessor), partition.year)
    issues = [*report.head["issues"], *(asdict(issue) for issue in found)]
    return replace(report, head={**report.head, "issues": issues})


def _predecessor(connection: Connection, before: Partition, report: StoredReport) -> StoredReport | None:
    region = report.head["region"]
    if not report.head["organization"] or not region:
        return None
    join = and_(readings.c.document_id == documents.c.document_id, readings.c.content_digest == documents.c.published_digest)
    query = (
        select(documents.c.published_digest, readings.c.report)
        .join_from(documents, readings, join)
        .where(
            documents.c.published_tag.is_not(None),
            documents.c.year == before.year,
            documents.c.region == before.region,
            documents.c.organization == report.head["organization"],
            documents.c.adcode == region["adcode"],
        )
    )
    found = {row.published_digest: row.report for row in connection.execute(query)}
    return unpack_report(next(iter(found.values()))) if len(found) == 1 else None


def _figures(report: StoredReport) -> dict[Place, float | None]:
    columns = report.figures
    return {
        Place(table, item, column): value
        for table, item, column, value in zip(
            columns["table"], columns["item"], columns["column"], columns["value"], strict=True
        )
    }
