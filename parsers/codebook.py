"""The official templates as data: which tables, items and columns each prints, and which label means which of them.

The facts are in `templates/*.toml`; a new official template is one more file there. A figure's place is its `Place`:
`(table, item, column)`, the key that notebooks query.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Literal, NamedTuple, TypeVar

from parsers.normal import label_key
from parsers.records import TemplateId

TEMPLATE_IDS: tuple[TemplateId, ...] = ("legacy-2017", "modern-2019", "modern-2021")
# What people call the tables, whatever heading a report prints over them.
TITLES = {
    "statistics": "政府信息公开情况统计表",
    "disclosure": "主动公开政府信息情况",
    "applications": "收到和处理政府信息公开申请情况",
    "proceedings": "政府信息公开行政复议、行政诉讼情况",
}


class Place(NamedTuple):
    """Where a figure belongs in the official layout."""

    table: str
    item: str
    column: str


class Column(NamedTuple):
    key: str
    label: str
    unit: str | None = None  # "万元" for amounts; None for counts


@dataclass(frozen=True)
class Item:
    key: str
    label: str
    columns: tuple[Column, ...]  # those that the layout gives this item
    parent: str | None = None  # label of the group that the layout prints it in
    unit: str | None = None
    clause: str | None = None  # of the Regulations' article 20 (第二十条), for disclosure


L = TypeVar("L", Column, Item)
T = TypeVar("T")


@dataclass(frozen=True)
class Identity:
    """A sum that the layout promises (勾稽关系): left side, relation, right side; once for each column or for each item.

    The names are items where `each` is "column" and columns where it is "item".
    """

    id: str
    each: Literal["column", "item"]
    left: tuple[str, ...]
    relation: Literal["=", "<="]
    right: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # one object a table: compared and hashed as such
class Table:
    """One official table. `meanings` says what each normalised label (`label_key`) may stand for."""

    key: str
    items: tuple[Item, ...]
    columns: tuple[Column, ...]
    variants: Mapping[str, tuple[str, ...]]
    known: tuple[str, ...]  # labels without a figure
    subtotals: tuple[str, ...]  # labels of columns that reports add to the official ones
    identities: tuple[Identity, ...]

    def places(self) -> Iterator[Place]:
        for item in self.items:
            for column in item.columns:
                yield Place(self.key, item.key, column.key)

    @cached_property
    def item_keys(self) -> Mapping[str, tuple[Item, ...]]:
        """label key -> the items that print it (two for 被依法纠错数), official wording and variants alike."""
        return _index(_with_variants(self.items, self.variants))

    @cached_property
    def column_keys(self) -> Mapping[str, tuple[Column, ...]]:
        return _index(_with_variants(self.columns, self.variants))

    @cached_property
    def known_keys(self) -> frozenset[str]:
        groups = {item.parent for item in self.items if item.parent} | {item.clause for item in self.items if item.clause}
        return frozenset(label_key(label) for label in (*self.known, *groups)) - {""}

    @cached_property
    def subtotal_keys(self) -> frozenset[str]:
        return frozenset(label_key(label) for label in self.subtotals)

    def item(self, key: str) -> Item:
        return self._items[key]

    @cached_property
    def _items(self) -> dict[str, Item]:
        return {item.key: item for item in self.items}


@dataclass(frozen=True)
class Template:
    id: TemplateId
    sections: tuple[str, ...]  # headings of the narrative, official wording
    tables: tuple[Table, ...]

    def places(self) -> Iterator[Place]:
        """Every figure of the template, in the order in which the official layout prints them."""
        for table in self.tables:
            yield from table.places()

    def table(self, key: str) -> Table:
        return next(table for table in self.tables if table.key == key)


def _index(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    index: dict[str, tuple[T, ...]] = {}
    for label, thing in pairs:
        key = label_key(label)
        if thing not in index.get(key, ()):
            index[key] = (*index.get(key, ()), thing)
    return index


def _with_variants(things: Iterable[L], variants: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, L]]:
    for thing in things:
        yield thing.label, thing
        for variant in variants.get(thing.label, ()):
            yield variant, thing


@cache
def load_template(template_id: TemplateId) -> Template:
    """The template with this id. Raises FileNotFoundError for one that is not in the codebook."""
    data = tomllib.loads((resources.files("parsers") / "templates" / f"{template_id}.toml").read_text(encoding="utf-8"))
    tables = tuple(_load_table(key, part) for key, part in data.items() if isinstance(part, dict))
    return Template(data["template"], tuple(data.get("sections", ())), tables)


def _load_table(key: str, data: dict[str, Any]) -> Table:
    items = tuple(_grouped_items(data["groups"]) if "groups" in data else _plain_items(data))
    columns = {column.key: column for item in items for column in item.columns}
    known = data.get("known", {})
    variants = {label: tuple(others) for label, others in data.get("variants", {}).items()}
    variants |= {
        item["label"]: (*item["also"], *variants.get(item["label"], ())) for item in data.get("items", ()) if "also" in item
    }
    return Table(
        key=key,
        items=items,
        columns=tuple(columns.values()),
        variants=variants,
        known=tuple(known.get("labels", ())),
        subtotals=tuple(known.get("subtotals", ())),
        identities=tuple(_load_identity(part, items, tuple(columns)) for part in data.get("identities", ())),
    )


def _load_identity(data: dict[str, Any], items: tuple[Item, ...], columns: tuple[str, ...]) -> Identity:
    names = columns if data["each"] == "item" else tuple(item.key for item in items)
    left, right = (tuple(name for term in data[side] for name in _expand(term, names)) for side in ("left", "right"))
    return Identity(data["id"], data["each"], left, data["relation"], right)


def _expand(term: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """`granted..other_handling` -> every name from the first to the last, in the official order."""
    first, _, last = term.partition("..")
    return names[names.index(first) : names.index(last or first) + 1]


def _plain_items(data: dict[str, Any]) -> Iterator[Item]:
    columns = tuple(Column(key, label) for key, label in data["columns"].items())
    for item in data["items"]:
        yield Item(item["key"], item["label"], columns, item.get("parent"), item.get("unit"))


def _grouped_items(groups: list[dict[str, Any]]) -> Iterator[Item]:
    for group in groups:
        columns = tuple(Column(key, label, "万元" if key == "amount" else None) for key, label in group["columns"].items())
        for key, label in group["items"].items():
            yield Item(key, label, columns, clause=group["clause"])
