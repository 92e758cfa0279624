"""Hosts that one run alone visits, among all machines whose ledger is the same PostgreSQL.

Processes that share a data directory take turns request by request (`storage.locks.HostLocks`). Machines share no file, so there
a run claims a host for a whole task: by an advisory lock, which ends with the connection, however the run ends.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, lock_key


class HostClaims:
    """The claims of one run. A context manager that gives them back. With an SQLite ledger there is nobody else: all are granted."""

    def __init__(self, ledger: Database) -> None:
        self._ledger = ledger
        self._connection: Connection | None = None

    @property
    def shared(self) -> bool:
        """Whether another machine may visit the same hosts."""
        return not self._ledger.is_sqlite

    def take(self, host: str) -> bool:
        """Claim a host (with or without a port), unless another run has it now. Raises `LedgerError`."""
        if not self.shared:
            return True
        with self._ledger.explained():
            if self._connection is None:
                self._connection = self._ledger.lasting_connection()
            return self._ask(self._connection, "SELECT pg_try_advisory_lock(:key)", host)

    def leave(self, host: str) -> None:
        """Give the claim back."""
        if self._connection is not None:  # it ended with the connection, where that was lost
            with self._ledger.explained():
                self._ask(self._connection, "SELECT pg_advisory_unlock(:key)", host)

    def _ask(self, connection: Connection, question: str, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or host
        try:
            return bool(connection.scalar(text(question), {"key": lock_key(f"host {name}")}))
        except DBAPIError:
            self._drop()
            raise

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # back in the pool it would keep its locks
            self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._drop()
