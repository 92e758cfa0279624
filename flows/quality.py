"""How good the published reports are, out of the lake itself, as a notebook would ask it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from storage.errors import LakeError
from storage.layout import DataDirectory, Table

SEVERITIES = ("error", "warning", "info")


def quality(data: DataDirectory, years: Sequence[int] = ()) -> dict[str, Any]:
    """Counts of reports, valid and suspect, in all, by template and by portal; and of issues by check and template.

    As JSON types. `issues` is ordered by severity, then by how many reports a check found something in. Raises `LakeError`
    where a file of the lake cannot be read.
    """
    reports = load_table(data, "reports", ["report_id", "template", "status", "portal"], years)
    issues = load_table(data, "issues", ["report_id", "severity", "code"], years)
    found = issues.join(reports.select(["report_id", "template"]), "report_id", join_type="inner")
    groups = found.group_by(["severity", "code", "template"]).aggregate([([], "count_all"), ("report_id", "count_distinct")])
    rows = [
        {
            "severity": group["severity"],
            "code": group["code"],
            "template": group["template"],
            "issues": group["count_all"],
            "reports": group["report_id_count_distinct"],
        }
        for group in groups.to_pylist()
    ]
    rows.sort(key=lambda row: (SEVERITIES.index(row["severity"]), -row["reports"], row["code"], row["template"]))
    return {
        **_counted(Counter(str(status) for status in reports["status"].to_pylist())),
        "by_template": _by(reports, "template"),
        "by_portal": _by(reports, "portal"),
        "issues": rows,
    }


def load_table(data: DataDirectory, table: Table, columns: list[str], years: Sequence[int] = ()) -> pa.Table:
    """These columns of a table of the lake; of these years, empty takes all. Raises `LakeError` where it is damaged."""
    wanted = pc.field("year").isin(list(years)) if years else None
    try:
        dataset = ds.dataset(
            data.name(data.lake / table), filesystem=data.store.filesystem, format="parquet", partitioning="hive"
        )
        return dataset.to_table(columns=columns, filter=wanted)
    except (pa.ArrowException, OSError) as error:
        raise LakeError(
            f"The lake {data.store}/lake cannot be read ({' '.join(str(error).split())}). `nianbao verify` says which files are "
            "damaged; with --repair they are written anew."
        ) from error


def _by(reports: pa.Table, column: str) -> dict[str, dict[str, int]]:
    groups = reports.group_by([column, "status"]).aggregate([([], "count_all")]).to_pylist()
    counts = {name: Counter[str]() for name in sorted({group[column] for group in groups})}
    for group in groups:
        counts[group[column]][group["status"]] += group["count_all"]
    return {name: _counted(statuses) for name, statuses in counts.items()}


def _counted(statuses: Counter[str]) -> dict[str, int]:
    return {"reports": statuses.total(), "valid": statuses["valid"], "suspect": statuses["suspect"]}
