"""The tables of the ledger. A change here needs a migration in storage/migrations/versions; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
)

Row = Mapping[Any, Any]  # a row of one of these tables by column name


def clean_text(value: str) -> str:
    """NUL (which PostgreSQL refuses) and lone surrogates (which nobody takes) replaced."""
    if value.isascii() and "\0" not in value:
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


class WebText(TypeDecorator[str]):
    """Text that may come from the web: kept as `clean_text` gives it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else clean_text(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

# One row a document. Times are UTC, ISO 8601 with a trailing Z, everywhere.
documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    # What the list page and the portal file say. `link_key` is a hash over what of it a reading depends on.
    Column("url", WebText, nullable=False),
    Column("host", WebText, nullable=False),
    Column("title", WebText, nullable=False),
    Column("portal", WebText, nullable=False),
    Column("portal_region", Text, nullable=False),
    Column("charset", Text),
    Column("found_on", WebText, nullable=False),
    Column("reason", WebText, nullable=False),
    Column("listed_on", Text),
    Column("listed_year", Integer),
    Column("link_key", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("listed_run", Text, nullable=False),  # the last run whose lists held it
    # Where it is.
    Column("state", Text, nullable=False),  # found, fetched, read, failed
    Column("stage", Text),  # of a failure: fetch, read
    Column("verdict", Text),
    Column("message", WebText),
    Column("last_changed", Text, nullable=False),
    # The last fetch, and the bytes as they are now.
    Column("attempts", Integer, nullable=False),  # failed fetches since the last answer
    Column("failed_runs", Integer, nullable=False, server_default="0"),  # in a row, in which it failed for a passing reason
    Column("retry_at", Text),  # before which no run asks for it by itself
    Column("fetch_run", Text),
    Column("fetched_at", Text),
    Column("content_digest", Text),
    Column("etag", WebText),
    Column("last_modified", WebText),
    # What was last read of the bytes as they are now, well or not.
    Column("read_digest", Text),
    Column("read_link", Text),
    Column("read_version", Text),
    Column(
        "read_corrections", Text
    ),  # names the corrections that were in force for the document; null where there were none
    # The reading that the lake holds: of the bytes as they are now, or of the last ones that could be read.
    Column("published_digest", Text),
    Column("published_link", Text),
    Column("published_version", Text),
    Column("published_corrections", Text),
    Column("report_key", Text),  # the same for every copy of one report; null where nobody knows whose it is
    Column("published_tag", BigInteger),  # 40 bits of a hash over what the lake says about this document
    Column("year", Integer),
    Column("region", Text),
    Column("adcode", Text),
    Column("organization", WebText),
    Column("template", Text),
    Column("status", Text),
    Column("issue_codes", Text),  # each once, sorted, spaces around each
    Index(None, "portal", "state"),
    Index(None, "state", "verdict"),
    Index(None, "organization", "adcode", "year"),  # the report of the same body for another year
    Index(None, "year", "region", "published_tag"),  # all that staleness is worked out from
)

# The life of each document; rows are only ever added.
events = Table(
    "events",
    metadata,
    Column("event_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("stage", Text),
    Column("verdict", Text),
    Column("message", WebText),
    Column("content_digest", Text),
    Index(None, "document_id", "event_id"),
)

# One row for each body that a document has had, as it was first seen.
captures = Table(
    "captures",
    metadata,
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("url", WebText, nullable=False),
    Column("final_url", WebText, nullable=False),
    Column("status", Integer, nullable=False),
    Column("content_type", WebText, nullable=False),
    Column("etag", WebText),
    Column("last_modified", WebText),
    Column("length", BigInteger, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("fetched_month", Text, nullable=False),  # "2025-03", the partition in the lake
    Column("archive_file", Text, nullable=False),
    Column("archive_offset", BigInteger, nullable=False),
    Column("tag", BigInteger, nullable=False),  # 40 bits of a hash over the row
    PrimaryKeyConstraint("document_id", "content_digest"),
    Index(None, "fetched_month", "tag"),
)

# What the parser made of each body: a report, or the verdict that stopped it.
readings = Table(
    "readings",
    metadata,
    Column("document_id", Text, ForeignKey("documents.document_id"), nullable=False),
    Column("content_digest", Text, nullable=False),
    Column("link_key", Text, nullable=False),
    Column("parser_version", Text, nullable=False),
    Column("verdict", Text),
    Column("message", WebText),
    Column("report", LargeBinary),  # storage.payload
    Column("corrections", Text),  # names those in force when it was read
    PrimaryKeyConstraint("document_id", "content_digest"),
)

# What the lake holds: `content_key` is that of the readings (or captures) that the files were written from.
partitions = Table(
    "partitions",
    metadata,
    Column("name", Text, primary_key=True),  # "year=2024/region=CN-GS", "captures/fetched=2025-03"
    Column("content_key", Text, nullable=False),
    Column("published_at", Text, nullable=False),
    Column("run", Text, nullable=False),
)

# The last discovery of each portal.
portals = Table(
    "portals",
    metadata,
    Column("name", WebText, primary_key=True),
    Column("region", Text, nullable=False),
    Column("discovered_at", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("found", Integer, nullable=False),  # report links
    Column("expected", Integer),  # what the list says it has (共N条)
    Column("minimum", Integer, nullable=False),
    Column("error", WebText),  # why discovery stopped, None where it went to the end
)

runs = Table(
    "runs",
    metadata,
    Column("run", Text, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("parameters", WebText, nullable=False),  # JSON
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("outcome", Text),
    Column("counts", WebText),  # JSON
    Index(None, "started_at"),
)

# robots.txt of every site met, so that the next run asks for it only when it is a day old.
robots = Table(
    "robots",
    metadata,
    Column("site", WebText, primary_key=True),  # "https://www.example.gov.cn"
    Column("read_at", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # empty where the site has none that we may read
)
