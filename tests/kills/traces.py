"""What a run has left on the disk: while it goes on, and in the end."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.conftest import lake_digest

# In the end these must be as after an undisturbed harvest. Times, runs and places in the archive are not.
SAME = {
    "documents": """
        SELECT document_id, url, state, stage, verdict, content_digest, read_digest, published_digest, published_tag,
               year, region, adcode, organization, template, status, issue_codes
        FROM documents ORDER BY document_id""",
    "captures": "SELECT document_id, content_digest, url, status, length FROM captures ORDER BY 1, 2",
    "readings": "SELECT document_id, content_digest, link_key, verdict, report FROM readings ORDER BY 1, 2",
    "partitions": "SELECT name, content_key FROM partitions WHERE name LIKE 'year=%' ORDER BY 1",
}


@dataclass(frozen=True, slots=True)
class Traces:
    """What is there, counted."""

    documents: int
    captures: int
    readings: int
    archived: int  # bytes
    staged: int  # files of the lake that are written and not yet in place
    files: int  # of the lake

    def __str__(self) -> str:
        return (
            f"{self.documents} documents, {self.captures} captures, {self.archived} bytes archived, {self.readings} readings, "
            f"{self.staged} files staged, {self.files} in the lake"
        )


def traces_of(data: Path) -> Traces:
    """Count, while others may be writing."""
    names = [path.name for path in (data / "lake").rglob("*part-0.parquet*")]
    staged = sum(name.endswith(".tmp") for name in names)
    archived = sum(_size(path) for path in (data / "archive").glob("*"))
    counts = [_count(data, table) for table in ("documents", "captures", "readings")]
    return Traces(*counts, archived=archived, staged=staged, files=len(names) - staged)


def end_state(data: Path) -> dict[str, Any]:
    """All that must not depend on what happened on the way."""
    with _opened(data) as ledger:
        rows: dict[str, Any] = {name: ledger.execute(query).fetchall() for name, query in SAME.items()}
    return {"lake": lake_digest(data)} | rows


def _count(data: Path, table: str) -> int:
    with contextlib.suppress(sqlite3.OperationalError), _opened(data) as ledger:
        return int(ledger.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


@contextlib.contextmanager
def _opened(data: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(f"file:{data}/ledger.sqlite?mode=ro", uri=True, timeout=60)) as ledger:
        yield ledger


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # renamed in between
        return 0
