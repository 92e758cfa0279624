"""`python -m bench`: the harvest beside Scrapy and a bare pipeline, crawling and reading alone, manners, memory over size."""

from __future__ import annotations

import json
import os
import platform
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bench.contenders import Course, bare, crawl, harvest, scrapy, scrapy_crawl
from bench.measure import Run
from bench.pace import measure_pace
from bench.pages import sites
from bench.reading import WARM_UP, Cost, measure_reading
from bench.server import serving, write_answers

READ_PAGES = 96  # of reading alone
PARTS = ("reading", "crawl", "pace", "harvest", "memory")


@click.command()
@click.option("--pages", default=2000, show_default=True, help="Report pages, of about 130 KB each.")
@click.option("--pairs", default=3, show_default=True, help="Rounds; in each, every contender runs once.")
@click.option(
    "--concurrency", multiple=True, type=int, default=(4, 8, 16), show_default=True, help="Of Scrapy; the best counts."
)
@click.option("--hosts", default=1000, show_default=True, help="Hosts that are harvested with a pace.")
@click.option("--pace", default=1.0, show_default=True, help="Seconds between two requests to each of them.")
@click.option("--only", type=click.Choice(PARTS), multiple=True, help="Only this part (may be given again).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines for people.")
def main(
    *,
    pages: int,
    pairs: int,
    concurrency: tuple[int, ...],
    hosts: int,
    pace: float,
    only: tuple[str, ...],
    as_json: bool,
) -> None:
    """Measure, and print medians and the ratios of the pairs."""
    parts = only or PARTS
    results: dict[str, Any] = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    }
    if "reading" in parts:
        results["reading"] = _reading(min(pages, READ_PAGES))
    if "crawl" in parts:
        results["crawl"] = _crawl(pages, pairs, concurrency)
    if "pace" in parts:
        results["pace"] = measure_pace(hosts, pace)
    if "harvest" in parts:
        results["harvest"] = _harvest(pages, pairs, concurrency)
    if "memory" in parts:
        results["memory"] = _memory(pages // 2, pages * 2)
    click.echo(json.dumps(results) if as_json else "\n".join(_lines(results)))


@contextmanager
def _course(pages: int) -> Iterator[Course]:
    """Pages rendered and served by a process of its own, whose time and memory are nobody's."""
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as folder:
        portals = sites(pages)
        write_answers(portals, Path(folder))
        with serving(Path(folder)) as server:
            yield Course(portals, server.address, Path(folder))


def _reading(pages: int) -> dict[str, Any]:
    portals = sites(pages + WARM_UP)
    result = measure_reading([page for portal in portals for page in portal.pages])
    return {
        "pages": result.total.pages,
        "page_bytes": result.page_bytes,
        **_cost(result.total),
        "ms_by_step": dict(result.by_step),
        **{f"tables {dress}": {"pages": cost.pages, **_cost(cost)} for dress, cost in result.by_dress.items()},
    }


def _cost(cost: Cost) -> dict[str, float]:
    return {"ms_a_page": cost.ours, "trafilatura_ms_a_page": cost.trafilatura, "ratio": cost.ratio}


def _harvest(pages: int, pairs: int, concurrencies: tuple[int, ...]) -> dict[str, Any]:
    with _course(pages) as course:
        best = concurrencies[0]
        if len(concurrencies) > 1:
            best = min(concurrencies, key=lambda concurrency: scrapy(course, concurrency).wall)
        rounds = [{"ours": harvest(course), "scrapy": scrapy(course, best), "bare": bare(course)} for _ in range(pairs)]
    figures = {name: _figures([runs[name] for runs in rounds], pages) for name in rounds[0]}
    ratios = {
        f"speed_over_{other}": statistics.median(runs[other].wall / runs["ours"].wall for runs in rounds)
        for other in ("scrapy", "bare")
    }
    return {"pages": pages, "pairs": pairs, "scrapy_concurrency": best} | figures | ratios


def _crawl(pages: int, pairs: int, concurrencies: tuple[int, ...]) -> dict[str, Any]:
    """Crawling alone: ours keeps every answer in archive and ledger, Scrapy drops it. Seconds without the processes' starts.

    Ours visits as many hosts at once as a harvest does, Scrapy makes as many requests at once as suit it best.
    """
    with _course(pages) as course:
        best = concurrencies[0]
        if len(concurrencies) > 1:
            best = min(concurrencies, key=lambda concurrency: scrapy_crawl(course, concurrency)[1])
        rounds = [{"ours": crawl(course), "scrapy": scrapy_crawl(course, best)} for _ in range(pairs)]
    figures: dict[str, Any] = {"pages": pages, "pairs": pairs, "scrapy_concurrency": best}
    for name in ("ours", "scrapy"):
        seconds = statistics.median(runs[name][1] for runs in rounds)
        figures[name] = {
            "crawl_s": seconds,
            "pages_a_second": pages / seconds,
            "peak_mb": statistics.median(runs[name][0].peak for runs in rounds) / 1e6,
        }
    figures["speed_over_scrapy"] = statistics.median(runs["scrapy"][1] / runs["ours"][1] for runs in rounds)
    return figures


def _figures(runs: list[Run], pages: int) -> dict[str, float]:
    wall = statistics.median(run.wall for run in runs)
    return {
        "wall_s": wall,
        "documents_a_second": pages / wall,
        "cpu_s": statistics.median(run.cpu for run in runs),
        "peak_mb": statistics.median(run.peak for run in runs) / 1e6,
    }


def _memory(few: int, many: int) -> dict[str, float]:
    peaks = {}
    for pages in (few, many):
        with _course(pages) as course:
            peaks[pages] = harvest(course).peak / 1e6
    return {f"peak_mb_{pages}": peak for pages, peak in peaks.items()} | {"growth": peaks[many] / peaks[few] - 1}


def _lines(results: dict[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in results.items():
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        else:
            yield f"{indent}{name}: {value:.3g}" if isinstance(value, float) else f"{indent}{name}: {value}"


if __name__ == "__main__":
    main()
