"""What goes to the terminal: results on standard output, everything said on the way on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click


def print_json(value: Any) -> None:
    """One JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Iterable[str] = ()) -> None:
    """A table for a person; without a terminal it is as wide as it has to be."""
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that --json does not pay
    from rich.table import Table  # noqa: PLC0415

    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console.width = 10_000
    numbers = set(right)
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console.print(table)


def say(text: str) -> None:
    """A line for a person, beside the result."""
    click.echo(text, err=True)
