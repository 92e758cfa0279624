"""The Parquet lake: one partition (year, region) is written beside, synced, and then put in place of the old one.

The four tables of a partition hold nothing that depends on when or how a run went: equal readings give equal bytes. Memory
is bounded by `ROW_GROUP_REPORTS`, not by the size of the partition.

A reader sees each file whole, of one version. The four files of a partition are renamed one after the other: in that moment
new reports stand beside old figures. Each file names its version, so that a reader can tell: see `storage.snapshot`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from storage.errors import StorageError
from storage.layout import MONTH, PART, TABLES, DataDirectory, Partition, Table
from storage.payload import StoredReport
from storage.replacement import Replacement, put_in_place
from storage.schemas import CAPTURES, FIGURES, ISSUES, REPORTS, SECTIONS
from storage.tables import Row

ROW_GROUP_REPORTS = 500  # reports in a row group: some 110,000 figures
ROW_GROUP_CAPTURES = 50_000
SCHEMAS: dict[str, pa.Schema] = {"reports": REPORTS, "figures": FIGURES, "sections": SECTIONS, "issues": ISSUES}
# The levels of Region.path, from the province down.
LEVELS = ("province", "prefecture", "county", "township")

Columns = dict[str, list[Any]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Published:
    """A reading as the lake takes it."""

    report_id: str
    content_digest: str
    url: str
    portal: str
    aliases: tuple[str, ...]  # other addresses of the same report, sorted
    report: StoredReport


@dataclass(frozen=True, slots=True)
class Staged:
    """A partition that is written and not yet in place."""

    replacement: Replacement
    rows: int  # reports in it, or captures


@contextmanager
def staged_partition(
    data: DataDirectory, partition: Partition, readings: Iterable[Published], *, version: str
) -> Iterator[Staged]:
    """Write a partition of these readings, which come sorted by report id, beside the one that stands.

    `version` names the readings: equal ones have the same, others another. What comes is for `put_in_place`, inside the
    context; without it nothing happens. Without readings the partition will be removed. Raises `StorageError` when the disk
    is full or read-only.
    """
    paths: dict[str, Path] = {table: data.part(table, partition) for table in TABLES}
    with _explained(data), Replacement(paths, SCHEMAS, version) as replacement:
        count = _write(replacement, readings)  # in a function of its own: what waits here holds no readings
        replacement.finish()
        yield Staged(replacement, count)


def _write(replacement: Replacement, readings: Iterable[Published]) -> int:
    count = 0
    for batch in _batches(readings, ROW_GROUP_REPORTS):
        count += len(batch)
        replacement.write("reports", _report_columns(batch))
        replacement.write("figures", _figure_columns(batch))
        replacement.write("sections", _section_columns(batch))
        replacement.write("issues", _issue_columns(batch))
    return count


def publish_partition(data: DataDirectory, partition: Partition, readings: Iterable[Published], *, version: str) -> int:
    """Replace one partition by these readings; gives their number. See `staged_partition`."""
    with staged_partition(data, partition, readings, version=version) as staged:
        put_in_place(data, [staged.replacement])
    return staged.rows


@contextmanager
def staged_captures(data: DataDirectory, month: str, rows: Iterable[Row], *, version: str) -> Iterator[Staged]:
    """Write the captures of one month ("2025-03"), of these rows of `storage.schemas.CAPTURES`, as `staged_partition` does."""
    paths = {"captures": data.captures_part(month)}
    with _explained(data), Replacement(paths, {"captures": CAPTURES}, version) as replacement:
        count = 0
        for batch in _batches(rows, ROW_GROUP_CAPTURES):
            count += len(batch)
            replacement.write("captures", {name: [row[name] for row in batch] for name in CAPTURES.names})
        replacement.finish()
        yield Staged(replacement, count)


def publish_captures(data: DataDirectory, month: str, rows: Iterable[Row], *, version: str) -> int:
    """Replace the captures of one month by these rows; gives their number. See `staged_captures`."""
    with staged_captures(data, month, rows, version=version) as staged:
        put_in_place(data, [staged.replacement])
    return staged.rows


def present_partitions(data: DataDirectory) -> set[Partition]:
    """The partitions of which at least one file stands in the lake."""
    return set().union(*(_partitions_of(data, table) for table in TABLES))


def whole_partitions(data: DataDirectory) -> set[Partition]:
    """The partitions of which all four files stand in the lake."""
    return set.intersection(*(_partitions_of(data, table) for table in TABLES))


def present_months(data: DataDirectory) -> set[str]:
    """The months, "2025-03", whose captures stand in the lake."""
    months = {folder.removeprefix("fetched=") for folder in _folders_with_parts(data, "captures")}
    return {month for month in months if MONTH.fullmatch(month)}


def _partitions_of(data: DataDirectory, table: Table) -> set[Partition]:
    found = set()
    for folder in _folders_with_parts(data, table):
        with suppress(ValueError):  # somebody else's folder
            found.add(Partition.from_path(folder))
    return found


def _folders_with_parts(data: DataDirectory, table: str) -> Iterator[str]:
    """The folders of a table, such as "year=2024/region=CN-GS", in which a file of the lake stands."""
    top = data.name(data.lake / table)
    for name in data.store.names(top):
        if name.endswith(f"/{PART}"):
            yield name.removeprefix(f"{top}/").removesuffix(f"/{PART}")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def _report_columns(batch: list[Published]) -> Columns:
    columns: Columns = {name: [] for name in REPORTS.names}
    for entry in batch:
        head, values = entry.report.head, entry.report.figures["value"]
        severities = [issue["severity"] for issue in head["issues"]]
        row = {
            "content_digest": entry.content_digest,
            **_of_report(entry),
            **place_columns(head["region"]),
            "title": head["title"],
            "url": entry.url,
            "aliases": list(entry.aliases),
            "portal": entry.portal,
            "published_on": head["published_on"],
            "source": head["source"],
            "figure_count": len(values),
            "figures_present": len(values) - values.count(None),
            "error_count": severities.count("error"),
            "warning_count": severities.count("warning"),
            "evidence": head["evidence"],
        }
        for name, value in row.items():
            columns[name].append(value)
    return columns


def _figure_columns(batch: list[Published]) -> Columns:
    columns: Columns = {name: [] for name in FIGURES.names}
    for entry in batch:
        figures = entry.report.figures
        for name, values in figures.items():
            columns[name] += values
        for name, value in _of_report(entry).items():
            columns[name] += [value] * len(figures["value"])
    return columns


def _section_columns(batch: list[Published]) -> Columns:
    return _listed(batch, "sections", SECTIONS)


def _issue_columns(batch: list[Published]) -> Columns:
    return _listed(batch, "issues", ISSUES)


def _listed(batch: list[Published], what: str, schema: pa.Schema) -> Columns:
    """The objects of a list in each report, with the report's id and their place in the list."""
    rows = [(entry.report_id, place, row) for entry in batch for place, row in enumerate(entry.report.head[what])]
    columns: Columns = {name: [row[name] for _, _, row in rows] for name in schema.names[2:]}
    columns["report_id"] = [report for report, _, _ in rows]
    columns["position"] = [place for _, place, _ in rows]
    return columns


def _of_report(entry: Published) -> dict[str, Any]:
    """What is said of a report in `reports` and beside each of its figures."""
    head = entry.report.head
    return {
        "report_id": entry.report_id,
        "template": head["template"],
        "status": head["status"],
        "organization": head["organization"],
        "adcode": head["region"] and head["region"]["adcode"],
    }


MUNICIPALITIES = ("11", "12", "31", "50")  # 直辖市
UNDER_PROVINCE = "90"  # third and fourth digit of counties governed by their province (省直辖县级行政区划)


def place_columns(region: Mapping[str, Any] | None) -> dict[str, str | None]:
    """The names of a region under their levels. A path leaves out levels that name no place, so its code says which they are."""
    named = zip(_levels(region["adcode"], len(region["path"])), region["path"], strict=False) if region else ()
    return dict.fromkeys(LEVELS) | dict(named)


def _levels(adcode: str, depth: int) -> list[str]:
    """The levels that a path of this depth names: 北京市 has no prefecture above its districts, 东莞市 no counties below it."""
    directly = adcode[:2] in MUNICIPALITIES or adcode[2:4] == UNDER_PROVINCE
    levels = [
        "province",
        *(("prefecture",) if not directly else ()),
        *(("county",) if adcode[4:6] != "00" else ()),
        *(("township",) if len(adcode) > 6 else ()),
    ]
    if len(levels) > depth and "county" in levels:  # townships right under a prefecture (嘉峪关市) carry a county's digits
        levels.remove("county")
    return levels


@contextmanager
def _explained(data: DataDirectory) -> Iterator[None]:
    """Turns what the system says of a disk into a `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"The lake {data.store}/lake cannot be written: {error.strerror or error}. "
            f"{data.store.remedy} and start again: what was published until now stands."
        ) from error
