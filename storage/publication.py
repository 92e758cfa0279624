"""From the ledger to the lake: which partitions are stale, and their publication.

A partition's content key says which readings it is made of. It is worked out by the database from the documents' rows, and
forgotten before the files are put in place and kept afterwards: what differs is stale, whatever happened in between. It is
also the version that the files name. Publishers of one partition take turns (`storage.turns`), and each publishes what the
ledger holds when its turn has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from storage.database import Database, utc_now
from storage.documents import EVERYTHING, Selector
from storage.errors import LedgerError
from storage.lake import (
    Published,
    present_months,
    present_partitions,
    publish_captures,
    staged_captures,
    staged_partition,
    whole_partitions,
)
from storage.layout import TABLES, DataDirectory, Partition, Table
from storage.payload import unpack_report
from storage.predecessors import with_years_before, year_before
from storage.replacement import put_in_place
from storage.schemas import CAPTURES, LAKE_VERSION
from storage.selection import conditions
from storage.statements import upsert
from storage.tables import Row, captures, documents, readings
from storage.tables import partitions as partitions_table
from storage.turns import publishing, publishing_captures, until_kept

CAPTURES_PREFIX = "captures/fetched="
FETCH_ROWS = 100  # readings taken from the database at a time
TOGETHER = 32  # partitions that are synced and noted at once


@dataclass(frozen=True, slots=True)
class Publication:
    """What was done to one partition."""

    partition: Partition
    reports: int  # 0: nothing was left in it, so it was removed


def partitions_of(ledger: Database, selector: Selector = EVERYTHING) -> set[Partition]:
    """The partitions that hold, or will hold, readings of the selected documents."""
    query = select(documents.c.year, documents.c.region).distinct().where(documents.c.published_tag.is_not(None))
    with ledger.reading() as connection:
        return {
            Partition(year, region) for year, region in connection.execute(query.where(*conditions(connection, selector)))
        }


def stale_partitions(data: DataDirectory, ledger: Database) -> list[Partition]:
    """The partitions to publish, sorted: those whose readings are not those that the lake was written from.

    Among them those that the last document has left, and those whose files are missing or not known to the ledger.
    """
    with ledger.reading() as connection:
        wanted = wanted_partitions(connection)
        published = {
            Partition.from_path(name): key
            for name, key in published_keys(connection).items()
            if not name.startswith(CAPTURES_PREFIX)
        }
    whole, present = whole_partitions(data), present_partitions(data)
    stale = {part for part in wanted.keys() | published.keys() if wanted.get(part) != published.get(part)}
    stale |= {part for part in wanted if part not in whole} | {part for part in present if part not in wanted}
    return sorted(stale, key=lambda part: part.sort_key)


def refuse_lost_ledger(data: DataDirectory, ledger: Database) -> None:
    """Raise `LedgerError` where the ledger is empty and the lake is not: to publish would be to empty the lake."""
    with ledger.reading() as connection:
        known = connection.execute(select(documents.c.document_id).limit(1)).first()
    if known is None and (partitions := present_partitions(data)):
        raise LedgerError(
            f"The lake {data.store}/lake holds {len(partitions)} partitions, and the ledger {ledger} knows no document: it was lost, "
            "or another one is named. Bring it back from a backup, or name it with --ledger or NIANBAO_LEDGER. To begin anew, "
            "move the lake away first."
        )


def publish(data: DataDirectory, ledger: Database, partitions: Iterable[Partition], *, run: str) -> list[Publication]:
    """Make partitions of the lake what the ledger says, and note that they are; what was done to each, sorted.

    Each is replaced in one step. They are synced and noted by the dozen, which costs a tenth of doing so one by one. Raises
    `StorageError` when the lake cannot be written; what was put in place until then stands.
    """
    waiting = iter(sorted(set(partitions), key=lambda part: part.sort_key))
    done: list[Publication] = []
    while together := list(islice(waiting, TOGETHER)):
        names = [partition.path for partition in together]
        done += until_kept(partial(_publish_together, data, ledger, together, run), lost=partial(forget, ledger, names))
    return done


def _publish_together(data: DataDirectory, ledger: Database, partitions: list[Partition], run: str) -> list[Publication]:
    with ExitStack() as stack:
        prove_turn = stack.enter_context(publishing(data, ledger, *partitions))
        with ledger.reading() as connection:
            keys = {partition: wanted_partitions(connection, partition).get(partition) for partition in partitions}
            staged = {
                partition: stack.enter_context(
                    staged_partition(data, partition, _load(connection, partition), version=keys[partition] or "")
                )
                for partition in partitions
            }
        # Until all their files are in place they are of no version: stale to whoever looks after a kill in between.
        _mark(ledger, dict.fromkeys((partition.path for partition in partitions), None), run)
        prove_turn()
        put_in_place(data, [one.replacement for one in staged.values()])
        prove_turn()
        _mark(ledger, {partition.path: key for partition, key in keys.items()}, run)
    return [Publication(partition, one.rows) for partition, one in staged.items()]


def publish_stale_captures(data: DataDirectory, ledger: Database, *, run: str) -> list[str]:
    """Bring the `captures` table of the lake up to date; gives the months, "2025-03", that were written."""
    with ledger.reading() as connection:
        wanted = wanted_months(connection)
        published = published_keys(connection)
    present = present_months(data)
    stale = {month for month, key in wanted.items() if published.get(CAPTURES_PREFIX + month) != key or month not in present}
    stale |= present - wanted.keys()
    for month in sorted(stale):
        lost = partial(forget, ledger, [CAPTURES_PREFIX + month])
        until_kept(partial(_publish_month, data, ledger, month, run), lost=lost)
    return sorted(stale)


def _publish_month(data: DataDirectory, ledger: Database, month: str, run: str) -> None:
    with ExitStack() as stack:
        prove_turn = stack.enter_context(publishing_captures(data, ledger, month))
        with ledger.reading() as connection:
            key = wanted_months(connection).get(month)
            staged = stack.enter_context(staged_captures(data, month, _load_captures(connection, month), version=key or ""))
        prove_turn()
        put_in_place(data, [staged.replacement])
        prove_turn()
        _mark(ledger, {CAPTURES_PREFIX + month: key}, run)


def rebuilt(ledger: Database, partition: Partition, elsewhere: DataDirectory) -> dict[Table, bytes]:
    """The files of a partition as they should be, made in another data directory; none where no reading is kept."""
    with ledger.reading() as connection:
        key = wanted_partitions(connection, partition).get(partition) or ""
        with staged_partition(elsewhere, partition, _load(connection, partition), version=key) as staged:
            return {table: path.read_bytes() for table, path in zip(TABLES, staged.replacement.written, strict=False)}


def rebuilt_captures(ledger: Database, month: str, elsewhere: DataDirectory) -> bytes:
    """The file of a month's captures as it should be, made in another data directory."""
    with ledger.reading() as connection:
        key = wanted_months(connection).get(month) or ""
        publish_captures(elsewhere, month, _load_captures(connection, month), version=key)
        return elsewhere.captures_part(month).read_bytes()


def forget(ledger: Database, names: Iterable[str]) -> None:
    """Take back the marks of partitions ("year=2024/region=CN-GS", "captures/fetched=2025-03"): they are stale from now on."""
    with ledger.writing() as connection:
        for name in names:
            connection.execute(delete(partitions_table).where(partitions_table.c.name == name))


def _load(connection: Connection, partition: Partition) -> Iterator[Published]:
    """The readings of a partition by report id. Of several copies of one report the first stands for all."""
    copies = _copies(connection, partition)
    join = and_(readings.c.document_id == documents.c.document_id, readings.c.content_digest == documents.c.published_digest)
    query = (
        select(documents.c.document_id, documents.c.published_digest, documents.c.url, documents.c.portal, readings.c.report)
        .join_from(documents, readings, join)
        .where(*_in(partition))
        .order_by(documents.c.document_id)
    )
    found = connection.execute(query, execution_options={"yield_per": FETCH_ROWS}).mappings()
    while page := list(islice(found, FETCH_ROWS)):
        rows = [row for row in page if row["document_id"] in copies]
        reports = with_years_before(connection, partition, [unpack_report(row["report"]) for row in rows])
        for row, report in zip(rows, reports, strict=True):
            yield Published(
                report_id=row["document_id"],
                content_digest=row["published_digest"],
                url=row["url"],
                portal=row["portal"],
                aliases=tuple(sorted(copies[row["document_id"]])),
                report=report,
            )


def _load_captures(connection: Connection, month: str) -> Iterable[Row]:
    columns = [captures.c[name] for name in CAPTURES.names]
    query = select(*columns).where(captures.c.fetched_month == month)
    query = query.order_by(captures.c.document_id, captures.c.content_digest)
    return connection.execute(query, execution_options={"yield_per": 1000}).mappings()


def _copies(connection: Connection, partition: Partition) -> dict[str, list[str]]:
    """The documents that are published, with the addresses of their copies: the same bytes, or the same report in other bytes,
    as two portals give it in two dresses."""
    columns = documents.c
    query = select(columns.document_id, columns.url, columns.published_digest, columns.report_key)
    first: dict[str, str] = {}  # bytes or report -> the first document that has it
    copies: dict[str, list[str]] = {}
    for document, url, digest, key in connection.execute(query.where(*_in(partition)).order_by(columns.document_id)):
        stands = first.get(digest) or first.get(key, document)
        for name in filter(None, (digest, key)):
            first.setdefault(name, stands)
        if stands == document:
            copies[document] = []
        else:
            copies[stands].append(url)
    return copies


def _in(partition: Partition) -> tuple[ColumnElement[bool], ...]:
    columns = documents.c
    return (
        columns.published_tag.is_not(None),
        columns.year.is_not_distinct_from(partition.year),
        columns.region == partition.region,
    )


def wanted_partitions(connection: Connection, partition: Partition | None = None) -> dict[Partition, str]:
    """The content key of each partition, or of this one, by what the ledger holds now.

    It names the readings of the year before as well: a report is held against its predecessor.
    """
    columns = documents.c
    query = select(columns.year, columns.region, func.count(), func.sum(columns.published_tag))
    query = query.where(columns.published_tag.is_not(None)).group_by(columns.year, columns.region)
    if partition is not None:
        query = query.where(columns.region == partition.region)
    rows = connection.execute(query)
    try:
        own = {Partition(year, region): f"{count}:{int(total):x}" for year, region, count, total in rows}
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"The ledger holds a report of no province ({error}): somebody changed it. Run `nianbao verify --repair`."
        ) from error
    wanted: dict[Partition, str] = {}
    for part, key in own.items():
        before = year_before(part)
        wanted[part] = f"{LAKE_VERSION}:{key}:{own.get(before, '') if before else ''}"
    return wanted


def wanted_months(connection: Connection) -> dict[str, str]:
    """The content key of the captures of each month."""
    month = captures.c.fetched_month
    rows = connection.execute(select(month, func.count(), func.sum(captures.c.tag)).group_by(month))
    return {name: f"{LAKE_VERSION}:{count}:{int(total):x}" for name, count, total in rows}


def published_keys(connection: Connection) -> dict[str, str]:
    """What the lake was written from: content key by the name of the partition."""
    rows = connection.execute(select(partitions_table.c.name, partitions_table.c.content_key))
    return {row.name: row.content_key for row in rows}


def _mark(ledger: Database, keys: Mapping[str, str | None], run: str) -> None:
    now = utc_now()
    rows = [{"name": name, "content_key": key, "published_at": now, "run": run} for name, key in sorted(keys.items()) if key]
    gone = [name for name, key in keys.items() if not key]
    with ledger.writing() as connection:
        upsert(connection, partitions_table, rows)
        connection.execute(delete(partitions_table).where(partitions_table.c.name.in_(gone)))
