"""A report as the ledger stores it: packed JSON with the figures by column, as the lake wants them. Equal reports give equal
bytes.

By column because a harvest publishes every reading and looks closely at few: the columns go from here into the lake without
two hundred figure records a report being made on the way.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

import orjson

from parsers.records import Figure, Report
from parsers.serialize import report_from_json, report_to_json
from storage.errors import ReadingError

LEVEL = 1  # these columns pack to a tenth at any level; higher ones cost more than they save
FIELDS = tuple(name for name in Figure._fields if name != "address")
ADDRESS_FIELDS = ("at_table", "at_row", "at_column")  # the three numbers of Figure.address
NOWHERE = (None, None, None)


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report without records for its figures."""

    head: Mapping[str, Any]  # the JSON of parsers.serialize, its list of figures empty
    figures: Mapping[str, list[Any]]  # FIELDS and ADDRESS_FIELDS -> one value a figure


def store_report(report: Report) -> StoredReport:
    """The report in its stored form."""
    columns = {name: list(map(attrgetter(name), report.figures)) for name in FIELDS}
    addresses = [figure.address or NOWHERE for figure in report.figures]
    for position, name in enumerate(ADDRESS_FIELDS):
        columns[name] = [address[position] for address in addresses]
    return StoredReport(report_to_json(replace(report, figures=())), columns)


def restore_report(stored: StoredReport) -> Report:
    """The report that `store_report` was given."""
    columns = [stored.figures[name] for name in (*FIELDS, *ADDRESS_FIELDS)]
    figures = []
    for *row, at_table, at_row, at_column in zip(*columns, strict=True):
        address = None if at_table is None else (at_table, at_row, at_column)
        figures.append(Figure(**dict(zip(FIELDS, row, strict=True)), address=address))
    return replace(report_from_json(stored.head), figures=tuple(figures))


def pack_report(report: Report) -> bytes:
    """The report as bytes."""
    stored = store_report(report)
    data = {"head": stored.head, "figures": stored.figures}
    try:
        text = orjson.dumps(data)
    except TypeError:  # a lone surrogate out of a broken page: it becomes a question mark
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return zlib.compress(text, LEVEL)


def unpack_report(payload: bytes) -> StoredReport:
    """What `pack_report` packed. Raises `ReadingError` for anything else."""
    try:
        data = orjson.loads(zlib.decompress(payload))
        head, figures = data["head"], data["figures"]
        for name in FIELDS:
            if name not in figures:  # it was stored before there was such a field
                figures[name] = [None] * len(figures["table"])
    except (zlib.error, ValueError, TypeError, KeyError) as error:
        raise ReadingError(
            f"A reading in the ledger is damaged ({error}). `nianbao verify` says which; with --repair it is read again."
        ) from error
    return StoredReport(head, figures)
