"""Our crawl alone: the lists of portals and the pages that they link to, politely, into archive and ledger; nothing is read.

    python -m bench.crawl PORTALS DATA

Prints JSON: pages fetched, and the seconds from the first request to the last page stored.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("PREFECT_HOME", tempfile.mkdtemp(prefix="nianbao-bench-"))  # Prefect makes it when it is loaded

from prefect.logging import disable_run_logger

import flows  # noqa: F401 - as in every process of ours, before threads are started: see flows.memory
from flows.settings import settings_from
from parsers.records import Portal
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.portals import load_portals
from tasks.archiving import ArchiveWriters
from tasks.discover import Discovery, discover
from tasks.fetch import ALL_BUT_FINAL, FETCH_BATCH, FetchBatch, PortalBook, fetch
from tasks.http import Client

RUN = "bench"


def main() -> None:
    portals, data = load_portals(Path(sys.argv[1])), DataDirectory(Path(sys.argv[2])).prepare()
    ledger, book = Ledger(data.ledger), PortalBook(portals)
    with ArchiveWriters(data, RUN) as writers, ThreadPoolExecutor(settings_from(environ={}).crawlers) as pool:
        client = Client(keep=writers.keep)

        def crawl(portal: Portal) -> int:
            with disable_run_logger():
                found = iter(discover.fn(Discovery(portal), RUN, client, writers, ledger).document_ids)
                pages = 0
                while some := tuple(itertools.islice(found, FETCH_BATCH)):
                    batch = FetchBatch(portal.name, some, ALL_BUT_FINAL)
                    pages += fetch.fn(batch, run=RUN, client=client, portals=book, writers=writers, ledger=ledger).new
                return pages

        began = time.perf_counter()
        pages = sum(pool.map(crawl, portals))
        seconds = time.perf_counter() - began
        client.close()
    ledger.close()
    print(json.dumps({"pages": pages, "seconds": seconds}))


if __name__ == "__main__":
    main()
