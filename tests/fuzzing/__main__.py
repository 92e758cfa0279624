"""`python -m tests.fuzzing [--seconds N] [TARGET...]`: fuzz each target for its share of the time; what is found is kept.

Prints a line for each target: how long, how many files, what was found; a run over all targets is kept as the last one, which
docs/accuracy.md tells of. Exit status 1 where anything was found.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tests.fuzzing.targets import TARGETS, words

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "tests" / "hostile" / "found"
LAST = Path(__file__).with_name("last.json")
LONGEST = 200_000  # bytes of a file
HANG = 60  # seconds after which libFuzzer gives a file up; instrumented code on a busy machine is slow
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


def fuzz(target: str, seconds: int) -> tuple[int, list[str]]:
    """How many files were tried, and what is wrong with those that were kept."""
    executed, faults = 0, []
    with tempfile.TemporaryDirectory(prefix="nianbao-fuzz-") as name:
        folder = Path(name)
        corpus, suspects = folder / "corpus", folder / "suspects"
        for each in (corpus, suspects):
            each.mkdir()
        for number, seed in enumerate(TARGETS[target].seeds()):
            (corpus / str(number)).write_bytes(seed)
        (folder / "words").write_text("".join(f'"{_escaped(word)}"\n' for word in words()), encoding="ascii")
        end = time.monotonic() + seconds
        while (left := round(end - time.monotonic())) > 0:  # a hang ends the fuzzer before its time
            options = (f"-max_total_time={left}", f"-timeout={HANG}", f"-max_len={LONGEST}", "-rss_limit_mb=2500")
            paths = (f"-dict={folder / 'words'}", f"-artifact_prefix={suspects}/", "-print_final_stats=1", str(corpus))
            command = [sys.executable, "-m", "tests.fuzzing.child", target, str(suspects), *options, *paths]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
            count = EXECUTED.search(run.stderr)
            if count is None:
                raise RuntimeError(f"the fuzzer of {target} ended before its time:\n{run.stderr[-2000:]}")
            executed += int(count[1])
        faults += _kept(target, suspects)
    return executed, faults


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02X}" for byte in word)


def _kept(target: str, suspects: Path) -> Iterator[str]:
    """Each fault that a reader without instrumentation has as well, once; its file goes to FOUND."""
    known: set[str] = set()
    for path in sorted(suspects.iterdir()):
        command = [sys.executable, "-m", "tests.fuzzing.faults", target, str(path)]
        try:
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=2 * HANG, check=False)
            found = run.stdout or (f"died: {run.returncode}" if run.returncode else "")
        except subprocess.TimeoutExpired:
            found = f"more than {2 * HANG} seconds"
        if found and found not in known:
            known.add(found)
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{target}-{path.name[-16:]}").write_bytes(path.read_bytes())
            yield found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all where none is named")
    parser.add_argument("--seconds", type=int, default=240, help="in all (default %(default)s)")
    arguments = parser.parse_args()
    targets = arguments.targets or list(TARGETS)
    if unknown := set(targets) - set(TARGETS):
        parser.error(f"no target is called {', '.join(sorted(unknown))}")
    if find_spec("atheris") is None:
        parser.error("atheris is not installed: `make fuzz` installs it where there is a wheel of it (Linux, x86_64)")
    share = max(1, arguments.seconds // len(targets))
    results: dict[str, dict[str, object]] = {}
    for target in targets:
        executed, faults = fuzz(target, share)
        results[target] = {"seconds": share, "files": executed, "faults": faults}
        sys.stdout.write(f"{target}: {share} s, {executed} files, {'; '.join(faults) or 'nothing found'}\n")
        sys.stdout.flush()
    if not arguments.targets:
        LAST.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if any(result["faults"] for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
