"""The index beside each WARC file, held against that of another tool."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from surt import surt

from storage.archive import ArchiveWriter
from storage.cdx import BLOCK, sort_key
from storage.layout import DataDirectory
from storage.replay import recover_archive
from tests.storage.test_archive import BODY, EXCHANGE, only_file, torn


def by_another_tool(warc: Path) -> str:
    """What cdxj-indexer makes of the file."""
    command = [Path(sys.executable).parent / "cdxj-indexer", "--sort", warc]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def write(data: DataDirectory) -> Path:
    """An archive of every kind of record that we write, one file."""
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(EXCHANGE)
        writer.save(replace(EXCHANGE, fetched_at="2025-03-05T00:00:00Z"), previous=capture)
        writer.save_not_modified(replace(EXCHANGE, status=304, body=b"", fetched_at="2025-03-06T00:00:00.250Z"), capture)
        writer.save(replace(EXCHANGE, final_url="http://www.linjiang.example.cn:8080/A/?b=2&a=1", status=404, body=b""))
        writer.save(replace(EXCHANGE, final_url="http://linjiang.example.cn/robots.txt", response_headers=()))
        writer.save(replace(EXCHANGE, method="POST", request_body=b"page=2", response_headers=(("Content-Type", " "),)))
    return only_file(data)


def test_it_says_what_another_tool_says_of_the_file(data: DataDirectory) -> None:
    warc = write(data)
    ours = (warc.parent / "run-0-000.cdxj").read_text()
    assert ours == by_another_tool(warc)
    assert len(ours.splitlines()) == 6, "responses and revisits, no requests"


def test_it_has_every_line_of_a_file_that_holds_many(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        for number in range(2 * BLOCK + 1):
            writer.save(replace(EXCHANGE, final_url=f"http://linjiang.example.cn/{number}.html"))
    warc = only_file(data)
    ours = (warc.parent / "run-0-000.cdxj").read_text()
    assert ours == by_another_tool(warc)
    assert len(ours.splitlines()) == 2 * BLOCK + 1


@pytest.mark.parametrize(
    "url",
    [
        "http://www.linjiang.example.cn",
        "https://WWW2.linjiang.example.cn:443/",
        "http://linjiang.example.cn:8080/A/B/",
        "http://linjiang.example.cn//a//./b/../c.html",
        "https://www.linjiang.example.cn/%E5%B9%B4%E6%8A%A5/1.html?x=1&y=2",
        "http://linjiang.example.cn/a%2Fb%20c%7e.html",
        "http://linjiang.example.cn/a%252Fb.html",
        "http://linjiang.example.cn/list.do?pageNo=2&PageSize=20&a&a=&=b",
        "http://linjiang.example.cn/list.do?q=%E5%B9%B4+%E6%8A%A5&q=a%26b",
        "http://linjiang.example.cn/list.do?",
        "http://user:secret@linjiang.example.cn/a;b=1?c='d'|e",
        "http://192.0.2.7/nb/index.html",
    ],
)
def test_its_keys_are_those_by_which_replay_tools_look(url: str) -> None:
    assert sort_key(url) == surt(url)


def test_its_places_are_those_of_the_records(data: DataDirectory) -> None:
    warc = write(data)
    content = warc.read_bytes()
    for line in (warc.parent / "run-0-000.cdxj").read_text().splitlines():
        key, _, fields = line.split(" ", 2)
        entry = json.loads(fields)
        assert key.startswith("cn,example,linjiang")
        assert entry["filename"] == warc.name
        member = content[int(entry["offset"]) : int(entry["offset"]) + int(entry["length"])]
        assert gzip.decompress(member).startswith(b"WARC/1.1\r\n")
        assert entry["url"].encode() in gzip.decompress(member)


def test_each_file_has_its_own(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run", roll_at=1) as writer:
        for number in range(3):
            writer.save(replace(EXCHANGE, body=BODY + bytes([number])))
    for number in range(3):
        (line,) = (data.archive / f"run-0-00{number}.cdxj").read_text().splitlines()
        assert json.loads(line.split(" ", 2)[2])["filename"] == f"run-0-00{number}.warc.gz"


def test_the_file_of_a_killed_writer_gets_one_without_what_was_cut(data: DataDirectory) -> None:
    torn(data)
    recover_archive(data)
    assert (data.archive / "run-0-000.cdxj").read_text() == by_another_tool(only_file(data))
    assert len((data.archive / "run-0-000.cdxj").read_text().splitlines()) == 2
