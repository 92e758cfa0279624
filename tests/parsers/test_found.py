"""What fuzzing found (`make fuzz`) stays mended: each file of tests/hostile/found is read by the target that its name begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.fuzzing.faults import fault
from tests.fuzzing.targets import TARGETS, Target, words

FOUND = Path(__file__).parents[1] / "hostile" / "found"


def test_found_files_have_no_fault() -> None:
    files = [path for path in sorted(FOUND.iterdir()) if path.suffix != ".md"]
    assert {path.name: fault(path.name.partition("-")[0], path.read_bytes()) for path in files} == {
        path.name: None for path in files
    }


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_starts_from_has_no_fault(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert len(set(seeds)) == len(seeds) > 1
    assert fault(name, seeds[0]) is None


def test_what_is_raised_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(_: bytes) -> None:
        raise KeyError("untyped")

    monkeypatch.setitem(TARGETS, "txt", Target(raising, lambda: iter(())))
    assert str(fault("txt", b"")).startswith("KeyError in test_found.py:")


@pytest.mark.parametrize(
    ("seconds", "megabytes", "said"), [(6, 0, "more than 5 seconds"), (1, 501, "more than 500 MB"), (1, 9, None)]
)
def test_bounds_are_told(monkeypatch: pytest.MonkeyPatch, seconds: float, megabytes: int, said: str | None) -> None:
    monkeypatch.setitem(TARGETS, "txt", Target(lambda _: None, lambda: iter(())))
    times, peaks = iter((10.0, 10.0 + seconds)), iter((100, 100 + megabytes))
    monkeypatch.setattr("tests.fuzzing.faults.processor_time", lambda: next(times))
    monkeypatch.setattr("tests.fuzzing.faults.peak_memory", lambda: next(peaks))
    assert fault("txt", b"") == said


def test_a_verdict_is_no_fault() -> None:
    payload = b"%PDF-1.4 nothing"
    with pytest.raises(Verdict):
        parse(payload, file_name="a.pdf")
    assert fault("pdf", payload) is None


def test_words_are_those_of_reports() -> None:
    assert {b"<td>", "行政许可".encode()} <= set(words())
