"""A data directory, and a ledger in it: every test that takes `ledger` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.layout import DataDirectory
from storage.ledger import Ledger
from tests.storage.object_store import NoObjectStore, ObjectStore, running_object_store
from tests.storage.postgresql import NoPostgresql, drop_database, fresh_database, running_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server, without a database name."""
    try:
        with running_server() as url:
            yield url
    except NoPostgresql as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def running_objects() -> Iterator[ObjectStore]:
    try:
        with running_object_store() as store:
            yield store
    except NoObjectStore as error:
        pytest.skip(str(error))


@pytest.fixture
def object_store(running_objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """A server of object storage, to which this process and its children are pointed."""
    for name, value in running_objects.environment.items():
        monkeypatch.setenv(name, value)
    return running_objects


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
