"""The whole chain on one screen: bytes -> Report, or a verdict."""

from __future__ import annotations

from collections.abc import Callable

from parsers.carriers import read_document
from parsers.identity import Identity, read_identity
from parsers.labels import labels_within
from parsers.prose import prose_issues
from parsers.recognised import confirm_recognised
from parsers.records import Document, Issue, Report
from parsers.reportness import refuse_if_no_report
from parsers.route import route
from parsers.sections import read_sections
from parsers.tables import read_tables
from parsers.verdicts import UnknownTemplate

PARSER_VERSION = "2"  # rises when the same bytes may read differently: stored readings of an older version are read again
TABLES_DUE_SINCE = 2019  # report year from which the official tables are part of every report
UNREAD_LABELS = 15  # different labels of a table in a text without tables: then there was one, and we missed it


def parse(
    payload: bytes,
    *,
    url: str = "",
    title: str = "",
    content_type: str = "",
    file_name: str = "",
    charset: str | None = None,
    portal_region: str | None = None,
    convert: Callable[[bytes], bytes] | None = None,
    recognising: Callable[[], None] | None = None,
) -> Report:
    """Read one captured document.

    `title` is what the list page called it; `portal_region` the adcode of the portal that held it; `charset` overrides what
    the page declares; `convert` makes DOCX of legacy Word files (`tasks.office.to_docx`); `recognising` is called before each
    page that is recognised from a picture, which takes seconds. Raises a `parsers.verdicts.Verdict`
    where there is no report to read.
    """
    document = read_document(
        payload,
        content_type=content_type,
        file_name=file_name,
        charset=charset,
        url=url,
        convert=convert,
        recognising=recognising,
    )
    return parse_document(document, url=url, title=title, file_name=file_name, portal_region=portal_region)


def parse_document(
    document: Document, *, url: str = "", title: str = "", file_name: str = "", portal_region: str | None = None
) -> Report:
    """The same for a document whose carrier has been read. Raises `NotAReport`, `NeedsOcr` or `UnknownTemplate`."""
    sections = read_sections(paragraph.text for paragraph in document.paragraphs)
    chosen = route(document)
    tables = read_tables(document, chosen.template) if chosen.template != "narrative" else None
    identity = read_identity(document, url=url, title=title, file_name=file_name, portal_region=portal_region)
    figures = tables.figures if tables else ()
    refuse_if_no_report(document, chosen.template, figures, sections, document.title or title or identity.title)
    if tables is None and document.other_tables:
        raise UnknownTemplate("the report prints its figures in a form of its own, which is none of the official templates")
    issues = (
        *(tables.issues if tables else _no_tables(identity, document)),
        *prose_issues(sections, figures),
        *identity.issues,
    )
    if tables is not None and document.source == "ocr":
        issues = (*issues, confirm_recognised(chosen.template, figures, issues))
    return Report(
        template=chosen.template,
        year=identity.year,
        organization=identity.organization,
        region=identity.region,
        published_on=identity.published_on,
        title=identity.title,
        source=document.source,
        figures=figures,
        sections=sections,
        issues=issues,
        evidence=(*(f"label: {label}" for label in chosen.evidence), *identity.evidence),
    )


def _no_tables(identity: Identity, document: Document) -> tuple[Issue, ...]:
    if labels_within(document.page_text) >= UNREAD_LABELS:
        return (
            Issue(
                "error", "tables_unread", "the document prints the labels of an official table, and no table could be read"
            ),
        )
    if identity.year is None or identity.year < TABLES_DUE_SINCE:
        return (Issue("info", "narrative", "a report in words alone: it prints no official table"),)
    return (
        Issue("error", "table_missing", f"a report for {identity.year} owes the official tables, and this one prints none"),
    )
