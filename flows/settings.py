"""What a run may be told from outside: where everything is kept, and how hard it may work.

Each comes from an option or a flow parameter, else from the environment, else it has the default that stands here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.errors import CallError
from storage.layout import DataDirectory

DEFAULT_PORTALS = "deployments/portals"


@dataclass(frozen=True, slots=True)
class Settings:
    """Made by `settings_from`."""

    data: DataDirectory
    ledger: str  # path of an SQLite file, or a database URL
    workers: int  # reading processes
    crawlers: int  # hosts visited at the same time
    retries: int  # times that a batch with transient failures is tried again
    retry_delay: float  # seconds before the first of them, doubled each time


def settings_from(data: str | None = None, ledger: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this run. Raises `CallError` for a variable that holds no usable value. Touches no disk."""
    directory = DataDirectory(Path(data or environ.get("NIANBAO_DATA") or "data"))
    return Settings(
        data=directory,
        ledger=ledger or environ.get("NIANBAO_LEDGER") or str(directory.ledger),
        workers=int(_number(environ, "NIANBAO_WORKERS", os.cpu_count() or 1, least=1)),
        crawlers=int(_number(environ, "NIANBAO_CRAWLERS", 16, least=1)),
        retries=int(_number(environ, "NIANBAO_RETRIES", 3, least=0)),
        retry_delay=_number(environ, "NIANBAO_RETRY_DELAY", 10.0, least=0),
    )


def portal_path(portals: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the portal files are: given, or in NIANBAO_PORTALS, or in `deployments/portals`."""
    return Path(portals or environ.get("NIANBAO_PORTALS") or DEFAULT_PORTALS)


def hand_down(settings: Settings, portals: Path | None = None) -> None:
    """Put the places of a run into the environment, for this process and those that it starts, wherever they work.

    Not as parameters of the run: Prefect keeps those and shows them, and a database URL may hold a password.
    """
    ledger = settings.ledger if "://" in settings.ledger else str(Path(settings.ledger).absolute())
    os.environ["NIANBAO_DATA"] = str(settings.data.root.absolute())
    os.environ["NIANBAO_LEDGER"] = ledger
    if portals is not None:
        os.environ["NIANBAO_PORTALS"] = str(portals.absolute())


def _number(environ: Mapping[str, str], name: str, default: float, *, least: float) -> float:
    text = environ.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value < float("inf"):
        raise CallError(f"{name} is {text!r}; it must be a number, {least:g} or more.")
    return value
