"""The portals of the bench as one cheap HTTP/1.1 server in a process of its own, which no contender's figures include.

    python -m bench.server FOLDER [LOG]

LOG, where given, gets every request when the server ends: [[seconds, host], ...] as JSON.

All answers are rendered beforehand, headers included, one after the other in one file; the server maps it and sends slices.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.pages import ReportPage, Site, report_html

ADDRESS = "127.0.0.1"
SEND_BUFFER = 1 << 20  # bytes: a whole page goes to the kernel at once
_ANSWERS, _INDEX = "answers.bin", "index.json"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nnot found"


def write_answers(sites: tuple[Site, ...], folder: Path) -> int:
    """Render every page of the portals into the folder; gives the mean length of a report page in bytes."""
    lists = [(path, html) for site in sites for path, html in site.lists()]
    reports = [page for site in sites for page in site.pages]
    index: dict[str, tuple[int, int]] = {}
    with (folder / _ANSWERS).open("wb") as file, ProcessPoolExecutor() as pool:

        def add(path: str, body: bytes) -> None:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            start = file.tell()
            file.write(head.encode() + body)
            index[path] = (start, file.tell())

        for path, html in lists:
            add(path, html.encode())
        before = file.tell()
        for page, body in zip(reports, pool.map(_rendered, reports, chunksize=50), strict=True):
            add(page.path, body)
        mean = (file.tell() - before) // max(1, len(reports))
    (folder / _INDEX).write_text(json.dumps(index))
    return mean


def _rendered(page: ReportPage) -> bytes:
    return report_html(page).encode()


@dataclass(frozen=True, slots=True)
class Serving:
    """A running server. Every host name of the bench leads to `address`."""

    address: str  # "127.0.0.1:PORT"


@contextlib.contextmanager
def serving(folder: Path, log: Path | None = None) -> Iterator[Serving]:
    """Serve what `write_answers` wrote, for the length of the block; after it `log` holds the requests."""
    arguments = [str(folder)] if log is None else [str(folder), str(log)]
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield Serving(f"{ADDRESS}:{int(process.stdout.readline())}")
        finally:
            process.stdin.close()  # what ends the server, also when this process is killed
            process.wait()


class _Connection(asyncio.Protocol):
    """One client; requests come one after the other, none has a body."""

    def __init__(
        self, answers: memoryview, index: dict[bytes, tuple[int, int]], log: list[tuple[float, bytes]] | None
    ) -> None:
        self._answers = answers
        self._index = index
        self._log = log
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            request, _, self._asked = self._asked.partition(b"\r\n\r\n")
            if self._log is not None:
                self._log.append((time.monotonic(), request.partition(b"Host: ")[2].partition(b"\r\n")[0]))
            start, end = self._index.get(request.split(b" ", 2)[1], (0, 0))
            self._transport.write(self._answers[start:end] if end else _NOT_FOUND)


async def _serve(folder: Path, log: Path | None) -> None:
    index = {path.encode(): span for path, span in json.loads((folder / _INDEX).read_text()).items()}
    with (folder / _ANSWERS).open("rb") as file:
        answers = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    listener = socket.create_server((ADDRESS, 0), backlog=256)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    loop = asyncio.get_running_loop()
    asked: list[tuple[float, bytes]] | None = None if log is None else []
    server = await loop.create_server(lambda: _Connection(answers, index, asked), sock=listener)
    print(listener.getsockname()[1], flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)  # until whoever started us closes the pipe
    if log is not None and asked is not None:
        log.write_text(json.dumps([(at, host.decode()) for at, host in asked]))


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
