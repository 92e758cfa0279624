"""A report on the terminal: who, when, the figures table by table, and what the checks found."""

from __future__ import annotations

from itertools import groupby

import click

from flows.commands.output import print_table
from parsers.records import Figure, Report


def print_report(report: Report) -> None:
    """Print a report for a person. Null is an empty cell, as printed cells that are no number stand in brackets."""
    place = " ".join(report.region.path) if report.region else "place unknown"
    click.echo(
        f"{report.organization or 'body unknown'}, {report.year or 'year unknown'} ({report.template}, {report.status})"
    )
    click.echo(f"{report.title} | {place} | published {report.published_on or 'at an unknown date'}")
    for table, figures in groupby(report.figures, key=lambda figure: figure.table):
        _print_figures(table, list(figures))
    issues = [
        (issue.severity, issue.code, _place(issue.table, issue.item, issue.column), issue.message) for issue in report.issues
    ]
    if issues:
        print_table("issues", ("severity", "code", "where", "what"), issues)
    click.echo()


def _print_figures(table: str, figures: list[Figure]) -> None:
    """Items down, columns across, as the official tables have them."""
    columns = list(dict.fromkeys(figure.column for figure in figures))
    cells = {(figure.item, figure.column): _cell(figure) for figure in figures}
    items = list(dict.fromkeys(figure.item for figure in figures))
    rows = [(item, *(cells.get((item, column), "") for column in columns)) for item in items]
    print_table(table, ("item", *columns), rows, right=columns)


def _cell(figure: Figure) -> str:
    if figure.value is not None:
        return f"{figure.value:.15g}"
    return f"[{figure.raw}]" if figure.raw else ""


def _place(*parts: str | None) -> str:
    return "/".join(part for part in parts if part)
