"""The deployments: the same in prefect.yaml as in `nianbao serve`, run by a real worker, served by a process that ends."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml.html import document_fromstring

from flows.sample import SampleServer
from parsers.verdicts import TRANSIENT, VERDICTS
from tests.chromium import find_chromium
from tests.flows.conftest import CommandLine, answers, call_api
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(300)

FILE = Path(__file__).parents[2] / "deployments/prefect.yaml"


def test_prefect_yaml_says_what_serve_serves() -> None:
    from flows.deployments import DEPLOYMENTS, TIMEZONE

    written = {entry["name"]: entry for entry in yaml.safe_load(FILE.read_text(encoding="utf-8"))["deployments"]}
    assert set(written) == {"annual-harvest", "rerun-failed", "reparse"}
    for deployment in DEPLOYMENTS:
        entry = written[deployment.name]
        assert entry["description"] == deployment.description
        assert entry["entrypoint"] == f"{deployment.flow.fn.__module__}.{deployment.flow.fn.__name__}"
        schedules = [(each["cron"], each["timezone"], each.get("parameters", {})) for each in entry.get("schedules", [])]
        assert schedules == ([(deployment.cron, TIMEZONE, deployment.scheduled)] if deployment.cron else [])
    assert written["annual-harvest"]["schedules"][0]["cron"] == "0 2 * 1-4 1"
    assert set(written["rerun-failed"]["schedules"][0]["parameters"]["verdicts"]) == TRANSIENT


def test_forms_describe_every_parameter_and_offer_the_choices() -> None:
    from flows.harvest import annual_harvest, harvest
    from flows.reparse import reparse
    from flows.rerun import rerun

    for flow in (harvest, annual_harvest, rerun, reparse):
        for name, parameter in flow.parameters.properties.items():
            assert parameter.get("description"), f"{flow.name}: {name}"
    properties = rerun.parameters.properties
    assert properties["verdicts"]["items"]["enum"] == list(VERDICTS)
    assert properties["templates"]["items"]["enum"] == ["legacy-2017", "modern-2019", "modern-2021", "narrative"]
    assert properties["stages"]["items"]["enum"] == ["fetch", "read", "publish"]
    assert properties["years"]["items"]["type"] == "integer"
    for switch in ("failed", "suspect", "refetch", "dry_run"):
        assert (properties[switch]["type"], properties[switch]["default"]) == ("boolean", False)
    assert not rerun.parameters.required


def test_deployed_and_run_by_a_worker(served: CommandLine, sample: SampleServer, prefect_api: str) -> None:
    _prefect(served, "work-pool", "create", "nianbao", "--type", "process", "--overwrite")
    _prefect(served, "deploy", "--all", "--prefect-file", str(FILE))
    deployment = call_api(f"{prefect_api}/deployments/name/annual-harvest/annual-harvest")
    parameters = {"year": 2024, "portals": "portals", "data": "data"}
    run = call_api(f"{prefect_api}/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})
    _prefect(served, "worker", "start", "--pool", "nianbao", "--type", "process", "--run-once")
    run = call_api(f"{prefect_api}/flow_runs/{run['id']}")
    assert (run["state_type"], run["name"]) == ("COMPLETED", "harvest 2024 · 5 portals")
    recorded = call_api(f"{prefect_api}/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})
    status = served.json("status")
    assert len(recorded) == status["runs"][0]["counts"]["task_runs"]
    assert {task["state_type"] for task in recorded} == {"COMPLETED"}
    assert status["reports"]["valid"] > 0


def _prefect(served: CommandLine, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prefect", *arguments],
        cwd=served.folder,
        env=served.environment(PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_serve_with_its_own_server(nianbao: CommandLine, sample: SampleServer, sign: signal.Signals) -> None:
    serving = nianbao.start("serve", "--portals", "portals")
    try:
        assert serving.stdout is not None
        said = [serving.stdout.readline(), serving.stdout.readline()]
        assert said[0] == "Serving annual-harvest, rerun-failed, reparse\n"
        address = re.search(r"http://127\.0\.0\.1:\d+", said[1])
        assert address is not None
        deployments: list[dict[str, Any]] = wait_for(
            lambda: [each for each in call_api(f"{address[0]}/api/deployments/filter", {}) if each["last_polled"]],
            "the deployments are served",
        )
        assert {each["name"] for each in deployments} <= {"annual-harvest", "rerun-failed", "reparse"}
        assert answers(address[0]), "the pages of Prefect"
        if sign == signal.SIGINT:
            _run_one(f"{address[0]}/api", nianbao)
    finally:
        serving.send_signal(sign)
        try:
            _, errors = serving.communicate(timeout=60)
        finally:
            serving.kill()  # a failing test leaves nobody behind
    assert "Traceback" not in errors, errors
    assert serving.returncode in (0, 130)
    wait_for(lambda: not answers(f"{address[0]}/api/health"), "the server has ended", 30)


@pytest.mark.timeout(400)
def test_a_browser_draws_the_form_of_a_rerun(nianbao: CommandLine, sample: SampleServer) -> None:
    """The pages of our own server, in a real browser: every parameter with its description, and a picture of it."""
    from flows.rerun import rerun

    chromium = find_chromium(nianbao.folder / "profiles")
    serving = nianbao.start("serve", "--portals", "portals")
    try:
        assert serving.stdout is not None
        serving.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", serving.stdout.readline())
        assert address is not None
        named = {"deployments": {"name": {"any_": ["rerun-failed"]}}}
        (deployment,) = wait_for(lambda: call_api(f"{address[0]}/api/deployments/filter", named), "the deployment is served")
        form = f"{address[0]}/v2/deployments/deployment/{deployment['id']}/run"
        text = " ".join(document_fromstring(chromium.dump(form, seconds=20)).text_content().split())
        for name, parameter in rerun.parameters.properties.items():
            assert f"{name} (Optional){parameter['description']}" in text.replace("(Optional) ", "(Optional)")
        picture = chromium.screenshot(form, nianbao.folder / "form.png", width=1300, height=2200, seconds=20)
        assert picture.startswith(b"\x89PNG")
        assert len(picture) > 50_000, "a page of one colour"
    finally:
        serving.send_signal(signal.SIGTERM)
        try:
            serving.communicate(timeout=60)
        finally:
            serving.kill()


def _run_one(api: str, nianbao: CommandLine) -> None:
    """A click on "run": the served process takes it up."""
    deployment = call_api(f"{api}/deployments/name/annual-harvest/annual-harvest")
    run = call_api(f"{api}/deployments/{deployment['id']}/create_flow_run", {"parameters": {"year": 2024}})
    state = wait_for(
        lambda: (
            (now := call_api(f"{api}/flow_runs/{run['id']}"))["state_type"] in ("COMPLETED", "FAILED", "CRASHED") and now
        ),
        "the run has ended",
        200,
    )
    assert state["state_type"] == "COMPLETED", state["state"]["message"]
    assert list((nianbao.folder / "data/lake/reports").rglob("*.parquet"))
