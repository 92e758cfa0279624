"""`nianbao parse`: one object a line, in order; verdicts; what it does not load, and how long it takes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from flows.sample import sample_pages
from flows.sample.content import sample_columns
from flows.sample.pages import page_html
from tests.flows.conftest import CommandLine

PAGES = {page.id: page for page in sample_pages()}


@pytest.fixture
def report(nianbao: CommandLine) -> Path:
    """A page of the sample portal as a file."""
    page = PAGES["huating-2024"]
    column = next(column for column in sample_columns() if page in column.pages)
    file = nianbao.folder / "report.html"
    file.write_bytes(page_html(page, column).encode(page.charset))
    return file


def test_one_object_a_line_in_the_order_of_the_files(nianbao: CommandLine, report: Path) -> None:
    (nianbao.folder / "notes.txt").write_text("买菜")
    done = nianbao("parse", "report.html", "notes.txt", "report.html", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == ["report.html", "notes.txt", "report.html"]
    assert lines[0] == lines[2]
    assert set(lines[1]) == {"file", "verdict", "message"}
    assert lines[1]["verdict"] == "not_a_report"
    assert done.returncode == 1


def test_figures_of_the_page(nianbao: CommandLine, report: Path) -> None:
    (line,) = nianbao("parse", str(report), "--json").stdout.splitlines()
    parsed = json.loads(line)
    figures = PAGES["huating-2024"].figures
    assert figures is not None
    printed = {(figure["table"], figure["item"], figure["column"]): figure["value"] for figure in parsed["figures"]}
    assert printed == dict(figures.values)
    assert (parsed["year"], parsed["template"]) == (2024, "modern-2021")


def test_standard_input(nianbao: CommandLine, report: Path) -> None:
    done = nianbao("parse", "-", "--type", "html", "--json", stdin=report.read_bytes())
    assert json.loads(done.stdout)["file"] == "-"
    assert json.loads(done.stdout)["year"] == 2024
    assert done.returncode == 0
    undeclared = nianbao("parse", "-", stdin=report.read_bytes())
    assert undeclared.returncode == 2
    assert "--type" in undeclared.stderr


def test_file_that_is_not_there(nianbao: CommandLine, report: Path) -> None:
    done = nianbao("parse", "report.html", "nowhere.html", "--json")
    assert done.returncode == 2
    assert done.stdout == "", "something was read before the call was found to be wrong"
    assert "nowhere.html" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        ("empty.html", b"", "unreadable"),
        ("noise.bin", bytes(range(256)) * 8, "unreadable"),
        ("report.rar", b"Rar!\x1a\x07" + bytes(999), "unsupported_type"),
    ],
)
def test_file_that_holds_nothing_to_read(nianbao: CommandLine, name: str, content: bytes, verdict: str) -> None:
    (nianbao.folder / name).write_bytes(content)
    done = nianbao("parse", name, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"] == verdict


def test_table_for_a_person(nianbao: CommandLine, report: Path) -> None:
    done = nianbao("parse", "report.html")
    assert done.returncode == 0
    assert "华亭市人民政府, 2024 (modern-2021, valid)" in done.stdout
    assert "natural_person" in done.stdout


def test_loads_no_prefect_no_pandas_no_database(nianbao: CommandLine, report: Path) -> None:
    script = (
        "import sys; from flows.cli import main; sys.argv = ['nianbao', 'parse', 'report.html', '--json'];"
        "\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'prefect', 'pandas', 'sqlalchemy', 'pyarrow', 'requests', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=nianbao.folder, env=nianbao.environment(), capture_output=True, check=True
    )
    assert done.stderr.decode().strip() == "[]"
    assert done.stdout


def test_answers_within_a_second(nianbao: CommandLine, report: Path) -> None:
    """By the processor's time, so that a busy machine makes no difference."""
    nianbao("parse", "report.html", "--json")  # compiles what has to be compiled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    nianbao("parse", "report.html", "--json")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0
