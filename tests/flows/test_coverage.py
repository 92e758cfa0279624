"""Which governments owe a report, and why one is absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from flows.cli import main
from flows.coverage import BodyCoverage, body_coverage, by_province, expected_bodies
from parsers.records import Portal, ReportLink
from parsers.verdicts import Blocked, NeedsOcr, NotFound, Timeout, UnknownTemplate, Verdict
from storage.documents import FetchOutcome, document_id
from storage.layout import DataDirectory
from storage.ledger import Ledger

PINGLIANG = Portal("pingliang", "620800", ("https://www.pingliang.example.cn/nb/",))


def test_every_government_of_the_year_is_expected() -> None:
    codes = {year: {place.code for place in expected_bodies(year)} for year in (2018, 2024)}
    assert "330113" in codes[2024]  # 临平区 exists since 2021
    assert "330113" not in codes[2018]
    assert {"620000", "620800", "620823", "429004", "659001"} <= codes[2024]
    assert "660000" not in codes[2024]
    assert 3150 < len(codes[2024]) < 3300


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(DataDirectory(tmp_path / "data").prepare().ledger)
    yield opened
    opened.close()


def list_report(ledger: Ledger, name: str, verdict: Verdict | None = None, portal: Portal = PINGLIANG) -> str:
    """A document of 2023 that a portal lists, and perhaps how it failed."""
    title = f"{name}2023年政府信息公开工作年度报告"
    url = f"https://www.pingliang.example.cn/nb/{quote(name)}.html"
    ledger.record_links("run", portal, [ReportLink(url, title, portal.name, portal.lists[0], year=2023)])
    if verdict is not None:
        ledger.save_fetched("run", [FetchOutcome(document_id(url), verdict)])
    return document_id(url)


def outcome(ledger: Ledger, adcode: str) -> BodyCoverage:
    (row,) = [row for row in body_coverage(ledger, 2023) if row.adcode == adcode]
    return row


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (None, "waiting"),
        (NotFound("HTTP 404"), "dead"),
        (Timeout("no answer"), "dead"),
        (Blocked("HTTP 412"), "blocked"),
        (NeedsOcr("a picture"), "image_only"),
        (UnknownTemplate("a form of its own"), "failed_to_parse"),
    ],
)
def test_a_listed_report_that_is_absent_says_why(ledger: Ledger, verdict: Verdict | None, expected: str) -> None:
    document = list_report(ledger, "崇信县人民政府", verdict)
    row = outcome(ledger, "620823")
    assert (row.body, row.outcome, row.portal, row.document) == ("崇信县人民政府", expected, "pingliang", document)
    assert row.message == (verdict and verdict.message)
    assert not row.found


@pytest.mark.parametrize("title", ["崇信县", "崇信县政府办公室", "平凉市崇信县人民政府关于"])
def test_titles_of_the_body_itself(ledger: Ledger, title: str) -> None:
    list_report(ledger, title)
    assert outcome(ledger, "620823").outcome == "waiting"


@pytest.mark.parametrize("title", ["崇信县教育局", "锦屏镇人民政府", "崇信县锦屏镇人民政府"])
def test_reports_of_departments_and_townships_are_not_the_county_s(ledger: Ledger, title: str) -> None:
    list_report(ledger, title)
    ledger.save_discovery("run", PINGLIANG, found=1)
    assert outcome(ledger, "620823").outcome == "not_on_the_portal"


def test_a_place_of_the_same_name_elsewhere_does_not_count(ledger: Ledger) -> None:
    list_report(ledger, "朝阳区人民政府", portal=replace(PINGLIANG, name="changchun", region="220100"))
    assert outcome(ledger, "220104").outcome == "waiting"
    assert outcome(ledger, "110105").outcome == "no_portal"


def test_the_best_of_several_documents_counts(ledger: Ledger) -> None:
    list_report(ledger, "崇信县人民政府", NotFound("HTTP 404"))
    waiting = list_report(ledger, "崇信县政府")
    assert outcome(ledger, "620823").document == waiting


def test_what_no_document_is_depends_on_the_portal(ledger: Ledger) -> None:
    assert outcome(ledger, "620823").outcome == "no_portal"
    ledger.save_discovery("run", replace(PINGLIANG, name="gansu", region="620000"), found=1)
    assert outcome(ledger, "620823").outcome == "no_portal", "a province's own portal is not that of its counties"
    assert outcome(ledger, "620000").outcome == "not_on_the_portal"
    ledger.save_discovery("run", PINGLIANG, found=5, expected=7)
    row = outcome(ledger, "620823")
    assert (row.outcome, row.portal, row.message) == (
        "not_on_the_portal", "pingliang", "its lists state 2 more reports than they showed"
    )  # fmt: skip
    ledger.save_discovery("run", PINGLIANG, found=0, error="its lists gave 0 reports")
    row = outcome(ledger, "620823")
    assert (row.outcome, row.message) == ("portal_failed", "its lists gave 0 reports")


def test_the_sample(sample_data: Path) -> None:
    data = str(sample_data)
    opened = Ledger(DataDirectory(sample_data).ledger)
    rows = body_coverage(opened, 2023)
    opened.close()
    outcomes = {row.body: row.outcome for row in rows if row.portal}
    assert outcomes["华亭市人民政府"] == "valid"
    assert outcomes["太白县人民政府"] == "dead"
    assert outcomes["淳安县人民政府"] == "dead"
    assert outcomes["汨罗市人民政府"] == "image_only"
    assert outcomes["平凉市人民政府"] == "not_on_the_portal"
    assert by_province(rows)["CN-BJ"].keys() == {"no_portal"}

    told = CliRunner().invoke(main, ["coverage", "--year", "2023", "--data", data])
    assert told.exit_code == 0
    assert "Governments that owe a report for 2023" in told.output
    assert "太白县人民政府" in told.output
    assert "北京市人民政府" not in told.output, "places without a portal are counted only"
    printed = json.loads(CliRunner().invoke(main, ["coverage", "--year", "2023", "--data", data, "--json"]).output)
    assert len(printed["bodies"]) == len(rows)
    both = CliRunner().invoke(main, ["coverage", "--year", "2023", "--year", "2024", "--data", data, "--json"])
    assert "bodies" not in json.loads(both.output)
