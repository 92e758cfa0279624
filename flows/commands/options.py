"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
Option = Callable[[F], F]


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    return lambda function: reduce(lambda decorated, option: option(decorated), reversed(options), function)


as_json: Callable[[F], F] = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")

place: Callable[[F], F] = _options(
    click.option(
        "--data", metavar="DIR", help="Where everything is kept: a folder, or s3://BUCKET/PREFIX. [NIANBAO_DATA; data/]"
    ),
    click.option("--ledger", metavar="URL", help="Database of the ledger. [NIANBAO_LEDGER; a file in the data directory]"),
)

portal_files: Callable[[F], F] = click.option(
    "--portals", metavar="PATH", help="A portal file, or a folder of them. [NIANBAO_PORTALS; deployments/portals]"
)

corrections_file: Callable[[F], F] = click.option(
    "--corrections",
    metavar="PATH",
    help="File of reviewed corrections. [NIANBAO_CORRECTIONS; deployments/corrections.toml]",
)

years: Callable[[F], F] = click.option(
    "--year", "years", type=int, multiple=True, metavar="Y", help="Only reports of this year. May be repeated."
)

verbose: Callable[[F], F] = click.option("--verbose", is_flag=True, help="Show Prefect's own log as well.")
