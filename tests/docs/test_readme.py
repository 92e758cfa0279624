"""The README and the pages in docs/ do what they say: examples run, options exist, links lead somewhere."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest

from flows.cli import main
from parsers.records import Absence
from parsers.verdicts import VERDICTS
from storage.portals import load_portal

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ["README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
ONLY_LOOK = ("status", "failures", "coverage", "quality", "show")  # commands that run at once over a harvested sample


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def calls() -> Iterator[tuple[str, str]]:
    """Page and words after `nianbao` of every example, in blocks and in running text."""
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        lines = [line for block in blocks("(?:sh)?", text) for line in block.splitlines()]
        lines += re.findall(r"`(nianbao [^`]+)`", text)
        for line in lines:
            if line.startswith("nianbao "):
                yield page, line.removeprefix("nianbao ").partition("  #")[0].replace("FILE...", "FILE").strip()


@pytest.mark.parametrize(("page", "call"), sorted(set(calls())))
def test_commands_and_options_exist(page: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("FILE").touch()
    _understood(main, [word for word in shlex.split(call) if word != "…"])


def _understood(command: click.Command, words: list[str]) -> None:
    """The command line takes these words; nothing is run."""
    if isinstance(command, click.Group) and words:
        context = command.make_context("nianbao", words[:1], resilient_parsing=True)
        inner = command.get_command(context, words[0])
        assert inner is not None, f"no command {words[0]}"
        _understood(inner, words[1:])
    elif words:
        words = [{"CODE": "not_found", "DOCUMENT": "x", "REPORT": "x"}.get(word, word) for word in words]
        command.make_context("nianbao", words)


@pytest.mark.parametrize(
    "call", sorted({call for page, call in calls() if page == "README.md" and call.startswith(ONLY_LOOK)})
)
def test_commands_that_look(call: str, sample_data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", *shlex.split(call)],
        cwd=sample_data.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) > 1


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"^make ([\w-]+)|`make ([\w-]+)`", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE), f"{page}: make {''.join(target)}"


def test_what_a_harvest_prints(sample_data: Path) -> None:
    printed = _plain((sample_data.parent / "harvest.txt").read_text(encoding="utf-8"))
    (shown,) = blocks("text")
    for line in _plain(shown).splitlines():
        assert line.partition("…")[0].strip() in printed, line


def _plain(text: str) -> str:
    """White space, and how long it took, do not matter."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(re.sub(r"\d+ s$", "N s", line) for line in lines if line)


@pytest.mark.parametrize(("number", "expected"), [(0, "杭州市临平区人民政府  891.0"), (1, "湘阴县人民政府"), (2, "│ 2024")])
def test_python_examples_run(number: int, expected: str, sample_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample_data.parent)
    assert len(blocks("python")) == 3
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(blocks("python")[number], {})
    assert expected in printed.getvalue()


def test_the_portal_example_is_a_portal(tmp_path: Path) -> None:
    (example,) = blocks("toml")
    assert len(example.splitlines()) == 3
    file = tmp_path / "pingliang.toml"
    file.write_text(example, encoding="utf-8")
    assert load_portal(file).name == "pingliang"


def test_every_verdict_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (passing|final) \| .+\. \| .+ \|$", README, re.MULTILINE)
    assert rows == [(code, "passing" if verdict.transient else "final") for code, verdict in VERDICTS.items()]


def test_every_absence_is_named() -> None:
    assert f"({', '.join(f'`{absence}`' for absence in get_args(Absence))})" in README


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        name, _, heading = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), target
        if heading:
            assert heading in _anchors(file), target


def _anchors(file: Path) -> set[str]:
    """The anchors that a code host gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_settings_that_are_named_exist() -> None:
    source = "\n".join(
        file.read_text(encoding="utf-8")
        for package in ("flows", "tasks", "storage")
        for file in (ROOT / package).rglob("*.py")
    )
    for page in PAGES:
        for name in re.findall(r"NIANBAO_[A-Z_]+", (ROOT / page).read_text(encoding="utf-8")):
            assert f'"{name}"' in source, f"{page}: {name}"
