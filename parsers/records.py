"""Every type that travels through the pipeline, in the order in which it travels.

    Portal --discover--> ReportLink --fetch--> Capture --read--> Document --route--> Route --parse--> Report --publish--> lake

All are frozen: a stage makes a new record, it never edits the one that it was given. Nothing here touches disk or network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

# --- discover -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Portal:
    """One site that publishes reports, as its TOML file describes it. Only the first three fields are usually needed."""

    name: str
    region: str  # adcode (GB/T 2260), six digits
    lists: tuple[str, ...]  # addresses of list pages
    build: str | None = None  # how the list is paged; recognised from the page when None
    pace: float = 1.0  # seconds between requests to one host
    minimum: int = 1  # yield (documents found) under which nothing is published
    allow_hosts: tuple[str, ...] = ()  # addresses beside public ones that may be reached
    connect: Mapping[str, str] = field(default_factory=dict)  # host -> "address:port" actually connected to
    charset: str | None = None  # overrides what the pages declare
    tls: Literal["verify", "legacy", "insecure"] = "verify"
    notes: str = ""
    seen: str = ""  # where somebody found the addresses
    checked: str = ""  # when they were last visited by hand, and what was found; "never" where nobody has


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A link on a list page that looks like a report."""

    url: str  # canonical: see parsers.listing.canonical_url
    title: str
    portal: str  # Portal.name
    found_on: str  # the list page that held it
    reason: str = ""  # why it was taken for a report
    listed_on: str | None = None  # date printed beside the link, YYYY-MM-DD
    year: int | None = None  # report year that the title states, where it does


# --- fetch --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Capture:
    """One response in the archive. `digest` names the body; the bytes themselves stay in the WARC file."""

    url: str  # as asked for
    final_url: str  # after redirects
    status: int
    content_type: str
    etag: str | None
    last_modified: str | None
    digest: str  # lower-case hex SHA-256 of the decoded body
    length: int  # bytes of the decoded body
    fetched_at: str  # UTC, ISO 8601 with a trailing Z
    archive_file: str  # relative to the archive folder
    archive_offset: int  # of the gzip member


# --- read ---------------------------------------------------------------------------------------------------------------


class Cell(NamedTuple):  # made by the hundred for each report, which a dataclass takes three times as long for
    """One cell of a table as it was written: text in its anchor position, spans stated."""

    text: str  # white space inside is kept as single spaces or newlines; never None
    row: int  # of the anchor, 0-based, in the expanded grid
    column: int
    rowspan: int = 1
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, spans expanded: `rows[r]` holds the cells anchored in row r, left to right."""

    rows: tuple[tuple[Cell, ...], ...]
    width: int  # number of columns of the expanded grid
    index: int = 0  # which table of the document, 0-based
    flattened: bool = False  # cut out of text by its words: the order of cells holds, their columns mean nothing
    caption: str = ""  # the text just before the table

    def cells(self) -> Iterator[Cell]:
        for row in self.rows:
            yield from row

    def texts(self) -> list[str]:
        """What the cells say, row by row."""
        return [cell.text for row in self.rows for cell in row]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between two block boundaries."""

    text: str
    heading: bool = False  # marked up as a heading (h1..h6)


@dataclass(frozen=True, slots=True)
class Document:
    """What a carrier (HTML page, text, DOCX, PDF, spreadsheet) holds, whatever it was: paragraphs and tables in order."""

    source: Literal["html", "text", "docx", "pdf", "xlsx", "xls", "ocr"]
    blocks: tuple[Paragraph | Grid, ...]
    title: str = ""  # best title the carrier states: h1, og:title, meta ArticleTitle, <title>, core properties
    metadata: Mapping[str, str] = field(default_factory=dict)  # meta tags and the like, lower-case names
    narrative: str | None = None  # main text without navigation, where the carrier needs extraction (HTML)
    images: int = 0  # pictures in the main text
    links: int = 0  # links in the page
    attachments: tuple[str, ...] = ()  # addresses of attached files
    page_text: str = ""  # all text of the page, navigation included
    other_tables: int = 0  # tables of figures about publicity that follow no official template

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Grid))


# --- route --------------------------------------------------------------------------------------------------------------

TemplateId = Literal["legacy-2017", "modern-2019", "modern-2021", "narrative"]


@dataclass(frozen=True, slots=True)
class Route:
    """Which official template the layout follows, and what on the page says so."""

    template: TemplateId
    evidence: tuple[str, ...]  # labels that only this template prints, in the order found


# --- parse --------------------------------------------------------------------------------------------------------------

Absence = Literal["blank", "slash", "not_applicable", "row_missing", "column_missing", "table_missing", "unreadable"]
Severity = Literal["error", "warning", "info"]
# Where a figure stands: table of the document, row, column; all 0-based. For flattened text: region, line, cell in the line.
Address = tuple[int, int, int]


class Figure(NamedTuple):  # made by the hundred for each report, which a dataclass takes three times as long for
    """One number of the official tables. `value` None means that the report gives none; `absence` says in what way."""

    table: str
    item: str
    column: str
    value: float | None
    raw: str | None  # the cell as printed; None where there is no cell
    absence: Absence | None = None
    scaled_from: str | None = None  # unit that was converted to the codebook's, such as "元"
    address: Address | None = None
    corrected_from: str | None = None  # what the document says, a number or an absence, where a `Correction` replaced it


@dataclass(frozen=True, slots=True)
class Correction:
    """A reviewed fix to a source's own error: one figure of one document, as the reviewer found it and as it should be."""

    digest: str  # lower-case hex SHA-256 of the document's bytes
    table: str
    item: str
    column: str
    old: float | Absence  # what the document says, in the codebook's unit, or why it says nothing
    new: float
    reason: str
    date: str  # of the review, YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a reader of the numbers should know. `code` is the id of the check that found it (docs/checks.md)."""

    severity: Severity
    code: str
    message: str
    table: str | None = None
    item: str | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the narrative, heading as printed."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Region:
    """A place by the codes of GB/T 2260, from the province down."""

    adcode: str  # six digits; nine for a township (乡镇、街道)
    path: tuple[str, ...]  # ("甘肃省", "平凉市", "崇信县")
    iso: str  # ISO 3166-2 of the province, "CN-GS"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read. Published as it stands: `valid` when no issue is an error, `suspect` otherwise."""

    template: TemplateId
    year: int | None
    organization: str | None
    region: Region | None
    published_on: str | None  # YYYY-MM-DD
    title: str
    source: str  # Document.source
    figures: tuple[Figure, ...]  # every figure of the template, in the order of the codebook
    sections: tuple[Section, ...]
    issues: tuple[Issue, ...]
    evidence: tuple[str, ...]  # Route.evidence, then the witnesses of year, organisation and region

    @property
    def status(self) -> Literal["valid", "suspect"]:
        return "suspect" if any(issue.severity == "error" for issue in self.issues) else "valid"
