"""What can go wrong with disk and database, each a sentence for a person that says what to do."""

from __future__ import annotations

from pathlib import Path


class StorageError(Exception):
    """Something of ours cannot be read or written. The command line prints it and ends with exit status 2."""


class ArchiveError(StorageError):
    """A record of the WARC archive is missing or damaged: the document has to be fetched again."""


class LedgerError(StorageError):
    """The ledger cannot be opened, or is of a version that this code does not know."""


class LostTurnError(LedgerError):
    """Somebody else may be doing what we had our turn to do: the database took it from us, who stood still or were cut off."""


class ReadingError(LedgerError):
    """What the ledger has kept of a reading is damaged."""


class LakeError(StorageError):
    """A file of the lake is damaged, or stands beside files of another version."""


class FileError(StorageError):
    """A file that people write is missing or malformed. `str()` reads `FILE:LINE: FIELD: what is wrong and what to do`."""

    def __init__(self, file: Path, message: str, *, line: int | None = None, field: str | None = None) -> None:
        self.file = file
        self.line = line  # 1-based; None where the whole file is meant
        self.field = field
        self.message = message
        place = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{place}: {field}: {message}" if field else f"{place}: {message}")


class PortalFileError(FileError):
    """A portal file is missing or malformed."""


class CorrectionsFileError(FileError):
    """The file of corrections is missing or malformed."""
