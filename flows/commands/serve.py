"""`nianbao serve`"""

from __future__ import annotations

import click

from flows.commands.options import corrections_file, place, portal_files, verbose
from flows.corrections import choose_corrections
from flows.portals import choose_portals
from flows.prefect_server import prefect_server, quiet_prefect
from flows.settings import corrections_path, hand_down, portal_path, settings_from


@click.command(name="serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of our own Prefect server. [a free one]")
@portal_files
@corrections_file
@place
@verbose
def command(
    *, port: int | None, portals: str | None, corrections: str | None, data: str | None, ledger: str | None, verbose: bool
) -> None:
    """Stay up and run the deployments: annual-harvest, rerun-failed and reparse.

    On the Prefect server that is configured (PREFECT_API_URL, or a profile), else on one of our own. Ends with Ctrl-C.
    """
    settings = settings_from(data, ledger)
    choose_portals(portals)
    choose_corrections(corrections)
    directory = settings.data.prepare()
    hand_down(settings, portal_path(portals), corrections_path(corrections))
    quiet_prefect(verbose=verbose)
    with prefect_server(directory.root / "prefect", port=port, ui=True) as server:
        from prefect import serve  # noqa: PLC0415 - after the server has begun to start

        from flows.deployments import served_deployments  # noqa: PLC0415

        deployments = served_deployments()
        click.echo(f"Serving {', '.join(deployment.name for deployment in deployments)}")
        click.echo(f"Prefect's pages: {server.ui_url}")
        serve(*deployments, print_starting_message=False)
