"""By what the copies of one report on several portals are known; worked out for the readings that are there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

PAGE = 500  # documents at a time
READINGS = sa.text(
    "SELECT documents.document_id, documents.url, documents.portal, readings.content_digest, readings.link_key,"
    " readings.parser_version, readings.corrections, readings.report"
    " FROM documents JOIN readings ON readings.document_id = documents.document_id"
    " AND readings.content_digest = documents.published_digest"
    " WHERE documents.document_id > :last AND documents.published_tag IS NOT NULL AND readings.report IS NOT NULL"
    " ORDER BY documents.document_id LIMIT :page"
)
KEEP = sa.text(
    "UPDATE documents SET report_key = :report_key, published_tag = :published_tag WHERE document_id = :document_id"
)


def upgrade() -> None:
    from storage.payload import restore_report, unpack_report  # noqa: PLC0415 - a new ledger has no readings
    from storage.transitions import published_columns  # noqa: PLC0415

    op.add_column("documents", sa.Column("report_key", sa.Text()))
    connection, last = op.get_bind(), ""
    while rows := list(connection.execute(READINGS, {"last": last, "page": PAGE}).mappings()):
        changes = []
        for row in rows:
            columns = published_columns(row, row, restore_report(unpack_report(row["report"])))
            changes.append(
                {name: columns[name] for name in ("report_key", "published_tag")} | {"document_id": row["document_id"]}
            )
        connection.execute(KEEP, changes)
        last = rows[-1]["document_id"]
