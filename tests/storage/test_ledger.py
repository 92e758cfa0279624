"""The life of documents in the ledger, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.records import Portal, ReportLink
from parsers.verdicts import NotAReport, NotFound, ServerError, Timeout, Unreadable
from storage.documents import BytesLost, DocumentRow, FetchOutcome, ReadOutcome, Selector, Unchanged, document_id
from storage.errors import LedgerError
from storage.ledger import Ledger
from storage.overview import history, load_report, select_documents, versions
from storage.transitions import LINK_COLUMNS, link_columns, merge_links
from tests.storage.samples import (
    FETCHED_AT,
    PARSER,
    PORTAL,
    body,
    capture,
    fetch,
    job_of,
    keep,
    link,
    read,
    read_job,
    record,
    renamed,
    report,
)


def row(ledger: Ledger, document: str) -> DocumentRow:
    (found,) = select_documents(ledger, Selector(documents=(document,)))
    return found


def states(ledger: Ledger, document: str) -> list[str]:
    """The states that a document went through, by its events."""
    return [event.to_state for event in history(ledger, document)]


def to_fetch(ledger: Ledger, **options: object) -> set[str]:
    return {job.document_id for job in ledger.documents_to_fetch(**{"run": "run-2"} | options)}  # type: ignore[arg-type]


def to_read(ledger: Ledger, parser: str = PARSER) -> set[str]:
    return {job.document_id for job in ledger.documents_to_read(parser_version=parser)}


# --- discover


def test_links_are_new_once(ledger: Ledger) -> None:
    first = record(ledger, range(3))
    assert (first.new, first.known) == (3, 0)
    assert list(first.document_ids) == [document_id(link(number).url) for number in range(3)]
    again = record(ledger, range(5), run="run-2")
    assert (again.new, again.known) == (2, 3)
    assert [states(ledger, document) for document in again.document_ids] == [["found"]] * 5


def test_one_document_under_several_addresses_is_one(ledger: Ledger) -> None:
    addresses = [
        "http://www.linjiang.example.cn/1.html",
        "https://linjiang.example.cn/1.html",
        "https://www.linjiang.example.cn/1.html",
    ]
    links = [replace(link(1), url=address) for address in addresses]
    recorded = ledger.record_links("run-1", PORTAL, links)
    assert (recorded.new, recorded.known, len(recorded.document_ids)) == (1, 0, 1)
    assert row(ledger, recorded.document_ids[0]).url.startswith("https:")


LINKS = st.builds(
    ReportLink,
    url=st.sampled_from(["http://a.cn/1.html", "https://a.cn/1.html", "https://www.a.cn/1.html"]),
    title=st.sampled_from(["年报", "2024年年报", "2023年年报"]),
    portal=st.just(""),
    found_on=st.just("https://a.cn/"),
)
PORTALS = st.sampled_from([Portal(name, "220681", ("https://a.cn/",)) for name in ("甲", "乙", "丙")])


@given(st.lists(st.tuples(PORTALS, LINKS), min_size=2, max_size=6), st.randoms())
def test_who_describes_a_document_does_not_depend_on_who_came_first(
    sightings: list[tuple[Portal, ReportLink]], random: st.DrawFn
) -> None:
    def merged(order: list[tuple[Portal, ReportLink]]) -> dict[str, object]:
        (portal, first), *others = order
        columns = link_columns(portal, first, "run")
        for other_portal, other in others:
            columns = merge_links(columns, link_columns(other_portal, other, "run"))
        return columns

    shuffled = list(sightings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merged(shuffled) == merged(sightings)
    assert set(merged(sightings)) == set(LINK_COLUMNS)


def test_a_better_title_or_another_region_makes_a_document_unread(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    assert to_read(ledger) == set()
    ledger.record_links("run-2", PORTAL, [link(1, title="年报")])  # says less than what we know
    assert to_read(ledger) == set()
    ledger.record_links("run-2", PORTAL, [link(1, title="临江市第1局2024年政府信息公开工作年度报告(全文)")])
    assert to_read(ledger) == {document}
    read(ledger, document, report(1))
    ledger.record_links("run-3", replace(PORTAL, region="220600"), [link(1)])
    assert read_job(ledger, document).portal_region == "220600"


def test_the_first_portal_by_name_keeps_a_document(ledger: Ledger) -> None:
    record(ledger, [1], portal=renamed(PORTAL, "b"))
    (document,) = record(ledger, [1], portal=renamed(PORTAL, "c")).document_ids
    assert row(ledger, document).portal == "b"
    record(ledger, [1], portal=renamed(PORTAL, "a"))
    assert row(ledger, document).portal == "a"


def test_text_that_a_database_refuses_is_cleaned(ledger: Ledger) -> None:
    (document,) = ledger.record_links("run-1", PORTAL, [link(1, title="年\0报\ud83d")]).document_ids
    fetch(ledger, 1, Unreadable("bytes \0 and \udcff"))
    found = row(ledger, document)
    assert (found.title, found.message) == ("年\ufffd报?", "bytes \ufffd and ?")


# --- fetch


def test_what_is_found_is_fetched_once_a_run(ledger: Ledger) -> None:
    (document,) = record(ledger, [1]).document_ids
    job = job_of(ledger, 1, run="run-1")
    assert (job.url, job.host, job.portal, job.attempts) == (link(1).url, "www.linjiang.example.cn", PORTAL.name, 0)
    assert job.previous is None
    fetch(ledger, 1, body(1))
    assert to_fetch(ledger, run="run-1") == set()
    assert to_fetch(ledger, run="run-2", refetch=False) == set()
    assert to_fetch(ledger, run="run-2") == {document}
    assert states(ledger, document) == ["found", "fetched"]


def test_a_later_run_asks_whether_it_changed(ledger: Ledger) -> None:
    record(ledger, [1])
    before = capture(job_of(ledger, 1, run="run-1"), body(1), offset=1)
    fetch(ledger, 1, body(1))
    job = job_of(ledger, 1, run="run-2")
    assert (job.etag, job.last_modified, job.previous) == ('"1"', None, before)


def test_passing_failures_come_again_and_final_ones_do_not(ledger: Ledger) -> None:
    record(ledger, [1, 2])
    passing, final = fetch(ledger, 1, Timeout("slow")), fetch(ledger, 2, NotFound("404"))
    assert to_fetch(ledger, run="run-1") == {passing}
    assert to_fetch(ledger, run="run-1", final=True) == {passing}  # the other was tried in this very run
    assert to_fetch(ledger, run="run-2") == {passing}
    assert to_fetch(ledger, run="run-2", final=True) == {passing, final}
    found = row(ledger, passing)
    assert (found.state, found.stage, found.verdict, found.message) == ("failed", "fetch", "timeout", "slow")
    assert found.transient
    assert not row(ledger, final).transient


def test_attempts_are_counted_until_an_answer(ledger: Ledger) -> None:
    record(ledger, [1])
    for attempt in range(3):
        assert job_of(ledger, 1, run="run-1").attempts == attempt
        document = fetch(ledger, 1, ServerError(f"503, attempt {attempt}"))
    fetch(ledger, 1, body(1))
    assert row(ledger, document).attempts == 0
    assert states(ledger, document) == ["found", "failed", "failed", "failed", "fetched"]
    assert [event.message for event in history(ledger, document)][1:4] == [f"503, attempt {n}" for n in range(3)]


def test_saving_the_same_capture_twice_changes_nothing(ledger: Ledger) -> None:
    record(ledger, [1])
    job = job_of(ledger, 1, run="run-1")
    outcome = FetchOutcome(job.document_id, capture(job, body(1)))
    ledger.save_fetched("run-1", [outcome])
    once = row(ledger, job.document_id)
    ledger.save_fetched("run-1", [outcome])
    assert row(ledger, job.document_id) == once
    assert states(ledger, job.document_id) == ["found", "fetched"]
    assert len(versions(ledger, job.document_id)) == 1


def test_bytes_stored_anew_replace_a_damaged_record(ledger: Ledger) -> None:
    document = keep(ledger, 1, Unreadable("The record in run-0-000.warc.gz at 1 is damaged"))
    job = job_of(ledger, 1, run="run-2")
    anew = replace(capture(job, body(1), fetched_at="2025-06-01T00:00:00Z"), archive_file="run-2-0-000.warc.gz")
    ledger.save_fetched("run-2", [FetchOutcome(document, anew)])
    assert job_of(ledger, 1, run="run-3").previous == anew
    assert [version.capture for version in versions(ledger, document)] == [anew]
    assert read_job(ledger, document).archive_file == "run-2-0-000.warc.gz"
    read(ledger, document, report(1), run="run-2")
    assert row(ledger, document).state == "read"
    assert states(ledger, document) == ["found", "fetched", "failed", "fetched", "read"]


def test_an_unchanged_document_is_not_read_again(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    ledger.save_fetched("run-2", [FetchOutcome(document, Unchanged("2025-04-01T00:00:00Z", etag='"2"'))])
    fetch(ledger, 1, body(1), run="run-3")
    assert to_read(ledger) == set()
    assert states(ledger, document) == ["found", "fetched", "read"]
    assert row(ledger, document).fetched_at == FETCHED_AT


def test_a_304_keeps_the_validators_that_it_does_not_renew(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    ledger.save_fetched("run-2", [FetchOutcome(document, Unchanged("2025-04-01T00:00:00Z"))])
    assert job_of(ledger, 1, run="run-3").etag == '"1"'
    ledger.save_fetched("run-3", [FetchOutcome(document, Unchanged("2025-04-02T00:00:00Z", etag='"2"'))])
    assert job_of(ledger, 1, run="run-4").etag == '"2"'


def test_a_304_for_something_never_sent_is_the_servers_fault(ledger: Ledger) -> None:
    (document,) = record(ledger, [1]).document_ids
    ledger.save_fetched("run-1", [FetchOutcome(document, Unchanged(FETCHED_AT))])
    assert row(ledger, document).verdict == "server_error"


def test_a_changed_document_is_read_again_and_keeps_its_versions(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    assert load_report(ledger, document) == report(1)  # until the new one is read
    read(ledger, document, report(2), run="run-2")
    assert load_report(ledger, document) == report(2)
    assert [version.report for version in versions(ledger, document)] == [report(1), report(2)]
    assert states(ledger, document) == ["found", "fetched", "read", "fetched", "read"]


def test_bytes_that_come_back_keep_their_first_time(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    for number, version in ((2, 2), (3, 1)):
        fetch(ledger, 1, body(1, version), run=f"run-{number}", fetched_at=f"2025-0{number + 3}-01T00:00:00Z")
        read(ledger, document, report(version), run=f"run-{number}")
    assert [version.capture.fetched_at[:7] for version in versions(ledger, document)] == ["2025-03", "2025-05"]
    assert load_report(ledger, document) == report(1)


def test_a_failed_refetch_keeps_the_published_reading(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, ServerError("503"), run="run-2")
    found = row(ledger, document)
    assert (found.state, found.verdict, found.published, found.year) == ("failed", "server_error", True, 2024)
    assert load_report(ledger, document) == report(1)
    assert to_read(ledger) == set()
    fetch(ledger, 1, body(1), run="run-3")  # the server is back, with the same bytes: their reading still stands
    assert to_read(ledger) == set()
    assert row(ledger, document).state == "read"


def test_a_batch_is_saved_whole_or_not_at_all(ledger: Ledger) -> None:
    documents = record(ledger, [1, 2]).document_ids
    broken = replace(capture(job_of(ledger, 2, run="run-1"), body(2)), status=None)  # type: ignore[arg-type]
    outcomes = [FetchOutcome(documents[0], Timeout("slow")), FetchOutcome(documents[1], broken)]
    with pytest.raises(LedgerError, match="refused"):
        ledger.save_fetched("run-1", outcomes)
    assert [row(ledger, document).state for document in documents] == ["found", "found"]


# --- read


def test_a_reading_depends_on_bytes_parser_and_link(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    assert to_read(ledger, PARSER) == set()
    assert to_read(ledger, "8") == {document}
    read(ledger, document, report(2), parser="8")
    assert to_read(ledger, "8") == set()
    assert row(ledger, document).parser_version == "8"
    assert load_report(ledger, document) == report(2)


def test_a_job_says_all_that_a_reading_needs(ledger: Ledger) -> None:
    portal = replace(PORTAL, charset="gb18030")
    record(ledger, [1], portal=portal)
    document = fetch(ledger, 1, body(1))
    job = read_job(ledger, document)
    assert (job.url, job.final_url, job.title) == (link(1).url, link(1).url, link(1).title)
    assert (job.portal, job.portal_region, job.charset) == (PORTAL.name, "220681", "gb18030")
    assert (job.content_type, job.length, job.archive_file, job.archive_offset) == (
        "text/html",
        len(body(1)),
        "run-0-000.warc.gz",
        1,
    )


def test_a_verdict_is_not_asked_for_again_until_something_changes(ledger: Ledger) -> None:
    document = keep(ledger, 1, NotAReport("a notice"))
    found = row(ledger, document)
    assert (found.state, found.stage, found.verdict, found.published) == ("failed", "read", "not_a_report", False)
    assert to_read(ledger) == set()
    fetch(ledger, 1, body(1), run="run-2")
    assert to_read(ledger) == set()
    assert row(ledger, document).verdict == "not_a_report"
    assert to_read(ledger, "8") == {document}
    fetch(ledger, 1, body(1, version=2), run="run-3")
    assert to_read(ledger) == {document}


def test_force_gives_everything_that_has_bytes(ledger: Ledger) -> None:
    documents = {keep(ledger, 1, report(1)), keep(ledger, 2, NotAReport("a notice"))}
    record(ledger, [3])
    assert {job.document_id for job in ledger.documents_to_read(parser_version=PARSER, force=True)} == documents


def test_a_new_parser_takes_back_what_the_old_one_read(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    read(ledger, document, NotAReport("an article"), parser="8")
    assert load_report(ledger, document) is None
    assert not row(ledger, document).published
    assert row(ledger, document).year is None


def test_bytes_that_cannot_be_read_do_not_replace_those_that_could(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    read(ledger, document, Unreadable("a maintenance page"), run="run-2")
    found = row(ledger, document)
    assert (found.state, found.verdict, found.published) == ("failed", "unreadable", True)
    assert load_report(ledger, document) == report(1)


def test_bytes_that_the_archive_has_lost_take_nothing_back_and_are_fetched_again(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    job = read_job(ledger, document, parser="8")
    ledger.save_readings("run-2", "8", [ReadOutcome(job, BytesLost("The record is damaged"))])
    found = row(ledger, document)
    assert (found.state, found.stage, found.verdict) == ("failed", "fetch", "truncated")
    assert (found.message, found.next_attempt) == ("The record is damaged", "next run")
    assert load_report(ledger, document) == report(1)
    assert history(ledger, document)[-1].message == "The record is damaged"
    fetch(ledger, 1, ServerError("503"), run="run-3")
    assert job_of(ledger, 1, run="run-3").doubted, "still, though the server says something else for the moment"
    elsewhere = capture(job_of(ledger, 1, run="run-3"), body(1), offset=9)
    ledger.save_fetched("run-3", [FetchOutcome(document, elsewhere)])
    assert read_job(ledger, document, parser="8").archive_offset == 9
    read(ledger, document, report(1), parser="8")
    assert (row(ledger, document).state, row(ledger, document).verdict) == ("read", None)


def test_lost_bytes_that_were_replaced_meanwhile_change_nothing(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    job = read_job(ledger, document, parser="8")
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    ledger.save_readings("run-2", "8", [ReadOutcome(job, BytesLost("The record is damaged"))])
    assert row(ledger, document).state == "fetched"
    assert load_report(ledger, document) == report(1)


def test_earlier_bytes_in_the_lake_are_read_by_new_parsers_too(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    read(ledger, document, Unreadable("a maintenance page"), run="run-2")
    assert to_read(ledger) == set()
    jobs = {job.content_digest: job for job in ledger.documents_to_read(parser_version="8")}
    earlier = jobs.pop(row(ledger, document).published_digest or "")
    (newest,) = jobs.values()
    ledger.save_readings("run-3", "8", [ReadOutcome(newest, Unreadable("still")), ReadOutcome(earlier, report(5))])
    assert load_report(ledger, document) == report(5)
    assert ledger.documents_to_read(parser_version="8") == []


def test_the_lake_goes_back_to_the_last_bytes_that_could_be_read(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    read(ledger, document, report(2), run="run-2")
    read(ledger, document, NotAReport("an article after all"), run="run-3", parser="8")
    assert load_report(ledger, document) == report(1)
    assert [job.content_digest for job in ledger.documents_to_read(parser_version="8")] == [
        row(ledger, document).published_digest  # which the new parser has not seen yet
    ]


def test_a_reading_of_bytes_that_were_replaced_meanwhile_is_not_published(ledger: Ledger) -> None:
    record(ledger, [1])
    document = fetch(ledger, 1, body(1))
    slow = read_job(ledger, document)
    fetch(ledger, 1, body(1, version=2), run="run-2", fetched_at="2025-05-01T00:00:00Z")
    ledger.save_readings("run-1", PARSER, [ReadOutcome(slow, report(1))])
    assert row(ledger, document).state == "fetched"
    assert load_report(ledger, document) is None
    read(ledger, document, report(2))
    assert load_report(ledger, document) == report(2)


def test_a_reading_under_an_outdated_title_is_dropped(ledger: Ledger) -> None:
    record(ledger, [1])
    document = fetch(ledger, 1, body(1))
    slow = read_job(ledger, document)
    ledger.record_links("run-2", PORTAL, [link(1, title="第1局2024年政府信息公开工作年度报告(修订)")])
    ledger.save_readings("run-1", PARSER, [ReadOutcome(slow, report(1))])
    assert load_report(ledger, document) is None
    assert to_read(ledger) == {document}


def test_saving_the_same_reading_twice_changes_nothing(ledger: Ledger) -> None:
    record(ledger, [1])
    document = fetch(ledger, 1, body(1))
    outcome = ReadOutcome(read_job(ledger, document), report(1))
    ledger.save_readings("run-1", PARSER, [outcome])
    once = row(ledger, document)
    ledger.save_readings("run-1", PARSER, [outcome])
    assert row(ledger, document) == once
    assert states(ledger, document) == ["found", "fetched", "read"]


def test_a_reading_while_the_server_is_down_is_published_and_the_failure_stands(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, ServerError("503"), run="run-2")
    read(ledger, document, report(2), run="run-2", parser="8")
    assert load_report(ledger, document) == report(2)
    assert row(ledger, document).verdict == "server_error"
    last = history(ledger, document)[-1]
    assert (last.to_state, last.verdict, last.message) == ("failed", "server_error", "modern-2021, 2024, valid (parser 8)")


def test_everything_happens_at_the_time_of_the_clock(ledger_url: str) -> None:
    times = iter(f"2025-01-0{day}T00:00:00Z" for day in range(1, 9))
    ledger = Ledger(ledger_url, clock=lambda: next(times))
    document = keep(ledger, 1, report(1))  # on the second day it was asked what there is to fetch
    assert [event.at[:10] for event in history(ledger, document)] == ["2025-01-01", "2025-01-03", "2025-01-04"]
    assert (row(ledger, document).first_seen, row(ledger, document).last_changed) == (
        "2025-01-01T00:00:00Z",
        "2025-01-04T00:00:00Z",
    )
    ledger.close()
