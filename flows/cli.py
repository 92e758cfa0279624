"""`nianbao`: the command line. Each command lies in a module of its own, which is loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from flows.errors import CallError
from storage.errors import StorageError

INTERRUPTED = 130  # exit status, as shells have it for Ctrl-C
COMMANDS: Mapping[str, str] = {
    "harvest": "Visit the portals: fetch, read and publish what is new or changed.",
    "rerun": "Try again what failed, or what is suspect.",
    "reparse": "Read archived bytes again, without a network.",
    "parse": "Read files and print what they say.",
    "status": "How far everything is, and the last runs.",
    "failures": "Documents that failed, and why.",
    "coverage": "What was found and read, by province, portal and year.",
    "show": "One report, with its issues; or one number in its archived page.",
    "quality": "What the checks found, by code, template and portal.",
    "verify": "Whether ledger, archive and lake agree; mend what does not.",
    "portals": "The portal files: list, check, try them out.",
    "serve": "Stay up and run the scheduled deployments.",
}


class _Commands(click.Group):
    """Knows its commands by name; `parse` must answer without loading Prefect, pandas or a database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"flows.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (CallError, StorageError) as error:
            click.echo(f"nianbao: {error}", err=True)
            ctx.exit(2)
        except OSError as error:
            if not error.filename:  # a pipe that nobody reads is click's business
                raise
            click.echo(
                f"nianbao: {error.filename}: {error.strerror}. See that this user may read and write there, and that the disk is "
                "sound.",
                err=True,
            )
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("nianbao: interrupted; the same command goes on where this one stopped", err=True)
            ctx.exit(INTERRUPTED)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nianbao", prog_name="nianbao")
def main() -> None:
    """Harvest the yearly freedom-of-information reports of Chinese government bodies (政府信息公开工作年度报告).

    Exit status: 0 all well, 1 some documents failed, 2 the call was wrong.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
