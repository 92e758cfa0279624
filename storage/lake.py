"""The Parquet lake: one partition (year, region) is written beside, synced, and then put in place of the old one.

The four tables of a partition hold nothing that depends on when or how a run went: equal readings give equal bytes. Memory
is bounded by `ROW_GROUP_REPORTS`, not by the size of the partition.

A reader sees each file whole, of one version. The four files of a partition are replaced one after the other: within that
moment a reader may see new reports beside old figures of the same partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from parsers.records import Report
from storage.errors import StorageError
from storage.layout import PART, TABLES, DataDirectory, Partition
from storage.replacement import Replacement, remove_files
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
    aliases: tuple[str, ...]  # other addresses with the same bytes, sorted
    report: Report


def publish_partition(data: DataDirectory, partition: Partition, readings: Iterable[Published]) -> int:
    """Replace a partition by these readings, which come sorted by report id; gives their number.

    Without any the partition is removed. Raises `StorageError` when the disk is full or read-only; the old partition then
    stands as it was.
    """
    paths: dict[str, Path] = {table: data.part(table, partition) for table in TABLES}
    try:
        with Replacement(paths, SCHEMAS) as replacement:
            count = 0
            for batch in _batches(readings, ROW_GROUP_REPORTS):
                count += len(batch)
                replacement.write("reports", _report_columns(batch))
                replacement.write("figures", _figure_columns(batch))
                replacement.write("sections", _section_columns(batch))
                replacement.write("issues", _issue_columns(batch))
            if count:
                replacement.commit()
        if not count:
            remove_files(paths.values())
    except OSError as error:
        raise _cannot_write(data, error) from error
    return count


def publish_captures(data: DataDirectory, month: str, rows: Iterable[Row]) -> int:
    """Replace the captures of one month ("2025-03") by these rows of `storage.schemas.CAPTURES`; gives their number."""
    path = data.captures_part(month)
    try:
        with Replacement({"captures": path}, {"captures": CAPTURES}) as replacement:
            count = 0
            for batch in _batches(rows, ROW_GROUP_CAPTURES):
                count += len(batch)
                replacement.write("captures", {name: [row[name] for row in batch] for name in CAPTURES.names})
            if count:
                replacement.commit()
        if not count:
            remove_files([path])
    except OSError as error:
        raise _cannot_write(data, error) from error
    return count


def present_partitions(data: DataDirectory) -> set[Partition]:
    """The partitions of which at least one file stands in the lake."""
    found = set()
    for table in TABLES:
        for path in (data.lake / table).glob(f"year=*/region=*/{PART}"):
            found.add(Partition.from_path(f"{path.parent.parent.name}/{path.parent.name}"))
    return found


def whole_partitions(data: DataDirectory) -> set[Partition]:
    """The partitions of which all four files stand in the lake."""
    return {part for part in present_partitions(data) if all(data.part(table, part).exists() for table in TABLES)}


def present_months(data: DataDirectory) -> set[str]:
    """The months, "2025-03", whose captures stand in the lake."""
    return {path.parent.name.removeprefix("fetched=") for path in (data.lake / "captures").glob(f"fetched=*/{PART}")}


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch


def _report_columns(batch: list[Published]) -> Columns:
    columns: Columns = {name: [] for name in REPORTS.names}
    for entry in batch:
        report = entry.report
        severities = [issue.severity for issue in report.issues]
        row = {
            "report_id": entry.report_id,
            "content_digest": entry.content_digest,
            "template": report.template,
            "status": report.status,
            "organization": report.organization,
            "adcode": _adcode(report),
            **_places(report),
            "title": report.title,
            "url": entry.url,
            "aliases": list(entry.aliases),
            "portal": entry.portal,
            "published_on": report.published_on,
            "source": report.source,
            "figure_count": len(report.figures),
            "figures_present": sum(figure.value is not None for figure in report.figures),
            "error_count": severities.count("error"),
            "warning_count": severities.count("warning"),
            "evidence": list(report.evidence),
        }
        for name, value in row.items():
            columns[name].append(value)
    return columns


def _figure_columns(batch: list[Published]) -> Columns:
    columns: Columns = {name: [] for name in FIGURES.names}
    for entry in batch:
        report, figures = entry.report, entry.report.figures
        for name in ("table", "item", "column", "value", "raw", "absence", "scaled_from"):
            columns[name].extend([getattr(figure, name) for figure in figures])
        addresses = [figure.address or (None, None, None) for figure in figures]
        for position, name in enumerate(("at_table", "at_row", "at_column")):
            columns[name].extend([address[position] for address in addresses])
        of_report = {
            "report_id": entry.report_id,
            "template": report.template,
            "status": report.status,
            "organization": report.organization,
            "adcode": _adcode(report),
        }
        for name, value in of_report.items():
            columns[name].extend([value] * len(figures))
    return columns


def _section_columns(batch: list[Published]) -> Columns:
    rows = [(entry.report_id, place, section) for entry in batch for place, section in enumerate(entry.report.sections)]
    return {
        "report_id": [report_id for report_id, _, _ in rows],
        "position": [place for _, place, _ in rows],
        "heading": [section.heading for _, _, section in rows],
        "text": [section.text for _, _, section in rows],
    }


def _issue_columns(batch: list[Published]) -> Columns:
    rows = [(entry.report_id, place, issue) for entry in batch for place, issue in enumerate(entry.report.issues)]
    columns: Columns = {"report_id": [report_id for report_id, _, _ in rows], "position": [place for _, place, _ in rows]}
    for name in ("severity", "code", "table", "item", "column", "message"):
        columns[name] = [getattr(issue, name) for _, _, issue in rows]
    return columns


def _adcode(report: Report) -> str | None:
    return report.region.adcode if report.region else None


def _places(report: Report) -> dict[str, str | None]:
    path = report.region.path if report.region else ()
    return {level: path[place] if place < len(path) else None for place, level in enumerate(LEVELS)}


def _cannot_write(data: DataDirectory, error: OSError) -> StorageError:
    return StorageError(
        f"The lake {data.lake} cannot be written: {error.strerror or error}. "
        "Make room or mend the disk and start again: what was published until now stands."
    )
