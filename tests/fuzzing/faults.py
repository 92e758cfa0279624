"""`python -m tests.fuzzing.faults TARGET FILE` says what is wrong with how a file is read, in a process of its own."""

from __future__ import annotations

import resource
import sys
import traceback
from pathlib import Path
from time import process_time as processor_time

from tests.fuzzing.targets import TARGETS

SECONDS, MEGABYTES = 5.0, 500  # processor time and growth of memory that a file may take


def fault(target: str, payload: bytes) -> str | None:
    """What reading raised, and where, or which bound it broke; None for a file that got its verdict or its report."""
    held, started = peak_memory(), processor_time()
    try:
        TARGETS[target].run(payload)
    except Exception as error:  # whatever it is, it should have been a verdict
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno} {last.name}"
    seconds, megabytes = processor_time() - started, peak_memory() - held
    if seconds > SECONDS:
        return f"more than {SECONDS:.0f} seconds"
    return f"more than {MEGABYTES} MB" if megabytes > MEGABYTES else None


def peak_memory() -> int:
    """Most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    found = fault(sys.argv[1], Path(sys.argv[2]).read_bytes())
    sys.stdout.write(found or "")
