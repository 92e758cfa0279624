"""A data directory, and a ledger in it: every test that takes `ledger` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.layout import DataDirectory
from storage.ledger import Ledger
from tests.storage.object_store import ObjectStore
from tests.storage.postgresql import drop_database, fresh_database


@pytest.fixture
def in_bucket(object_store: ObjectStore, tmp_path: Path) -> DataDirectory:
    """A data directory in a bucket."""
    return DataDirectory(tmp_path / "state", object_store.new_address()).prepare()


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data").prepare()


@pytest.fixture
def new_database(postgresql: str) -> Iterator[str]:
    """URL of an empty PostgreSQL database, dropped afterwards."""
    url = fresh_database(postgresql)
    yield url
    drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, data: DataDirectory) -> str:
    """Where a ledger may be opened; there is none yet."""
    if request.param == "sqlite":
        return str(data.ledger)
    url: str = request.getfixturevalue("new_database")
    return url


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.close()
