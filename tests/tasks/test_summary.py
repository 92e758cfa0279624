"""What a run says of itself."""

from __future__ import annotations

import json
from dataclasses import replace

from storage.documents import DocumentRow
from tasks.summary import Summary, markdown

FAILED = DocumentRow(
    document_id="0123456789abcdef",
    url="http://a.example/1.html",
    title="某县2024年\n政府信息公开工作年度报告",
    portal="a",
    portal_region="620800",
    found_on="http://a.example/",
    state="failed",
    stage="fetch",
    verdict="not_found",
    message="HTTP 404",
    attempts=1,
    failed_runs=1,
    retry_at=None,
    first_seen="2025-03-01T00:00:00Z",
    last_changed="2025-03-01T00:00:00Z",
    fetched_at=None,
    content_digest=None,
    published_digest=None,
    year=None,
    region=None,
    adcode=None,
    organization=None,
    template=None,
    status=None,
    parser_version=None,
)
WELL = Summary(
    flow="harvest",
    run="run",
    years=(2024,),
    portals=1,
    failed_portals={},
    documents=2,
    new_links=2,
    fetched=2,
    unchanged=0,
    valid=2,
    suspect=0,
    failures=(),
    failed_batches=(),
    warnings=(),
    published={"year=2024/region=CN-GS": 2},
    lake="data/lake",
    seconds=1.5,
    task_runs=4,
)


def test_well_is_when_nothing_failed_that_was_not_planted() -> None:
    assert WELL.well
    assert not replace(WELL, failed_portals={"a": "nothing"}).well
    assert not replace(WELL, failed_batches=("OSError: disk",)).well
    failed = replace(WELL, failures=(FAILED,))
    assert not failed.well
    assert replace(failed, planted={FAILED.document_id: "not_found"}).well
    assert not replace(failed, planted={FAILED.document_id: "server_error"}).well, "it failed otherwise than it should"


def test_json_holds_everything_a_person_needs_to_act() -> None:
    record = json.loads(json.dumps(replace(WELL, failures=(FAILED,)).to_json()))
    assert record["well"] is False
    assert record["failures"] == [
        {
            "document": FAILED.document_id,
            "verdict": "not_found",
            "message": "HTTP 404",
            "transient": False,
            "failed_runs": 1,
            "next_attempt": None,
            "next_attempt_at": None,
            "portal": "a",
            "title": FAILED.title,
            "url": FAILED.url,
            "published": False,
        }
    ]
    assert record["published"] == {"year=2024/region=CN-GS": 2}


def test_page_for_a_person_links_each_failure_on_one_line() -> None:
    page = markdown(replace(WELL, failures=(FAILED,), failed_portals={"b": "its lists gave 0 reports"}))
    line = "- `not_found` [某县2024年 政府信息公开工作年度报告](<http://a.example/1.html>): HTTP 404"
    assert line in page.splitlines()
    assert "- **b**: its lists gave 0 reports" in page.splitlines()
    assert "Documents that failed" not in markdown(WELL)
