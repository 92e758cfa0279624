"""Which corrections are in force for which document. A reading is made with them, and made again where they have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, or_, select

from parsers.records import Correction
from storage.database import Database
from storage.documents import Selector
from storage.selection import conditions
from storage.statements import values
from storage.tables import captures, documents

Applicable = Mapping[str, tuple[Correction, ...]]  # document id -> corrections, in the order of the file


def corrections_key(corrections: Sequence[Correction]) -> str | None:
    """Names what these corrections say; None where there are none."""
    if not corrections:
        return None
    return hashlib.sha256("\0".join(sorted(map(repr, corrections))).encode()).hexdigest()[:16]


def applicable(connection: Connection, selector: Selector, corrections: Iterable[Correction]) -> Applicable:
    """The corrections of the selected documents: those of their bytes, and those of other bytes that they have had."""
    by_digest: dict[str, list[Correction]] = {}
    for correction in corrections:
        by_digest.setdefault(correction.digest, []).append(correction)
    if not by_digest:
        return {}
    query = (
        select(captures.c.document_id, captures.c.content_digest)
        .join_from(captures, documents, captures.c.document_id == documents.c.document_id)
        .where(captures.c.content_digest.in_(values(connection, by_digest)), *conditions(connection, selector))
        .order_by(captures.c.document_id, captures.c.content_digest)
    )
    found: dict[str, tuple[Correction, ...]] = {}
    for document, digest in connection.execute(query):
        found[document] = (*found.get(document, ()), *by_digest[digest])
    return found


def differs(column: ColumnElement[str | None], in_force: Applicable) -> ColumnElement[bool]:
    """Whether a column of `documents` names other corrections than those in force."""
    if not in_force:
        return column.is_not(None)
    keys = {document: corrections_key(corrections) for document, corrections in in_force.items()}
    expected = case(keys, value=documents.c.document_id, else_=literal_column("NULL"))
    return column.is_distinct_from(expected)


def corrected_documents(ledger: Database) -> int:
    """How many documents were read with corrections."""
    columns = documents.c
    corrected = or_(columns.read_corrections.is_not(None), columns.published_corrections.is_not(None))
    with ledger.reading() as connection:
        return connection.execute(select(func.count()).select_from(documents).where(corrected)).scalar_one()


def unknown_digests(ledger: Database, corrections: Iterable[Correction]) -> list[str]:
    """The digests that name bytes which no document has ever had, sorted."""
    digests = {correction.digest for correction in corrections}
    if not digests:
        return []
    query = select(captures.c.content_digest).distinct()
    with ledger.reading() as connection:
        known = set(connection.execute(query.where(captures.c.content_digest.in_(values(connection, digests)))).scalars())
    return sorted(digests - known)
