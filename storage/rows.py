"""Records as rows of the ledger's tables."""

from __future__ import annotations

from parsers.records import Capture, Report
from parsers.verdicts import Verdict
from storage.applicable import corrections_key
from storage.documents import ReadJob
from storage.tables import Row
from storage.transitions import Changes, tag


def event_row(before: Row, after: Row, run: str, now: str, note: str | None = None) -> Changes:
    """What happened between two states of a row of `documents`; its message is `note`, or else that of the new state."""
    return {
        "document_id": before["document_id"],
        "at": now,
        "run": run,
        "from_state": before.get("state"),
        "to_state": after["state"],
        "stage": after.get("stage"),
        "verdict": after.get("verdict"),
        "message": note or after.get("message"),
        "content_digest": after.get("content_digest", before.get("content_digest")),
    }


def capture_row(key: str, capture: Capture) -> Changes:
    """The row of `captures` for a document's capture."""
    return {
        "document_id": key,
        "content_digest": capture.digest,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "content_type": capture.content_type,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "length": capture.length,
        "fetched_at": capture.fetched_at,
        "fetched_month": capture.fetched_at[:7],
        "archive_file": capture.archive_file,
        "archive_offset": capture.archive_offset,
        "tag": tag(key, capture.digest, capture.url, capture.fetched_at, capture.archive_file, capture.archive_offset),
    }


def reading_row(job: ReadJob, result: Report | Verdict, version: str, payload: bytes | None) -> Changes:
    """The row of `readings` for what a job gave; `payload` is the report, packed."""
    verdict = result if isinstance(result, Verdict) else None
    return {
        "document_id": job.document_id,
        "content_digest": job.content_digest,
        "link_key": job.link_key,
        "parser_version": version,
        "verdict": verdict and verdict.code,
        "message": verdict and verdict.message,
        "report": payload,
        "corrections": corrections_key(job.corrections),
    }


def reading_note(result: Report | Verdict, version: str) -> str:
    """A reading in a line, for the history of its document."""
    if isinstance(result, Verdict):
        return f"{result.message} (parser {version})"
    return f"{result.template}, {result.year or 'year unknown'}, {result.status} (parser {version})"
