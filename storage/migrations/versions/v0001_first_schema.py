"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("portal_region", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text()),
        sa.Column("found_on", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("listed_on", sa.Text()),
        sa.Column("listed_year", sa.Integer()),
        sa.Column("link_key", sa.Text(), nullable=False),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("listed_run", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text()),
        sa.Column("verdict", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("last_changed", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fetch_run", sa.Text()),
        sa.Column("fetched_at", sa.Text()),
        sa.Column("content_digest", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("read_digest", sa.Text()),
        sa.Column("read_link", sa.Text()),
        sa.Column("read_version", sa.Text()),
        sa.Column("published_digest", sa.Text()),
        sa.Column("published_link", sa.Text()),
        sa.Column("published_version", sa.Text()),
        sa.Column("published_tag", sa.BigInteger()),
        sa.Column("year", sa.Integer()),
        sa.Column("region", sa.Text()),
        sa.Column("adcode", sa.Text()),
        sa.Column("organization", sa.Text()),
        sa.Column("template", sa.Text()),
        sa.Column("status", sa.Text()),
        sa.Column("issue_codes", sa.Text()),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_portal_state"), "documents", ["portal", "state"])
    op.create_index(op.f("ix_documents_state_verdict"), "documents", ["state", "verdict"])
    op.create_index(op.f("ix_documents_organization_adcode_year"), "documents", ["organization", "adcode", "year"])
    op.create_index(op.f("ix_documents_year_region_published_tag"), "documents", ["year", "region", "published_tag"])
    op.create_table(
        "partitions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("published_at", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_partitions")),
    )
    op.create_table(
        "portals",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("discovered_at", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer()),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_portals")),
    )
    op.create_table(
        "runs",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("counts", sa.Text()),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_started_at"), "runs", ["started_at"])
    op.create_table(
        "captures",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", sa.Text(), nullable=False),
        sa.Column("fetched_month", sa.Text(), nullable=False),
        sa.Column("archive_file", sa.Text(), nullable=False),
        sa.Column("archive_offset", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_captures_document_id")),
        sa.PrimaryKeyConstraint("document_id", "content_digest", name=op.f("pk_captures")),
    )
    op.create_index(op.f("ix_captures_fetched_month_tag"), "captures", ["fetched_month", "tag"])
    op.create_table(
        "events",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text()),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text()),
        sa.Column("verdict", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("content_digest", sa.Text()),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_events_document_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_events")),
    )
    op.create_index(op.f("ix_events_document_id_event_id"), "events", ["document_id", "event_id"])
    op.create_table(
        "readings",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.Text(), nullable=False),
        sa.Column("link_key", sa.Text(), nullable=False),
        sa.Column("parser_version", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.Column("report", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_readings_document_id")),
        sa.PrimaryKeyConstraint("document_id", "content_digest", name=op.f("pk_readings")),
    )
