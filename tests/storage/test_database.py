"""Opening a ledger: migrations, other processes, and ledgers that cannot be opened."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.database import Database
from storage.errors import LedgerError
from storage.layout import DataDirectory
from storage.ledger import Ledger, open_ledger
from storage.migrations import HEAD
from storage.overview import last_runs, load_report, select_documents
from storage.tables import metadata
from tests.storage.samples import PARSER, keep, report

FORK = multiprocessing.get_context("fork")
# What migrations have added to tables of the first schema.
ADDED = (
    *(
        ("documents", column)
        for column in ("failed_runs", "retry_at", "read_corrections", "published_corrections", "report_key")
    ),
    ("readings", "corrections"),
)


def test_the_migrations_lead_to_the_declared_tables(ledger: Ledger) -> None:
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_ledger_keeps_what_it_has_when_it_is_opened_again(ledger_url: str) -> None:
    first = Ledger(ledger_url)
    first.start_run("run-1", "harvest", {"years": [2024]})
    first.close()
    second = Ledger(ledger_url)
    assert [run.run for run in last_runs(second)] == ["run-1"]
    second.close()


def test_a_run_is_kept_with_its_end(ledger: Ledger) -> None:
    ledger.start_run("run-1", "harvest", {"年": [2024]})
    ledger.start_run("run-1", "harvest", {"another": "start"})
    ledger.end_run("run-1", "completed", {"read": 3})
    (run,) = last_runs(ledger)
    assert (run.flow, run.parameters, run.outcome, run.counts) == ("harvest", '{"年": [2024]}', "completed", '{"read": 3}')
    assert run.ended_at is not None


def _open(url: str, start: Any, answers: Any) -> None:
    start.wait()
    try:
        ledger = Ledger(url)
        ledger.start_run(f"run-{os.getpid()}", "harvest")
        answers.put("opened")
    except BaseException as error:
        answers.put(repr(error))


def test_processes_that_open_a_new_ledger_at_once_all_get_it(ledger_url: str) -> None:
    start, answers = FORK.Barrier(6), FORK.Queue()
    children = [FORK.Process(target=_open, args=(ledger_url, start, answers)) for _ in range(6)]
    for child in children:
        child.start()
    assert [answers.get(timeout=60) for _ in children] == ["opened"] * 6
    for child in children:
        child.join()
    assert len(last_runs(Ledger(ledger_url))) == 6


def test_opening_an_up_to_date_ledger_loads_no_alembic(data: DataDirectory) -> None:
    Ledger(data.ledger).close()
    code = f"import sys; from storage.ledger import Ledger; Ledger({str(data.ledger)!r}); print('alembic' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_ledger_of_a_newer_version_is_refused_and_left_as_it_is(ledger_url: str) -> None:
    ledger = Ledger(ledger_url)
    with ledger.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ledger.close()
    with pytest.raises(LedgerError, match=r"written by a newer nianbao .*Update nianbao"):
        Ledger(ledger_url)


def test_a_file_that_is_no_ledger_is_refused(data: DataDirectory) -> None:
    data.ledger.write_bytes(b"a spreadsheet, say" * 100)
    with pytest.raises(LedgerError, match=r"ledger\.sqlite refused: file is not a database"):
        open_ledger(data)
    assert data.ledger.read_bytes() == b"a spreadsheet, say" * 100


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"does not answer: unable to open database file\. See that it exists"):
        Ledger(tmp_path / "gone" / "ledger.sqlite")


def test_a_server_that_is_not_there_is_a_sentence_without_the_password() -> None:
    with pytest.raises(LedgerError, match="does not answer") as caught:
        Ledger("postgresql://nianbao:secret@127.0.0.1:9/nianbao?connect_timeout=5")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://127.0.0.1/x", "postgresql://127.0.0.1:port/x", "://"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(LedgerError, match="postgresql://USER@HOST/NAME"):
        Ledger(url)


def test_where_the_ledger_is(data: DataDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANBAO_LEDGER", raising=False)
    assert str(open_ledger(data)).endswith("data/ledger.sqlite")
    monkeypatch.setenv("NIANBAO_LEDGER", str(tmp_path / "set.sqlite"))
    assert str(open_ledger(data)).endswith("set.sqlite")
    assert str(open_ledger(data, str(tmp_path / "given.sqlite"))).endswith("given.sqlite")


def test_a_ledger_crosses_to_another_process(ledger: Ledger) -> None:
    ledger.start_run("run-1", "harvest")
    copy = pickle.loads(pickle.dumps(ledger))
    assert [run.run for run in last_runs(copy)] == ["run-1"]
    copy.close()


def _use(ledger: Ledger, number: int, answers: Any) -> None:
    for count in range(5):
        ledger.start_run(f"run-{number}-{count}", "harvest")
    answers.put(len(last_runs(ledger, 100)))


def test_a_forked_process_has_connections_of_its_own(ledger: Ledger) -> None:
    ledger.start_run("run-0", "harvest")
    answers = FORK.Queue()
    children = [FORK.Process(target=_use, args=(ledger, number, answers)) for number in range(3)]
    for child in children:
        child.start()
    assert all(6 <= answers.get(timeout=60) <= 16 for _ in children)
    for child in children:
        child.join()
    assert len(last_runs(ledger, 100)) == 16


def test_a_reader_sees_the_ledger_as_it_was_when_it_began(ledger: Ledger, ledger_url: str) -> None:
    count = text("SELECT count(*) FROM runs")
    other = Database(ledger_url)
    with other.reading() as connection:
        assert connection.execute(count).scalar() == 0
        ledger.start_run("run-1", "harvest")
        assert connection.execute(count).scalar() == 0
    with other.reading() as connection:
        assert connection.execute(count).scalar() == 1
    other.close()


def test_a_ledger_of_the_first_schema_opens_with_all_that_it_has(data: DataDirectory) -> None:
    ledger = Ledger(data.ledger)
    document = keep(ledger, 1, report())
    before, kept = select_documents(ledger), _kept(ledger)
    assert all(kept[0])
    ledger.close()
    database = Database(data.ledger)
    with database.writing() as connection:
        for table, column in ADDED:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(text("DROP TABLE robots"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.close()
    opened = Ledger(data.ledger)
    assert (select_documents(opened), _kept(opened)) == (before, kept)
    assert load_report(opened, document) == report()
    assert opened.documents_to_read(parser_version=PARSER) == []
    opened.close()


def _try_without_rights(path: Path, answer: Any) -> None:
    if os.geteuid() == 0:  # root may write everywhere
        os.setuid(65534)
    try:
        Ledger(path).start_run("run-1", "harvest")
    except LedgerError as error:
        answer.send(str(error))
    answer.close()


def test_a_read_only_folder_is_a_sentence() -> None:
    with tempfile.TemporaryDirectory(prefix="nianbao-read-only-") as name:  # not pytest's, which another user cannot enter
        ledger = Path(name) / "ledger.sqlite"
        Ledger(ledger).close()
        ledger.chmod(0o444)
        Path(name).chmod(0o555)
        ours, theirs = FORK.Pipe(duplex=False)
        child = FORK.Process(target=_try_without_rights, args=(ledger, theirs))
        child.start()
        theirs.close()
        said = ours.recv()
        child.join()
        Path(name).chmod(0o755)
    assert "does not answer" in said
    assert "that this user may write to it and its folder" in said


def test_a_ledger_cut_short_is_a_sentence(data: DataDirectory) -> None:
    Ledger(data.ledger).close()
    os.truncate(data.ledger, data.ledger.stat().st_size // 3)
    with pytest.raises(LedgerError, match=r"ledger\.sqlite refused: .*bring it back from a backup"):
        keep(Ledger(data.ledger), 1, report(1))


def _kept(ledger: Ledger) -> list[tuple[Any, ...]]:
    """What a migration works out anew."""
    with ledger.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT report_key, published_tag FROM documents"))]
