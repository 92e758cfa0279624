"""docs/dependencies.md lists what pyproject.toml asks for, group by group, and the pins are whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PINS = {
    "requirements.txt": 50,
    "requirements-dev.txt": 50,
    "requirements-ocr.txt": 50,
    "requirements-fuzz.txt": 2,
}  # at least
APART = {"Extra `ocr`": "requirements-ocr.txt", "Group `fuzz`": "requirements-fuzz.txt"}


def names(requirements: list[str]) -> list[str]:
    """Names of packages, as written, without extras, versions and markers."""
    return [re.match(r"[\w.-]+", requirement)[0] for requirement in requirements]  # type: ignore[index]


def asked_for() -> dict[str, list[str]]:
    """Heading -> direct dependencies."""
    extras = {f"Extra `{name}`": names(part) for name, part in PROJECT["project"].get("optional-dependencies", {}).items()}
    groups = {f"Group `{name}`": names(part) for name, part in PROJECT["dependency-groups"].items()}
    return {"To run": names(PROJECT["project"]["dependencies"])} | extras | groups


def listed() -> dict[str, dict[str, str]]:
    """Heading -> package -> why."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    parts = (part.partition("\n") for part in text.split("\n## ")[1:])
    return {
        heading: dict(re.findall(r"^\| (?!package |---)([\w.-]+) \| (.+) \|$", body, re.MULTILINE))
        for heading, _, body in parts
    }


def test_exactly_the_direct_dependencies_are_listed() -> None:
    assert {heading: set(packages) for heading, packages in listed().items()} == {
        heading: set(packages) for heading, packages in asked_for().items()
    }
    assert all(why.endswith(".") for packages in listed().values() for why in packages.values())


@pytest.mark.parametrize("file", PINS)
def test_pins_have_hashes_and_no_address(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", "    "), re.MULTILINE), "an option of the installer"
    pins = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())
    assert len(pins) >= PINS[file]
    for pin in pins:
        assert re.match(r"[\w.-]+(?:\[[\w,-]+\])?==\S+", pin), pin.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", pin), pin.splitlines()[0]


def test_pins_hold_every_direct_dependency() -> None:
    asked = asked_for()
    run = {_canonical(name) for name in asked["To run"]}
    every = {_canonical(name) for heading, part in asked.items() if heading not in APART for name in part}
    assert run - _pinned("requirements.txt") == set(), "compile the pins with `make pins`"
    assert every - _pinned("requirements-dev.txt") == set(), "compile the pins with `make pins`"
    for heading, file in APART.items():
        assert {_canonical(name) for name in asked[heading]} - _pinned(file) == set(), "compile the pins with `make pins`"


def _pinned(file: str) -> set[str]:
    text = (ROOT / file).read_text(encoding="utf-8")
    return {_canonical(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", text, re.MULTILINE)}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
