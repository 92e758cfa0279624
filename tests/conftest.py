"""`NIANBAO_REQUIRE_ALL=1` turns every skip into a failure: a machine that is to prove everything must not leave a part out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.storage.object_store import NoObjectStore, ObjectStore, running_object_store
from tests.storage.postgresql import NoPostgresql, running_server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    report = yield
    return _required(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[Any]:
    report = yield
    return _required(report)


def _required(report: Any) -> Any:
    expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not expected_failure and os.environ.get("NIANBAO_REQUIRE_ALL") == "1":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"NIANBAO_REQUIRE_ALL=1, but: {reason}"
    return report


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a harvested sample portal, to be read only."""
    from tests.harvested import harvest_sample

    return harvest_sample(tmp_path_factory.mktemp("harvested"))


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
