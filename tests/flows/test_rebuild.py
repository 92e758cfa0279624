"""The whole lake rebuilt from the archive: the same bytes, however many processes read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.sample import sample_pages
from tests.flows.conftest import CommandLine, lake_digest

pytestmark = pytest.mark.timeout(600)

READABLE = sum(page.kind == "report" and page.fault not in ("dead", "down") for page in sample_pages())


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_lake_rebuilt_from_the_archive_is_the_same(served: CommandLine, sample_data: Path, processes: str) -> None:
    data = served.folder / "data"
    shutil.copytree(sample_data, data)
    shutil.rmtree(data / "lake")
    summary = served.json("reparse", "--all", NIANBAO_WORKERS=processes, status=1)  # the picture cannot be read again either
    assert summary["valid"] + summary["suspect"] == READABLE
    assert sum(summary["published"].values()) == READABLE
    assert lake_digest(data) == lake_digest(sample_data)
    assert served.json("verify")["agrees"]
