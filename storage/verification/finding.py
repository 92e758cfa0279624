"""What a check of the data directory finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from storage.layout import Partition

REFETCH = (
    "Bring the file back from a backup, or fetch the document anew: `nianbao rerun --refetch --document {document}`; after "
    "`nianbao verify --repair` the next harvest does."
)
REPAIR = "`nianbao verify --repair` mends it."

# code -> what to do about it
CODES: dict[str, str] = {
    # the archive
    "archive_left_open": f"A killed run left it; the next harvest closes it. {REPAIR}",
    "archive_torn": f"What follows the last whole record is of no use. {REPAIR}",
    "archive_damaged": "The other records, before and behind, can be read. Bring the file back from a backup.",
    "archive_unreadable": "See that this user may read it and that the disk is sound; else bring the file back from a backup.",
    "index_differs": f"Replay tools serve the file from it. {REPAIR}",
    "archive_stray": "It is no file of the archive; move it elsewhere.",
    "record_missing": REFETCH,
    "record_damaged": REFETCH,
    "record_differs": REFETCH,
    "capture_unknown": f"The ledger is older than the archive, or a run was killed. {REPAIR}",
    # the ledger
    "capture_missing": "`nianbao verify --repair` looks for the bytes in the archive; else the next harvest fetches them.",
    "capture_inconsistent": REPAIR,
    "document_inconsistent": REPAIR,
    "address_differs": "Somebody changed it; bring the ledger back from a backup.",
    "reading_missing": "`nianbao verify --repair` reads the archived bytes again.",
    "reading_damaged": "`nianbao verify --repair` reads the archived bytes again.",
    "row_orphaned": "The next harvest lists the document again, where its portal still does.",
    "mark_unknown": REPAIR,
    # the lake
    "partition_stale": f"The next harvest publishes it. {REPAIR}",
    "partition_withheld": "The next harvest to which its portals give enough publishes it; where they are as they should be, "
    "`nianbao rerun --stage publish --portal NAME`.",
    "partition_orphaned": f"Readers see reports that the ledger does not know. {REPAIR}",
    "file_missing": REPAIR,
    "file_damaged": REPAIR,
    "versions_differ": f"Its publication was interrupted. {REPAIR}",
    "rows_differ": REPAIR,
    "file_left_over": f"A killed run left it; no reader sees it. {REPAIR}",
    "file_stray": "`nianbao verify --repair` moves it to the folder set-aside of the data directory.",
}


class Place(NamedTuple):
    """Where a record begins in the archive."""

    file: str
    offset: int

    def __str__(self) -> str:
        return f"archive/{self.file} at {self.offset}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement."""

    code: str  # of CODES
    where: str  # file under the data directory, or table and key of the ledger
    what: str  # what disagrees, a sentence
    document: str | None = None  # id of the document that it is about
    digest: str | None = None  # of its bytes
    place: Place | None = None  # in the archive
    partition: Partition | None = None
    month: str | None = None  # of the captures in the lake

    @property
    def message(self) -> str:
        """What disagrees, and what to do about it."""
        advice = CODES[self.code].format(document=self.document or "ID")
        return f"{self.what}. {advice}"

    def to_json(self) -> dict[str, str | None]:
        """As `nianbao verify --json` prints it."""
        return {"code": self.code, "where": self.where, "document": self.document, "message": self.message}
