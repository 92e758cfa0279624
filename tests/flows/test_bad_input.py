"""Wrong calls: a sentence on standard error that says what to do, exit status 2, and nothing written."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from tests.flows.conftest import CommandLine, free_port

PORTAL = 'name = "a"\nregion = "620800"\nlists = ["https://www.example.gov.cn/nb/"]\n'


def refused(nianbao: CommandLine, *arguments: str, **settings: str) -> str:
    """Run a call that must be refused; what it said."""
    done = nianbao(*arguments, **settings)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not (nianbao.folder / "data").exists(), "something was written"
    return done.stderr


def test_missing_portal_file(nianbao: CommandLine) -> None:
    said = refused(nianbao, "harvest", "--portals", "nowhere.toml")
    assert "nowhere.toml: is not there; name a portal file" in said


def test_malformed_portal_file(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL + 'pace = "fast"\n')
    assert "a.toml:4: pace: must be a number" in refused(nianbao, "harvest", "--portals", "a.toml")


@pytest.mark.parametrize("year", ["1890", "2999"])
@pytest.mark.parametrize("command", ["harvest", "rerun", "coverage"])
def test_year_that_cannot_be(nianbao: CommandLine, command: str, year: str) -> None:
    assert f"There are no reports of the year {year}; choose from 2008 to" in refused(nianbao, command, "--year", year)


def test_unknown_portal_name(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    assert "No portal file has the name b" in refused(nianbao, "harvest", "--portals", "a.toml", "--portal", "b")


def test_data_directory_that_cannot_be_written(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    (nianbao.folder / "file").write_text("")
    said = refused(nianbao, "harvest", "--portals", "a.toml", "--data", "file/data")
    assert "file/data cannot be written" in said
    assert "--data or NIANBAO_DATA" in said


def test_number_that_is_none(nianbao: CommandLine) -> None:
    assert "NIANBAO_WORKERS is 'many'; it must be a number" in refused(nianbao, "status", NIANBAO_WORKERS="many")


def test_nothing_harvested_yet(nianbao: CommandLine) -> None:
    for command in (["status"], ["failures"], ["coverage"], ["quality"], ["show", "0123456789abcdef"]):
        assert "nianbao harvest" in refused(nianbao, *command)


def test_unknown_verdict(nianbao: CommandLine) -> None:
    assert "'lost' is not one of 'timeout'" in refused(nianbao, "rerun", "--verdict", "lost")


def test_prefect_api_that_is_not_there(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    url = f"http://127.0.0.1:{free_port()}/api"
    done = nianbao("harvest", "--portals", "a.toml", PREFECT_API_URL=url)
    assert done.returncode == 2
    assert f"The Prefect API at {url} does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_prefect_api_that_takes_the_call_and_is_silent(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        taken: list[socket.socket] = []
        threading.Thread(target=lambda: taken.append(silent.accept()[0]), daemon=True).start()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        done = nianbao("harvest", "--portals", "a.toml", PREFECT_API_URL=url)
    assert done.returncode == 2
    assert f"The Prefect API at {url} does not answer (ReadTimeout" in done.stderr


def test_profile_that_is_no_toml(nianbao: CommandLine, tmp_path: Path) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    profiles = nianbao.folder / "home/.prefect/profiles.toml"
    profiles.parent.mkdir(parents=True)
    profiles.write_text("active = ")
    done = nianbao("harvest", "--portals", "a.toml")
    assert done.returncode == 2
    assert f"The Prefect profiles in {profiles} cannot be read" in done.stderr


def test_ledger_that_does_not_answer(nianbao: CommandLine) -> None:
    (nianbao.folder / "a.toml").write_text(PORTAL)
    done = nianbao("harvest", "--portals", "a.toml", "--ledger", f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert done.returncode == 2
    assert "does not answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (nianbao.folder / "data/prefect").exists(), "a server was started for nothing"
