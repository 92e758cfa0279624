"""How cells and paragraphs are marked up: what editors, Word and WPS leave in a page."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from flows.sample.markup import PLAIN, SPLIT, WORD, Dress, plain_cell


def _wps_cell(text: str) -> str:
    """As pasted from WPS: one paragraph a line, nested spans that repeat the font, attributes with namespaces."""
    style = "style=\"font-family:宋体;mso-spacerun:'yes';font-size:12.0000pt;mso-font-kerning:1.0000pt;\""
    lines = "".join(
        f'<p class="p" style="margin-top:0.0000pt"><span {style}><font face="宋体">{escape(line)}</font></span>'
        f"<span {style}><o:p></o:p></span></p>"
        for line in text.split("\n")
    )
    return f"<!--StartFragment-->{lines}<!--EndFragment-->"


def _number_spans(text: str) -> str:
    """Only numbers are torn: 1430 as a span around 14 and another around 30."""
    if len(text) < 2 or not text.isdigit():
        return plain_cell(text)
    half = len(text) // 2
    return f"<span>{text[:half]}</span><span>{text[half:]}</span>"


def _paragraph_lines(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))


def _indented(text: str) -> str:
    """Source that is indented: white space and line breaks around and inside, which a browser does not show."""
    return f"\n          <div>\n            {plain_cell(text)}\n          </div>\n        "


def _inner_table(text: str) -> str:
    """A layout table of one cell inside each cell."""
    return f"<table><tr><td>{plain_cell(text)}</td></tr></table>"


def _inner_number(text: str) -> str:
    """The same around numbers alone, with a blank cell beside them."""
    return f"<table><tr><td>{text}</td><td>&nbsp;</td></tr></table>" if text.isdigit() else plain_cell(text)


def _scripted(text: str) -> str:
    """A comment, a style and a script inside the cell; none of them is text."""
    return f"<!-- 12 --><style>td{{width:99px}}</style><script>var n=77;</script>{plain_cell(text)}"


def _entities(text: str) -> str:
    """Every character as a numeric entity."""
    return "<br>".join("".join(f"&#{ord(letter)};" for letter in line) for line in text.split("\n"))


def _beside_numbers(markup: str) -> Callable[[str], str]:
    """The same markup in front of every number, or behind it where it begins with a bar."""

    def cell(text: str) -> str:
        if not text.isdigit():
            return plain_cell(text)
        return text + markup[1:] if markup.startswith("|") else markup + text

    return cell


def _fields(text: str) -> str:
    """Numbers stand in the fields of the form in which they were typed."""
    return f'<input type="text" value="{text}"><input type="hidden" value="7">' if text.isdigit() else plain_cell(text)


WPS = Dress(
    cell=_wps_cell, table=' class="MsoTableGrid" border="1" cellspacing="0"', data=' width="77" valign="center"', heading="p"
)
NUMBER_SPANS = Dress(cell=_number_spans)
PARAGRAPH_LINES = Dress(cell=_paragraph_lines)
INDENTED = Dress(cell=_indented)
INNER_TABLES = Dress(cell=_inner_table)
INNER_NUMBERS = Dress(cell=_inner_number)
SCRIPTED = Dress(cell=_scripted)
ENTITIES = Dress(cell=_entities)
HEADER_CELLS = Dress(element="th")

DRESSES = {
    "plain": PLAIN,
    "word": WORD,
    "split": SPLIT,
    "wps": WPS,
    "number_spans": NUMBER_SPANS,
    "paragraph_lines": PARAGRAPH_LINES,
    "indented": INDENTED,
    "inner_tables": INNER_TABLES,
    "inner_numbers": INNER_NUMBERS,
    "scripted": SCRIPTED,
    "entities": ENTITIES,
    "header_cells": HEADER_CELLS,
}
FIELDS = Dress(cell=_fields)
UNSEEN = {  # name -> digits beside each number that belong to no number
    "struck-out": Dress(cell=_beside_numbers("<del>12</del>")),
    "struck-out-by-style": Dress(cell=_beside_numbers('<span style="text-decoration: line-through">12</span>')),
    "invisible": Dress(cell=_beside_numbers('|<span style="visibility:hidden">99</span>')),
    "shrunk-to-nothing": Dress(cell=_beside_numbers('|<span style="font-size:0">99</span>')),
    "read-aloud": Dress(cell=_beside_numbers("|<ruby><rt>5</rt></ruby>")),
}
RAISED = {
    "sup": Dress(cell=_beside_numbers("|<sup>1</sup>")),
    "style": Dress(cell=_beside_numbers('|<span style="font-size:8px;vertical-align:super">1</span>')),
}
