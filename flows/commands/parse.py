"""`nianbao parse`: files in, figures out. No network, no Prefect, no ledger."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flows.commands.options import as_json
from flows.commands.output import print_json, print_table, say
from parsers.records import Report
from parsers.verdicts import Verdict

TYPES = ("html", "txt", "docx", "pdf", "xlsx", "xls", "doc", "wps", "zip")


@click.command(name="parse")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
)
@click.option("--type", "kind", type=click.Choice(TYPES), help="What standard input (-) holds.")
@click.option("--url", default="", help="Where the document came from.")
@click.option("--title", default="", help="What the list page called it.")
@click.option("--content-type", default="", help="The Content-Type header that came with it.")
@as_json
def command(*, files: tuple[str, ...], kind: str | None, url: str, title: str, content_type: str, as_json: bool) -> None:
    """Read FILES (.html .txt .docx .pdf .xlsx .xls .doc .wps .zip; - is standard input) and print what they say.

    With --json one object a line, in the order of the files; one that is no report gives its verdict.
    """
    from tasks.parsing import parse_or_verdict  # noqa: PLC0415 - after the call has been found to be right

    if "-" in files and kind is None and not content_type:
        raise click.UsageError("Say with --type what standard input holds.")
    failed = False
    for file in files:
        name = f"stdin.{kind or 'html'}" if file == "-" and kind else file
        hints = {"url": url, "title": title, "content_type": content_type, "file_name": Path(name).name}
        faults: list[str] = []
        result = parse_or_verdict(_payload(file), faults, **hints)
        for fault in faults:
            say(fault)
        failed |= isinstance(result, Verdict)
        if as_json:
            print_json({"file": file} | _to_json(result))
        else:
            _print(file, result)
    click.get_current_context().exit(1 if failed else 0)


def _payload(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _to_json(result: Report | Verdict) -> dict[str, Any]:
    from parsers.serialize import report_to_json  # noqa: PLC0415

    if isinstance(result, Verdict):
        return {"verdict": result.code, "message": result.message}
    return report_to_json(result)


def _print(file: str, result: Report | Verdict) -> None:
    from flows.commands.report import print_report  # noqa: PLC0415

    if isinstance(result, Verdict):
        print_table("", ("file", "verdict", "message"), [(file, result.code, result.message)])
    else:
        click.echo(file)
        print_report(result)
