"""Write the parts of docs/ that follow from the code: `python docs/generate.py` (`make docs`). A test holds them to it.

A generated part stands between `<!-- from: NAME -->` and `<!-- end -->`; what is around it is written by hand.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # called as a script, from wherever

from parsers.checks import CHECKS, Check
from parsers.codebook import TEMPLATE_IDS, TITLES, Identity, Table, load_template
from parsers.records import TemplateId
from storage.schemas import CAPTURES, FIGURES, ISSUES, REPORTS, SECTIONS

DOCS = Path(__file__).resolve().parent
_PART = re.compile(r"(?P<head><!-- from: (?P<name>[\w.-]+) -->\n).*?(?P<tail><!-- end -->)", re.DOTALL)
SCHEMAS = {"reports": REPORTS, "figures": FIGURES, "sections": SECTIONS, "issues": ISSUES, "captures": CAPTURES}


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown, each row on a line."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


# --- checks.md ----------------------------------------------------------------------------------------------------------


def checks(*, of_lists: bool) -> str:
    """The declared checks: those of reports, or those of list pages."""
    chosen = [check for check in CHECKS if (check.scope == "list") is of_lists]
    head = ("code", "scope", "severity", "tolerance", "what it means")
    return markdown_table(head, (_check_row(check) for check in chosen))


def _check_row(check: Check) -> tuple[str, ...]:
    return (f"`{check.id}`", check.scope, " or ".join(check.severities), check.tolerance, check.sentence)


# --- lake.md ------------------------------------------------------------------------------------------------------------


def columns(schema: pa.Schema) -> str:
    """The columns of one table of the lake."""
    rows = [
        (f"`{field.name}`", str(field.type).replace("item: ", ""), "yes" if field.nullable else "no", _description(field))
        for field in schema
    ]
    return markdown_table(("column", "type", "may be null", "what it is"), rows)


def _description(field: pa.Field[Any]) -> str:
    return (field.metadata or {})[b"description"].decode()


# --- codebook.md and codebook.csv ---------------------------------------------------------------------------------------


def template(template_id: TemplateId) -> str:
    """The tables of an official template: columns, items and sums (勾稽关系), in the official order."""
    return "\n".join(_table(table) for table in load_template(template_id).tables)


def _table(table: Table) -> str:
    parts = [f"### `{table.key}` {TITLES[table.key]}\n"]
    if len({item.columns for item in table.items}) == 1:
        named = ", ".join(f"`{column.key}` {column.label}" for column in table.columns)
        parts.append(f"Columns: {named}.\n")
        rows = [(f"`{item.key}`", item.label, item.parent or "", item.unit or "") for item in table.items]
        head = ("item", "label", "group", "unit")
    else:
        rows = [
            (
                f"`{item.key}`",
                item.label,
                item.clause or "",
                ", ".join(f"`{each.key}` {each.label}" for each in item.columns),
            )
            for item in table.items
        ]
        head = ("item", "label", "clause", "columns")
    used = [place for place in range(len(head)) if any(row[place] for row in rows)]
    parts.append(markdown_table([head[place] for place in used], ([row[place] for place in used] for row in rows)))
    if table.identities:
        parts.append("".join(f"- `{identity.id}`: {_formula(identity)}\n" for identity in table.identities))
    return "\n".join(parts)


def _formula(identity: Identity) -> str:
    left, right = (" + ".join(f"`{name}`" for name in side) for side in (identity.left, identity.right))
    return f"{left} {identity.relation} {right}, in each {identity.each}."


def codebook_csv() -> str:
    """Every figure of every template in the official order, for programs: one row each."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("template", "table", "item", "column", "group", "item_label", "column_label", "unit"))
    for template_id in TEMPLATE_IDS:
        for table in load_template(template_id).tables:
            for item in table.items:
                group = item.parent or item.clause or ""
                for column in item.columns:
                    unit = column.unit or item.unit or ""
                    writer.writerow((template_id, table.key, item.key, column.key, group, item.label, column.label, unit))
    return out.getvalue()


# --- all of it ----------------------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[], str]] = {
    "checks": partial(checks, of_lists=False),
    "checks.lists": partial(checks, of_lists=True),
    **{f"lake.{name}": partial(columns, schema) for name, schema in SCHEMAS.items()},
    **{f"codebook.{name}": partial(template, name) for name in TEMPLATE_IDS},
}


def filled(text: str) -> str:
    """A document with its generated parts written anew. Raises KeyError for a part that nothing generates."""
    return _PART.sub(lambda match: f"{match['head']}\n{PARTS[match['name']]()}\n{match['tail']}", text)


def generated() -> Iterator[tuple[Path, str]]:
    """Every file that is generated, in whole or in part, with what it must hold."""
    for file in sorted(DOCS.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        if _PART.search(text):
            yield file, filled(text)
    yield DOCS / "codebook.csv", codebook_csv()


def main() -> None:
    for file, text in generated():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
