"""A report as JSON: the contract of `nianbao parse --json`, and the form in which the ledger keeps readings.

`report_from_json(report_to_json(report)) == report` for every report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parsers.records import Figure, Issue, Region, Report, Section

# Above this a float no longer tells neighbouring whole numbers apart, so it is written as the float that it is.
EXACT_WHOLE = 2.0**53


def report_to_json(report: Report) -> dict[str, Any]:
    """The report as an object of JSON types, keys in the order of the contract.

    Whole numbers are written without a fraction (13, not 13.0). `absence`, `scaled_from`, `address` and
    `corrected_from` of a figure stand only where they are set.
    """
    return {
        "template": report.template,
        "year": report.year,
        "organization": report.organization,
        "region": region_to_json(report.region),
        "published_on": report.published_on,
        "title": report.title,
        "figures": [figure_to_json(figure) for figure in report.figures],
        "sections": [{"heading": section.heading, "text": section.text} for section in report.sections],
        "issues": [issue_to_json(issue) for issue in report.issues],
        "source": report.source,
        "status": report.status,
        "evidence": list(report.evidence),
    }


def report_from_json(data: Mapping[str, Any]) -> Report:
    """The report that `report_to_json` wrote; `status` follows from the issues and is not read."""
    return Report(
        template=data["template"],
        year=data["year"],
        organization=data["organization"],
        region=_region_from_json(data["region"]),
        published_on=data["published_on"],
        title=data["title"],
        source=data["source"],
        figures=tuple(_figure_from_json(figure) for figure in data["figures"]),
        sections=tuple(Section(section["heading"], section["text"]) for section in data["sections"]),
        issues=tuple(_issue_from_json(issue) for issue in data["issues"]),
        evidence=tuple(data["evidence"]),
    )


def region_to_json(region: Region | None) -> dict[str, Any] | None:
    """A region as `{"adcode", "path", "iso"}`, or None."""
    if region is None:
        return None
    return {"adcode": region.adcode, "path": list(region.path), "iso": region.iso}


def number_to_json(value: float | None) -> float | int | None:
    """13.0 as 13; everything else as it is."""
    if value is not None and -EXACT_WHOLE < value < EXACT_WHOLE and value == int(value):
        return int(value)
    return value


def figure_to_json(figure: Figure) -> dict[str, Any]:
    """A figure as in `report_to_json`."""
    data: dict[str, Any] = {
        "table": figure.table,
        "item": figure.item,
        "column": figure.column,
        "value": number_to_json(figure.value),
        "raw": figure.raw,
    }
    if figure.absence is not None:
        data["absence"] = figure.absence
    if figure.scaled_from is not None:
        data["scaled_from"] = figure.scaled_from
    if figure.address is not None:
        data["address"] = list(figure.address)
    if figure.corrected_from is not None:
        data["corrected_from"] = figure.corrected_from
    return data


def issue_to_json(issue: Issue) -> dict[str, Any]:
    """An issue as in `report_to_json`."""
    return {
        "severity": issue.severity,
        "code": issue.code,
        "table": issue.table,
        "item": issue.item,
        "column": issue.column,
        "message": issue.message,
    }


def _region_from_json(data: Mapping[str, Any] | None) -> Region | None:
    return None if data is None else Region(data["adcode"], tuple(data["path"]), data["iso"])


def _figure_from_json(data: Mapping[str, Any]) -> Figure:
    value, address = data["value"], data.get("address")
    return Figure(
        data["table"],
        data["item"],
        data["column"],
        None if value is None else float(value),
        data["raw"],
        data.get("absence"),
        data.get("scaled_from"),
        None if address is None else (address[0], address[1], address[2]),
        data.get("corrected_from"),
    )


def _issue_from_json(data: Mapping[str, Any]) -> Issue:
    return Issue(data["severity"], data["code"], data["message"], data["table"], data["item"], data["column"])
