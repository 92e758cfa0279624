"""What no committed file may hold: the machine that it was written on, or where its packages came from."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The brackets keep this file from finding itself.
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:[w]ork|[r]oot|[h]ome|[U]sers|[t]mp)/[\w.-]")
REGISTRY = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[n]pmmirror\.com|[p]ypi\.tuna|[m]irrors?\.[\w-]+\.(?:com|cn|edu)"
    r"|[a]rtifactory|[j]frog\.io|[c]rates\.io|[p]roxy\.golang\.org|[c]onda\.anaconda\.org",
    re.IGNORECASE,
)


def tracked() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is committed and is text."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout: which files are committed cannot be told")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():  # not one that is deleted and not committed yet
            payload = path.read_bytes()
            if b"\0" not in payload[:8192]:
                yield name, payload.decode("utf-8", errors="replace")


def found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {match[0]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def test_no_path_of_a_machine() -> None:
    assert found(MACHINE_PATH) == []


def test_no_registry_of_packages() -> None:
    assert found(REGISTRY) == []


@pytest.mark.parametrize(
    "parts", [("/", "work/shared"), ("see /", "root/x"), ('"/', 'home/me"'), ("(/", "tmp/a)"), ("=/", "Users/a")]
)
def test_a_path_would_be_found(parts: tuple[str, str]) -> None:
    assert MACHINE_PATH.search("".join(parts))


@pytest.mark.parametrize(
    "text", ["https://www.example.gov.cn/home/a.html", "../work/x", "framework/a", "data/tmp/x", "~/work/x"]
)
def test_an_address_is_no_path_of_a_machine(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    "parts", [("py", "pi.org"), ("files.python", "hosted.org"), ("registry.np", "mjs.org"), ("mir", "rors.aliyun.com")]
)
def test_a_registry_would_be_found(parts: tuple[str, str]) -> None:
    assert REGISTRY.search(f"https://{''.join(parts)}/simple")
