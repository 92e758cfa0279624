"""The database of our own Prefect server, laid out without its migrations."""

from __future__ import annotations

import importlib.metadata
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows import prefect_database


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as database:
        return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def clauses(script: str) -> list[str]:
    """The lines of a script. The order of the constraints within a statement changes with every run of the migrations."""
    return sorted(line.strip().rstrip(",") for line in script.splitlines())


def test_the_script_is_what_the_migrations_of_the_pinned_prefect_leave() -> None:
    """When it fails after another Prefect was pinned: `python -m flows.prefect_database` writes the script anew."""
    script = Path(prefect_database.__file__).with_name("prefect_database.sql").read_text(encoding="utf-8")
    assert clauses(script) == clauses(prefect_database.migrated_script())


def test_an_empty_database_is_laid_out(tmp_path: Path) -> None:
    assert prefect_database.lay_out(tmp_path)
    assert {"alembic_version", "flow_run", "task_run", "artifact"} <= tables(tmp_path / prefect_database.NAME)
    assert [file.name for file in tmp_path.iterdir()] == [prefect_database.NAME]


def test_a_database_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / prefect_database.NAME)) as database:
        database.execute("CREATE TABLE kept (number)")
    assert not prefect_database.lay_out(tmp_path)
    assert tables(tmp_path / prefect_database.NAME) == {"kept"}


def test_another_prefect_lays_out_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "3.9.0")
    assert not prefect_database.lay_out(tmp_path)
    assert list(tmp_path.iterdir()) == []
