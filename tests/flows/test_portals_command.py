"""`nianbao portals`: files checked, tried out, and visited for the register."""

from __future__ import annotations

from flows.sample import SampleServer
from storage.portals import load_portals
from tests.flows.conftest import CommandLine


def test_check_visits_the_lists_and_writes_what_it_found(nianbao: CommandLine, sample: SampleServer) -> None:
    folder = nianbao.folder / "portals"
    poor = folder / "shili-a-lufeng.toml"
    poor.write_text(poor.read_text(encoding="utf-8").replace("minimum = 3", "minimum = 6"), encoding="utf-8")
    found = {entry["portal"]: entry for entry in nianbao.json("portals", "check", str(folder), status=1)}
    assert [name for name, entry in found.items() if not entry["well"]] == ["shili-a-lufeng"]
    for portal in load_portals(folder):
        assert portal.checked == found[portal.name]["checked"]
        reports = sum(page.portal == portal.name and page.kind != "notice" for page in sample.pages)
        assert f": {reports} reports on " in portal.checked
    assert "there are at least 6" in found["shili-a-lufeng"]["checked"]
    robots = [asked.host for asked in sample.requests if asked.target == "/robots.txt"]
    assert len(robots) == len(set(robots)), "each host is asked once, however many portals it has"
    assert not (nianbao.folder / "data").exists(), "a check stores nothing else"


def test_check_file_tells_every_fault(nianbao: CommandLine) -> None:
    folder = nianbao.folder / "portals"
    folder.mkdir()
    (folder / "a.toml").write_text('name = "a"\nregion = "999999"\nlists = ["https://a.example.cn/"]\n', encoding="utf-8")
    (folder / "b.toml").write_text('name = "b"\nlists = []\n', encoding="utf-8")
    done = nianbao("portals", "check-file", str(folder))
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert "a.toml:2: region: 999999 is the code of no place" in lines[0]
    assert {"region", "lists"} == {line.split("b.toml")[1].split(": ")[1] for line in lines[1:]}


def test_a_visit_to_strangers_begins_with_a_warning(nianbao: CommandLine, sample: SampleServer) -> None:
    """The portal's name leads nowhere: nobody is asked."""
    path = nianbao.folder / "stranger.toml"
    path.write_text('name = "a"\nregion = "220681"\nlists = ["http://a.invalid/"]\n', encoding="utf-8")
    done = nianbao("portals", "test", str(path))
    assert done.returncode == 1
    assert "NIANBAO_CONTACT is not set" in done.stderr
    done = nianbao("portals", "test", str(path), NIANBAO_CONTACT="mailto:harvest@example.org")
    assert "NIANBAO_CONTACT" not in done.stderr
    done = nianbao("portals", "test", str(nianbao.folder / "portals"))
    assert (done.returncode, done.stderr) == (0, "")
