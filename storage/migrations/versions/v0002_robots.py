"""robots.txt kept over runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "robots",
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("read_at", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_robots")),
    )
