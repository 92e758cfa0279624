"""The connection to the ledger: SQLite in the data directory, or PostgreSQL by URL; opened at the newest schema.

A `Database` may be pickled and used in threads and in forked or spawned processes: each process gets its own connections.
Reads and writes are short transactions. Writers take their turn: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by row locks
taken in the order of the ids.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from storage.errors import LedgerError, LostTurnError
from storage.migrations import HEAD

BUSY_SECONDS = 60  # how long a writer waits for its turn
TURN_SECONDS = 300  # how long a thread waits for one of its process's connections, which are fewer than its threads
MIGRATION_LOCK = 0x6E69616E62616F  # "nianbao": the advisory lock under which PostgreSQL migrates


def utc_now() -> str:
    """The time as the ledger writes it: UTC, ISO 8601, whole seconds, trailing Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock_key(name: str) -> int:
    """The key of PostgreSQL's advisory lock that stands for a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


class Database:
    """A ledger's connections and transactions."""

    def __init__(self, url: str | Path) -> None:
        """`url` is a path of an SQLite file, or a database URL (`postgresql://user@host/name`).

        Brings the schema to its newest version. Raises `LedgerError` with a sentence where that cannot be done.
        """
        self._url = _parse_url(url)
        self._process = os.getpid()
        self._connections = _connect(self._url)
        with self.explained():
            self._migrate()
        self._file = Path(self._url.database).absolute() if self.is_sqlite and self._url.database else None
        self._inode = self._inode_now()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._url.render_as_string(hide_password=False),))

    def __str__(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the ledger as it was at its start, whatever others write meanwhile."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.explained(), self._engine.connect().execution_options(**level) as connection, connection.begin():
            self._look_for_file()
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed whole at its end, or not at all."""
        with self.explained(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection
            self._look_for_file()

    @contextmanager
    def turns(self, names: Iterable[str]) -> Iterator[Callable[[], None]]:
        """Wait until nobody else, on whatever machine, is inside `turns` of one of these names. For PostgreSQL.

        The turn ends with the context, or with the connection of who had it: what is given raises `LostTurnError` where it
        has ended.
        """
        keys = [lock_key(name) for name in sorted(names)]
        with self.explained(), self._engine.connect() as connection, connection.begin():
            for key in keys:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

            def prove() -> None:
                try:
                    connection.execute(text("SELECT 1"))
                except DBAPIError as error:
                    raise LostTurnError(
                        f"The ledger {self} ended our session while we were publishing ({_one_line(error)}). Start again: the "
                        "next run publishes what it has to."
                    ) from error

            yield prove

    def lasting_connection(self) -> Connection:
        """A connection that is in no transaction, for what lasts as long as the connection does."""
        return self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    @property
    def _engine(self) -> Engine:
        if self._process != os.getpid():  # forked: the sockets and locks belong to the parent
            self._connections.dispose(close=False)
            self._connections, self._process = _connect(self._url), os.getpid()
        return self._connections

    @contextmanager
    def explained(self) -> Iterator[None]:
        """What the database says within the context, as a `LedgerError` for a person."""
        try:
            yield
        except OperationalError as error:
            raise LedgerError(
                f"The ledger {self} does not answer: {_one_line(error)}. "
                "See that it exists, that this user may write to it and its folder, that there is room on the disk and that "
                "NIANBAO_LEDGER is right, and start again."
            ) from error
        except DBAPIError as error:
            raise LedgerError(
                f"The ledger {self} refused: {_one_line(error)}. Where it is damaged, bring it back from a backup, then run "
                "`nianbao verify --repair`: what the archive has got since is taken in."
            ) from error

    def _look_for_file(self) -> None:
        """Notice that the file of an SQLite ledger was removed or replaced: its connections would go on writing for nobody."""
        if self._inode_now() != self._inode:
            raise LedgerError(
                f"The ledger {self} was removed or replaced while it was in use. Bring it back from a backup and start again; "
                "what is in the archive is safe."
            )

    def _inode_now(self) -> int | None:
        try:
            return self._file.stat().st_ino if self._file else None
        except FileNotFoundError:
            return None

    def _migrate(self) -> None:
        with self._engine.connect() as connection:
            if _version(connection) == HEAD:
                return
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            if _version(connection) != HEAD:  # nobody else has done it while we waited
                from storage.migrations import upgrade  # noqa: PLC0415 - Alembic is loaded only when it has work to do

                upgrade(connection, str(self))


def _one_line(error: DBAPIError) -> str:
    """What the database says, which may be several lines."""
    return " ".join(str(error.orig).split()).removesuffix(".")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _parse_url(url: str | Path) -> URL:
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise LedgerError(f"NIANBAO_LEDGER is no database URL ({error}). Write postgresql://USER@HOST/NAME.") from error
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return parsed
    raise LedgerError(f"The ledger may be SQLite or PostgreSQL, not {backend}. Write postgresql://USER@HOST/NAME.")


def _connect(url: URL) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return create_engine(url, pool_pre_ping=True, pool_timeout=TURN_SECONDS)
        engine = create_engine(url, pool_timeout=TURN_SECONDS, connect_args={"timeout": BUSY_SECONDS})
    except (ArgumentError, NoSuchModuleError) as error:
        raise LedgerError(f"The ledger's address is wrong: {error}.") from error
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so, see _begin_sqlite
    for statement in (
        f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
        # A commit is lost only to a power cut, never to a kill; the work of the lost commit is done again.
        "PRAGMA synchronous = NORMAL",
        "PRAGMA foreign_keys = ON",
    ):
        connection.execute(statement)
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Readers and the writer do not wait for each other. SQLite's busy timeout does not hold for this one statement."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail when another has written in between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
