"""What a run may be told from outside: where everything is kept, and how hard it may work.

Each comes from an option or a flow parameter, else from the environment, else it has the default that stands here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.errors import CallError
from storage.layout import BUCKET, DataDirectory

DEFAULT_PORTALS = "deployments/portals"
DEFAULT_CORRECTIONS = "deployments/corrections.toml"


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
    directory = data_directory(data, environ)
    ledger = ledger or environ.get("NIANBAO_LEDGER")
    if directory.bucket is not None and not (ledger or "").startswith("postgres"):
        raise CallError(
            f"With the data directory in a bucket ({directory.bucket}) the ledger has to be a PostgreSQL database: "
            "give its address with --ledger or NIANBAO_LEDGER, such as postgresql://USER@HOST/NAME."
        )
    return Settings(
        data=directory,
        ledger=ledger or str(directory.ledger),
        workers=int(_number(environ, "NIANBAO_WORKERS", os.cpu_count() or 1, least=1)),
        crawlers=int(_number(environ, "NIANBAO_CRAWLERS", 128, least=1)),
        retries=int(_number(environ, "NIANBAO_RETRIES", 3, least=0)),
        retry_delay=_number(environ, "NIANBAO_RETRY_DELAY", 10.0, least=0),
    )


def data_directory(data: str | None = None, environ: Mapping[str, str] = os.environ) -> DataDirectory:
    """Where everything is kept: a folder, or an "s3://" address with a folder of this machine for what passes through.

    Raises `CallError` for any other address. Touches no disk.
    """
    address = data or environ.get("NIANBAO_DATA") or "data"
    if "://" not in address:
        return DataDirectory(Path(address))
    address = address.rstrip("/")
    if not BUCKET.fullmatch(address):
        raise CallError(
            "The data directory may be a folder, or s3://BUCKET/PREFIX in plain letters, digits and -_.= "
            "(credentials and endpoint come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL)."
        )
    state = environ.get("NIANBAO_STATE") or Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local/state", "nianbao")
    return DataDirectory(Path(state, address.removeprefix("s3://")), address)


def portal_path(portals: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the portal files are: given, or in NIANBAO_PORTALS, or in `deployments/portals`."""
    return Path(portals or environ.get("NIANBAO_PORTALS") or DEFAULT_PORTALS)


def corrections_path(corrections: str | None = None, environ: Mapping[str, str] = os.environ) -> tuple[Path, bool]:
    """Where the corrections are: given, or in NIANBAO_CORRECTIONS, or in `deployments/corrections.toml`; and whether somebody
    named the file, so that it has to be there."""
    named = corrections or environ.get("NIANBAO_CORRECTIONS")
    return Path(named or DEFAULT_CORRECTIONS), bool(named)


def hand_down(settings: Settings, portals: Path | None = None, corrections: tuple[Path, bool] | None = None) -> None:
    """Put the places of a run into the environment, for this process and those that it starts, wherever they work.

    Not as parameters of the run: Prefect keeps those and shows them, and a database URL may hold a password.
    """
    ledger = settings.ledger if "://" in settings.ledger else str(Path(settings.ledger).absolute())
    os.environ["NIANBAO_DATA"] = settings.data.absolute().address
    os.environ["NIANBAO_LEDGER"] = ledger
    if state := os.environ.get("NIANBAO_STATE"):
        os.environ["NIANBAO_STATE"] = str(Path(state).absolute())
    if portals is not None:
        os.environ["NIANBAO_PORTALS"] = str(portals.absolute())
    if corrections is not None and (corrections[1] or corrections[0].exists()):
        os.environ["NIANBAO_CORRECTIONS"] = str(corrections[0].absolute())


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
