"""Many hosts with a pace: none is asked more often than that, and none waits for another. Read from the server's own log."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.contenders import environment
from bench.measure import run
from bench.pages import Site, sites
from bench.server import serving, write_answers

REPORTS = 3  # of each host; with robots.txt and a list page that makes five requests


class PaceError(Exception):
    """A host was asked too often, or not all of its pages came."""


def measure_pace(hosts: int, pace: float) -> dict[str, Any]:
    """Harvest so many hosts, all the same pages under names of their own, with `pace` seconds between requests to each.

    `at_least_s` is what one host takes by itself; `busy` the share of the machine's processors that the harvest kept at work.
    Raises PaceError for a host that was asked more often.
    """
    site = _one_site()
    with tempfile.TemporaryDirectory(prefix="nianbao-bench-") as name:
        folder = Path(name)
        write_answers((site,), folder)
        log = folder / "log.json"
        with serving(folder, log) as server:
            portals = folder / "portals"
            portals.mkdir()
            for number in range(hosts):
                (portals / f"{number}.toml").write_text(_portal_file(site, f"h{number:04d}.example", server.address, pace))
            command = [
                sys.executable,
                "-m",
                "flows.cli",
                "harvest",
                "--portals",
                str(portals),
                "--data",
                str(folder / "data"),
            ]
            ended = run([*command, "--json"], environment())
        asked = json.loads(log.read_text())
        shutil.rmtree(folder / "data")
    read = json.loads(ended.output.splitlines()[-1])
    if read["valid"] + read["suspect"] != hosts * REPORTS:
        raise PaceError(f"{read['valid'] + read['suspect']} pages of {hosts * REPORTS} were read")
    seconds = max(at for at, _ in asked) - min(at for at, _ in asked)
    return {
        "hosts": hosts,
        "pace_s": pace,
        "requests": len(asked),
        "least_gap_s": _least_gap(asked, pace),
        "at_least_s": pace * (REPORTS + 1),
        "crawl_s": seconds,
        "requests_a_second": len(asked) / seconds,
        "wall_s": ended.wall,
        "busy": ended.cpu / ended.wall / (os.cpu_count() or 1),
        "peak_mb": ended.peak / 1e6,
    }


def _least_gap(asked: list[tuple[float, str]], pace: float) -> float:
    """The shortest time between two requests to one host."""
    times: dict[str, list[float]] = defaultdict(list)
    for at, host in asked:
        times[host].append(at)
    least = min(after - before for each in times.values() for before, after in itertools.pairwise(sorted(each)))
    if least < pace:
        raise PaceError(f"a host was asked after {least:.3f} s; its pace is {pace} s")
    return least


def _one_site() -> Site:
    whole = sites(REPORTS * 8)[0]
    return Site(whole.name, whole.region, whole.pages[:REPORTS])


def _portal_file(site: Site, host: str, address: str, pace: float) -> str:
    return (
        f'name = "{host}"\nregion = "{site.region}"\nlists = ["http://{host}{site.first_list}"]\n'
        f'pace = {pace}\nallow_hosts = ["127.0.0.1"]\n\n[connect]\n"{host}" = "{address}"\n'
    )
