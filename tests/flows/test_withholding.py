"""What a harvest withholds because a portal gave too little, no other run publishes either, until a person says so."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flows.due_partitions import DuePartitions
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.publication import publish, publish_stale_captures, stale_partitions
from storage.verification.verify import mend, verify
from storage.withholding import release, withheld_partitions
from tasks.pages import is_document
from tests.flows.conftest import CommandLine
from tests.kept import PORTAL, keep_document
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes
from tests.waiting import PATIENCE

GANSU_2023 = Partition(2023, "CN-GS")
WARNING = "1 partitions are withheld, for the lists of 平凉市 gave less than they must"


def kept_report(data: DataDirectory) -> str:
    source = carried("modern-2021")
    return keep_document(data, docx_bytes(source.title, source.blocks), content_type="application/msword")


def discovered(ledger: Ledger, error: str | None) -> None:
    ledger.save_discovery("run-2", replace(PORTAL, minimum=9), found=1, expected=None, error=error)


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


# One process for all, which spares each its start.
FLOWS = """
import json, sys
from flows.reparse import reparse
from flows.repair import repair
from flows.rerun import rerun

document, portal = sys.argv[1:]
for summary in (
    rerun(documents=[document]),
    reparse(everything=True),
    repair(documents=[document]),
    rerun(stages=["publish"], portal_names=[portal]),
):
    print(json.dumps([summary.flow, dict(summary.published), list(summary.warnings)]))
"""


def test_rerun_reparse_and_repair_leave_what_is_withheld(served: CommandLine, data: DataDirectory) -> None:
    document = kept_report(data)
    ledger = Ledger(data.ledger)
    discovered(ledger, "its lists gave 1 reports")
    done = subprocess.run(
        [sys.executable, "-c", FLOWS, document, PORTAL.name],
        cwd=served.folder,
        env=served.environment(NIANBAO_WORKERS="1"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *withheld, released = map(json.loads, done.stdout.splitlines())
    for (flow, published, warnings), expected in zip(withheld, ("rerun", "reparse", "repair"), strict=True):
        assert (flow, published) == (expected, {})
        assert warnings[0].startswith(WARNING)
        assert warnings[0].endswith(f"`nianbao rerun --stage publish --portal {PORTAL.name}`")
    assert released == ["rerun", {GANSU_2023.path: 1}, []]
    assert verify(data, ledger, is_document) == []
    ledger.close()


def test_verify_says_that_it_is_withheld_and_repairs_nothing_of_it(data: DataDirectory) -> None:
    kept_report(data)
    ledger = Ledger(data.ledger)
    discovered(ledger, "its lists gave 1 reports")
    publish_stale_captures(data, ledger, run="run-2")
    found = verify(data, ledger, is_document)
    assert [(one.code, one.where) for one in found] == [("partition_withheld", f"lake/*/{GANSU_2023.path}")]
    assert f"{PORTAL.name} gave too little" in found[0].message
    assert mend(data, ledger, found) == []
    assert verify(data, ledger, is_document) == found
    ledger.close()


def test_a_discovery_that_gives_enough_ends_it(data: DataDirectory) -> None:
    kept_report(data)
    ledger = Ledger(data.ledger)
    due = DuePartitions(data, ledger, ())
    for error, given in (("its lists gave 1 reports", []), (None, [GANSU_2023])):
        discovered(ledger, error)
        assert due.stale() == given
        assert bool(due.warnings) == bool(error)
    discovered(ledger, "its lists gave 1 reports")
    assert withheld_partitions(ledger) == {GANSU_2023: (PORTAL.name,)}
    release(ledger, ["another"])
    assert due.stale() == []
    release(ledger, [PORTAL.name])
    assert due.stale() == [GANSU_2023]
    ledger.close()


def test_a_damaged_file_is_mended_though_its_partition_is_withheld(data: DataDirectory) -> None:
    """What is put there is what stood there: nothing of it is new."""
    kept_report(data)
    ledger = Ledger(data.ledger)
    publish(data, ledger, stale_partitions(data, ledger), run="run-1")
    publish_stale_captures(data, ledger, run="run-1")
    discovered(ledger, "its lists gave 1 reports")
    path = data.part("figures", GANSU_2023)
    before = path.read_bytes()
    path.write_bytes(before[:100])
    data.part("issues", GANSU_2023).unlink()
    mend(data, ledger, verify(data, ledger, is_document))
    assert path.read_bytes() == before
    assert verify(data, ledger, is_document) == []
    ledger.close()
