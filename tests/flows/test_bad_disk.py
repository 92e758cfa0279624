"""A harvest that meets a full disk, a ledger that vanishes, damaged files: a sentence that says what to do, and no loss."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from flows.sample import SampleServer
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from tests.flows.conftest import CommandLine, lake_digest
from tests.kills.traces import traces_of
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(600)

HARVEST = ("harvest", "--portals", "portals")
PARTITIONS = [Partition(2024, "CN-GS"), Partition(2024, "CN-YN"), Partition(2023, "CN-SN")]
# As a full disk: no file may grow past this. Python ignores the signal, the write fails.
LIMITED = "import os, resource, sys; n = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); os.execv(sys.executable, [sys.executable, '-m', 'flows.cli', *sys.argv[2:]])"  # noqa: E501


class Limited(CommandLine):
    """The command line on a disk where no file may be larger than 200 kB."""

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-c", LIMITED, "200000", *arguments]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, sample_data: Path) -> str:
    return lake_digest(sample_data)


def refused(done: object) -> str:
    """What a command said that could not be carried out."""
    assert done.returncode == 2, (done.stdout, done.stderr)  # type: ignore[attr-defined]
    said: str = done.stderr  # type: ignore[attr-defined]
    assert "Traceback" not in said
    assert said.splitlines()[-1].startswith("nianbao: ")
    return said


def test_a_full_disk(served: CommandLine, sample: SampleServer, undisturbed: str) -> None:
    said = refused(Limited(served.folder, served.settings)(*HARVEST))
    assert "room" in said
    kept = traces_of(served.folder / "data")
    assert kept.documents > 0
    served.json(*HARVEST, status=1)
    assert lake_digest(served.folder / "data") == undisturbed
    assert served.json("verify")["agrees"]


def test_a_ledger_that_vanishes_while_it_is_used(served: CommandLine, sample: SampleServer, undisturbed: str) -> None:
    for file in (served.folder / "portals").iterdir():
        file.write_text(file.read_text().replace("pace = 0", "pace = 0.2"))
    data = served.folder / "data"
    harvest = served.start(*HARVEST)
    wait_for(lambda: traces_of(data).captures, "the harvest has fetched something")
    (data / "ledger.sqlite").unlink()
    _, said = harvest.communicate()
    assert harvest.returncode == 2, said
    assert "ledger.sqlite was removed or replaced while it was in use. Bring it back from a backup" in said
    assert "Traceback" not in said
    archived = {path.name: path.stat().st_size for path in (data / "archive").glob("*.warc.gz")}
    assert archived
    served.json(*HARVEST, status=1)  # nothing was published yet: it begins anew
    assert lake_digest(data) == undisturbed
    assert {name: (data / "archive" / name).stat().st_size for name in archived} == archived


def test_a_ledger_that_was_lost_does_not_cost_the_lake(
    served: CommandLine, sample: SampleServer, sample_data: Path, undisturbed: str
) -> None:
    data = served.folder / "data"
    shutil.copytree(sample_data, data)
    for file in data.glob("ledger.sqlite*"):
        file.unlink()
    said = refused(served(*HARVEST))
    assert "holds 24 partitions, and the ledger" in said
    assert "data/ledger.sqlite knows no document" in said
    assert "move the lake away first" in said
    assert lake_digest(data) == undisturbed
    (data / "lake").rename(data / "old")
    served.json(*HARVEST, status=1)
    assert lake_digest(data) == undisturbed


def test_damaged_files_met_by_a_harvest(
    served: CommandLine, sample: SampleServer, sample_data: Path, undisturbed: str
) -> None:
    """A WARC file with half a record at its end, and Parquet files that are none."""
    data = served.folder / "data"
    shutil.copytree(sample_data, data)
    (warc, *_) = sorted((data / "archive").glob("*.warc.gz"))
    warc.write_bytes(warc.read_bytes() + warc.read_bytes()[:150])
    torn, truncated, noise = (DataDirectory(data).part("reports", partition) for partition in PARTITIONS)
    torn.write_bytes(torn.read_bytes()[:-100])
    truncated.write_bytes(b"")
    noise.write_bytes(b"PAR1" * 100)
    assert served.json("status")["documents"] == 48
    assert served.json(*HARVEST, status=1)["fetched"] == 0
    said = refused(served("quality"))
    assert "cannot be read" in said
    assert "`nianbao verify` says which files are damaged; with --repair they are written anew" in said
    found = served.json("verify", status=1)["findings"]
    assert [finding["code"] for finding in found] == ["archive_torn", *["file_damaged"] * 3]
    assert served.json("verify", "--repair")["agrees"]
    assert lake_digest(data) == undisturbed


def test_a_damaged_file_is_no_hindrance_to_publishing(
    served: CommandLine, sample: SampleServer, sample_data: Path, undisturbed: str
) -> None:
    data = served.folder / "data"
    shutil.copytree(sample_data, data)
    DataDirectory(data).part("reports", PARTITIONS[0]).write_bytes(b"no Parquet")
    with Ledger(data / "ledger.sqlite").writing() as ledger:
        ledger.exec_driver_sql("UPDATE partitions SET content_key = '' WHERE name = 'year=2024/region=CN-GS'")
    summary = served.json("reparse")
    assert list(summary["published"]) == ["year=2024/region=CN-GS"]
    assert lake_digest(data) == undisturbed
