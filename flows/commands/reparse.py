"""`nianbao reparse`"""

from __future__ import annotations

from typing import Any

import click

from flows.commands.ledger import opened_ledger
from flows.commands.options import as_json, corrections_file, place, verbose
from flows.commands.running import finish, run_flow
from flows.commands.selecting import selection, selector_from
from flows.corrections import choose_corrections
from flows.parameters import refuse_unknown
from flows.settings import settings_from


@click.command(name="reparse")
@click.option("--all", "everything", is_flag=True, help="Also what this parser has read already.")
@selection
@corrections_file
@place
@as_json
@verbose
def command(
    *,
    everything: bool,
    corrections: str | None,
    data: str | None,
    ledger: str | None,
    as_json: bool,
    verbose: bool,
    **selectors: Any,
) -> None:
    """Read archived bytes again, without a network: what an older parser has read, or with --all everything.

    The options choose among them; they combine.
    """
    selector = selector_from(selectors)  # what cannot be is refused before anything is started
    choose_corrections(corrections)
    with opened_ledger(data, ledger) as opened:
        refuse_unknown(selector, opened)
    summary = run_flow(
        "flows.reparse:reparse",
        settings_from(data, ledger),
        verbose=verbose,
        everything=everything,
        corrections=corrections,
        **selectors,
    )
    finish(summary, as_json=as_json)
