"""The sample portal harvested, for tests that only look at what comes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE


def harvest_sample(folder: Path) -> Path:
    """`nianbao harvest --sample` in a folder, with a home of its own. What it prints is kept beside the data directory."""
    home = folder / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANBAO_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "harvest", "--sample"],
        cwd=folder,
        env=kept | {"HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (folder / "harvest.txt").write_text(done.stdout, encoding="utf-8")
    return folder / "data"
