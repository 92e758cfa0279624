"""The harvest of the sample portal, as a person does it: with our own Prefect server, and with one that runs already."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from flows.sample import SampleServer, sample_pages
from storage.documents import document_id
from tests.flows.conftest import CommandLine, call_api, lake_digest, write_portals

pytestmark = pytest.mark.timeout(300)

READABLE = sum(page.kind == "report" and page.fault not in ("dead", "down") for page in sample_pages())
PAGE = {page.id: page for page in sample_pages()}


def test_sample_with_our_own_server(nianbao: CommandLine) -> None:
    summary = nianbao.json("harvest", "--sample")
    assert summary["valid"] + summary["suspect"] == READABLE
    assert summary["suspect"] == 1
    assert summary["fetched"] == READABLE + 1  # with the picture
    failures = {row["document"]: row["verdict"] for row in summary["failures"]}
    assert failures == {
        document_id(PAGE["taibai-2023"].url): "not_found",
        document_id(PAGE["chunan-2023"].url): "server_error",
        document_id(PAGE["miluo-2023"].url): "needs_ocr",
    }
    assert summary["planted"].items() >= failures.items()
    assert sum(summary["published"].values()) == READABLE
    assert (nianbao.folder / summary["lake"]).is_dir()
    _every_task_run_is_recorded(nianbao.folder / "data/prefect/prefect.db", summary["task_runs"])
    assert list(nianbao.home.iterdir()) == [], "something was written to the user's home"


def _every_task_run_is_recorded(database: Path, task_runs: int) -> None:
    with sqlite3.connect(database) as connection:
        states = dict(connection.execute("SELECT state_type, count(*) FROM task_run GROUP BY state_type"))
        names = dict(connection.execute("SELECT state_type, name FROM flow_run"))
    assert states == {"COMPLETED": task_runs}
    assert names == {"COMPLETED": "harvest all years · 5 portals"}


def test_everything_after_the_first_harvest(served: CommandLine, sample: SampleServer, prefect_api: str) -> None:
    """One story, because each step stands on the one before: again, mended, rerun, reparse, and what the commands say."""
    data = served.folder / "data"
    first = served.json("harvest", "--portals", "portals", status=1)
    before = lake_digest(data)
    _seen_in_prefect(prefect_api, first["task_runs"])

    again = served.json("harvest", "--portals", "portals", status=1)
    assert (again["new_links"], again["fetched"], again["published"]) == (0, 0, {})
    assert again["valid"] + again["suspect"] == 0, "something was read again"
    assert again["unchanged"] == first["fetched"]
    assert lake_digest(data) == before
    conditional = [asked for asked in sample.requests if asked.status == 304]
    assert len(conditional) == again["unchanged"]
    robots = [asked.host for asked in sample.requests if asked.target == "/robots.txt"]
    assert len(robots) == len(set(robots)), "robots.txt was asked for again within a day"

    would = served.json("rerun", "--verdict", "not_found", "--dry-run")
    assert [row["verdict"] for row in would] == ["not_found"]
    assert lake_digest(data) == before

    sample.mend()
    rerun = served.json("rerun", "--portals", "portals", "--verdict", "not_found", "--verdict", "server_error")
    assert (rerun["fetched"], rerun["valid"], rerun["failures"]) == (2, 2, [])
    written = set(rerun["published"])  # also the years after, whose reports are checked against these
    assert {"year=2023/region=CN-SN", "year=2023/region=CN-ZJ"} <= written
    assert {name.split("=")[-1] for name in written} == {"CN-SN", "CN-ZJ"}
    assert [row["verdict"] for row in served.json("failures")] == ["needs_ocr"]

    mended, asked = lake_digest(data), len(sample.requests)
    reparsed = served.json("reparse", "--all", status=1)
    assert reparsed["valid"] + reparsed["suspect"] == READABLE + 2
    assert lake_digest(data) == mended
    assert len(sample.requests) == asked, "a reparse went to the network"
    _what_the_commands_say(served)


def _seen_in_prefect(api: str, task_runs: int) -> None:
    runs = call_api(f"{api}/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})
    assert runs[0]["name"] == "harvest all years · 5 portals"
    assert runs[0]["state_type"] == "COMPLETED"
    of_run = {"flow_runs": {"id": {"any_": [runs[0]["id"]]}}}
    tasks = call_api(f"{api}/task_runs/filter", of_run)
    assert len(tasks) == task_runs
    assert {task["state_type"] for task in tasks} == {"COMPLETED"}
    names = {task["name"] for task in tasks}
    assert "discover shili-a-baoji" in names
    assert any(name.startswith("fetch xxgk.shili-a.example · ") for name in names)
    artifacts = call_api(f"{api}/artifacts/filter", of_run)
    assert {"progress", "markdown", "table"} <= {artifact["type"] for artifact in artifacts}
    table = next(artifact for artifact in artifacts if artifact["type"] == "table")
    assert PAGE["taibai-2023"].url in table["data"]


def _what_the_commands_say(served: CommandLine) -> None:
    status = served.json("status")
    assert status["reports"] == {"suspect": 1, "valid": READABLE + 1}
    assert [run["flow"] for run in status["runs"]] == ["reparse", "rerun", "harvest", "harvest"]
    rows = served.json("coverage", "--year", "2024")["coverage"]
    assert {row["province"] for row in rows} == {"CN-GS", "CN-SN", "CN-YN", "CN-HN", "CN-ZJ"}
    assert sum(row["read"] for row in rows) == sum(page.year == 2024 and page.kind == "report" for page in PAGE.values())
    quality = served.json("quality")
    assert (quality["reports"], quality["suspect"]) == (READABLE + 2, 1)
    assert quality["issues"][0] == {
        "severity": "error", "code": "identity", "template": "modern-2021", "issues": 2, "reports": 1
    }  # fmt: skip
    shown = served.json("show", PAGE["xiangyin-2024"].url, "--history")
    assert shown["report"]["status"] == "suspect"
    assert [event["to_state"] for event in shown["history"]][:3] == ["found", "fetched", "read"]
    assert "湘阴县" in served("show", PAGE["xiangyin-2024"].url).stdout
    assert len(served.json("portals", "list", "--portals", "portals")) == 5


def test_only_the_years_asked_for(served: CommandLine, sample: SampleServer) -> None:
    summary = served.json("harvest", "--portals", "portals", "--year", "2024")
    assert {name.split("/")[0] for name in summary["published"]} == {"year=2024"}
    assert sum(summary["published"].values()) == sum(page.year == 2024 and page.kind == "report" for page in PAGE.values())
    other_years = {page.url for page in sample_pages() if page.year != 2024}
    assert not [asked for asked in sample.requests if f"http://{asked.host}{asked.target}" in other_years]
    before = served.json("harvest", "--portals", "portals", "--year", "2023", status=1)
    years = {name.split("/")[0] for name in before["published"]}
    assert years == {"year=2023", "year=2024"}, "the reports of 2024 are held against those of 2023 from now on"
    assert served.json("verify")["agrees"]


def test_a_portal_below_its_minimum_fails_loudly(served: CommandLine, sample: SampleServer, prefect_api: str) -> None:
    file = served.folder / "portals/shili-a-lufeng.toml"
    file.write_text(file.read_text().replace("minimum = 3", "minimum = 30"))
    done = served("harvest", "--portals", "portals")
    assert done.returncode == 1
    assert "portal failed: shili-a-lufeng: its lists gave 5 reports" in done.stdout
    assert not list((served.folder / "data/lake").rglob("region=CN-YN"))
    assert list((served.folder / "data/lake").rglob("region=CN-GS"))
    run = call_api(f"{prefect_api}/flow_runs/filter", {"sort": "START_TIME_DESC", "limit": 1})[0]
    assert run["state_type"] == "FAILED"
    assert "shili-a-lufeng" in run["state"]["message"]

    write_portals(sample, served.folder / "portals")
    assert served.json("harvest", "--portals", "portals", status=1)["failed_portals"] == {}
    whole = lake_digest(served.folder / "data")
    (part,) = (served.folder / "data/lake/figures/year=2024/region=CN-YN").iterdir()

    # Its partitions are withheld as long as it fails, whatever else would have them written anew.
    file.write_text(file.read_text().replace("minimum = 3", "minimum = 30"))
    part.unlink()
    failing = served.json("harvest", "--portals", "portals", status=1)
    assert list(failing["failed_portals"]) == ["shili-a-lufeng"]
    assert failing["published"] == {}
    assert not part.exists()
    write_portals(sample, served.folder / "portals")
    assert list(served.json("harvest", "--portals", "portals", status=1)["published"]) == ["year=2024/region=CN-YN"]
    assert lake_digest(served.folder / "data") == whole
