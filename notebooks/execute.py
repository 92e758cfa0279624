"""Run the notebook over a lake and keep what it shows: `python notebooks/execute.py LAKE` (`make docs`).

The committed outputs are those of the sample portal's lake. They hold nothing of the machine or the moment: the tests run
the notebook again and compare.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).with_name("quickstart.ipynb")
SECONDS = 300  # for one cell; a busy machine starts the kernel slowly


def execute(lake: Path, notebook: Path = NOTEBOOK) -> nbformat.NotebookNode:
    """The notebook with the outputs that it has over this lake. Raises CellExecutionError where a cell fails."""
    node = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        node,
        timeout=SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(notebook.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.execute(env=os.environ | {"NIANBAO_LAKE": str(lake.absolute())})
    node.metadata["language_info"] = {"name": "python"}  # not which Python it was
    return node


def main() -> None:
    nbformat.write(execute(Path(sys.argv[1])), NOTEBOOK)


if __name__ == "__main__":
    main()
