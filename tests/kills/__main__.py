"""`make kills` harvests the sample portal over and over and kills it (SIGKILL), the parent or a reading process.

Each round begins with an empty data directory. One to eight runs are killed, each at a stage drawn at random and a drawn
moment after that stage is seen from outside; the next run is left alone. Then the lake must equal that of an undisturbed
harvest byte for byte, every document must be in the state in which it was there, and `nianbao verify` must find nothing.
What was aimed at, what stood on the disk when the signal came, and what came of the round is a line of JSON in the log.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from flows.sample import SampleServer, start_sample
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.verification.verify import verify
from tasks.pages import is_document
from tests.flows.conftest import CommandLine, running_prefect, write_portals
from tests.kills.strike import Strike, Struck, strike
from tests.kills.traces import Traces, end_state

MOST_KILLS = 8  # in one round, before the run that is left alone
# What may pass between the first sign of a stage and the kill, seconds.
STAGES = {"discover": 0.4, "fetch": 0.4, "archive": 0.5, "read": 1.2, "publish": 0.4}
WORKER_SHARE = 0.3  # of the kills that strike a reading process; the harvest then goes on, and is itself the next run


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log."""

    number: int
    round: int
    stage: str  # aimed at
    target: str  # parent, worker
    delay: float  # seconds after the stage was seen
    struck: Traces  # what stood on the disk when the process was dead
    outcome: str  # of the round


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many processes to kill")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no round after this time")
    parser.add_argument("--seed", type=int, default=None, help="of what is drawn; the moments remain the machine's")
    parser.add_argument("--log", type=Path, default=Path("build/kills.jsonl"))
    options = parser.parse_args()
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    options.log.parent.mkdir(parents=True, exist_ok=True)
    print(f"{options.kills} kills, seed {seed}, log {options.log}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="nianbao-kills-"))
    with start_sample() as sample, running_prefect(folder) as api, options.log.open("w", encoding="utf-8") as log:
        write_portals(sample, folder / "portals")
        nianbao = CommandLine(folder, {"PREFECT_API_URL": api, "NIANBAO_RETRY_DELAY": "0.1"})
        entries = list(_rounds(nianbao, sample, random.Random(seed), options, log))
    _sum_up(entries)
    if any(entry.outcome != "equal" for entry in entries) or not entries:
        print(f"What differs stands in {folder}")
        sys.exit(1)
    shutil.rmtree(folder)


def _rounds(
    nianbao: CommandLine, sample: SampleServer, draw: random.Random, options: argparse.Namespace, log: IO[str]
) -> Iterator[Entry]:
    nianbao.json("harvest", "--portals", "portals", "--data", "undisturbed", status=1)
    expected = end_state(nianbao.folder / "undisturbed")
    until, done, turn = time.monotonic() + 60 * options.minutes, 0, 0
    while done < options.kills and time.monotonic() < until:
        turn += 1
        data = nianbao.folder / f"round-{turn}"
        strikes = sorted(draw.choices(list(STAGES), k=draw.randint(1, MOST_KILLS)), key=list(STAGES).index)
        struck: list[Struck] = []
        for stage in strikes:
            aim = Strike(stage, draw.random() < WORKER_SHARE, draw.uniform(0, STAGES[stage]))
            if hit := strike(nianbao, sample, data, aim):
                struck.append(hit)
        outcome = _outcome(nianbao, data, expected)
        for hit in struck:
            done += 1
            entry = Entry(done, turn, hit.stage, hit.target, round(hit.delay, 3), hit.traces, outcome)
            log.write(json.dumps(asdict(entry)) + "\n")
            print(f"{done:4} round {turn}: {hit}: {outcome}", flush=True)
            yield entry
        log.flush()
        if outcome == "equal":
            shutil.rmtree(data, ignore_errors=True)


def _outcome(nianbao: CommandLine, data: Path, expected: dict[str, object]) -> str:
    """What came of the round: "equal", or what is not."""
    done = nianbao("harvest", "--portals", "portals", "--data", str(data), "--json")
    if done.returncode != 1:  # the sample's planted failures
        return f"the next run ended with {done.returncode}: {done.stderr[-2000:]}"
    found = end_state(data)
    differs = [name for name, value in expected.items() if found[name] != value]
    ledger = Ledger(data / "ledger.sqlite")
    differs += [f"{finding.where}: {finding.message}" for finding in verify(DataDirectory(data), ledger, is_document)]
    ledger.close()
    if left := [path.name for path in data.rglob("*") if path.suffix in (".open", ".tmp")]:
        differs.append(f"left over: {', '.join(left)}")
    return f"differs: {', '.join(differs)}" if differs else "equal"


def _sum_up(entries: list[Entry]) -> None:
    counts = Counter((entry.stage, entry.target) for entry in entries)
    for stage in STAGES:
        print(f"{stage:9} {counts[stage, 'parent']:4} of the parent, {counts[stage, 'worker']:4} of a worker")
    rounds = {entry.round: entry.outcome for entry in entries}
    equal = sum(outcome == "equal" for outcome in rounds.values())
    print(f"{len(entries)} kills in {len(rounds)} rounds; {equal} rounds ended equal to the undisturbed harvest")


if __name__ == "__main__":
    os.environ.pop("NIANBAO_DATA", None)
    main()
