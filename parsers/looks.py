"""What the looks of a table's cell say of its words: struck out, hidden, raised to a note, or typed into a form's field."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

_STRUCK = ("del", "s", "strike", "rt", "rp")  # and what is read aloud beside a word
_STYLES = {  # what a style says, and a piece of it that a page must hold before its elements are asked
    "hidden": (re.compile(r"visibility\s*:\s*hidden", re.IGNORECASE), b"hidden"),
    "shrunk": (re.compile(r"font-size\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|$)", re.IGNORECASE), b"font-size:0"),
    "struck": (re.compile(r"text-decoration[-a-z]*\s*:[^;]*line-through", re.IGNORECASE), b"line-through"),
    "raised": (re.compile(r"vertical-align\s*:\s*super", re.IGNORECASE), b":super"),
}
_STYLED = ("span", "font", "a", "em", "i", "b", "u", "strong")
_OVERRULED = frozenset({"hidden", "shrunk"})  # which an element inside may be said not to be
_FIELDS = frozenset({"", "text", "number"})
_HAS_DIGIT = re.compile(r"[0-9\uff10-\uff19]")


def settle_looks(root: HtmlElement, payload: bytes) -> None:
    """Cells as a reader sees them: without what is struck out or hidden, with what stands in the fields of a form.

    A raised digit is a note and no digit of the number before it: it goes into brackets, which no number has.
    """
    for element in [each for each in root.iter(*_STRUCK, "sup", "input") if _is_in_cell(each)]:
        if element.tag == "input":
            if (element.get("type") or "").lower() in _FIELDS:
                element.tail = (element.get("value") or "") + (element.tail or "")
        elif element.tag == "sup":
            _bracket(element)
        else:
            element.drop_tree()
    for looks, element in list(_styled(root, payload)):
        if looks == "raised":
            _bracket(element)
        else:
            element.drop_tree()


def _styled(root: HtmlElement, payload: bytes) -> Iterator[tuple[str, HtmlElement]]:
    styles = {style for element in root.iter(*_STYLED) if (style := element.get("style"))}  # few differ among thousands
    asked = {
        looks: pattern
        for looks, (pattern, piece) in _STYLES.items()
        if any(map(pattern.search, styles)) and (piece in payload or piece.replace(b":", b": ") in payload)
    }
    if not asked:
        return
    for element in root.iter(*_STYLED):
        style = element.get("style")
        for looks, pattern in asked.items() if style else ():
            if pattern.search(style or "") and _is_in_cell(element) and (looks not in _OVERRULED or len(element) == 0):
                yield looks, element
                break


def _is_in_cell(element: HtmlElement) -> bool:
    return next(element.iterancestors("td", "th"), None) is not None


def _bracket(element: HtmlElement) -> None:
    text = str(element.text_content()).strip()
    if _HAS_DIGIT.search(text):
        for child in list(element):
            element.remove(child)
        element.text = text if text[0] in "[(（〔【" else f"[{text}]"
