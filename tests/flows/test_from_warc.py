"""Reports out of foreign WARC files, as a person takes them: the same lake as from the servers themselves."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flows.sample import SampleServer
from flows.sample.content import sample_columns
from flows.sample.site import SampleSites
from tests.flows.conftest import CommandLine, lake_digest
from tests.foreign_warc import ForeignWriter

pytestmark = pytest.mark.timeout(300)


def crawled(path: Path) -> Path:
    """A crawl of the sample by somebody else: all lists and pages that are there, in no order that helps."""
    sites = SampleSites()
    columns = sample_columns()
    pages = [page.url for column in columns for page in column.pages]
    lists = [column.first_list for column in columns]
    lists += [f"{column.first_list}index_{number}.html" for column in columns for number in range(1, 9)]
    lists += [f"{column.first_list}?page={number}" for column in columns for number in range(2, 9)]
    with ForeignWriter(path) as warc:
        for url in (*pages, *lists):
            parts = urlsplit(url)
            for _ in range(3):  # the busy page answers in the end
                answer = sites.answer(parts.netloc, parts.path + (f"?{parts.query}" if parts.query else ""))
            warc.response(url, answer.body, answer.headers["Content-Type"], status=f"{answer.status} Said")
    return path


def test_the_same_lake_as_from_the_servers(served: CommandLine, sample: SampleServer, sample_data: Path) -> None:
    file = crawled(served.folder / "crawl.warc.gz")
    call = ("harvest", "--from-warc", str(file), "--portals", "portals", "--data", "taken")
    summary = served.json(*call, status=1)
    assert lake_digest(served.folder / "taken") == lake_digest(sample_data)
    assert [row["verdict"] for row in summary["failures"]] == ["needs_ocr"]
    assert not sample.requests, "a server was visited"

    again = served.json(*call, status=1)
    assert (again["new_links"], again["fetched"], again["published"]) == (0, 0, {})
    file.unlink()
    reparsed = served.json("reparse", "--all", "--data", "taken", status=1)
    assert reparsed["valid"] + reparsed["suspect"] == summary["valid"] + summary["suspect"]
    document = summary["failures"][0]["document"]
    shown = served.json("show", document, "--versions", "--data", "taken")
    assert shown["versions"][0]["capture"]["fetched_at"] == "2024-03-01T08:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from-warc",), "needs at least one file"),
        (("--from-warc", "gone.warc.gz"), "gone.warc.gz cannot be read: No such file"),
        (("--from-warc", "page.html"), "page.html is no WARC or ARC file"),
        (("--from-warc", "page.html", "--sample"), "leave out --sample"),
        (("page.html",), "with --from-warc only"),
    ],
)
def test_wrong_calls(nianbao: CommandLine, arguments: tuple[str, ...], message: str) -> None:
    (nianbao.folder / "page.html").write_text("<html></html>")
    done = nianbao("harvest", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (nianbao.folder / "data").exists()
