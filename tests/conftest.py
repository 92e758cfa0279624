"""`NIANBAO_REQUIRE_ALL=1` turns every skip into a failure: a machine that is to prove everything must not leave a part out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


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
    """The data directory of a harvested sample portal, to be read only. Tests that use it share the group `sample_data`."""
    from tests.harvested import harvest_sample

    return harvest_sample(tmp_path_factory.mktemp("harvested"))
