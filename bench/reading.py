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

WARM_UP = 16  # pages read before anything is timed: every reading process keeps its dictionaries and its labels
# Where each step is called, as the module sees it. A step's time is its own: without that of the steps inside it.
STEPS: Mapping[str, Sequence[tuple[str, str]]] = {
    "decode": (("parsers.carriers", "decode"), ("parsers.carriers", "raise_for_page")),
    "lxml parse": (("parsers.html", "_parse"),),
    "narrative": (("parsers.html", "_narrative"),),
    "grids": (("parsers.carriers", "read_html"),),
    "sections": (("parsers.parse", "read_sections"),),
    "route": (("parsers.parse", "route"),),
    "tables read": (("parsers.parse", "read_tables"),),
    "checks": (("parsers.tables", "identity_issues"), ("parsers.parse", "prose_issues")),
    "identity": (("parsers.parse", "read_identity"),),
}
REST = "the rest"


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """Milliseconds of processor time a page: medians over rounds; the `ratio` is the median of the rounds' own."""

    pages: int
    page_bytes: int
    ours: float
    trafilatura: float
    ratio: float
    shares: Mapping[str, float]  # step -> ms


def measure_reading(pages: Sequence[ReportPage], rounds: int) -> ReadingResult:
    """Read each page once in every round, ours and trafilatura's turn about; every report must be without an error."""
    bodies = [(page, report_html(page).encode()) for page in pages]
    for page, body in bodies[:WARM_UP]:
        _read(page, body)
        trafilatura.extract(body.decode())
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(_milliseconds(lambda: [_read(page, body) for page, body in bodies]) / len(bodies))
        theirs.append(_milliseconds(lambda: [trafilatura.extract(body.decode()) for _, body in bodies]) / len(bodies))
    return ReadingResult(
        pages=len(bodies),
        page_bytes=sum(len(body) for _, body in bodies) // len(bodies),
        ours=statistics.median(ours),
        trafilatura=statistics.median(theirs),
        ratio=statistics.median(ours[round_] / theirs[round_] for round_ in range(rounds)),
        shares=_shares(bodies),
    )


def _read(page: ReportPage, body: bytes) -> None:
    url = f"http://{page.host}{page.path}"
    report = parse(body, url=url, title=page.title, content_type="text/html; charset=utf-8", portal_region=page.region)
    if report.status != "valid" or report.year != page.year:
        raise RuntimeError(f"{page.title} ({page.dress}) was read wrong: {report.issues}")


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return 1000 * (time.process_time() - began)


def _shares(bodies: Sequence[tuple[ReportPage, bytes]]) -> dict[str, float]:
    """Time of each step a page, by wrapping the step's functions while all pages are read once more."""
    watch = _Stopwatch()
    with watch.on_steps():
        for page, body in bodies:
            with watch.timing(REST):
                _read(page, body)
    return {step: 1000 * watch.seconds[step] / len(bodies) for step in (*STEPS, REST)}


class _Stopwatch:
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
