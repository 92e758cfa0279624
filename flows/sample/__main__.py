"""`python -m flows.sample`: the sample portal standing alone, and portal files to harvest it with."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import click

from flows.sample import SampleServer, start_sample
from parsers.records import Portal


@click.command()
@click.option("--port", default=0, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--write-portals",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one portal TOML file a column into this folder.",
)
@click.option("--mended", is_flag=True, help="Serve the portal after repair: no dead link, no page that is down.")
def main(port: int, folder: Path | None, mended: bool) -> None:
    """Serve the sample portal until interrupted."""
    try:
        sample = start_sample(port, mended=mended)
    except OSError as error:
        raise click.ClickException(f"cannot listen on port {port}: {error.strerror}") from error
    with sample:
        _announce(sample, folder)
        try:
            Event().wait()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)


def _announce(sample: SampleServer, folder: Path | None) -> None:
    click.echo(f"serving {len(sample.portals)} portals with {len(sample.pages)} documents on {sample.address}")
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for portal in sample.portals:
        path = folder / f"{portal.name}.toml"
        path.write_text(portal_toml(portal), encoding="utf-8")
        click.echo(path)


def portal_toml(portal: Portal) -> str:
    """A portal of the sample as its TOML file."""
    lines = [f"name = {_quoted(portal.name)}", f"region = {_quoted(portal.region)}"]
    lines += [f"lists = [{', '.join(_quoted(address) for address in portal.lists)}]"]
    lines += [f"pace = {portal.pace:g}", f"minimum = {portal.minimum}"]
    lines += [f"allow_hosts = [{', '.join(_quoted(host) for host in portal.allow_hosts)}]"]
    lines += [f"notes = {_quoted(portal.notes)}", "", "[connect]"]
    lines += [f"{_quoted(host)} = {_quoted(address)}" for host, address in portal.connect.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string


if __name__ == "__main__":
    main()
