"""When a province is complete."""

from __future__ import annotations

from flows.provinces import Provinces, province_of_adcode
from parsers.records import Portal

PINGLIANG = Portal("pingliang", "620800", ("http://a.example/",))
LANZHOU = Portal("lanzhou", "620100", ("http://b.example/",))
BAOJI = Portal("baoji", "610300", ("http://c.example/",))


def test_complete_when_the_last_document_of_the_last_portal_is_settled() -> None:
    provinces = Provinces()
    for portal in (PINGLIANG, LANZHOU, BAOJI):
        provinces.begin(portal)
    assert provinces.await_documents("pingliang", ["1", "2"]) == ["1", "2"]
    assert provinces.end("pingliang") is None, "its documents are under way"
    assert provinces.settle(["1", "2"]) == [], "another portal of the province is under way"
    assert provinces.end("baoji") == "CN-SN"
    assert provinces.end("lanzhou") == "CN-GS"


def test_a_document_of_two_portals_is_waited_for_by_the_first() -> None:
    provinces = Provinces()
    provinces.begin(PINGLIANG)
    provinces.begin(BAOJI)
    assert provinces.await_documents("pingliang", ["1"]) == ["1"]
    assert provinces.await_documents("baoji", ["1", "2"]) == ["2"]
    assert provinces.end("baoji") is None
    assert provinces.settle(["2", "never heard of"]) == ["CN-SN"]
    assert provinces.settle(["1"]) == []
    assert provinces.end("pingliang") == "CN-GS"


def test_province_of_a_place() -> None:
    assert province_of_adcode("620823") == "CN-GS"
    assert province_of_adcode("990000") == "CN-XX"
