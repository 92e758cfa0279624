"""Waiting for something that another process does, without sleeping for luck."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 120.0  # seconds; other tests share the machine


def wait_for(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Ask until the answer is true; fail where it does not become so."""
    deadline = time.monotonic() + patience
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"in {patience:.0f} s it did not come to this: {what}"
        time.sleep(0.05)
    return answer
