"""What an address looks like: one document, or a column (list) of them."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import unquote, urlsplit

ATTACHMENT = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|zip|rar|7z|ofd|ceb)$", re.IGNORECASE)
FOLDER = re.compile(r"^(?:index|default|list|main|home|lm|column|node|channel|catalog|more)(?:[_-]?\d*)$", re.IGNORECASE)
DOCUMENT = re.compile(
    r"\d{5,}|^t\d{6,}|^(?:content|art|article|post|info|detail|show|view|doc|c|p)[_-]?\d+|^\d+$|^(?=.*\d)[0-9a-f]{16,}$",
    re.IGNORECASE,
)
DATED_FOLDER = re.compile(r"/20\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?\d\d)?(?:/|$)")
LIST_FOLDER = re.compile(r"/(?:channels?|columns?|lists?|nodes?|catalogs?|lm)$", re.IGNORECASE)
DOCUMENT_QUERY = re.compile(r"(?:^|&)(?:\w*id|docno|guid|uuid|aid|wid|key|infono|identifier)=[\w-]+", re.IGNORECASE)
LIST_QUERY = re.compile(
    r"(?:^|&)(?:column_?id|channel_?id|cat(?:egory)?_?id|class_?id|lm_?id|type_?id|node_?id|site_?id|unit_?id|dept_?id|catalog_?id|\w*tree_?id)=",
    re.IGNORECASE,
)
LIST_NAME = re.compile(r"list|column|channel|node|catalog|category", re.IGNORECASE)


class Shape(Enum):
    """What an address looks like."""

    DOCUMENT = "document"
    COLUMN = "column"
    UNKNOWN = "unknown"


def shape_of(url: str) -> Shape:
    """Whether the address looks like one document or like a column (list) of them."""
    parts = urlsplit(url)
    folder, _, name = unquote(parts.path).rpartition("/")
    stem, _, _ = name.partition(".")
    if ATTACHMENT.search(name):
        return Shape.DOCUMENT
    if LIST_QUERY.search(parts.query) and not DOCUMENT_QUERY.search(LIST_QUERY.sub("&", parts.query)):
        return Shape.COLUMN
    if DOCUMENT_QUERY.search(parts.query):
        return Shape.COLUMN if LIST_NAME.search(stem) else Shape.DOCUMENT
    if not name:
        return Shape.COLUMN
    if FOLDER.match(stem):
        # Some systems give each document a folder of its own: /2024/01/30/1234567/index.html
        return Shape.DOCUMENT if DATED_FOLDER.search(folder) and re.search(r"\d{5,}$", folder) else Shape.COLUMN
    if LIST_FOLDER.search(folder):
        return Shape.COLUMN
    if DATED_FOLDER.search(folder):
        return Shape.DOCUMENT
    if re.fullmatch(r"20\d\d[a-z]{0,6}", stem, re.IGNORECASE):
        return Shape.UNKNOWN  # a year's report, or a year's column
    if DOCUMENT.search(stem):
        return Shape.COLUMN if re.match(r"(?:col|list|node|channel|column)", stem, re.IGNORECASE) else Shape.DOCUMENT
    return Shape.UNKNOWN
