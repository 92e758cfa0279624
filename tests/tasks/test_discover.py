"""Discovery of one portal: what is recorded, what is refused, what is asked for once only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.sample import SampleServer
from parsers.records import Portal, ReportLink
from storage.documents import document_id
from storage.ledger import Ledger
from storage.overview import portal_rows, select_documents
from tasks.archiving import ArchiveWriters
from tasks.discover import Discovery, PortalError, discover
from tasks.http import Client


@pytest.fixture
def lufeng(sample: SampleServer) -> Portal:
    return next(portal for portal in sample.portals if portal.name == "shili-a-lufeng")


def test_links_of_all_list_pages_are_recorded(
    lufeng: Portal, sample: SampleServer, client: Client, writers: ArchiveWriters, ledger: Ledger
) -> None:
    found = discover.fn(Discovery(lufeng), "run", client, writers, ledger)
    expected = {document_id(page.url) for page in sample.pages if page.portal == lufeng.name}
    assert set(found.document_ids) == expected
    assert found.new == len(expected)
    assert {row.document_id for row in select_documents(ledger)} == expected
    (row,) = portal_rows(ledger)
    assert (row.name, row.found, row.error) == (lufeng.name, len(expected), None)
    again = discover.fn(Discovery(lufeng), "run 2", client, writers, ledger)
    assert (again.new, again.document_ids) == (0, found.document_ids)


def test_all_links_are_recorded_where_several_transactions_take_them(
    lufeng: Portal, client: Client, writers: ArchiveWriters, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.discover.LINKS_AT_ONCE", 2)
    found = discover.fn(Discovery(lufeng), "run", client, writers, ledger)
    assert (found.new, len(set(found.document_ids))) == (5, 5)
    assert {row.document_id for row in select_documents(ledger)} == set(found.document_ids)


def test_too_small_a_yield_is_an_error_that_says_what_was_found(
    lufeng: Portal, client: Client, writers: ArchiveWriters, ledger: Ledger
) -> None:
    with pytest.raises(PortalError, match=r"shili-a-lufeng: its lists gave 5 reports, .* at least 6"):
        discover.fn(Discovery(replace(lufeng, minimum=6)), "run", client, writers, ledger)
    (row,) = portal_rows(ledger)
    assert row.error is not None
    assert len(select_documents(ledger)) == 5, "what was found is known nevertheless"


def test_a_list_that_is_gone_is_an_error_that_names_it(
    lufeng: Portal, client: Client, writers: ArchiveWriters, ledger: Ledger
) -> None:
    gone = replace(lufeng, lists=("http://xxgk.shili-a.example/gone/",))
    with pytest.raises(PortalError, match=r"gave 0 reports.*http://xxgk.shili-a.example/gone/: HTTP 404"):
        discover.fn(Discovery(gone), "run", client, writers, ledger)


def test_list_pages_are_archived(
    lufeng: Portal, sample: SampleServer, client: Client, writers: ArchiveWriters, ledger: Ledger
) -> None:
    discover.fn(Discovery(lufeng), "run", client, writers, ledger)
    (file,) = writers._data.archive.glob("*.warc.gz*")
    from warcio.archiveiterator import ArchiveIterator

    with file.open("rb") as stream:
        addresses = [
            record.rec_headers.get_header("WARC-Target-URI")
            for record in ArchiveIterator(stream)
            if record.rec_type == "response"
        ]
    asked = [f"http://{asked.host}{asked.target}" for asked in sample.requests]
    assert addresses == asked, "every answer, robots.txt too, in the order in which they came"


@pytest.mark.parametrize(
    ("title_year", "listed_on", "wanted"),
    [
        (2024, None, True),
        (2023, "2025-01-20", False),  # the title knows better than the date
        (None, "2025-01-20", True),
        (None, "2024-12-30", True),  # signed in the last days of the year itself
        (None, "2024-01-20", True),  # a date in 2024 may be of a report for 2024 that was signed early
        (None, "2023-06-01", False),
        (None, None, True),  # says nothing: it has to be read
    ],
)
def test_links_of_other_years_are_left_out(title_year: int | None, listed_on: str | None, wanted: bool) -> None:
    portal = Portal("a", "620800", ("http://a.example/",))
    discovery = Discovery(portal, [2024])
    link = ReportLink("http://a.example/1.html", "", "a", "http://a.example/", year=title_year, listed_on=listed_on)
    assert discovery.is_wanted(link) is wanted
