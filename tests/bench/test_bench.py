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


@pytest.mark.xdist_group("prefect")
def test_crawling_alone_and_with_a_pace() -> None:
    few = ["--pages", "16", "--pairs", "1", "--concurrency", "4", "--hosts", "6", "--pace", "0.2"]
    command = [sys.executable, "-m", "bench", *few, "--only", "crawl", "--only", "pace", "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280)
    results = json.loads(ended.stdout)
    for name in ("ours", "scrapy"):
        assert all(results["crawl"][name][what] > 0 for what in ("crawl_s", "pages_a_second", "peak_mb"))
    pace = results["pace"]
    assert pace["requests"] == 6 * 5, "robots.txt, the list and three reports of each host, each once"
    assert pace["least_gap_s"] >= 0.2
    assert pace["crawl_s"] < 6 * pace["at_least_s"], "the hosts waited for each other"
