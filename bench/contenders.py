"""The three that run: the whole harvest, a Scrapy spider, and a bare pipeline that keeps nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Run, run
from bench.pages import Site


class WrongCountError(Exception):
    """A contender that read another number of pages than there are; its time says nothing."""


@dataclass(frozen=True, slots=True)
class Course:
    """What all contenders run over: the portals, where they are served, and a folder for what they write."""

    sites: tuple[Site, ...]
    address: str
    folder: Path

    @property
    def pages(self) -> int:
        return sum(len(site.pages) for site in self.sites)

    @property
    def lists(self) -> list[str]:
        return [site.first_list for site in self.sites]


def harvest(course: Course) -> Run:
    """Ours: crawl without pause, archive, ledger, read, check and publish, on Prefect, into an empty data directory."""
    data, portals = course.folder / "data", course.folder / "portals"
    shutil.rmtree(data, ignore_errors=True)
    write_portals(course, portals)
    options = ["--portals", str(portals), "--data", str(data), "--json"]
    ended = run([sys.executable, "-m", "flows.cli", "harvest", *options], environment())
    summary = json.loads(ended.output.splitlines()[-1])
    _same("harvest", summary["valid"] + summary["suspect"], course.pages)
    return ended


def scrapy(course: Course, concurrency: int) -> Run:
    """(a) `trafilatura.extract` and `pandas.read_html` on every page, JSON lines."""
    output = course.folder / "scrapy.jsonl"
    output.unlink(missing_ok=True)
    ended = run(
        [sys.executable, "-m", "bench.spider", str(concurrency), str(output), course.address, *course.lists], environment()
    )
    with output.open(encoding="utf-8") as lines:
        _same("scrapy", sum(1 for _ in lines), course.pages)
    return ended


def crawl(course: Course) -> tuple[Run, float]:
    """Our crawl alone; gives the run, and seconds without the start of the process."""
    data, portals = course.folder / "crawled", course.folder / "portals"
    shutil.rmtree(data, ignore_errors=True)
    write_portals(course, portals)
    ended = run([sys.executable, "-m", "bench.crawl", str(portals), str(data)], environment())
    return ended, _seconds("crawl", ended, course.pages)


def scrapy_crawl(course: Course, concurrency: int) -> tuple[Run, float]:
    """Scrapy over the same lists and pages; it keeps nothing."""
    command = [sys.executable, "-m", "bench.spider", str(concurrency), "-", course.address, *course.lists]
    ended = run(command, environment())
    return ended, _seconds("scrapy", ended, course.pages)


def _seconds(name: str, ended: Run, due: int) -> float:
    result = json.loads(ended.output.splitlines()[-1])
    _same(name, result["pages"], due)
    return float(result["seconds"])


def bare(course: Course) -> Run:
    """(b) threads fetch, processes parse with one lxml parse a page; nothing is kept."""
    ended = run([sys.executable, "-m", "bench.bare", course.address, *course.lists], environment())
    _same("bare", int(ended.output.split()[0]), course.pages)
    return ended


def write_portals(course: Course, folder: Path) -> None:
    """A portal file for each site."""
    folder.mkdir(exist_ok=True)
    for site in course.sites:
        (folder / f"{site.name}.toml").write_text(_portal_file(site, course.address), encoding="utf-8")


def _portal_file(site: Site, address: str) -> str:
    return (
        f'name = "{site.name}"\nregion = "{site.region}"\nlists = ["http://{site.host}{site.first_list}"]\n'
        f'pace = 0\nallow_hosts = ["127.0.0.1"]\n\n[connect]\n"{site.host}" = "{address}"\n'
    )


def environment() -> Mapping[str, str]:
    """As a person's shell would have it: whatever NIANBAO_ or PREFECT_ setting is about must not enter."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "PREFECT_"))}


def _same(name: str, read: int, due: int) -> None:
    if read != due:
        raise WrongCountError(f"{name} read {read} pages of {due}")
