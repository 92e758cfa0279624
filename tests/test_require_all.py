"""The rule that a skip fails where everything is required, tried on tests of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SKIPPING = """
import pytest

@pytest.fixture
def server():
    pytest.skip("no server here")

def test_skips_inside():
    pytest.skip("not today")

@pytest.mark.skip(reason="marked")
def test_marked():
    pass

def test_skips_in_a_fixture(server):
    pass

@pytest.mark.xfail
def test_known_to_fail():
    assert False

def test_passes():
    pass
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text())
    pytester.makepyfile(test_some=SKIPPING, test_whole="import pytest\npytest.skip('whole', allow_module_level=True)")
    return pytester


def test_skips_are_skips_by_default(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_REQUIRE_ALL", raising=False)
    project.runpytest("-p", "no:xdist").assert_outcomes(passed=1, skipped=4, xfailed=1)


def test_skips_fail_where_everything_is_required(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_REQUIRE_ALL", "1")
    project.runpytest("-p", "no:xdist", "test_some.py").assert_outcomes(passed=1, failed=1, errors=2, xfailed=1)
    outcome = project.runpytest("-p", "no:xdist", "test_whole.py")
    outcome.assert_outcomes(errors=1)
    outcome.stdout.fnmatch_lines(["*NIANBAO_REQUIRE_ALL=1, but: *whole*"])
