"""An empty database for our own Prefect server, laid out in one go.

Prefect lays one out by running through every migration that it ever had, which takes 4 s of processor time and more on a
slow disk: most of the time until a first harvest begins. `prefect_database.sql` is what these migrations leave, written by
`python -m flows.prefect_database`. It serves the version of Prefect that it was written for; any other lays out its own.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

NAME = "prefect.db"  # within PREFECT_HOME, as Prefect calls it
_FILE = "prefect_database.sql"
_VERSION = re.compile(r"^-- prefect (\S+)$", re.MULTILINE)


def lay_out(home: Path) -> bool:
    """Make the database in `home`, unless there is one or Prefect is of another version; says whether it was made.

    It appears whole or not at all; where this cannot be done, the server will say why when it tries itself.
    """
    target = home / NAME
    script = resources.files("flows").joinpath(_FILE).read_text(encoding="utf-8")
    version = _VERSION.search(script)
    if target.exists() or version is None or version[1] != importlib.metadata.version("prefect"):
        return False
    with contextlib.suppress(OSError, sqlite3.Error), tempfile.TemporaryDirectory(dir=home) as folder:
        made = Path(folder) / NAME
        with contextlib.closing(sqlite3.connect(made)) as database:
            database.executescript(script)
        made.rename(target)
        return True
    return False


def migrated_script() -> str:
    """The script that makes what the migrations of the installed Prefect leave in an empty database. Takes some seconds."""
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"],
            env=os.environ | {"PREFECT_HOME": home, "PREFECT_SERVER_ANALYTICS_ENABLED": "false"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with contextlib.closing(sqlite3.connect(Path(home) / NAME)) as database:
            statements = "\n".join(database.iterdump())
    return f"-- prefect {importlib.metadata.version('prefect')}\n{statements}\n"


if __name__ == "__main__":
    (Path(__file__).parent / _FILE).write_text(migrated_script(), encoding="utf-8")
