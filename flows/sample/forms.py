"""The official forms (国办 formats) as tables: which cell stands where, how far it spans, which figure it prints.

A `Form` is what the Word file that the State Council's office sent round looks like, before any portal touched it. Labels
are taken from the codebook; numbering and spans, which the codebook leaves out, are made here. Everything that renders a
page (the sample portal, the tests' layouts, the benchmark) starts from these forms.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from flows.sample.legacy_form import LEGACY_ROWS

Key = tuple[str, str, str]  # (table, item, column) of the codebook

HAN_DIGITS = "一二三四五六七八九十"
CHECKSUM_NOTE = "(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)"
LEGACY_CAPTION = "政府信息公开情况统计表"


@dataclass(frozen=True, slots=True)
class FormCell:
    """One cell, in its anchor position. A cell that prints a figure carries its key; its text is filled in by `fill`."""

    text: str = ""
    rowspan: int = 1
    colspan: int = 1
    figure: Key | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """One printed table. `rows[r]` holds the cells anchored in row r; `header_rows` come before the first figure."""

    table: str
    rows: tuple[tuple[FormCell, ...], ...]
    width: int
    header_rows: int = 0

    def cells(self) -> Iterator[FormCell]:
        for row in self.rows:
            yield from row

    def figures(self) -> tuple[Key, ...]:
        """The figures that this form prints, in the order of reading."""
        return tuple(cell.figure for cell in self.cells() if cell.figure)


def fill(form: Form, texts: Mapping[Key, str]) -> Form:
    """The form with the text of each figure in its cell; a figure without text leaves its cell blank."""
    rows = tuple(
        tuple(replace(cell, text=texts.get(cell.figure, "")) if cell.figure else cell for cell in row) for row in form.rows
    )
    return replace(form, rows=rows)


@cache
def codebook(template: str) -> dict[str, Any]:
    """The template's TOML as shipped with the parsers. Read here without the parsers' own loader, to be a second witness."""
    text = resources.files("parsers").joinpath("templates", f"{template}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def official_forms(template: str) -> tuple[Form, ...]:
    """The tables of a template in the order in which a report prints them; none for `narrative`."""
    match template:
        case "legacy-2017":
            return (_statistics(),)
        case "modern-2019" | "modern-2021":
            return (_disclosure(template), _applications(template), _proceedings(template))
        case _:
            return ()


@cache
def figure_keys(template: str) -> tuple[Key, ...]:
    """Every figure of a template, table by table, in the order of the official form, which is that of the codebook."""
    return tuple(key for form in official_forms(template) for key in form.figures())


def _figures(table: str, item: str, columns: Mapping[str, str]) -> tuple[FormCell, ...]:
    return tuple(FormCell(figure=(table, item, column)) for column in columns)


def _disclosure(template: str) -> Form:
    """Section 二: a grid of four columns, one block of rows for each clause of article 20 (第二十条)."""
    rows: list[tuple[FormCell, ...]] = []
    for group in codebook(template)["disclosure"]["groups"]:
        columns: dict[str, str] = group["columns"]
        last = 4 - len(columns)  # the last column takes what is left of the grid
        rows.append((FormCell(group["clause"], colspan=4),))
        rows.append(_widen_last((FormCell("信息内容"), *(FormCell(label) for label in columns.values())), last))
        for item, label in group["items"].items():
            rows.append(_widen_last((FormCell(label), *_figures("disclosure", item, columns)), last))
    return Form("disclosure", tuple(rows), width=4)


def _widen_last(row: tuple[FormCell, ...], colspan: int) -> tuple[FormCell, ...]:
    return (*row[:-1], replace(row[-1], colspan=colspan))


def _applications(template: str) -> Form:
    """Section 三: three columns of labels, the outer ones spanning their group, and seven columns of figures."""
    table = codebook(template)["applications"]
    columns: dict[str, str] = table["columns"]
    labels = list(columns.values())
    rows: list[tuple[FormCell, ...]] = [
        (FormCell(CHECKSUM_NOTE, rowspan=3, colspan=3), FormCell("申请人情况", colspan=7)),
        (FormCell(labels[0], rowspan=2), FormCell("法人或其他组织", colspan=5), FormCell(labels[-1], rowspan=2)),
        tuple(FormCell(label) for label in labels[1:-1]),
    ]
    items: list[dict[str, str]] = table["items"]
    parents = [item.get("parent") for item in items]
    inside = [item for item in items if item.get("parent")]
    top = middle = inner = 0
    for item, parent, before in zip(items, parents, [None, *parents], strict=False):
        row: list[FormCell] = []
        if parent is None:
            row.append(FormCell(f"{HAN_DIGITS[top]}、{item['label']}", colspan=3))
            top += 1
        else:
            if before is None:
                row.append(FormCell(f"{HAN_DIGITS[top]}、本年度办理结果", rowspan=len(inside)))
                top += 1
            if parent == "本年度办理结果":
                row.append(FormCell(f"({HAN_DIGITS[middle]}){item['label']}", colspan=2))
                middle += 1
            else:
                if parent != before:
                    row.append(FormCell(f"({HAN_DIGITS[middle]}){parent}", rowspan=parents.count(parent)))
                    middle, inner = middle + 1, 0
                inner += 1
                row.append(FormCell(f"{inner}.{item['label']}"))
        rows.append((*row, *_figures("applications", item["key"], columns)))
    return Form("applications", tuple(rows), width=10, header_rows=3)


def _proceedings(template: str) -> Form:
    """Section 四: three header rows over one row of fifteen figures."""
    table = codebook(template)["proceedings"]
    columns: dict[str, str] = table["columns"]
    items: list[dict[str, str]] = table["items"]
    outcomes = tuple(FormCell(label) for label in columns.values())
    rows = (
        (FormCell("行政复议", colspan=5), FormCell("行政诉讼", colspan=10)),
        (
            *(replace(cell, rowspan=2) for cell in outcomes),
            FormCell(items[1]["label"], colspan=5),
            FormCell(items[2]["label"], colspan=5),
        ),
        outcomes + outcomes,
        tuple(cell for item in items for cell in _figures("proceedings", item["key"], columns)),
    )
    return Form("proceedings", rows, width=15, header_rows=3)


def _statistics() -> Form:
    """The legacy 统计表: 统计指标, 单位, 统计数. A heading row has dashes for its unit and no figure."""
    units = {item["key"]: item["unit"] for item in codebook("legacy-2017")["statistics"]["items"]}
    rows: list[tuple[FormCell, ...]] = [(FormCell("统计指标"), FormCell("单位"), FormCell("统计数"))]
    for label, item in LEGACY_ROWS:
        figure = ("statistics", item, "value") if item else None
        rows.append((FormCell(label), FormCell(units.get(item, "——")), FormCell(figure=figure)))
    return Form("statistics", tuple(rows), width=3, header_rows=1)
