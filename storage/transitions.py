"""What happens to a document's row when something has been done to it: pure functions from row and outcome to new row.

    found --fetch--> fetched --read--> read
      |                 |               |
      +---- failed (stage fetch | read) +     every state goes back to `fetched` when the bytes change

A row is the mapping of column names to values that `storage.tables.documents` has. Nothing here touches the database.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from parsers.records import Capture, Portal, Report, ReportLink
from parsers.verdicts import ServerError, Truncated, Verdict
from storage.documents import Unchanged
from storage.layout import UNKNOWN_REGION
from storage.pauses import retry_at
from storage.tables import Row, clean_text

Changes = dict[str, Any]

# The columns that each step may change, so that a batch is one statement.
LINK_COLUMNS = (
    *("url", "host", "title", "portal", "portal_region", "charset", "found_on", "reason", "listed_on", "listed_year"),
    *("link_key", "listed_run"),
)
STATE_COLUMNS = ("state", "stage", "verdict", "message")
FETCH_COLUMNS = (
    *STATE_COLUMNS,
    *(
        "last_changed",
        "attempts",
        "failed_runs",
        "retry_at",
        "fetch_run",
        "fetched_at",
        "content_digest",
        "etag",
        "last_modified",
    ),
)
PUBLISHED_COLUMNS = (
    *("published_digest", "published_link", "published_version", "published_corrections", "report_key", "published_tag"),
    *("year", "region", "adcode", "organization", "template", "status", "issue_codes"),
)
READ_COLUMNS = (
    *STATE_COLUMNS,
    "last_changed",
    "read_digest",
    "read_link",
    "read_version",
    "read_corrections",
    *PUBLISHED_COLUMNS,
)
UNPUBLISHED: Changes = dict.fromkeys(PUBLISHED_COLUMNS)


def tag(*parts: object) -> int:
    """40 bits that name these parts. Tags of a partition are added up by the database, so they leave room for the sum."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).digest()[:5], "big")


def link_columns(portal: Portal, link: ReportLink, run: str) -> Changes:
    """The columns of `LINK_COLUMNS` as one list page states them."""
    columns = {
        "url": clean_text(link.url),
        "host": clean_text(urlsplit(link.url).netloc),
        "title": clean_text(link.title),
        "portal": clean_text(portal.name),
        "portal_region": portal.region,
        "charset": portal.charset,
        "found_on": clean_text(link.found_on),
        "reason": clean_text(link.reason),
        "listed_on": link.listed_on,
        "listed_year": link.year,
        "listed_run": run,
    }
    return columns | {"link_key": link_key(columns)}


def merge_links(known: Row, new: Row) -> Changes:
    """The columns of `LINK_COLUMNS` of a document that is listed more than once.

    Several lists and portals may name one document. Which of them describes it depends on what they say and not on who came
    first: the first portal by name, then https, then the longest title, then the order of the text. What the portal file
    says (region, charset) is that of its newest state.
    """
    same_portal = known["portal"] == new["portal"]
    replace = _link_rank(new) >= _link_rank(known) if same_portal else new["portal"] < known["portal"]
    columns = {name: (new if replace else known)[name] for name in LINK_COLUMNS}
    columns["listed_run"] = new["listed_run"]
    if same_portal:
        columns |= {"portal_region": new["portal_region"], "charset": new["charset"]}
    return columns | {"link_key": link_key(columns)}


def link_key(columns: Row) -> str:
    """Names the state of what a reading takes from the list page and the portal file."""
    parts = (columns["url"], columns["title"], columns["portal"], columns["portal_region"], columns["charset"] or "")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _link_rank(link: Row) -> tuple[bool, int, str, str]:
    return (link["url"].startswith("https:"), len(link["title"]), link["title"], link["url"])


def after_fetch(row: Row, result: Capture | Unchanged | Verdict, *, run: str, now: str, stored_anew: bool) -> Changes:
    """The columns of `FETCH_COLUMNS` after a fetch.

    A failure keeps bytes and published reading as they are. An answer ends a failure to fetch: bytes that have been read and
    published come back as `read`, for their reading still stands. A failure to read is ended by
    other bytes, or by the same ones `stored_anew`: those in the archive may have been damaged.
    """
    changes = {name: row[name] for name in FETCH_COLUMNS} | {"fetch_run": run}
    if isinstance(result, Unchanged) and row["content_digest"] is None:
        result = ServerError("the server answered 304 (not modified) though it has given us nothing yet")
    if isinstance(result, Verdict):
        failure = {"state": "failed", "stage": "fetch", "verdict": result.code, "message": result.message}
        return changes | failure | {"attempts": row["attempts"] + 1} | _pause(row, result, run, now)
    changes |= {"attempts": 0, "failed_runs": 0, "retry_at": None, "fetched_at": result.fetched_at}
    if isinstance(result, Capture):
        changes |= {"content_digest": result.digest, "etag": result.etag, "last_modified": result.last_modified}
    else:
        changes |= {"etag": result.etag or row["etag"], "last_modified": result.last_modified or row["last_modified"]}
    same = not stored_anew and changes["content_digest"] == row["content_digest"]
    if not same or row["stage"] == "fetch":
        read = same and row["content_digest"] == row["read_digest"] == row["published_digest"]
        changes |= {"state": "read" if read else "fetched", "stage": None, "verdict": None, "message": None}
    return changes


def _pause(row: Row, verdict: Verdict, run: str, now: str) -> Changes:
    """What a failure to fetch means for the next runs. A reason that does not pass by itself ends the count."""
    if not verdict.transient:
        return {"failed_runs": 0, "retry_at": None}
    failed_runs = row["failed_runs"] + (row["fetch_run"] != run)
    return {"failed_runs": failed_runs, "retry_at": retry_at(failed_runs, now)}


def after_reading(row: Row, reading: Row, result: Report | Verdict) -> Changes:
    """The columns of `READ_COLUMNS` after a reading; `reading` is its row of `storage.tables.readings`.

    A reading of bytes that have been replaced meanwhile counts only where it is the one that the lake holds. A verdict takes
    back the reading of the same bytes, never that of earlier ones.
    """
    changes = {name: row[name] for name in READ_COLUMNS}
    digest = reading["content_digest"]
    current = digest == row["content_digest"]
    if current:
        changes |= {"read_digest": digest, "read_link": reading["link_key"]}
        changes |= {"read_version": reading["parser_version"], "read_corrections": reading["corrections"]}
        if row["stage"] != "fetch":
            changes |= _state_after_reading(result)
    if isinstance(result, Report):
        if current or digest == row["published_digest"]:
            changes |= published_columns(row, reading, result)
    elif digest == row["published_digest"]:
        changes |= UNPUBLISHED
    return changes


def after_loss(row: Row, digest: str, message: str) -> Changes:
    """The columns of `READ_COLUMNS` when the archive has lost the bytes of this digest: they have to be fetched once more.

    What was read of them stays, in the ledger and in the lake: it is all that is left. So does what the last fetch said.
    """
    changes = {name: row[name] for name in READ_COLUMNS}
    if digest != row["content_digest"] or row["stage"] == "fetch":
        return changes
    return changes | {"state": "failed", "stage": "fetch", "verdict": Truncated.code, "message": message}


def published_columns(row: Row, reading: Row, report: Report) -> Changes:
    """The columns of `PUBLISHED_COLUMNS` for the reading that the lake is to hold; `report` is what it has stored."""
    region = report.region
    stored = hashlib.sha256(reading["report"]).hexdigest()
    codes = sorted({issue.code for issue in report.issues})
    key = report_key(report)
    return {
        "published_digest": reading["content_digest"],
        "published_link": reading["link_key"],
        "published_version": reading["parser_version"],
        "published_corrections": reading["corrections"],
        "report_key": key,
        "published_tag": tag(row["document_id"], reading["content_digest"], row["url"], row["portal"], stored, key),
        "year": report.year,
        "region": region.iso if region else UNKNOWN_REGION,
        "adcode": region.adcode if region else None,
        "organization": report.organization,
        "template": report.template,
        "status": report.status,
        "issue_codes": f" {' '.join(codes)} " if codes else None,
    }


def report_key(report: Report) -> str | None:
    """Names a report by what it says, whatever page it stands in: body, year, layout and every figure, or the text where it has
    none. None where year, body or place are not known: then nobody can say that two are one."""
    if report.year is None or report.organization is None or report.region is None:
        return None
    figures = [(each.table, each.item, each.column, each.value, each.absence) for each in report.figures]
    sections = [] if figures else [(section.heading, section.text) for section in report.sections]
    parts = (report.year, report.organization, report.region.adcode, report.template, figures, sections)
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()[:16]


def _state_after_reading(result: Report | Verdict) -> Changes:
    if isinstance(result, Report):
        return {"state": "read", "stage": None, "verdict": None, "message": None}
    return {"state": "failed", "stage": "read", "verdict": result.code, "message": result.message}
