"""`nianbao quality`"""

from __future__ import annotations

from typing import Any

import click

from flows.commands.options import as_json, place, years
from flows.commands.output import print_json, print_table
from flows.errors import CallError
from flows.quality import quality
from flows.settings import data_directory
from flows.years import checked_years
from storage.lake import present_partitions


@click.command(name="quality")
@years
@place
@as_json
def command(*, years: tuple[int, ...], data: str | None, ledger: str | None, as_json: bool) -> None:
    """Say how good the published reports are: what the checks found, and the share of valid ones."""
    wanted = checked_years(years)
    directory = data_directory(data)
    if not present_partitions(directory):
        raise CallError(f"{directory.store}/lake holds no reports yet; start with `nianbao harvest`.")
    found = quality(directory, wanted)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    click.echo(f"{found['reports']} reports, {found['valid']} valid ({_share(found)}), {found['suspect']} suspect")
    for title, key in (("template", "by_template"), ("portal", "by_portal")):
        rows = [
            (name, counts["reports"], counts["valid"], counts["suspect"], _share(counts))
            for name, counts in found[key].items()
        ]
        click.echo()
        print_table(
            "",
            (title, "reports", "valid", "suspect", "share valid"),
            rows,
            right=("reports", "valid", "suspect", "share valid"),
        )
    click.echo()
    rows = [
        (issue["severity"], issue["code"], issue["template"], issue["issues"], issue["reports"]) for issue in found["issues"]
    ]
    print_table("", ("severity", "check", "template", "issues", "reports"), rows, right=("issues", "reports"))


def _share(counts: dict[str, Any]) -> str:
    return f"{100 * counts['valid'] / counts['reports']:.1f} %" if counts["reports"] else ""
