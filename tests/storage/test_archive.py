"""The WARC archive: what is written, that other tools read it, and what a crash leaves."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from parsers.records import Capture
from storage.archive import ArchiveWriter, Exchange
from storage.cdx import index_path
from storage.errors import ArchiveError, StorageError
from storage.layout import DataDirectory
from storage.replay import load_body, load_capture, recover_archive
from tests.storage.samples import FETCHED_AT

BODY = "<html>年报 1 2 3</html>".encode("gb18030") * 100
EXCHANGE = Exchange(
    url="http://www.linjiang.example.cn/1.html",
    final_url="https://www.linjiang.example.cn/年报/1.html?x=1&y=2",
    status=200,
    request_headers=(("User-Agent", "nianbao"), ("Cookie", "session=secret"), ("Authorization", "Basic secret")),
    response_headers=(
        ("Content-Type", "text/html; charset=gbk"),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "17"),
        ("Set-Cookie", "session=secret"),
        ("ETag", '"abc"'),
        ("Last-Modified", "Mon, 03 Mar 2025 00:00:00 GMT"),
        ("X-Where", "北京"),
        ("X-Broken", "one\r\nSet-Cookie: secret"),
    ),
    body=BODY,
    fetched_at=FETCHED_AT,
    address="192.0.2.7",
)

ADDRESS = "https://www.linjiang.example.cn/%E5%B9%B4%E6%8A%A5/1.html?x=1&y=2"  # of EXCHANGE, as a header may hold it


def records(path: Path) -> list[tuple[Any, bytes]]:
    """Each record with its body, read by warcio with its own check of the digests."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            found.append((record, record.content_stream().read()))
    return found


def only_file(data: DataDirectory) -> Path:
    (path,) = data.archive.glob("*.warc.gz*")
    return path


def test_a_body_comes_back_by_its_place(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        captures = [writer.save(replace(EXCHANGE, body=BODY + bytes([number]))) for number in range(5)]
    for number, capture in enumerate(captures):
        assert load_capture(data, capture) == BODY + bytes([number])


def test_a_capture_says_what_the_server_said(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run", "3") as writer:
        capture = writer.save(EXCHANGE)
    assert capture.archive_offset > 0  # the first record describes the file
    assert replace(capture, archive_offset=0, digest="") == Capture(
        url=EXCHANGE.url,
        final_url=EXCHANGE.final_url,
        status=200,
        content_type="text/html; charset=gbk",
        etag='"abc"',
        last_modified="Mon, 03 Mar 2025 00:00:00 GMT",
        digest="",
        length=len(BODY),
        fetched_at=FETCHED_AT,
        archive_file="run-3-000.warc.gz",
        archive_offset=0,
    )


def test_the_file_is_a_warc_that_another_tool_finds_sound(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(EXCHANGE)
        writer.save(replace(EXCHANGE, fetched_at="2025-03-05T00:00:00Z"), previous=capture)
        writer.save_not_modified(replace(EXCHANGE, status=304, body=b""), capture)
        writer.save(replace(EXCHANGE, status=404, body=b"", reason="Gone Fishing"))
    checked = subprocess.run(
        [Path(sys.executable).parent / "warcio", "check", "-v", only_file(data)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert "fail" not in checked.stdout
    assert checked.stdout.count("digest pass") == 1 + 2 + 1 + 1 + 2  # file, pair, two requests of revisits, pair


def test_request_and_response_are_a_pair(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(EXCHANGE)
    (info, _), (response, content), (request, _) = records(only_file(data))
    assert [record.rec_type for record in (info, response, request)] == ["warcinfo", "response", "request"]
    assert info.rec_headers.get_header("WARC-Filename") == only_file(data).name
    assert response.rec_headers.protocol == "WARC/1.1"
    assert request.rec_headers.get_header("WARC-Concurrent-To") == response.rec_headers.get_header("WARC-Record-ID")
    assert response.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{capture.digest}"
    for record in (response, request):
        assert record.rec_headers.get_header("WARC-Target-URI") == ADDRESS
        assert record.rec_headers.get_header("WARC-Date") == FETCHED_AT
        assert record.rec_headers.get_header("WARC-IP-Address") == "192.0.2.7"
    assert content == BODY
    assert request.http_headers.get_header("Host") == "www.linjiang.example.cn"
    assert request.http_headers.protocol + " " + request.http_headers.statusline == (
        "GET /%E5%B9%B4%E6%8A%A5/1.html?x=1&y=2 HTTP/1.1"
    )


def test_headers_fit_the_body_as_it_is_stored(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        writer.save(EXCHANGE)
    headers = records(only_file(data))[1][0].http_headers
    assert headers.get_header("Content-Length") == str(len(BODY))
    assert headers.get_header("Content-Encoding") is None
    assert headers.get_header("Transfer-Encoding") is None
    assert headers.get_header("X-Crawl-Content-Encoding") == "gzip"
    assert headers.get_header("X-Crawl-Content-Length") == "17"
    assert headers.get_header("X-Broken") == "one Set-Cookie: secret"
    assert headers.get_header("X-Where") == "北京"


def test_headers_are_stored_as_the_bytes_that_came(data: DataDirectory) -> None:
    sent = "北京".encode("gb18030")
    strange = replace(EXCHANGE, response_headers=(("X-Where", sent.decode("latin-1")),), reason="好")
    with ArchiveWriter(data, "run") as writer:
        writer.save(replace(strange, reason="OK"))
        capture = writer.save(strange)
    assert b"X-Where: " + sent + b"\r\n" in gzip.decompress(only_file(data).read_bytes())
    assert load_capture(data, capture) == BODY


def test_no_credential_is_stored(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        writer.save(replace(EXCHANGE, response_headers=EXCHANGE.response_headers[:-1]))
    assert b"secret" not in gzip.decompress(only_file(data).read_bytes())


def test_each_record_is_a_gzip_member_of_its_own(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        first, second = writer.save(EXCHANGE), writer.save(replace(EXCHANGE, body=b"other"))
    content = only_file(data).read_bytes()
    for capture in (first, second):
        assert gzip.decompress(content[capture.archive_offset :]).startswith(b"WARC/1.1\r\n")


def test_a_body_that_is_there_already_is_not_stored_again(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        first = writer.save(EXCHANGE)
        again = writer.save(replace(EXCHANGE, fetched_at="2025-03-05T00:00:00Z"), previous=first)
        other = writer.save(replace(EXCHANGE, body=b"amended"), previous=first)
    assert (again.archive_file, again.archive_offset) == (first.archive_file, first.archive_offset)
    assert again.fetched_at == "2025-03-05T00:00:00Z"
    assert load_capture(data, again) == BODY
    assert load_capture(data, other) == b"amended"
    revisit = records(only_file(data))[3][0]
    assert revisit.rec_type == "revisit"
    assert revisit.rec_headers.get_header("WARC-Profile").endswith("/1.1/revisit/identical-payload-digest")
    assert revisit.rec_headers.get_header("WARC-Refers-To-Date") == FETCHED_AT


def test_a_304_is_a_revisit(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        first = writer.save(EXCHANGE)
        writer.save_not_modified(replace(EXCHANGE, status=304, body=b""), first)
    revisit = records(only_file(data))[3][0]
    assert revisit.rec_headers.get_header("WARC-Profile").endswith("/1.1/revisit/server-not-modified")
    assert revisit.http_headers.statusline == "304 Not Modified"
    assert revisit.rec_headers.get_header("WARC-Payload-Digest") == f"sha256:{first.digest}"


def test_files_are_rolled_and_never_shared(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run", roll_at=1000) as one, ArchiveWriter(data, "run", roll_at=1000) as other:
        captures = [writer.save(replace(EXCHANGE, body=os.urandom(600))) for _ in range(4) for writer in (one, other)]
    names = [capture.archive_file for capture in captures]
    assert set(names[::2]).isdisjoint(names[1::2])
    assert len(set(names)) == len(list(data.archive.glob("*.warc.gz"))) == 8
    for capture in captures:
        assert len(load_capture(data, capture)) == 600


def test_what_is_flushed_can_be_read_while_the_file_is_open(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(EXCHANGE)
        writer.flush()
        assert [path.name for path in data.archive.iterdir()] == ["run-0-000.warc.gz.open"]
        assert load_capture(data, capture) == BODY
    assert {path.name for path in data.archive.iterdir()} == {"run-0-000.cdxj", "run-0-000.warc.gz"}


def test_a_writer_that_saved_nothing_leaves_no_file(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        writer.flush()
    assert list(data.archive.iterdir()) == []


def _fill_the_disk(root: Path, answer: Any) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    data = DataDirectory(root)
    writer = ArchiveWriter(data, "run")
    kept = writer.save(replace(EXCHANGE, body=b"small"))
    writer.flush()
    try:
        writer.save(replace(EXCHANGE, body=os.urandom(100_000)))
        writer.flush()
    except StorageError as error:
        answer.send((kept, str(error)))
    os._exit(0)


def test_a_full_disk_is_a_sentence_and_loses_nothing(data: DataDirectory) -> None:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_fill_the_disk, args=(data.root, theirs))
    child.start()
    child.join()
    assert ours.poll()
    kept, message = ours.recv()
    assert "cannot be written" in message
    assert "Make room" in message
    recover_archive(data)
    assert load_capture(data, kept) == b"small"


# --- read back


def torn(data: DataDirectory, bytes_kept: int | None = None) -> tuple[list[Capture], Path]:
    """An archive whose writer was killed: two captures on the disk, and part of a third."""
    writer = ArchiveWriter(data, "run")
    captures = [writer.save(replace(EXCHANGE, body=os.urandom(500))) for _ in range(3)]
    writer.flush()
    assert writer._file is not None
    writer._file.close()  # which lets go of the lock, as death does
    path = only_file(data)
    end = captures[2].archive_offset + 200 if bytes_kept is None else bytes_kept
    os.truncate(path, end)
    return captures, path


def test_a_torn_tail_is_cut_and_the_rest_stays(data: DataDirectory) -> None:
    captures, _ = torn(data)
    assert load_capture(data, captures[1])  # before the cut, too
    assert recover_archive(data) == {"run-0-000.warc.gz": 200}
    assert only_file(data).name == "run-0-000.warc.gz"
    assert [len(load_capture(data, capture)) for capture in captures[:2]] == [500, 500]
    assert len(records(only_file(data))) == 1 + 2 * 2
    with pytest.raises(ArchiveError, match="fetch"):
        load_capture(data, captures[2])
    assert recover_archive(data) == {}


@pytest.mark.parametrize("noise", [b"\0" * 300, b"\x1f\x8b\x08 not gzip after all", b"x"])
def test_noise_at_the_end_is_cut(data: DataDirectory, noise: bytes) -> None:
    captures, path = torn(data, bytes_kept=100_000)  # longer than what was written: the system fills up with zeros
    os.truncate(path, captures[2].archive_offset)
    with path.open("ab") as file:
        file.write(noise)
    assert recover_archive(data) == {"run-0-000.warc.gz": len(noise)}
    assert len(records(only_file(data))) == 1 + 2 * 2


def test_records_behind_damage_stay_where_they_were(data: DataDirectory) -> None:
    """Only the torn tail is cut: what the ledger says of the others is still so."""
    captures, path = torn(data)
    content = bytearray(path.read_bytes())
    content[captures[0].archive_offset + 300] ^= 0xFF
    path.write_bytes(content)
    assert recover_archive(data) == {"run-0-000.warc.gz": 200}
    assert only_file(data).read_bytes() == content[:-200]
    assert len(load_capture(data, captures[1])) == 500
    with pytest.raises(ArchiveError, match="fetch"):
        load_capture(data, captures[0])
    (indexed,) = index_path(only_file(data)).read_text().splitlines()
    assert f'"offset": "{captures[1].archive_offset}"' in indexed


def test_a_file_without_a_whole_record_is_removed(data: DataDirectory) -> None:
    torn(data, bytes_kept=20)
    assert recover_archive(data) == {"run-0-000.warc.gz": 20}
    assert list(data.archive.iterdir()) == []


def test_the_file_of_a_living_writer_is_left_alone(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        writer.save(EXCHANGE)
        assert recover_archive(data) == {}
        capture = writer.save(replace(EXCHANGE, body=b"second"))
    assert load_capture(data, capture) == b"second"


def test_damage_is_found(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(replace(EXCHANGE, body=os.urandom(5000)))
    path = only_file(data)
    sound = path.read_bytes()
    for place in range(capture.archive_offset, capture.archive_offset + 5000, 97):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 0xFF]) + sound[place + 1 :])
        with pytest.raises(ArchiveError, match="fetch its document again"):
            load_capture(data, capture)


def test_another_body_than_the_ledger_names_is_refused(data: DataDirectory) -> None:
    with ArchiveWriter(data, "run") as writer:
        capture = writer.save(EXCHANGE)
        other = writer.save(replace(EXCHANGE, body=b"other"))
    with pytest.raises(ArchiveError, match="not the body"):
        load_body(data, capture.archive_file, other.archive_offset, capture.digest)
    with pytest.raises(ArchiveError, match="not the body"):
        load_body(data, capture.archive_file, 0)  # the record that describes the file


@pytest.mark.parametrize("name", ["gone.warc.gz", "../ledger.sqlite", "/etc/passwd"])
def test_a_file_that_is_not_in_the_archive_is_missing(data: DataDirectory, name: str) -> None:
    data.ledger.write_bytes(b"not an archive")
    with pytest.raises(ArchiveError, match="is missing"):
        load_body(data, name, 0)
