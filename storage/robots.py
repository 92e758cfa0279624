"""robots.txt as it was last read, in the ledger: for a day no run asks a site for it again."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from storage.database import Database
from storage.statements import upsert
from storage.tables import clean_text, robots

SavedText = tuple[float, bytes]  # when it was read (seconds since 1970, as time.time() has it), and what it says


class SavedRobots:
    """Site ("https://www.example.gov.cn") -> robots.txt. As much of a mapping as `tasks.robots.Robots` asks for."""

    def __init__(self, ledger: Database) -> None:
        self._ledger = ledger

    def get(self, site: str, default: SavedText, /) -> SavedText:
        """When the robots.txt of a site was read, and its bytes; `default` for a site that was never asked."""
        with self._ledger.reading() as connection:
            row = connection.execute(select(robots).where(robots.c.site == clean_text(site))).mappings().first()
        return default if row is None else (datetime.fromisoformat(row["read_at"]).timestamp(), bytes(row["body"]))

    def __setitem__(self, site: str, saved: SavedText, /) -> None:
        read_at = datetime.fromtimestamp(saved[0], UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._ledger.writing() as connection:
            upsert(connection, robots, [{"site": site, "read_at": read_at, "body": saved[1]}])
