"""(b) The bare pipeline: threads fetch with `requests`, processes parse with lxml once a page; nothing is kept or checked.

    python -m bench.bare ADDRESS LIST...

Prints how many pages it read, and how many tables and characters of text they held.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from urllib.parse import urljoin

import lxml.html
import requests
from trafilatura import extract

THREADS = 8
AHEAD = 200  # pages fetched and not yet read

_PAGES = re.compile(r"createPageHTML\((\d+),")
_local = threading.local()


def main() -> None:
    address, *lists = sys.argv[1:]
    firsts = [f"http://{address}{path}" for path in lists]
    pages = tables = characters = 0
    with ThreadPoolExecutor(THREADS) as threads, ProcessPoolExecutor(os.cpu_count()) as processes:
        links = (link for found in threads.map(_links, firsts) for link in found)
        fetched: deque[Future[Future[tuple[int, int]]]] = deque()

        def fetch_and_read(url: str) -> Future[tuple[int, int]]:
            return processes.submit(read, _get(url))

        def finished() -> tuple[int, int]:
            return fetched.popleft().result().result()

        for link in links:
            fetched.append(threads.submit(fetch_and_read, link))
            while len(fetched) > AHEAD:
                found = finished()
                pages, tables, characters = pages + 1, tables + found[0], characters + found[1]
        while fetched:
            found = finished()
            pages, tables, characters = pages + 1, tables + found[0], characters + found[1]
    print(pages, tables, characters)


def _get(url: str) -> bytes:
    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    response = _local.session.get(url, timeout=60)
    response.raise_for_status()
    body: bytes = response.content
    return body


def _links(first: str) -> list[str]:
    """The reports that a portal's list pages link to."""
    page = _get(first)
    match = _PAGES.search(page.decode())
    lists = [page, *(_get(urljoin(first, f"index_{number}.html")) for number in range(1, int(match[1]) if match else 1))]
    return [
        urljoin(first, href) for html in lists for href in lxml.html.fromstring(html).xpath("//ul[@class='list']//a/@href")
    ]


def read(page: bytes) -> tuple[int, int]:
    """Number of tables and length of the text: one parse; the grids from its tree, the narrative from what is left of it."""
    root = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))
    grids = [list(_grid(table)) for table in root.iter("table")]
    for table in list(root.iter("table")):
        if table.find(".//table") is None and table.getparent() is not None:
            table.drop_tree()
    return len(grids), len(extract(root, fast=True) or "")


def _grid(table: lxml.html.HtmlElement) -> Iterator[list[tuple[str, int, int]]]:
    """Rows of (text, rows spanned, columns spanned)."""
    for row in table.iter("tr"):
        yield [
            (" ".join(cell.text_content().split()), int(cell.get("rowspan", 1)), int(cell.get("colspan", 1)))
            for cell in row.iter("td", "th")
        ]


if __name__ == "__main__":
    main()
