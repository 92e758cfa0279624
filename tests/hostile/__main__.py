"""`python -m tests.hostile [CASE...]` reads each file and prints a line of JSON for it: its verdict, the processor seconds that
it took, and by how much memory grew.

Each is read in a process of its own, forked so that the parsers are loaded once.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path

from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.hostile import packages, pages, pdfs  # noqa: F401  they register their cases
from tests.hostile.cases import CASES, MB

CPU_LIMIT = 30  # seconds, after which the system ends a reader
MEMORY_LIMIT = 1500 * MB


def tried(name: str) -> dict[str, object]:
    """What comes of a case in this process."""
    file_name, make = CASES[name]
    payload = make()
    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory is now what is held at the moment
    before, started = _memory("VmRSS"), time.process_time()
    try:
        outcome = parse(payload, file_name=file_name).status
    except Verdict as verdict:
        outcome = verdict.code
    except MemoryError:
        outcome = "MemoryError"
    except Exception:
        outcome = traceback.format_exc()
    seconds = time.process_time() - started
    return {"case": name, "outcome": outcome, "seconds": round(seconds, 2), "megabytes": (_memory("VmHWM") - before) // 1024}


def _memory(field: str) -> int:
    """In kB."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(field)).split()[1])


def main() -> None:
    for kind in ("a.html", "a.txt"):  # load what is loaded late
        with contextlib.suppress(Verdict):
            parse("<p>一、总体情况".encode(), file_name=kind)
    for module in ("docx", "openpyxl", "xlrd", "parsers.pdf", "parsers.docx", "parsers.xlsx"):
        __import__(module)
    for name in sys.argv[1:] or CASES:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
            sys.stdout.write(json.dumps(tried(name)) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(
                json.dumps({"case": name, "outcome": f"killed: {status}", "seconds": -1, "megabytes": -1}) + "\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
