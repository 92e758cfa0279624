"""The schema's history. Each step is a module in `versions`, named after its place; the newest one is `HEAD`."""

from __future__ import annotations

from sqlalchemy import Connection

HEAD = "0004"


def upgrade(connection: Connection, name: str) -> None:
    """Bring the ledger behind `connection` to `HEAD`, inside its transaction.

    `name` is how messages call it. Raises `LedgerError` when the ledger was written by a newer version of nianbao.
    """
    from alembic import command  # noqa: PLC0415 - half a second that an up-to-date ledger does not need
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    from storage.errors import LedgerError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, HEAD)
    except CommandError as error:
        raise LedgerError(
            f"The ledger {name} was written by a newer nianbao ({error}). Update nianbao, or use another data directory."
        ) from error
