"""The reading processes: batches are stored whole, and a document that kills or stalls a process costs itself alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from parsers.parse import PARSER_VERSION
from parsers.records import Portal, ReportLink
from storage.archive import ArchiveWriter, Exchange
from storage.documents import FetchOutcome, ReadJob
from storage.errors import LedgerError
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.overview import select_documents
from tasks.readers import ReaderError, Readers
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(120)

SEED = Path(__file__).parents[3] / "shared/seeds/000_7dbdbbef23f6ef09.txt"
PORTAL = Portal("a", "620800", ("http://a.example/",))
# What a reading process does when it starts: some documents then end it, or keep it busy.
DEADLY = """
import os, signal, time
import parsers.parse
parse = parsers.parse.parse
def deadly(payload, **hints):
    if payload == b"poison":
        os.kill(os.getpid(), signal.SIGKILL)
    if payload == b"poison once" and not os.path.exists(os.environ["ONCE"]):
        open(os.environ["ONCE"], "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    if payload == b"slow":
        time.sleep(600)
    if payload == b"pictures":
        for _ in range(3):
            hints["recognising"]()
            time.sleep(1)
    if payload == b"mistake":
        raise KeyError("no such thing")
    return parse(payload, **hints)
parsers.parse.parse = deadly
"""


def first_on_path(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Processes started from now on look for modules in the folder, then where this one does: they run the same code."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *filter(None, sys.path)]))


@pytest.fixture
def deadly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading processes started from now on obey `DEADLY`."""
    (tmp_path / "sitecustomize.py").write_text(DEADLY)
    first_on_path(monkeypatch, tmp_path)
    monkeypatch.setenv("ONCE", str(tmp_path / "once"))


def archived(data: DataDirectory, ledger: Ledger, *bodies: bytes) -> tuple[ReadJob, ...]:
    """Jobs for documents with these bodies, in this order."""
    links = [ReportLink(f"http://a.example/{number}.txt", "", "a", "http://a.example/") for number in range(len(bodies))]
    recorded = ledger.record_links("run", PORTAL, links)
    with ArchiveWriter(data, "run") as writer:
        outcomes = []
        for document, link, body in zip(recorded.document_ids, links, bodies, strict=True):
            headers = (("Content-Type", "text/plain; charset=utf-8"),)
            exchange = Exchange(link.url, link.url, 200, (), headers, body, "2025-03-01T00:00:00Z")
            outcomes.append(FetchOutcome(document, writer.save(exchange)))
        writer.flush()
        ledger.save_fetched("run", outcomes)
    jobs = {job.document_id: job for job in ledger.documents_to_read(parser_version=PARSER_VERSION)}
    return tuple(jobs[document] for document in recorded.document_ids)


def verdicts(ledger: Ledger) -> dict[str, tuple[str | None, str | None]]:
    """What the ledger says: path of the address -> verdict and message."""
    return {row.url.removeprefix("http://a.example/"): (row.verdict, row.message) for row in select_documents(ledger)}


def test_a_report_and_a_note(data: DataDirectory, ledger: Ledger) -> None:
    if not SEED.exists():
        pytest.skip("the real documents are not beside the project")
    jobs = archived(data, ledger, SEED.read_bytes(), "买菜".encode())
    with Readers(data, str(data.ledger), 1) as readers:
        counts = readers.read("run", jobs)
    assert (counts.valid, counts.suspect, dict(counts.failed), counts.faults) == (1, 0, {"not_a_report": 1}, [])
    rows = {row.url: row for row in select_documents(ledger)}
    assert rows["http://a.example/0.txt"].organization == "崇信县人民政府"
    assert rows["http://a.example/1.txt"].verdict == "not_a_report"


@pytest.mark.usefixtures("deadly")
def test_a_document_that_kills_costs_itself_alone(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"first", b"poison", b"last")
    with Readers(data, str(data.ledger), 1) as readers:
        counts = readers.read("run", jobs)
    assert counts.failed.total() == 3
    found = verdicts(ledger)
    assert found["1.txt"] == ("unreadable", "The reading process was killed by signal 9 at this document.")
    assert found["0.txt"][0] == found["2.txt"][0] == "not_a_report"


@pytest.mark.usefixtures("deadly")
def test_a_kill_that_does_not_come_again_costs_nothing(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"first", b"poison once", b"last")
    with Readers(data, str(data.ledger), 1) as readers:
        readers.read("run", jobs)
    assert {verdict for verdict, _ in verdicts(ledger).values()} == {"not_a_report"}


@pytest.mark.usefixtures("deadly")
def test_a_document_that_takes_for_ever_is_stopped(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"first", b"slow", b"last")
    with Readers(data, str(data.ledger), 1, document_seconds=1.0) as readers:
        readers.read("run", jobs)
    found = verdicts(ledger)
    assert found["1.txt"] == ("unreadable", "The reading process took more than 1 seconds at this document.")
    assert found["2.txt"][0] == "not_a_report"


@pytest.mark.usefixtures("deadly")
def test_each_page_that_is_recognised_has_its_time(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"pictures")
    with Readers(data, str(data.ledger), 1, document_seconds=2.5) as readers:
        readers.read("run", jobs)
    assert verdicts(ledger)["0.txt"][0] == "not_a_report"


@pytest.mark.usefixtures("deadly")
def test_a_mistake_of_ours_is_told_and_stops_nothing(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"mistake", b"last")
    with Readers(data, str(data.ledger), 1) as readers:
        counts = readers.read("run", jobs)
    assert "KeyError: 'no such thing'" in counts.faults[0]
    assert "http://a.example/0.txt" in counts.faults[0]
    verdict, message = verdicts(ledger)["0.txt"]
    assert verdict == "unreadable"
    assert message is not None
    assert "KeyError" in message
    assert verdicts(ledger)["1.txt"][0] == "not_a_report"


def test_bytes_missing_from_the_archive(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"first")
    for file in data.archive.glob("*.warc.gz"):
        file.unlink()
    with Readers(data, str(data.ledger), 1) as readers:
        readers.read("run", jobs)
    verdict, message = verdicts(ledger)["0.txt"]
    assert verdict == "truncated", "which the next harvest fetches once more"
    assert message is not None
    assert "fetch its documents again" in message


def test_processes_that_do_not_start(
    data: DataDirectory, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    jobs = archived(data, ledger, b"first")
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(7)")
    first_on_path(monkeypatch, tmp_path)
    with Readers(data, str(data.ledger), 1) as readers, pytest.raises(ReaderError, match="ended with status 7"):
        readers.read("run", jobs)


def test_what_stops_a_batch_comes_back_as_it_was(data: DataDirectory, ledger: Ledger) -> None:
    jobs = archived(data, ledger, b"first")
    with sqlite3.connect(data.ledger) as connection:
        connection.execute("ALTER TABLE readings RENAME TO gone")
    with Readers(data, str(data.ledger), 1) as readers, pytest.raises(LedgerError, match="no such table: readings"):
        readers.read("run", jobs)


def test_processes_end_with_their_parent(data: DataDirectory, ledger: Ledger) -> None:
    archived(data, ledger, b"first")
    readers = Readers(data, str(data.ledger), 2)
    readers.start()
    processes = _children()
    assert len(processes) == 2
    readers.close()
    assert _children() == []


def _children() -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "tasks.reader_process" in line]


def test_processes_end_when_their_parent_is_killed(data: DataDirectory, ledger: Ledger, tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from storage.layout import DataDirectory; from tasks.readers import Readers\n"
        f"readers = Readers(DataDirectory(Path({str(data.root)!r})), {str(data.ledger)!r}, 1); readers.start()\n"
        "print(readers._all[0]._process.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    wait_for(lambda: not Path(f"/proc/{child}").exists(), "the reading process has ended", 30)
