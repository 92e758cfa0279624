"""Small records to store: portals, links, exchanges and reports. Figures and sentences are made up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from parsers.records import Capture, Figure, Issue, Portal, Region, Report, ReportLink, Section
from parsers.verdicts import Verdict
from storage.archive import ArchiveWriter, Exchange
from storage.documents import FetchJob, FetchOutcome, ReadJob, ReadOutcome, Recorded, Selector
from storage.layout import DataDirectory
from storage.ledger import Ledger

PARSER = "7"
PORTAL = Portal("临江市", "220681", ("https://www.linjiang.example.cn/list/",))
JILIN = Region("220681", ("吉林省", "白山市", "临江市"), "CN-JL")
GANSU = Region("620823", ("甘肃省", "平凉市", "崇信县"), "CN-GS")
FETCHED_AT = "2025-03-04T05:06:07Z"


def link(number: int, *, portal: Portal = PORTAL, title: str | None = None, year: int | None = 2024) -> ReportLink:
    return ReportLink(
        url=f"https://www.linjiang.example.cn/{number}.html",
        title=title or f"第{number}局2024年政府信息公开工作年度报告",
        portal=portal.name,
        found_on=portal.lists[0],
        reason="title",
        year=year,
    )


def body(number: int, version: int = 1) -> bytes:
    return f"<html><p>第{number}局的报告,第{version}版</p></html>".encode() * 40


def exchange(job: FetchJob, content: bytes, *, status: int = 200, fetched_at: str = FETCHED_AT) -> Exchange:
    return Exchange(
        url=job.url,
        final_url=job.url,
        status=status,
        request_headers=(("User-Agent", "nianbao"),),
        response_headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{len(content)}"')),
        body=content,
        fetched_at=fetched_at,
    )


def capture(job: FetchJob, content: bytes, *, fetched_at: str = FETCHED_AT, offset: int = 0) -> Capture:
    """A capture as the archive would give it; there is no archive behind it."""
    return Capture(
        url=job.url,
        final_url=job.url,
        status=200,
        content_type="text/html",
        etag='"1"',
        last_modified=None,
        digest=hashlib.sha256(content).hexdigest(),
        length=len(content),
        fetched_at=fetched_at,
        archive_file="run-0-000.warc.gz",
        archive_offset=offset,
    )


def report(number: int = 1, *, year: int | None = 2024, region: Region | None = JILIN, errors: int = 0) -> Report:
    """A report of two tables with a blank cell and a scaled one; `number` stands in its figures."""
    return Report(
        template="modern-2021",
        year=year,
        organization=f"临江市第{number}局",
        region=region,
        published_on="2025-01-20",
        title=f"第{number}局政府信息公开工作年度报告",
        source="html",
        figures=(
            Figure("disclosure", "fees", "amount", 25.1, "251000元", scaled_from="元", address=(0, 4, 1)),
            Figure("applications", "received", "natural_person", float(number), str(number), address=(1, 2, 1)),
            Figure("applications", "received", "total", None, "", absence="blank", address=(1, 2, 7)),
            Figure("proceedings", "reconsideration", "total", None, None, absence="table_missing"),
        ),
        sections=(Section("一、总体情况", f"第{number}局照章办事。"), Section("六、其他需要报告的事项", "")),
        issues=(
            *(Issue("error", f"identity.{index}", "和不对", "applications", "received", "total") for index in range(errors)),
            Issue("warning", "blank", "有空格", "applications", "received", "total"),
        ),
        evidence=("本年制发件数", "title"),
    )


def record(ledger: Ledger, numbers: Iterable[int], *, run: str = "run-1", portal: Portal = PORTAL) -> Recorded:
    return ledger.record_links(run, portal, [link(number, portal=portal) for number in numbers])


def job_of(ledger: Ledger, number: int, *, run: str) -> FetchJob:
    """The job of one document, which must be there."""
    (job,) = ledger.documents_to_fetch(Selector(documents=(link(number).url,)), run=run, final=True)
    return job


def fetch(ledger: Ledger, number: int, content: bytes | Verdict, *, run: str = "run-1", fetched_at: str = FETCHED_AT) -> str:
    """Save one fetch; gives the document's id."""
    job = job_of(ledger, number, run=run)
    result = content if isinstance(content, Verdict) else capture(job, content, fetched_at=fetched_at, offset=number)
    ledger.save_fetched(run, [FetchOutcome(job.document_id, result)])
    return job.document_id


def read_job(ledger: Ledger, document: str, *, parser: str = PARSER) -> ReadJob:
    """The one reading that the document wants."""
    (job,) = ledger.documents_to_read(Selector(documents=(document,)), parser_version=parser)
    return job


def read(ledger: Ledger, document: str, result: Report | Verdict, *, run: str = "run-1", parser: str = PARSER) -> None:
    """Save one reading."""
    ledger.save_readings(run, parser, [ReadOutcome(read_job(ledger, document, parser=parser), result)])


def keep(ledger: Ledger, number: int, result: Report | Verdict, *, version: int = 1, run: str = "run-1") -> str:
    """List, fetch and read one document; gives its id."""
    record(ledger, [number], run=run)
    document = fetch(ledger, number, body(number, version), run=run)
    read(ledger, document, result, run=run)
    return document


def number_of(job: FetchJob | ReadJob) -> int:
    """The number from which `link` made the address."""
    return int(job.url.rpartition("/")[2].removesuffix(".html"))


def archive_all(data: DataDirectory, ledger: Ledger, run: str, *, version: int = 1) -> None:
    """Fetch everything that wants it, into a real archive."""
    with ArchiveWriter(data, run) as writer:
        outcomes = []
        for job in ledger.documents_to_fetch(run=run):
            response = exchange(job, body(number_of(job), version))
            outcomes.append(FetchOutcome(job.document_id, writer.save(response, previous=job.previous)))
        writer.flush()
        ledger.save_fetched(run, outcomes)


def renamed(portal: Portal, name: str) -> Portal:
    return replace(portal, name=name)
