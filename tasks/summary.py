"""What came of a run: as a record, as JSON, as a page for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from storage.documents import DocumentRow

MOST_ROWS = 1000  # of failures that an artifact shows; the ledger has all


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a run, and what stands failed of the documents that it was about."""

    flow: str
    run: str
    years: tuple[int, ...]  # empty: all
    portals: int
    failed_portals: Mapping[str, str]  # name -> why
    documents: int  # looked at
    new_links: int
    fetched: int  # bytes that were not there before
    unchanged: int
    valid: int  # read in this run
    suspect: int
    failures: tuple[DocumentRow, ...]
    failed_batches: tuple[str, ...]  # task runs that failed as a whole
    warnings: tuple[str, ...]
    published: Mapping[str, int]  # partition, such as "year=2024/region=CN-GS" -> reports in it now
    lake: str
    seconds: float
    task_runs: int
    planted: Mapping[str, str] = field(default_factory=dict)  # of the sample portal: document that must fail -> verdict

    @property
    def well(self) -> bool:
        """Nothing failed, but for what was planted."""
        unplanned = [row for row in self.failures if self.planted.get(row.document_id) != row.verdict]
        return not (unplanned or self.failed_portals or self.failed_batches)

    def counts(self) -> dict[str, Any]:
        """What the ledger keeps of it."""
        names = ("documents", "new_links", "fetched", "unchanged", "valid", "suspect", "seconds", "task_runs")
        return {name: getattr(self, name) for name in names} | {
            "failed": len(self.failures),
            "failed_portals": dict(self.failed_portals),
            "published": len(self.published),
        }

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        record = asdict(replace(self, failures=())) | {"well": self.well}
        record["failures"] = [failure_to_json(row) for row in self.failures]
        return record


def failure_to_json(row: DocumentRow) -> dict[str, Any]:
    """A failed document for a table: what, where, why."""
    return {
        "document": row.document_id,
        "verdict": row.verdict,
        "message": row.message,
        "transient": row.transient,
        "failed_runs": row.failed_runs,
        "next_attempt": row.next_attempt,
        "next_attempt_at": row.retry_at,
        "portal": row.portal,
        "title": row.title,
        "url": row.url,
        "published": row.published,
    }


def markdown(summary: Summary) -> str:
    """The summary as a page for a person."""
    years = ", ".join(map(str, summary.years)) or "all years"
    lines = [
        f"# {summary.flow}: {years}, {summary.portals} portals",
        "",
        "| | |",
        "| --- | ---: |",
        f"| documents | {summary.documents} |",
        f"| new links | {summary.new_links} |",
        f"| fetched | {summary.fetched} |",
        f"| unchanged | {summary.unchanged} |",
        f"| read, valid | {summary.valid} |",
        f"| read, suspect | {summary.suspect} |",
        f"| failed | {len(summary.failures)} |",
        f"| partitions published | {len(summary.published)} |",
        f"| seconds | {summary.seconds:.0f} |",
        "",
        f"The Parquet lies in `{summary.lake}`.",
    ]
    lines += _section("Portals that failed", [f"**{name}**: {why}" for name, why in summary.failed_portals.items()])
    lines += _section("Task runs that failed", summary.failed_batches)
    lines += _section("Worth a look", summary.warnings)
    failures = [f"`{row.verdict}` [{row.title or row.url}](<{row.url}>): {row.message}" for row in summary.failures]
    lines += _section("Documents that failed", failures[:MOST_ROWS])
    lines += _section("Published", [f"`{name}`: {reports} reports" for name, reports in summary.published.items()])
    return "\n".join(lines)


def _section(title: str, items: Any) -> list[str]:
    return ["", f"## {title}", "", *(f"- {_one_line(item)}" for item in items)] if items else []


def _one_line(text: str) -> str:
    return " ".join(text.split())
