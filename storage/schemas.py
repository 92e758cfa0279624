"""The tables of the lake: Arrow schemas with a description on every field. The report year and the province are not columns
of the files but of their path (`year=2024/region=CN-GS`), which pandas, DuckDB and Polars turn into columns;
year 0 is a year that neither the document nor its list tells, region CN-XX a place that they do not tell.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

LAKE_VERSION = "3"  # rises when the same readings give other files: everything is then published again


def _field(name: str, kind: pa.DataType, description: str, *, nullable: bool = True) -> pa.Field[Any]:
    return pa.field(name, kind, nullable=nullable, metadata={"description": description})


_REPORT_ID = _field("report_id", pa.string(), "Names the report: 16 hex digits from its address.", nullable=False)
_TEMPLATE = _field(
    "template",
    pa.string(),
    "Official layout: legacy-2017, modern-2019, modern-2021, or narrative (no table).",
    nullable=False,
)
_STATUS = _field(
    "status",
    pa.string(),
    "valid, or suspect: an error stands among the issues, so do not trust its figures as they are.",
    nullable=False,
)
_ORGANIZATION = _field("organization", pa.string(), "The body that reports, as the report names it.")
_ADCODE = _field("adcode", pa.string(), "Code of the place by GB/T 2260 (行政区划代码), six digits; nine for a township.")

REPORTS = pa.schema(
    [
        _REPORT_ID,
        _field("content_digest", pa.string(), "SHA-256 of the document's bytes, hex; joins with captures.", nullable=False),
        _TEMPLATE,
        _STATUS,
        _ORGANIZATION,
        _ADCODE,
        _field("province", pa.string(), "Province-level place (省、自治区、直辖市)."),
        _field("prefecture", pa.string(), "Prefecture-level place (市、州、盟); null for a body of the province."),
        _field("county", pa.string(), "County-level place (县、区、旗); null above it."),
        _field("township", pa.string(), "Township (乡、镇、街道); null above it."),
        _field("title", pa.string(), "Title as the document prints it.", nullable=False),
        _field("url", pa.string(), "Address of the document.", nullable=False),
        _field(
            "aliases",
            pa.list_(pa.string()),
            "Other addresses of this report: the same bytes, or a page of the same body with the same figures.",
            nullable=False,
        ),
        _field("portal", pa.string(), "Name of the portal whose list held it.", nullable=False),
        _field("published_on", pa.string(), "Date of publication that the document states, YYYY-MM-DD."),
        _field("source", pa.string(), "Kind of carrier: html, text, docx, pdf, xlsx, xls, ocr.", nullable=False),
        _field("figure_count", pa.int32(), "Number of figures that the template asks for.", nullable=False),
        _field("figures_present", pa.int32(), "How many of them the document gives.", nullable=False),
        _field("error_count", pa.int32(), "Number of issues of severity error.", nullable=False),
        _field("warning_count", pa.int32(), "Number of issues of severity warning.", nullable=False),
        _field("evidence", pa.list_(pa.string()), "What decided template, year, organisation and place.", nullable=False),
    ],
    metadata={"description": "One row a report."},
)

FIGURES = pa.schema(
    [
        _REPORT_ID,
        _field("table", pa.string(), "Table of the codebook.", nullable=False),
        _field("item", pa.string(), "Row of the table, by its key in the codebook.", nullable=False),
        _field("column", pa.string(), "Column of the table, by its key in the codebook.", nullable=False),
        _field(
            "value", pa.float64(), "The number, in the codebook's unit; null where the report gives none, never 0 for it."
        ),
        _field("raw", pa.string(), "The cell as printed; null where there is no such cell."),
        _field(
            "absence",
            pa.string(),
            "Why value is null: blank, slash, not_applicable, row_missing, column_missing, table_missing, unreadable.",
        ),
        _field("scaled_from", pa.string(), "Unit of the printed number where it was converted, such as 元 to 万元."),
        _field(
            "corrected_from",
            pa.string(),
            "What the document says, a number or why there is none, where a reviewed correction replaced it by value.",
        ),
        _field("at_table", pa.int32(), "Where it stands in the document: table, from 0."),
        _field("at_row", pa.int32(), "Where it stands in the document: row, from 0."),
        _field("at_column", pa.int32(), "Where it stands in the document: column, from 0."),
        _TEMPLATE,
        _STATUS,
        _ORGANIZATION,
        _ADCODE,
    ],
    metadata={"description": "One row for each (report_id, table, item, column)."},
)

SECTIONS = pa.schema(
    [
        _REPORT_ID,
        _field("position", pa.int32(), "Place of the section in the report, from 0.", nullable=False),
        _field("heading", pa.string(), "Heading as printed.", nullable=False),
        _field("text", pa.string(), "Text under the heading, without the tables.", nullable=False),
    ],
    metadata={"description": "The narrative, one row a section."},
)

ISSUES = pa.schema(
    [
        _REPORT_ID,
        _field("position", pa.int32(), "Place among the issues of the report, from 0.", nullable=False),
        _field("severity", pa.string(), "error, warning or info.", nullable=False),
        _field("code", pa.string(), "The check that found it.", nullable=False),
        _field("table", pa.string(), "Table of the cell that it is about, if it is about one."),
        _field("item", pa.string(), "Row of that cell."),
        _field("column", pa.string(), "Column of that cell."),
        _field("message", pa.string(), "A sentence for people.", nullable=False),
    ],
    metadata={"description": "What a reader of the numbers should know, one row an issue."},
)

CAPTURES = pa.schema(
    [
        _field("document_id", pa.string(), "Names the document; the report_id of its report.", nullable=False),
        _field("content_digest", pa.string(), "SHA-256 of the decoded body, hex.", nullable=False),
        _field("url", pa.string(), "Address asked for.", nullable=False),
        _field("final_url", pa.string(), "Address that answered, after redirects.", nullable=False),
        _field("fetched_at", pa.string(), "When these bytes were first seen, UTC, ISO 8601.", nullable=False),
        _field("status", pa.int32(), "HTTP status.", nullable=False),
        _field("content_type", pa.string(), "Content-Type as the server stated it.", nullable=False),
        _field("length", pa.int64(), "Bytes of the decoded body.", nullable=False),
        _field("archive_file", pa.string(), "WARC file under archive/.", nullable=False),
        _field("archive_offset", pa.int64(), "Where its record begins in that file.", nullable=False),
    ],
    metadata={"description": "One row for each body that a document has had."},
)
