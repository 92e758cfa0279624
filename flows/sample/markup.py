"""Tables and paragraphs as HTML, in the ways in which editors of portals leave them behind.

A `Dress` says how the inside of a cell is written and what stands on the tags; spans come from the form itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from flows.sample.forms import Form, FormCell
from flows.sample.narrative import Block, Heading


def plain_cell(text: str) -> str:
    """Text with its line breaks as `<br>`."""
    return escape(text).replace("\n", "<br>")


def word_cell(text: str) -> str:
    """As pasted from Word: `MsoNormal` paragraphs, spans that change the font between Latin and Chinese, `<o:p>`."""
    return "".join(
        f"<p class=MsoNormal align=center style='text-align:center'>{_word_runs(line)}</p>" for line in text.split("\n")
    )


def _word_runs(line: str) -> str:
    latin = line.isascii()
    font = "font-family:仿宋_GB2312;mso-bidi-font-family:宋体;mso-font-kerning:0pt"
    lang = " lang=EN-US" if latin else ""
    inner = f"<span{lang} style='font-size:10.5pt;{font}'>{escape(line) or '&nbsp;'}</span>"
    return f"<font face=宋体>{inner}</font><span lang=EN-US style='font-size:10.5pt;{font}'><o:p></o:p></span>"


def split_cell(text: str) -> str:
    """One span a character: what some editors make of text whose font was set twice. Numbers are torn too."""
    return "".join(
        "<br>" if letter == "\n" else f'<span style="font-size: 14px;">{escape(letter)}</span>' for letter in text
    )


@dataclass(frozen=True, slots=True)
class Dress:
    """How tables and paragraphs are written down."""

    cell: Callable[[str], str] = plain_cell
    table: str = ' border="1" cellspacing="0" cellpadding="0" width="100%"'
    data: str = ' align="center"'
    element: str = "td"  # of the cells without a figure
    paragraph: str = ' style="text-indent: 2em;"'
    heading: str = "h3"


PLAIN = Dress()
WORD = Dress(
    cell=word_cell,
    table=" class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-padding-alt:0cm'",
    data=" valign=center style='border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt'",
    paragraph=" class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'",
    heading="p",
)
SPLIT = Dress(cell=split_cell, data=' style="word-break: break-all;"', heading="p")
DRESSES = {"plain": PLAIN, "word": WORD, "split": SPLIT}


def table_html(form: Form, dress: Dress = PLAIN) -> str:
    """The form as one `<table>`, each cell in its anchor with its `rowspan` and `colspan`."""
    rows = "\n".join(f"<tr>{''.join(_td(cell, dress) for cell in row)}</tr>" for row in form.rows)
    return f"<table{dress.table}>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _td(cell: FormCell, dress: Dress) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    tag = "td" if cell.figure else dress.element
    return f"<{tag}{spans}{dress.data}>{dress.cell(cell.text)}</{tag}>"


def paragraph_html(text: str, dress: Dress = PLAIN) -> str:
    inner = dress.cell(text) if dress.cell is split_cell else escape(text)
    return f"<p{dress.paragraph}>{inner}</p>"


def heading_html(text: str, dress: Dress = PLAIN) -> str:
    """A heading element, or a bold paragraph where the editor knows no headings."""
    if dress.heading == "p":
        return f"<p{dress.paragraph}><b>{escape(text)}</b></p>"
    return f"<{dress.heading}>{escape(text)}</{dress.heading}>"


def blocks_html(blocks: Iterable[Block], dress: Dress = PLAIN) -> str:
    """Headings, paragraphs and tables of a report, in order."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Form():
                parts.append(table_html(block, dress))
            case Heading():
                parts.append(heading_html(block.text, dress))
            case str():
                parts.append(paragraph_html(block, dress))
    return "\n".join(parts)
