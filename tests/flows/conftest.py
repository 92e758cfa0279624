"""The command line as a person calls it, and a Prefect server of its own for the tests that need one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("PREFECT_HOME", tempfile.mkdtemp(prefix="prefect-"))  # Prefect makes it when it is loaded

from flows.sample import SampleServer, start_sample
from flows.sample.__main__ import portal_toml
from tests.waiting import PATIENCE, wait_for


@dataclass(frozen=True)
class CommandLine:
    """Calls `nianbao` in a folder of its own, with a home of its own and nothing of the caller's settings."""

    folder: Path
    settings: dict[str, str]

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self, **more: str) -> dict[str, str]:
        self.home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "PREFECT_"))}
        return kept | {"HOME": str(self.home)} | self.settings | more

    def __call__(self, *arguments: str, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def json(self, *arguments: str, status: int = 0, **more: str) -> Any:
        """Run a command with --json; what it printed. Fails with its standard error where it ends otherwise."""
        done = self(*arguments, "--json", **more)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a command; the caller ends it."""
        with _interrupts_heard():
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment(**more),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "flows.cli", *arguments]


@contextlib.contextmanager
def _interrupts_heard() -> Iterator[None]:
    """As in a terminal: the workers of pytest-xdist ignore Ctrl-C, and what they start would do so too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def nianbao(tmp_path: Path) -> CommandLine:
    """The command line without a Prefect server."""
    return CommandLine(tmp_path, {})


@contextlib.contextmanager
def running_prefect(home: Path) -> Iterator[str]:
    """A Prefect server, started as people start one, with its address; what it keeps lies in `home`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    settings = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env=kept | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: answers(f"{url}/health"), "the Prefect server answers")
        yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prefect server."""
    with running_prefect(tmp_path_factory.mktemp("prefect")) as url:
        yield url


@pytest.fixture
def served(tmp_path: Path, prefect_api: str) -> CommandLine:
    """The command line with a Prefect server that runs already, which saves it a start of its own."""
    return CommandLine(tmp_path, {"PREFECT_API_URL": prefect_api, "NIANBAO_RETRY_DELAY": "0.1"})


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[SampleServer]:
    """The sample portal, and its portal files in the folder `portals`."""
    with start_sample() as server:
        write_portals(server, tmp_path / "portals")
        yield server


def write_portals(server: SampleServer, folder: Path) -> None:
    """The portal files of a sample portal."""
    folder.mkdir(exist_ok=True)
    for portal in server.portals:
        (folder / f"{portal.name}.toml").write_text(portal_toml(portal), encoding="utf-8")


def lake_digest(data: Path) -> str:
    """One digest over names and bytes of the lake's four tables; `captures` says when, and is left out."""
    digest = hashlib.sha256()
    files = [path for path in (data / "lake").rglob("*.parquet") if path.relative_to(data / "lake").parts[0] != "captures"]
    assert files, "the lake is empty"
    for path in sorted(files):
        digest.update(f"{path.relative_to(data)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def answers(url: str) -> bool:
    """Whether something says yes at this address."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def call_api(url: str, body: Any = None) -> Any:
    """POST to the Prefect API, or GET where there is nothing to say."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
