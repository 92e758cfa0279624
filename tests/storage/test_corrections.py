"""The file of corrections, and what a change of it makes the ledger read again."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import orjson
import pytest

from parsers.records import Correction
from storage.applicable import corrected_documents, unknown_digests
from storage.corrections import load_corrections
from storage.documents import ReadJob, ReadOutcome, Selector
from storage.errors import CorrectionsFileError
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import load_report
from storage.payload import pack_report, restore_report, unpack_report
from storage.publication import publish, stale_partitions
from tests.storage.samples import PARSER, body, fetch, keep, read_job, report

DIGEST = hashlib.sha256(body(1)).hexdigest()
ENTRY = f"""# reviewed by two
[[correction]]
digest = "{DIGEST}"
table = "applications"
item = "received"
column = "total"
old = 12
new = 21
reason = "各列之和为21"
date = 2025-03-01
"""


def fix(digest: str = DIGEST, new: float = 21) -> Correction:
    return Correction(digest, "applications", "received", "total", 12, new, "各列之和为21", "2025-03-01")


def written(folder: Path, text: str) -> Path:
    file = folder / "corrections.toml"
    file.write_text(text, encoding="utf-8")
    return file


# --- the file -----------------------------------------------------------------------------------------------------------


def test_entries_in_their_order(tmp_path: Path) -> None:
    other = ENTRY.replace('"total"', '"other"').replace("old = 12", 'old = "blank"')
    first, second = load_corrections(written(tmp_path, ENTRY + other))
    assert first == fix()
    assert (second.column, second.old, second.new) == ("other", "blank", 21)


def test_the_file_that_is_shipped_holds_no_correction_and_a_right_example(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "deployments/corrections.toml"
    assert load_corrections(shipped) == ()
    lines = [line.removeprefix("# ") for line in shipped.read_text(encoding="utf-8").splitlines()]
    example = lines[lines.index("[[correction]]") :]
    assert len(load_corrections(written(tmp_path, "\n".join(example)))) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("old = 12", "old = twelve"), "corrections.toml:7: is no valid TOML"),
        (("old = 12", "odl = 12"), "corrections.toml:7: odl: is no key of a correction; did you mean old?"),
        (("old = 12\n", ""), "corrections.toml:2: old: must be a number, or why there is none"),
        (("old = 12", 'old = "empty"'), "corrections.toml:7: old: must be a number, or why there is none"),
        (("new = 21", 'new = "21"'), "corrections.toml:8: new: must be a number"),
        (("new = 21", "new = nan"), "corrections.toml:8: new: must be a number"),
        (("new = 21", "new = 2.5"), "corrections.toml:8: new: must be a whole number"),
        ((DIGEST, DIGEST[:12]), "corrections.toml:3: digest: must be the content_digest of the lake"),
        (
            ('"received"', '"recieved"'),
            "applications/recieved/total is no cell of an official form; did you mean applications/re",
        ),
        (('reason = "各列之和为21"', 'reason = " "'), "corrections.toml:9: reason: must not be empty"),
        (('reason = "各列之和为21"\n', ""), "corrections.toml:2: reason: is missing; every correction needs digest, table"),
        (("date = 2025-03-01", 'date = "yesterday"'), "corrections.toml:10: date: must be a date without quotes"),
        (("[[correction]]", "[[fixes]]"), "corrections.toml:2: fixes: write every correction under [[correction]]"),
        (("[[correction]]", "[correction]"), "corrections.toml:2: correction: write every correction under [[correction]]"),
    ],
)
def test_faults_are_told_with_line_and_field(tmp_path: Path, wrong: tuple[str, str], said: str) -> None:
    assert wrong[0] in ENTRY
    with pytest.raises(CorrectionsFileError) as caught:
        load_corrections(written(tmp_path, ENTRY.replace(*wrong)))
    assert said in str(caught.value)


def test_the_fault_of_a_later_entry_has_the_line_of_that_entry(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsFileError, match=r"corrections\.toml:15: item: is corrected above already"):
        load_corrections(written(tmp_path, ENTRY + ENTRY))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorrectionsFileError, match="is not there; name the file with --corrections"):
        load_corrections(tmp_path / "gone.toml")


# --- the ledger ---------------------------------------------------------------------------------------------------------


def to_read(ledger: Ledger, *corrections: Correction) -> list[ReadJob]:
    return ledger.documents_to_read(parser_version=PARSER, corrections=corrections)


def read_again(ledger: Ledger, *corrections: Correction) -> None:
    jobs = to_read(ledger, *corrections)
    ledger.save_readings("run-2", PARSER, [ReadOutcome(job, report(len(job.corrections) + 1)) for job in jobs])


def test_only_the_documents_whose_corrections_changed_are_read_again(ledger: Ledger) -> None:
    documents = {number: keep(ledger, number, report(number)) for number in (1, 2)}
    assert to_read(ledger) == []
    (job,) = to_read(ledger, fix())
    assert (job.document_id, job.corrections) == (documents[1], (fix(),))
    read_again(ledger, fix())
    assert to_read(ledger, fix()) == []
    assert corrected_documents(ledger) == 1
    assert [job.document_id for job in to_read(ledger, fix(new=22))] == [documents[1]], "the correction changed"
    (job,) = to_read(ledger)
    assert (job.document_id, job.corrections) == (documents[1], ()), "the correction was taken back"
    assert ledger.documents_to_read(Selector(documents=(documents[2],)), parser_version=PARSER, corrections=[fix()]) == []


def test_the_next_version_of_a_document_hears_of_the_corrections_of_the_last(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    read_again(ledger, fix())
    fetch(ledger, 1, body(1, 2), run="run-2")
    (job,) = to_read(ledger, fix())
    assert job.content_digest != DIGEST
    assert job.corrections == (fix(),)
    read_again(ledger, fix())
    assert to_read(ledger, fix()) == []
    assert document == job.document_id


def test_bytes_that_nobody_has_seen(ledger: Ledger) -> None:
    keep(ledger, 1, report(1))
    assert unknown_digests(ledger, [fix(), fix("f" * 64)]) == ["f" * 64]


def test_a_correction_makes_its_partition_stale_and_no_other(data: DataDirectory) -> None:
    ledger = Ledger(data.ledger)
    keep(ledger, 1, report(1))
    keep(ledger, 2, report(2, year=2022))
    publish(data, ledger, stale_partitions(data, ledger), run="run-1")
    read_again(ledger, fix())
    assert [str(partition) for partition in stale_partitions(data, ledger)] == ["2024 CN-JL"]
    ledger.close()


def test_readings_stored_before_there_were_corrections_open(data: DataDirectory) -> None:
    packed = orjson.loads(zlib.decompress(pack_report(report())))
    del packed["figures"]["corrected_from"]
    assert restore_report(unpack_report(zlib.compress(orjson.dumps(packed)))) == report()


def test_jobs_without_corrections_carry_none(ledger: Ledger) -> None:
    document = keep(ledger, 1, report(1))
    fetch(ledger, 1, body(1, 2), run="run-2")
    assert read_job(ledger, document).corrections == ()
    assert load_report(ledger, document) == report(1)
