"""A document as a page that shows where a number stands: the archived page itself, else what the reader saw of the file.

What comes out is markup for the body of a page: no script, nothing that reaches for the network, nothing that hides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from parsers.carriers import page_markup, read_document
from parsers.marked_blocks import blocks_with_mark
from parsers.marked_page import page_with_mark


@dataclass(frozen=True, slots=True)
class Spot:
    """What to mark: a cell by its `parsers.records.Address`, a whole row, or a whole table."""

    table: int
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """Markup with a place in it marked: the element with the id `MARK`, if there is one."""

    markup: str
    text: str | None  # of the marked cell, row or table; None where the document has no such place
    as_archived: bool  # the page itself; False: paragraphs and tables as the reader saw them


def mark_document(
    payload: bytes,
    spot: Spot | None,
    *,
    url: str = "",
    content_type: str = "",
    charset: str | None = None,
    convert: Callable[[bytes], bytes] | None = None,
) -> Marked:
    """The document with a place marked in it, or with none. The other arguments as `parsers.parse.parse` takes them.

    Raises a `parsers.verdicts.Verdict` where it cannot be read.
    """
    place = None if spot is None else (spot.table, spot.row, spot.column)
    markup = page_markup(payload, content_type=content_type, charset=charset)
    if markup is not None and (page := page_with_mark(markup, place)) is not None:
        return Marked(*page, as_archived=True)
    document = read_document(payload, content_type=content_type, charset=charset, url=url, convert=convert)
    return Marked(*blocks_with_mark(document, place), as_archived=False)
