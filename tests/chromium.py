"""A real browser, driven by its command line: Debian's package `chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

SECONDS_OF_A_PAGE = 5  # of the browser's own clock, which runs as fast as the page lets it


@dataclass(frozen=True)
class Chromium:
    """Each call is a browser of its own, with an empty profile."""

    program: str
    profiles: Path

    def dump(self, address: str, *, seconds: float = SECONDS_OF_A_PAGE) -> str:
        """The page as it stands after its scripts ran, as markup."""
        return self._run(address, "--dump-dom", seconds=seconds).decode()

    def screenshot(
        self, address: str, file: Path, *, width: int = 1100, height: int = 800, seconds: float = SECONDS_OF_A_PAGE
    ) -> bytes:
        """A picture of the page (PNG), which is left in `file` as well."""
        self._run(address, f"--screenshot={file}", f"--window-size={width},{height}", "--hide-scrollbars", seconds=seconds)
        return file.read_bytes()

    def _run(self, address: str, *options: str, seconds: float) -> bytes:
        profile = self.profiles / f"profile-{len(list(self.profiles.iterdir()))}"
        quiet = ("--disable-background-networking", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage")
        sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
        done = subprocess.run(
            [
                *(self.program, "--headless", *sandbox, *quiet, f"--user-data-dir={profile}"),
                *(f"--virtual-time-budget={int(1000 * seconds)}", *options, address),
            ],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout


def find_chromium(profiles: Path) -> Chromium:
    """The browser of this machine; skips the test where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on this machine (apt install chromium)")
    profiles.mkdir(exist_ok=True)
    return Chromium(program, profiles)


@dataclass
class Listener:
    """A server that answers everything with an empty page, and writes down what it was asked for."""

    address: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Listener]:
    """A `Listener` on a free port of the loopback interface."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listener.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    listener.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
