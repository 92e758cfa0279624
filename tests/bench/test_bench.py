"""The bench in small: all contenders read all pages, and the figures come out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.xdist_group("prefect")
def test_every_contender_reads_every_page() -> None:
    command = [
        sys.executable,
        "-m",
        "bench",
        "--pages",
        "16",
        "--pairs",
        "1",
        "--only",
        "harvest",
        "--only",
        "reading",
        "--json",
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280)
    results = json.loads(ended.stdout)
    assert results["harvest"]["pages"] == 16
    for name in ("ours", "scrapy", "bare"):
        figures = results["harvest"][name]
        assert all(figures[what] > 0 for what in ("wall_s", "documents_a_second", "cpu_s", "peak_mb"))
    assert 0 < results["reading"]["ms_a_page"] < 1000
    assert abs(sum(results["reading"]["ms_by_step"].values())) > 0
