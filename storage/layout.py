"""Every path and partition name under the data directory. Names from the web never become paths: see `Partition`.

DATA is a folder, or an address "s3://BUCKET/PREFIX". Then archive and lake are kept there, the ledger has a database URL, and
the rest lies in a folder of this machine, together with what is on its way to the bucket.

DATA/ledger.sqlite                                               the ledger, unless a database URL is given
DATA/archive/RUN-SHARD-000.warc.gz                               what was fetched
DATA/archive/RUN-SHARD-000.cdxj                                  its index for replay tools
DATA/lake/{reports,figures,sections,issues}/year=Y/region=R/     what was read
DATA/lake/captures/fetched=YYYY-MM/                              when each document was fetched
DATA/locks/                                                      who is publishing what, who is asking which host
DATA/logs/
DATA/views/                                                      documents with a cell marked, for a browser
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storage.errors import StorageError
from storage.stores import Folder, Store

Table = Literal["reports", "figures", "sections", "issues"]
TABLES: tuple[Table, ...] = ("reports", "figures", "sections", "issues")
PART = "part-0.parquet"
UNKNOWN_REGION = "CN-XX"
# How the path writes a year that nobody knows. Hive's own word for null would say it better, but pandas cannot read it
# (pyarrow: "Cannot yet unify dictionaries with nulls").
UNKNOWN_YEAR = 0

# An address in a bucket. No credentials, which Amazon's tools take in an address: addresses are printed and logged.
BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*")

_REGION = re.compile(r"CN-[A-Z]{2}")
MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class Partition:
    """One (report year, province) of the lake, the unit of publication."""

    year: int | None
    region: str = UNKNOWN_REGION  # ISO 3166-2, "CN-GS"

    def __post_init__(self) -> None:
        if not _REGION.fullmatch(self.region):
            raise ValueError(f"not an ISO 3166-2 code of a province: {self.region!r}")

    @property
    def path(self) -> str:
        """Hive path under a table: "year=2024/region=CN-GS"."""
        return f"year={self.year or UNKNOWN_YEAR}/region={self.region}"

    @classmethod
    def from_path(cls, path: str) -> Partition:
        """The partition of a hive path; `ValueError` for anything else."""
        match = re.fullmatch(rf"year=(\d+)/region=({_REGION.pattern})", path)
        if match is None:
            raise ValueError(f"not a partition of the lake: {path!r}")
        return cls(int(match[1]) or None, match[2])

    @property
    def sort_key(self) -> tuple[int, str]:
        return (self.year or UNKNOWN_YEAR, self.region)

    def __str__(self) -> str:
        return f"{self.year or 'year unknown'} {self.region}"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """Where everything is kept."""

    root: Path
    bucket: str | None = None  # "s3://BUCKET/PREFIX" where archive and lake are kept there; `root` holds the rest

    @property
    def store(self) -> Store:
        """Where archive and lake are kept."""
        if self.bucket is None:
            return Folder(self.root)
        from storage.bucket import Bucket  # noqa: PLC0415 - loads pyarrow, which most commands do without

        return Bucket(self.bucket)

    @property
    def address(self) -> str:
        """What `--data` would say."""
        return self.bucket or str(self.root)

    def name(self, path: Path) -> str:
        """The name in the store of what is made at this path."""
        return path.relative_to(self.root).as_posix()

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def views(self) -> Path:
        return self.root / "views"

    def part(self, table: Table, partition: Partition) -> Path:
        """The Parquet file of one table in one partition."""
        return self.lake / table / partition.path / PART

    def captures_part(self, month: str) -> Path:
        """The Parquet file of the captures of one month, "2025-03"."""
        if not MONTH.fullmatch(month):
            raise ValueError(f"not a month: {month!r}")
        return self.lake / "captures" / f"fetched={month}" / PART

    def absolute(self) -> DataDirectory:
        """The same, whatever folder a process works in."""
        return DataDirectory(self.root.absolute(), self.bucket)

    def prepare(self) -> DataDirectory:
        """Make the directories and prove that they can be written; `StorageError` says what stands in the way."""
        if self.bucket is not None:
            from storage.bucket import Bucket  # noqa: PLC0415 - as above

            Bucket(self.bucket).prove_writable()
        for folder in (self.root, self.archive, self.lake, self.locks, self.logs):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=folder) as probe:
                    probe.write(b"\0")
            except OSError as error:
                raise StorageError(
                    f"The data directory {self.root} cannot be written ({folder}: {error.strerror or error}). "
                    "Choose another with --data or NIANBAO_DATA, or make room and give this user the right to write there."
                ) from error
        return self
