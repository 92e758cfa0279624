"""Harvests into a bucket of a real object store, with the ledger in a real PostgreSQL, as a person calls them."""

from __future__ import annotations

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest
from psycopg import sql
from pyarrow.fs import FileSelector, FileSystem, FileType

from flows.errors import CallError
from flows.sample import SampleServer
from flows.settings import data_directory, settings_from
from tests.flows.conftest import CommandLine
from tests.storage.object_store import SECRET, ObjectStore
from tests.storage.postgresql import fresh_database
from tests.waiting import wait_for

pytestmark = pytest.mark.timeout(600)

DATA = "s3://nianbao/foi"  # as the examples in docs/ have it
EXAMPLES = Path(__file__).parents[2] / "docs/lake.md"


@pytest.fixture
def bucket(served: CommandLine, object_store: ObjectStore, postgresql: str) -> CommandLine:
    """The command line with a data directory in a bucket, everything else as `served`."""
    places = {"NIANBAO_DATA": DATA, "NIANBAO_LEDGER": fresh_database(postgresql), "NIANBAO_STATE": "state"}
    empty(DATA)
    return CommandLine(served.folder, served.settings | places)


def empty(address: str) -> None:
    filesystem, path = FileSystem.from_uri(address)
    filesystem.delete_dir_contents(path, missing_dir_ok=True)


def objects(folder: str) -> dict[str, tuple[Any, bytes]]:
    """Name in the data directory -> when it was written, and bytes. Asked of the server, not of the code under test."""
    filesystem, path = FileSystem.from_uri(DATA)
    found = filesystem.get_file_info(FileSelector(f"{path}/{folder}", recursive=True, allow_not_found=True))
    return {
        info.path.removeprefix(f"{path}/"): (info.mtime, filesystem.open_input_file(info.path).readall())
        for info in found
        if info.type == FileType.File
    }


def lake() -> dict[str, bytes]:
    """The four tables; `captures` says when, and is left out."""
    return {name: content for name, (_, content) in objects("lake").items() if "/captures/" not in name}


def local_lake(data: Path) -> dict[str, bytes]:
    names = {path.relative_to(data).as_posix(): path for path in (data / "lake").rglob("*.parquet")}
    return {name: path.read_bytes() for name, path in names.items() if "/captures/" not in name}


def test_the_whole_way(served: CommandLine, bucket: CommandLine, sample: SampleServer, sample_data: Path) -> None:
    summary = bucket.json("harvest", "--portals", "portals", status=1)
    assert summary["lake"] == f"{DATA}/lake"
    assert lake() == local_lake(sample_data)
    assert not list((served.folder / "state").rglob("*.warc.gz*"))
    assert not list((served.folder / "state").rglob("*.parquet*"))
    for command in ("status", "failures", "coverage", "quality"):
        assert _timeless(bucket.json(command)) == _timeless(served.json(command, "--data", str(sample_data))), command

    before = objects("lake"), objects("archive")
    again = bucket.json("harvest", "--portals", "portals", status=1)
    assert (again["fetched"], again["published"]) == (0, {})
    assert objects("lake") == before[0], "not even written anew"
    assert before[1].items() < objects("archive").items()

    reparsed = bucket.json("reparse", "--all", status=1)
    assert (reparsed["valid"], reparsed["suspect"], reparsed["published"]) == (summary["valid"], summary["suspect"], {})
    assert lake() == {name: content for name, (_, content) in before[0].items() if "/captures/" not in name}

    picture = next(row for row in bucket.json("failures") if row["verdict"] == "needs_ocr")["document"]
    assert bucket.json("show", picture)["report"] is None
    report = pd.read_parquet(f"{DATA}/lake/reports", filters=[("template", "=", "modern-2021")])["report_id"][0]
    page = bucket.json("show", report, "--cell", "applications/received/total")["page"]
    assert page.startswith((served.folder / "state").as_uri()), "written on this machine, from bytes in the bucket"
    assert len(bucket.json("rerun", "--dry-run")) == 3

    assert_nobody_kept_the_secret(bucket)


def _timeless(shown: Any) -> Any:
    """Without what depends on when a run was, and how many there were."""
    if isinstance(shown, dict):
        return {name: _timeless(value) for name, value in shown.items() if name not in ("runs", "discovered_at", "run")}
    return [_timeless(value) for value in shown] if isinstance(shown, list) else shown


def assert_nobody_kept_the_secret(bucket: CommandLine) -> None:
    secret = SECRET.encode()
    for file in bucket.folder.rglob("*"):
        if file.is_file():
            assert secret not in file.read_bytes(), file
    for _, content in (objects("lake") | objects("archive")).values():
        assert secret not in content
    with psycopg.connect(bucket.settings["NIANBAO_LEDGER"]) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 5
        for (table,) in tables:
            query = sql.SQL("SELECT count(*) FROM {table} WHERE {table}::text LIKE %s").format(table=sql.Identifier(table))
            assert connection.execute(query, [f"%{SECRET}%"]).fetchone() == (0,), table


def test_two_machines_at_once_and_one_that_is_killed(bucket: CommandLine, sample: SampleServer, sample_data: Path) -> None:
    harvest = bucket.start("harvest", "--portals", "portals", NIANBAO_STATE="killed")
    try:
        wait_for(lambda: lake() or harvest.poll() is not None, "something is published")
    finally:
        harvest.kill()
        harvest.communicate()
    harvests = [bucket.start("harvest", "--portals", "portals", NIANBAO_STATE=f"machine-{number}") for number in range(2)]
    for harvest in harvests:
        _, said = harvest.communicate()
        assert harvest.returncode == 1, said
        assert "deadlock" not in said
    assert lake() == local_lake(sample_data)


def test_the_examples_for_readers(bucket: CommandLine, sample: SampleServer) -> None:
    """As docs/lake.md has them, in an environment that names endpoint and credentials."""
    bucket.json("harvest", "--portals", "portals", status=1)
    page = EXAMPLES.read_text(encoding="utf-8").partition("## From a bucket")[2].partition("\n## ")[0]
    examples = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) == 2
    for example, expected in zip(examples, ("杭州市临平区人民政府  891.0", "2024"), strict=True):
        assert DATA in example
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(example, {})
        assert expected in printed.getvalue()


# --- calls that cannot be


def test_a_bucket_wants_postgresql(nianbao: CommandLine) -> None:
    for ledger in ({}, {"NIANBAO_LEDGER": "ledger.sqlite"}, {"NIANBAO_LEDGER": "sqlite:///ledger.sqlite"}):
        for command in ("harvest", "status"):
            done = nianbao(command, "--data", DATA, **ledger)
            assert (done.returncode, done.stdout) == (2, "")
            (line,) = done.stderr.splitlines()
            assert line.startswith(
                f"nianbao: With the data directory in a bucket ({DATA}) the ledger has to be a PostgreSQL"
            )
    assert [path.name for path in nianbao.folder.iterdir()] == ["home"]


@pytest.mark.parametrize(
    "address",
    [
        "gs://bucket/x",
        "s3://",
        "s3://b",
        "s3://Bucket/x",
        "s3://key:secret@bucket/x",
        "s3://bucket/x?region=a",
        "s3://bucket/../x",
        "s3://bucket//x",
        "file:///data",
    ],
)
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(CallError, match="The data directory may be a folder, or s3://BUCKET/PREFIX") as caught:
        data_directory(address, environ={})
    assert "secret" not in str(caught.value)


def test_what_stays_on_this_machine() -> None:
    told = {"NIANBAO_DATA": "s3://bucket/a/b/", "NIANBAO_LEDGER": "postgresql://x/y", "XDG_STATE_HOME": "/states"}
    settings = settings_from(environ=told)
    assert (settings.data.address, settings.data.root) == ("s3://bucket/a/b", Path("/states/nianbao/bucket/a/b"))
    assert settings_from(environ=told | {"NIANBAO_STATE": "s"}).data.root == Path("s/bucket/a/b")
    assert data_directory("s3://bucket", environ={}).root == Path.home() / ".local/state/nianbao/bucket"


def test_a_bucket_without_reports_yet(bucket: CommandLine) -> None:
    done = bucket("quality")
    assert done.returncode == 2
    assert done.stderr == f"nianbao: {DATA}/lake holds no reports yet; start with `nianbao harvest`.\n"
    assert json.loads(bucket("status", "--json").stdout)["documents"] == 0
