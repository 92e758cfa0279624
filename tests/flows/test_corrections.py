"""Corrections from the file to the lake: a change of the file is all that it takes, and it can be taken back."""

from __future__ import annotations

from typing import Any

import pyarrow.dataset as ds
import pytest

from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import published_source
from tests.flows.conftest import CommandLine, lake_digest
from tests.kept import keep_document
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes

pytestmark = pytest.mark.timeout(300)

ENTRY = """[[correction]]
digest = "{digest}"
table = "applications"
item = "received"
column = "total"
old = {old:g}
new = {new:g}
reason = "各列之和"
date = 2025-03-01
"""


def kept_report(data: DataDirectory) -> tuple[str, str]:
    """A report that adds up, kept; its id and digest."""
    source = carried("modern-2021")
    report = keep_document(data, docx_bytes(source.title, source.blocks), content_type="application/msword")
    ledger = Ledger(data.ledger)
    kept = published_source(ledger, report)
    ledger.close()
    assert kept is not None
    return report, kept.content_digest


def figure(data: DataDirectory) -> dict[str, Any]:
    table = ds.dataset(data.lake / "figures", format="parquet", partitioning="hive").to_table().to_pylist()
    (found,) = (row for row in table if (row["table"], row["item"], row["column"]) == ("applications", "received", "total"))
    return {name: found[name] for name in ("value", "raw", "corrected_from", "status")}


def test_a_correction_comes_and_goes_with_its_file(served: CommandLine) -> None:
    data = DataDirectory(served.folder / "data")
    report, digest = kept_report(data)
    served.json("reparse")
    before, untouched = figure(data), lake_digest(data.root)
    assert before == {"value": before["value"], "raw": f"{before['value']:g}", "corrected_from": None, "status": "valid"}

    file = served.folder / "deployments/corrections.toml"
    file.parent.mkdir()
    file.write_text(ENTRY.format(digest=digest, old=before["value"], new=before["value"] + 1), encoding="utf-8")
    done = served.json("reparse")
    assert (done["suspect"], list(done["published"].values())) == (1, [1])
    assert figure(data) == {
        "value": before["value"] + 1,
        "raw": before["raw"],
        "corrected_from": before["raw"],
        "status": "suspect",
    }
    assert served.json("reparse")["published"] == {}, "nothing has changed since"
    assert "corrected from" in served("show", report, "--cell", "applications/received/total").stdout

    file.unlink()
    gone = served("reparse")
    assert gone.returncode == 2
    assert "1 documents of the ledger were read with corrections" in gone.stderr

    file.write_text("", encoding="utf-8")
    served.json("reparse")
    assert lake_digest(data.root) == untouched, "what was taken back left something behind"


def test_corrections_that_nothing_can_say_of_are_warned_of(served: CommandLine) -> None:
    kept_report(DataDirectory(served.folder / "data"))
    (served.folder / "other.toml").write_text(ENTRY.format(digest="0" * 64, old=1, new=2), encoding="utf-8")
    warnings = served.json("reparse", "--corrections", "other.toml")["warnings"]
    assert [warning for warning in warnings if "bytes that no document has ever had (digest 0000" in warning]


@pytest.mark.parametrize("command", ["harvest", "rerun", "reparse", "serve"])
def test_malformed_files_are_refused_before_anything_is_written(nianbao: CommandLine, command: str) -> None:
    (nianbao.folder / "portals").mkdir()
    (nianbao.folder / "portals/a.toml").write_text(
        'name = "a"\nregion = "620800"\nlists = ["https://www.example.gov.cn/nb/"]\n', encoding="utf-8"
    )
    (nianbao.folder / "c.toml").write_text(ENTRY.format(digest="0", old=1, new=2), encoding="utf-8")
    done = nianbao(command, "--corrections", "c.toml", NIANBAO_PORTALS="portals")
    assert done.returncode == 2
    assert "c.toml:2: digest: must be the content_digest of the lake" in done.stderr
    missing = nianbao(command, NIANBAO_CORRECTIONS="nowhere.toml", NIANBAO_PORTALS="portals")
    assert missing.returncode == 2
    assert "nowhere.toml: is not there; name the file with --corrections" in missing.stderr
    assert not (nianbao.folder / "data").exists()
