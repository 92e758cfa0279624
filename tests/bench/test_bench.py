"""The bench in small: all contenders read all pages, and the figures come out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results() -> Any:
    few = ["--pages", "16", "--pairs", "1", "--concurrency", "4", "--hosts", "6", "--pace", "0.2"]
    parts = [word for part in ("harvest", "reading", "crawl", "pace") for word in ("--only", part)]
    command = [sys.executable, "-m", "bench", *few, *parts, "--json"]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=280).stdout)


def test_every_contender_reads_every_page(results: Any) -> None:
    assert results["harvest"]["pages"] == 16
    for name in ("ours", "scrapy", "bare"):
        figures = results["harvest"][name]
        assert all(figures[what] > 0 for what in ("wall_s", "documents_a_second", "cpu_s", "peak_mb"))


def test_reading_alone(results: Any) -> None:
    assert 0 < results["reading"]["ms_a_page"] < 1000
    assert abs(sum(results["reading"]["ms_by_step"].values())) > 0


def test_crawling_alone(results: Any) -> None:
    for name in ("ours", "scrapy"):
        assert all(results["crawl"][name][what] > 0 for what in ("crawl_s", "pages_a_second", "peak_mb"))


def test_a_pace(results: Any) -> None:
    pace = results["pace"]
    assert pace["requests"] == 6 * 5, "robots.txt, the list and three reports of each host, each once"
    assert pace["least_gap_s"] >= 0.2
    assert pace["crawl_s"] < 6 * pace["at_least_s"], "the hosts waited for each other"
