"""Legacy Word files through LibreOffice: the real one where it is installed, and stand-ins for how it may fail."""

from __future__ import annotations

import os
import shutil
import stat
import time
from pathlib import Path

import pytest

from parsers.parse import parse
from parsers.verdicts import Unreadable, UnsupportedType
from tasks import office
from tests.parsers.carried import carried
from tests.rendering.as_docx import docx_bytes

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script called soffice, first on the PATH."""
    path = tmp_path / "bin" / "soffice"
    path.parent.mkdir()
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")
    return path


def write(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_without_libreoffice_the_verdict_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedType, match="install LibreOffice"):
        parse(OLE, file_name="report.doc", convert=office.to_docx)
    with pytest.raises(UnsupportedType, match="install LibreOffice"):
        parse(OLE, file_name="report.wps")


def test_what_it_converts_is_read(program: Path, tmp_path: Path) -> None:
    report = carried("modern-2021")
    (tmp_path / "converted.docx").write_bytes(docx_bytes(report.title, report.blocks))
    write(
        program,
        f'while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2" && cp {tmp_path}/converted.docx "$2/document.docx"',
    )
    read = parse(OLE, file_name="report.doc", convert=office.to_docx)
    assert (read.source, read.organization, read.issues) == ("docx", "崇信县人民政府", ())


def test_it_gets_a_profile_and_a_folder_of_its_own_and_no_network(program: Path, tmp_path: Path) -> None:
    write(
        program, f'echo "$@" > {tmp_path}/arguments; env > {tmp_path}/environment; ls -R "$HOME" >> {tmp_path}/environment'
    )
    with pytest.raises(Unreadable):
        office.to_docx(OLE)
    arguments = (tmp_path / "arguments").read_text().split()
    environment = (tmp_path / "environment").read_text()
    folder = Path(arguments[-1]).parent
    assert f"-env:UserInstallation=file://{folder}/profile" in arguments
    assert f"HOME={folder}\n" in environment
    assert "https_proxy=http://127.0.0.1:9\n" in environment
    assert "document.doc" in environment
    assert not folder.exists()


def test_what_it_complains_of_is_told(program: Path) -> None:
    write(program, "echo first >&2; echo 'Error: source file could not be loaded' >&2")
    with pytest.raises(Unreadable, match="source file could not be loaded"):
        office.to_docx(OLE)


def test_it_is_ended_with_all_that_it_started(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(program, f"sleep 600 & echo $! > {tmp_path}/child; wait")
    monkeypatch.setattr(office, "CONVERSION_SECONDS", 1.0)
    started = time.monotonic()
    with pytest.raises(Unreadable, match="more than 1 seconds"):
        office.to_docx(OLE)
    assert time.monotonic() - started < 30
    child = int((tmp_path / "child").read_text())
    for _ in range(100):  # the child becomes a process without a parent, and is gone as soon as the system has reaped it
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the process that the conversion started is still there")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["doc", "rtf"])
def test_libreoffice_itself(kind: str, tmp_path: Path) -> None:
    report = carried("modern-2021")
    source = tmp_path / "report.docx"
    source.write_bytes(docx_bytes(report.title, report.blocks))
    arguments = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", kind]
    os.spawnvp(os.P_WAIT, "soffice", [*arguments, "--outdir", str(tmp_path), str(source)])
    payload = (tmp_path / f"report.{kind}").read_bytes()
    read = parse(payload, file_name=f"report.{kind}", convert=office.to_docx)
    assert {(each.table, each.item, each.column): each.value for each in read.figures} == dict(report.figures.values)
    assert read.status == "valid"
