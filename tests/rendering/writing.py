"""From a draft to the bytes of a page: HTML in a dress and a chrome, or text in a shape."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Literal

from flows.sample.markup import PLAIN, Dress, blocks_html
from flows.sample.script import overconverted, traditional
from tests.rendering import chrome as chromes
from tests.rendering.draft import Draft, Page
from tests.rendering.linear import Shape, everything_on_one_line, text_of

Script = Literal["simplified", "traditional", "overconverted"]
Charset = Literal["utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030"]

SCRIPTS: dict[str, Callable[[str], str]] = {"simplified": str, "traditional": traditional, "overconverted": overconverted}


def encode(text: str, charset: Charset) -> bytes:
    """In the charset that a page declares; what declares itself gb2312 or gbk is written as gb18030."""
    return text.encode(charset if charset.startswith("utf") else "gb18030")


def write_html(
    draft: Draft,
    *,
    dress: Dress = PLAIN,
    chrome: chromes.Chrome = chromes.bare,
    script: Script = "simplified",
    charset: Charset = "utf-8",
    in_header: bool = False,
) -> Page:
    """The draft as an HTML page. `in_header`: the charset stands in the Content-Type as well as in the page."""
    declared = charset.removesuffix("-sig")
    text = SCRIPTS[script](chrome(draft, blocks_html(draft.blocks, dress), declared))
    content_type = f"text/html; charset={declared}" if in_header else "text/html"
    return _page(draft, encode(text, charset), content_type, "page.html")


def write_text(
    draft: Draft, shape: Shape, *, script: Script = "simplified", titled: bool = True, charset: Charset = "utf-8"
) -> Page:
    """The draft as plain text, with or without its title on the first line."""
    between = "\n\n" if shape.__name__ == "paragraphs" else "\n"
    text = text_of(draft.blocks, shape, between=between)
    text = SCRIPTS[script](f"{draft.title}\n{text}" if titled else text)
    return _page(draft, encode(text, charset), "text/plain", "page.txt")


def write_html_lines(draft: Draft, shape: Shape, *, tag: Literal["p", "br", "pre"] = "p") -> Page:
    """An HTML page without tables: the draft as text in a shape, each line a paragraph, or broken by `<br>`, or in `<pre>`."""
    lines = [escape(line) for line in text_of(draft.blocks, shape).split("\n")]
    match tag:
        case "p":
            inner = "\n".join(f"<p>{line}</p>" for line in lines if line.strip())
        case "br":
            inner = f"<div>{'<br>'.join(lines)}</div>"
        case "pre":
            inner = "<pre>" + "\n".join(lines) + "</pre>"
    return _page(draft, chromes.portal(draft, inner, "utf-8").encode(), "text/html", "page.html")


def write_one_line(draft: Draft) -> Page:
    """The whole report on one line of text."""
    text = text_of(draft.blocks, everything_on_one_line, between=" ")
    return _page(draft, f"{draft.title} {text}".encode(), "text/plain", "page.txt")


def _page(draft: Draft, payload: bytes, content_type: str, file_name: str) -> Page:
    return Page(payload, content_type, draft.figures, draft.title, draft.organization, draft.year, file_name)
