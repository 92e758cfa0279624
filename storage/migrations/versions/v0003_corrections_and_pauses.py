"""Which corrections a reading was made with; how many runs in a row a document failed in, and when it is tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("documents", sa.Column("failed_runs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("documents", sa.Column("retry_at", sa.Text()))
    op.add_column("documents", sa.Column("read_corrections", sa.Text()))
    op.add_column("documents", sa.Column("published_corrections", sa.Text()))
    op.add_column("readings", sa.Column("corrections", sa.Text()))
