"""A real PostgreSQL for the tests: the Debian binaries, an empty cluster in a temporary folder, a free loopback port."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

START_SECONDS = 60
_numbers = itertools.count(1)


class NoPostgresql(Exception):
    """PostgreSQL cannot be started here; the text says why."""


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres` of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoPostgresql("PostgreSQL is not installed (apt-get install postgresql)")


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a server, without a database name at its end, for as long as the context lasts."""
    binaries, identity = find_binaries(), _identity()
    folder = Path(tempfile.mkdtemp(prefix="nianbao-postgresql-"))
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        cluster = folder / "cluster"
        command = [binaries / "initdb", f"--pgdata={cluster}", "--auth=trust", "--username=nianbao", "--encoding=UTF8"]
        command += ["--no-locale", "--no-sync"]
        made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **identity)
        if made.returncode:
            raise NoPostgresql(f"initdb failed: {made.stderr.strip()}")
        with _serving(binaries, cluster, identity) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(server: str, template: str = "template0") -> str:
    """The URL of a new database, empty or a copy of another one to which nobody is connected."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return f"{server}/{name}"


def drop_database(url: str) -> None:
    """Remove a database, whoever is connected."""
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user whom Debian makes for it."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoPostgresql("running as root, and there is no user postgres or nobody to run PostgreSQL as")


@contextmanager
def _serving(binaries: Path, cluster: Path, identity: dict[str, Any]) -> Iterator[str]:
    port = _free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    command = [binaries / "postgres", "-D", cluster]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (cluster.parent / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=cluster.parent, stdout=log, stderr=log, **identity)
    try:
        _wait(process, port, cluster.parent / "log")
        yield f"postgresql://nianbao@127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)  # "fast shutdown"
        process.wait(START_SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="nianbao", dbname="postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgresql(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.05)  # between two looks


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
