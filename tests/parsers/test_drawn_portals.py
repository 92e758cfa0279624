"""Whatever the layout and the paging: every report is found, nothing else, nothing is asked for twice, and it ends."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from parsers.pagination import Crawl
from parsers.records import Portal
from parsers.urls import canonical_url
from parsers.verdicts import NotFound
from tests.parsers.drawn_portals import DrawnPortal, portals


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(portals())
def test_every_report_of_a_drawn_portal_is_found(site: DrawnPortal) -> None:
    crawl = Crawl(Portal("qinghe", "130534", (site.start,)))
    asked = []
    while (request := crawl.next_request()) is not None:
        asked.append((request.method, request.url, request.data))
        text = site.answer(request)
        if text is None:
            crawl.fail(request, NotFound("HTTP 404"))
        else:
            crawl.feed(request, text)
    base = site.start + ("main/" if site.build == "frame" else "")
    expected = {canonical_url(paper.path, base): paper.title for paper in site.papers if paper.is_report}
    assert {link.url: link.title for link in crawl.links} == expected
    assert crawl.issues() == ()
    assert len(asked) == len(set(asked)) <= site.pages + 3
