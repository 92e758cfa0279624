"""The few kinds of SQL statement that the ledger is made of, in the words of both databases."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, bindparam, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables import Row, documents


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> set[str]:
    """Insert the rows that are not there yet; gives the first key column of those that were new.

    The rows should be in the order of their keys: two processes that insert the same ones then wait for each other in turn.
    """
    if not rows:
        return set()
    key: Column[Any] = table.primary_key.columns[0]
    statement = _insert(connection, table).on_conflict_do_nothing().returning(key)
    return set(connection.execute(statement, list(rows)).scalars())


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, in place of those with the same primary key. All rows have the same columns."""
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), list(rows))


def update_documents(connection: Connection, columns: Iterable[str], rows: Mapping[str, Row]) -> None:
    """Set `columns` of the documents whose ids are the keys of `rows`."""
    if not rows:
        return
    statement = update(documents).where(documents.c.document_id == bindparam("key"))
    statement = statement.values({name: bindparam(name) for name in columns})
    connection.execute(statement, [{"key": key} | dict(row) for key, row in sorted(rows.items())])


def lock_documents(connection: Connection, ids: Collection[str]) -> dict[str, Row]:
    """The rows of these documents by id, kept from other writers until the transaction ends."""
    query = select(documents).where(documents.c.document_id.in_(values(connection, ids)))
    # PostgreSQL locks in this order, so that two writers cannot each wait for the other. SQLite has one writer at a time.
    query = query.order_by(documents.c.document_id).with_for_update()
    return {row["document_id"]: row for row in connection.execute(query).mappings()}


def values(connection: Connection, texts: Iterable[str]) -> Select[tuple[str]]:
    """A subquery of these texts, however many: one parameter, where `IN (?, ?, ...)` has a limit."""
    packed = literal(json.dumps(sorted(texts)))
    if connection.dialect.name == "sqlite":
        return select(func.json_each(packed).table_valued("value").c.value)
    return select(func.jsonb_array_elements_text(packed.cast(JSONB)).table_valued("value").c.value)


def _insert(connection: Connection, table: Table) -> Any:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
