"""Reading alone: processor time of a page from its bytes to the checked report, by step, beside `trafilatura.extract`."""

from __future__ import annotations

import functools
import importlib
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import trafilatura

from bench.pages import ReportPage, report_html
from parsers.parse import parse

WARM_UP = 32  # pages read before anything is timed: a reading process has read many, and knows the labels by then
# Where each step is called, as the module sees it. A step's time is its own: without that of the steps inside it.
STEPS: Mapping[str, Sequence[tuple[str, str]]] = {
    "decode": (("parsers.carriers", "decode"), ("parsers.carriers", "raise_for_page")),
    "lxml parse": (("parsers.html", "_parse"),),
    "narrative": (("parsers.html", "read_narrative"),),
    "grids": (("parsers.carriers", "read_html"),),
    "sections": (("parsers.parse", "read_sections"),),
    "route": (("parsers.parse", "route"),),
    "tables read": (("parsers.parse", "read_tables"),),
    "checks": (("parsers.tables", "identity_issues"), ("parsers.parse", "prose_issues")),
    "identity": (("parsers.parse", "read_identity"),),
}
REST = "the rest"


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time a page, the mean over some pages."""

    pages: int
    ours: float
    trafilatura: float

    @property
    def ratio(self) -> float:
        return self.ours / self.trafilatura


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """What reading costs over all pages, by the dress of their tables, and by step (ms a page)."""

    page_bytes: int
    total: Cost
    by_dress: Mapping[str, Cost]
    by_step: Mapping[str, float]


def measure_reading(pages: Sequence[ReportPage]) -> ReadingResult:
    """Read every page once, then have trafilatura extract the same page. Every report must come out right.

    No page is read twice: what reading keeps of one page (labels, numbers) may help with others, never with itself.
    """
    bodies = [(page, report_html(page).encode()) for page in pages]
    for page, body in bodies[:WARM_UP]:
        _read(page, body)
        trafilatura.extract(body.decode())
    timed = bodies[WARM_UP:]
    watch = _Stopwatch()
    costs = []
    for page, body in timed:
        with watch.on_steps(), watch.timing(REST):
            ours = _milliseconds(lambda page=page, body=body: _read(page, body))
        costs.append((page.dress, ours, _milliseconds(lambda body=body: trafilatura.extract(body.decode()))))
    return ReadingResult(
        page_bytes=sum(len(body) for _, body in timed) // len(timed),
        total=_mean(costs),
        by_dress={
            dress: _mean([cost for cost in costs if cost[0] == dress]) for dress in sorted({cost[0] for cost in costs})
        },
        by_step={step: 1000 * watch.seconds[step] / len(timed) for step in (*STEPS, REST)},
    )


def _mean(costs: Sequence[tuple[str, float, float]]) -> Cost:
    return Cost(len(costs), statistics.mean(ours for _, ours, _ in costs), statistics.mean(theirs for _, _, theirs in costs))


def _read(page: ReportPage, body: bytes) -> None:
    url = f"http://{page.host}{page.path}"
    report = parse(body, url=url, title=page.title, content_type="text/html; charset=utf-8", portal_region=page.region)
    if report.status != "valid" or report.year != page.year:
        raise RuntimeError(f"{page.title} ({page.dress}) was read wrong: {report.issues}")


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


class _Stopwatch:
    """Counts the time of each step, without that of the steps inside it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def timing(self, step: str) -> Iterator[None]:
        """Count the time of the block for the step, and not for the step around it."""
        self._stop()
        self._running.append(step)
        try:
            yield
        finally:
            self._stop()
            self._running.pop()

    def _stop(self) -> None:
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    @contextmanager
    def on_steps(self) -> Iterator[None]:
        """Time the functions of STEPS as long as the block lasts."""
        originals = [
            (importlib.import_module(module), name, step) for step, places in STEPS.items() for module, name in places
        ]
        functions = [getattr(module, name) for module, name, _ in originals]
        try:
            for (module, name, step), function in zip(originals, functions, strict=True):
                setattr(module, name, self._timed(step, function))
            yield
        finally:
            for (module, name, _), function in zip(originals, functions, strict=True):
                setattr(module, name, function)

    def _timed(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            with self.timing(step):
                result = function(*arguments, **named)
                return list(result) if isinstance(result, Iterator) else result

        return call
