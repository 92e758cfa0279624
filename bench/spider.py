"""(a) The Scrapy spider that one would write first: `trafilatura.extract` and `pandas.read_html`, a JSON line a page.

    python -m bench.spider CONCURRENCY OUTPUT ADDRESS LIST...

With "-" for OUTPUT it crawls alone: pages are fetched and dropped, and JSON says how many, and in how many seconds.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pandas
import scrapy
import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse

_PAGES = re.compile(r"createPageHTML\((\d+),")


class Reports(scrapy.Spider):
    name = "reports"

    def __init__(self, firsts: Iterable[str], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.start_urls = list(firsts)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """The first list page of a portal."""
        assert isinstance(response, TextResponse)
        yield from self.parse_list(response)
        match = _PAGES.search(response.text)
        for number in range(1, int(match[1]) if match else 1):
            yield response.follow(f"index_{number}.html", self.parse_list)

    def parse_list(self, response: Response) -> Iterator[Any]:
        assert isinstance(response, TextResponse)
        yield from response.follow_all(css="ul.list a", callback=self.parse_report)

    def parse_report(self, response: Response) -> Iterator[Any]:
        assert isinstance(response, TextResponse)
        tables = pandas.read_html(io.StringIO(response.text))
        yield {
            "url": response.url,
            "title": response.css("h1::text").get(),
            "text": trafilatura.extract(response.text),
            "tables": [table.astype(str).to_numpy().tolist() for table in tables],
        }


class Pages(Reports):
    """The same without the reading."""

    name = "pages"
    pages = 0

    def parse_report(self, response: Response) -> Iterator[Any]:
        assert len(response.body) > 0
        type(self).pages += 1
        return iter(())


def main() -> None:
    concurrency, output, address, *lists = sys.argv[1:]
    spider: type[Reports] = Pages if output == "-" else Reports
    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": int(concurrency),
            "CONCURRENT_REQUESTS_PER_DOMAIN": int(concurrency),
            "DOWNLOAD_DELAY": 0,
            "ROBOTSTXT_OBEY": False,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "FEEDS": {} if spider is Pages else {output: {"format": "jsonlines"}},
        }
    )
    crawler = process.create_crawler(spider)
    process.crawl(crawler, firsts=[f"http://{address}{path}" for path in lists])
    process.start()
    if spider is Pages:
        assert crawler.stats is not None
        print(json.dumps({"pages": Pages.pages, "seconds": crawler.stats.get_value("elapsed_time_seconds")}))


if __name__ == "__main__":
    main()
