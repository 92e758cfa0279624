"""A report as the ledger stores it: the JSON of `parsers.serialize`, packed. Equal reports give equal bytes."""

from __future__ import annotations

import json
import zlib

from parsers.records import Report
from parsers.serialize import report_from_json, report_to_json

LEVEL = 1  # figures pack to a tenth at any level; higher ones cost more than they save


def pack_report(report: Report) -> bytes:
    """The report as bytes; `unpack_report` gives it back."""
    return zlib.compress(json.dumps(report_to_json(report), separators=(",", ":")).encode("ascii"), LEVEL)


def unpack_report(payload: bytes) -> Report:
    """The report that `pack_report` stored."""
    return report_from_json(json.loads(zlib.decompress(payload)))
