"""A Prefect server for as long as we need one, when none is configured.

Prefect can start an "ephemeral" server by itself, but stops it while task runs are still on their way into its database
(of 600 some 370 were kept), lays its files in the user's home, and leaves it running when we are killed. So we start the
documented `prefect server start` ourselves: its database lies in the data directory (`DATA/prefect`), it listens on a free
port of the loopback interface, and it ends when this process ends, however that happens.

Use it before Prefect is imported: Prefect reads its settings from the environment when it loads.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.errors import CallError
from flows.prefect_database import lay_out

STARTUP_SECONDS = 120.0  # a start takes 6 s on a slow core, and other work may share the machine
SHUTDOWN_SECONDS = 15.0
LOOPBACK = "127.0.0.1"
# What a server that lives for one command has no use for. The task run recorder and the event persister stay on.
_SERVICES_OFF = ("SCHEDULER", "LATE_RUNS", "FOREMAN", "TRIGGERS", "PAUSE_EXPIRATIONS", "CANCELLATION_CLEANUP", "REPOSSESSOR")

# Any of these says that the server's database is not the file in PREFECT_HOME.
_DATABASE_SETTINGS = {
    f"PREFECT_{part}_DATABASE_{name}" for part in ("API", "SERVER") for name in ("CONNECTION_URL", "DRIVER", "HOST", "NAME")
}


@dataclass(frozen=True, slots=True)
class Server:
    """A Prefect API that answers. `own`: we started it, and stop it again."""

    api_url: str
    own: bool

    @property
    def ui_url(self) -> str:
        return self.api_url.removesuffix("/").removesuffix("/api")


def configured_api_url(environ: Mapping[str, str] = os.environ) -> str | None:
    """Address of the Prefect API that the user has set: PREFECT_API_URL, or that of the active profile. None: neither.

    Read here and not through `prefect.settings`, which would load all of Prefect before our server can start beside it.
    """
    if url := environ.get("PREFECT_API_URL"):
        return url
    file = _profiles_file(environ)
    try:
        stored = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CallError(
            f"The Prefect profiles in {file} cannot be read: {error}. Mend them, or set PREFECT_API_URL."
        ) from error
    active = environ.get("PREFECT_PROFILE") or stored.get("active")
    url = stored.get("profiles", {}).get(active, {}).get("PREFECT_API_URL")
    return str(url) if url else None


def _profiles_file(environ: Mapping[str, str]) -> Path:
    home = Path(environ.get("PREFECT_HOME") or "~/.prefect").expanduser()
    return Path(environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").expanduser()


def quiet_prefect(*, verbose: bool = False) -> None:
    """Ask Prefect to tell nobody outside, and to leave the terminal to us. What the user has set stays as it is."""
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "INFO" if verbose else "CRITICAL")


@contextlib.contextmanager
def prefect_server(home: Path, *, port: int | None = None, ui: bool = False) -> Iterator[Server]:
    """Have a Prefect API answer for the length of the block, and point this process and its children to it.

    The configured one where there is one; else one of our own, whose database and log are kept in `home`. `ui` starts it
    with its pages and its scheduler, as a server that stays up needs. Raises `CallError` where the configured API does not
    answer, where `port` is taken, and where our own server does not come up.
    """
    if url := configured_api_url():
        if not _profiles_file(os.environ).exists():
            os.environ.setdefault("PREFECT_HOME", str(home.absolute()))  # else Prefect would make ~/.prefect
        from flows.prefect_api import why_no_answer  # noqa: PLC0415 - loads Prefect

        if reason := why_no_answer(url):
            raise CallError(
                f"The Prefect API at {url} does not answer ({reason}). Start it, set PREFECT_API_URL to one that does, "
                "or unset it: then a server of our own is started for the run."
            )
        yield Server(url, own=False)
        return
    if port is not None and not _is_free(port):
        raise CallError(f"Port {port} is taken. Choose another with --port, or leave it out.")
    with _own_server(home.absolute(), port or _free_port(), ui=ui) as server:
        yield server


@contextlib.contextmanager
def _own_server(home: Path, port: int, *, ui: bool) -> Iterator[Server]:
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    server = Server(f"http://{LOOPBACK}:{port}/api", own=True)
    with contextlib.ExitStack() as stack:
        # One start at a time: the first one lays out the database, and two would do so at once.
        starting = stack.enter_context(contextlib.ExitStack())
        starting.enter_context(_locked(home / "server.lock"))
        laid_out = not _DATABASE_SETTINGS & os.environ.keys() and lay_out(Path(os.environ["PREFECT_HOME"]))
        process = stack.enter_context(_server_process(home / "server.log", port, ui=ui, migrate=not laid_out))
        os.environ["PREFECT_API_URL"] = server.api_url
        stack.callback(os.environ.pop, "PREFECT_API_URL", None)
        from flows import prefect_api  # noqa: PLC0415 - loads Prefect: 2 s, while the server takes its 6

        deadline = time.monotonic() + STARTUP_SECONDS
        while prefect_api.why_no_answer(server.api_url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise CallError(
                    f"The Prefect server did not start; {home / 'server.log'} says why, unless the disk is full. "
                    "Or set PREFECT_API_URL to a server that runs already."
                )
            time.sleep(0.05)
        starting.close()
        stack.callback(
            prefect_api.send_what_waits
        )  # the last thing before the server goes: nothing may knock on a closed door
        yield server


@contextlib.contextmanager
def _server_process(log: Path, port: int, *, ui: bool, migrate: bool) -> Iterator[subprocess.Popen[bytes]]:
    """The server, from its start to its end. See flows.prefect_server_process about the pipe."""
    settings = {  # one transaction a task run is Prefect's default: 600 task runs take 12 s to write so, and 1.7 s like this
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",  # seconds
    }
    if not migrate:
        settings["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = "false"
    if ui:
        # Where the pages look for the API: by default at port 4200, whatever the port of the server is.
        settings["PREFECT_SERVER_UI_API_URL"] = os.environ.get("PREFECT_UI_API_URL", "/api")
        settings["PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT"] = "false"
    else:
        settings |= {f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false" for service in _SERVICES_OFF}
        settings["PREFECT_SERVER_UI_ENABLED"] = "false"
        settings["PREFECT_SERVER_REGISTER_BLOCKS_ON_START"] = "false"
    read_end, write_end = os.pipe()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "flows.prefect_server_process", str(read_end), str(port)],
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(read_end,),
            start_new_session=True,  # Ctrl-C is for us: the server stays to record how the run ended
        )
    os.close(read_end)
    try:
        yield process
    finally:
        os.close(write_end)
        try:
            process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # given back by the system, also when we are killed
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
