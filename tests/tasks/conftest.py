"""What tasks need: a data directory, a ledger, a client, and the sample portal to fetch from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("PREFECT_HOME", tempfile.mkdtemp(prefix="prefect-"))  # Prefect makes it when it is loaded

from prefect.logging import disable_run_logger

from flows.sample import SampleServer, start_sample
from storage.layout import DataDirectory
from storage.ledger import Ledger
from tasks.archiving import ArchiveWriters
from tasks.http import Client


@pytest.fixture(autouse=True)
def no_run() -> Iterator[None]:
    """Tasks are called as plain functions: there is no run to log to."""
    with disable_run_logger():
        yield


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data").prepare()


@pytest.fixture
def ledger(data: DataDirectory) -> Iterator[Ledger]:
    opened = Ledger(data.ledger)
    yield opened
    opened.close()


@pytest.fixture
def writers(data: DataDirectory) -> Iterator[ArchiveWriters]:
    with ArchiveWriters(data, "run") as opened:
        yield opened


@pytest.fixture
def client(writers: ArchiveWriters) -> Iterator[Client]:
    opened = Client(keep=writers.keep)
    yield opened
    opened.close()


@pytest.fixture
def sample() -> Iterator[SampleServer]:
    with start_sample() as server:
        yield server
