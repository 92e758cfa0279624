"""An archived page, made harmless, with one of its cells marked."""

from __future__ import annotations

import re

from lxml.html import HtmlElement, tostring
from lxml_html_clean import Cleaner

from parsers.grids import cell_elements, read_grid, row_elements
from parsers.html import figure_tables

MARK = "nianbao-mark"  # id of the marked element
Place = tuple[int, int | None, int | None]  # table, row, column

# What is left of a page: text, tables and looks. What is not named here is unwrapped, its text kept.
# fmt: off
_TAGS = frozenset((
    "body", "div", "p", "br", "hr", "span", "font", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "big", "center",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "colgroup",
    "col", "thead", "tbody", "tfoot", "tr", "td", "th", "section", "article", "header", "footer", "main", "nav", "aside",
    "address", "figure", "figcaption", "a",
))
# With their text: scripts by other names, and what stands in for another file.
_KILLED = ("svg", "math", "audio", "video", "canvas", "map", "title", "textarea", "input", "xml", "marquee")
_ATTRIBUTES = frozenset((
    "align", "valign", "width", "height", "border", "cellpadding", "cellspacing", "bgcolor", "color", "face", "size", "colspan",
    "rowspan", "span", "nowrap", "lang", "dir", "style", "start", "type",
))
# fmt: on
# Declarations that say how something looks, and neither hide it nor move it over something else.
_LOOK = re.compile(
    r"(?:text-(?:align|indent|decoration)|vertical-align|line-height|white-space|font(?:-\w+)?|color|background(?:-color)?"
    r"|border(?:-\w+)*|padding(?:-\w+)?|width)\s*:[^()\\@:]*",
    re.IGNORECASE,
)

_cleaner = Cleaner(
    page_structure=False,
    style=True,  # sheets; what stands in attributes is chosen by `_LOOK`
    inline_style=False,
    forms=False,  # by `_TAGS`: what a form holds is text of the page too
    remove_unknown_tags=False,
    allow_tags=_TAGS,
    kill_tags=_KILLED,
    safe_attrs_only=True,
    safe_attrs=_ATTRIBUTES,
    add_nofollow=False,
)


def page_with_mark(markup: str, place: Place | None) -> tuple[str, str | None] | None:
    """The body of the page as markup, and the text at the place; None where the tables of the page are no elements.

    Raises `Unreadable` for markup without an element, `TooLarge` as `parsers.html.read_html`.
    """
    root, tables = figure_tables(markup)
    if place is not None and place[0] >= len(tables):
        return None
    found = _element(tables[place[0]], place[1], place[2]) if place is not None else None
    text = None if found is None else _text(found)
    body = root.find("body")
    assert body is not None, "the parser makes one"
    _cleaner(body)
    for element in body.iter():
        if style := element.get("style"):
            declarations = (part.strip() for part in style.split(";"))
            element.set("style", "; ".join(filter(_LOOK.fullmatch, declarations)))
    if found is not None:
        found.set("id", MARK)
    body.tag = "div"
    return tostring(body, encoding="unicode"), text


def _element(table: HtmlElement, row: int | None, column: int | None) -> HtmlElement | None:
    """The table, its row, or the cell anchored at this row and column."""
    if row is None:
        return table
    rows = read_grid(table, 0).rows
    if row >= len(rows):
        return None
    if column is None:
        return row_elements(table)[row]
    cells = zip(rows[row], cell_elements(table, row), strict=True)
    return next((element for cell, element in cells if cell.column == column), None)


def _text(element: HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())
