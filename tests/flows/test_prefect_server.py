"""Which Prefect server a run talks to, and that our own one never outlives us."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import CallError
from flows.prefect_server import configured_api_url, prefect_server
from tests.flows.conftest import CommandLine, answers, free_port
from tests.waiting import PATIENCE, wait_for

PROFILES = """
active = "office"

[profiles.office]
PREFECT_API_URL = "http://office.example/api"

[profiles.home]
PREFECT_LOGGING_LEVEL = "DEBUG"
"""


def test_the_environment_comes_first(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text(PROFILES)
    told = {"PREFECT_HOME": str(tmp_path), "PREFECT_API_URL": "http://told.example/api"}
    assert configured_api_url(told) == "http://told.example/api"


def test_then_the_active_profile(tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text(PROFILES)
    assert configured_api_url({"PREFECT_HOME": str(tmp_path)}) == "http://office.example/api"
    assert configured_api_url({"PREFECT_PROFILES_PATH": str(tmp_path / "profiles.toml")}) == "http://office.example/api"
    assert configured_api_url({"PREFECT_HOME": str(tmp_path), "PREFECT_PROFILE": "home"}) is None


def test_else_none(tmp_path: Path) -> None:
    assert configured_api_url({"PREFECT_HOME": str(tmp_path)}) is None


def test_a_port_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CallError, match=f"Port {port} is taken"), prefect_server(tmp_path / "prefect", port=port):
            pass


def test_our_own_server_ends_when_we_are_killed(nianbao: CommandLine) -> None:
    port = free_port()
    script = (
        "import time; from pathlib import Path; from flows.prefect_server import prefect_server\n"
        f"with prefect_server(Path('prefect'), port={port}): print('up', flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=nianbao.folder,
        env=nianbao.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    assert answers(f"http://127.0.0.1:{port}/api/health")
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    wait_for(lambda: not answers(f"http://127.0.0.1:{port}/api/health"), "the server has ended", 30)
    assert (nianbao.folder / "prefect/prefect.db").exists()
    assert "PREFECT_API_URL" not in os.environ


def test_a_run_that_the_server_ended_is_told_from_others(prefect_api: str) -> None:
    import httpx
    from prefect.exceptions import PrefectHTTPStatusError

    from flows.prefect_api import server_fault

    mistake = KeyError("ours")
    assert server_fault(mistake, prefect_api) is None
    assert "Connect" in str(server_fault(mistake, f"http://127.0.0.1:{free_port()}/api"))
    for status, fault in ((500, "HTTP 500"), (422, None)):  # its disk is full; what we asked was wrong
        response = httpx.Response(status, request=httpx.Request("POST", prefect_api), json={})
        with pytest.raises(httpx.HTTPStatusError) as caught:
            response.raise_for_status()
        assert server_fault(PrefectHTTPStatusError.from_httpx_error(caught.value), prefect_api) == fault


MANY = """
from pathlib import Path
from flows.prefect_server import prefect_server, quiet_prefect

quiet_prefect()
with prefect_server(Path("prefect")):
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE
    from prefect.context import FlowRunContext
    from flows.prefect_api import await_recorded

    @task(cache_policy=NO_CACHE, persist_result=False)
    def one(number):
        return number

    @flow
    def many():
        for future in [one.submit(number) for number in range(400)]:
            future.wait()
        missing = await_recorded(FlowRunContext.get().flow_run.id, 400)
        assert missing == 0, missing

    many()
"""


def test_every_task_run_is_recorded_before_our_own_server_ends(nianbao: CommandLine) -> None:
    """Without the wait for them it had 223 of 400."""
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        cwd=nianbao.folder,
        env=nianbao.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    with sqlite3.connect(nianbao.folder / "prefect/prefect.db") as database:
        states = dict(database.execute("SELECT state_type, count(*) FROM task_run GROUP BY state_type"))
    assert states == {"COMPLETED": 400}
