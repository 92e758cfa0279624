"""The notebook runs over a harvested lake, its Chinese labels are drawn, and its committed outputs are what it shows."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from matplotlib import pyplot as plt
from nbformat import NotebookNode

from notebooks.execute import NOTEBOOK, execute

pytestmark = pytest.mark.timeout(600)

OURS = re.compile(r"^\s*(?:from|import)\s+(?:flows|tasks|storage|parsers)\b", re.MULTILINE)


@pytest.fixture(scope="module")
def committed() -> NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> NotebookNode:
    """The notebook as it runs for a person who has nothing in their home."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as settings:
        settings.setenv("HOME", str(home))
        for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):
            settings.setenv(name, str(home / name.lower()))
        return execute(sample_data / "lake")


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def charts(notebook: NotebookNode) -> list[np.ndarray[Any, Any]]:
    """Every picture that came out, as pixels (height, width, RGBA), each from 0 to 1."""
    encoded = (output.data["image/png"] for output in outputs(notebook) if "image/png" in output.get("data", {}))
    return [plt.imread(io.BytesIO(base64.b64decode(picture)), format="png") for picture in encoded]


def texts(notebook: NotebookNode) -> list[str]:
    """What every cell shows in words, tables as HTML."""
    shown = (output.get("data", {}) for output in outputs(notebook))
    return [data.get("text/html", data.get("text/plain", "")) for data in shown]


def test_nothing_is_said_on_the_way(executed: NotebookNode) -> None:
    """Warnings go to stderr, above all “Glyph … missing from font”."""
    said = [output.text for output in outputs(executed) if output.output_type == "stream"]
    assert said == []


def test_two_charts_with_something_on_them(executed: NotebookNode) -> None:
    pictures = charts(executed)
    assert len(pictures) == 2
    for picture in pictures:
        height, width, _ = picture.shape
        inked = np.any(picture[:, :, :3] < 0.9, axis=2)
        assert height > 300
        assert width > 600
        assert 0.05 < inked.mean() < 0.7
        assert len(np.unique((picture[:, :, :3] * 255).astype(int).reshape(-1, 3), axis=0)) > 50


def test_real_numbers_are_shown(executed: NotebookNode) -> None:
    """Of the sample's real documents: Chongxin received 13 applications in 2024, Linping 891 (drawn beside its bar)."""
    shown = "\n".join(texts(executed))
    assert "崇信县人民政府2024年政府信息公开工作年度报告" in shown
    row = re.search(r"<th>本年新收政府信息公开申请数量</th>(.*?)</tr>", shown, re.DOTALL)
    assert row is not None
    assert re.findall(r"<td>(.*?)</td>", row[1]) == ["13", "0", "0", "0", "0", "0", "13"]
    assert "湘阴县人民政府" in shown, "the suspect report"


def test_committed_outputs_are_fresh(committed: NotebookNode, executed: NotebookNode) -> None:
    stale = "the notebook's outputs are stale: write them anew with `make docs`"
    assert texts(committed) == texts(executed), stale
    for old, new in zip(charts(committed), charts(executed), strict=True):
        assert old.shape == new.shape, stale
        assert np.abs(old - new).mean() < 0.002, stale  # letters may be smoothed another way on another machine


def test_committed_file_is_clean(committed: NotebookNode) -> None:
    nbformat.validate(committed)
    assert [cell.execution_count for cell in committed.cells if cell.cell_type == "code"] == list(
        range(1, sum(cell.cell_type == "code" for cell in committed.cells) + 1)
    )
    source = "\n".join(cell.source for cell in committed.cells if cell.cell_type == "code")
    assert not OURS.search(source), "the notebook must run where nianbao is not installed"
    assert committed.metadata == {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    words = re.sub(r'"image/png": "[^"]*"', "", NOTEBOOK.read_text(encoding="utf-8"))
    assert not re.search(r"(?<![\w.])/(?:home|root|tmp|Users|work)/", words), "a path of somebody's machine"


def drawn(text: str) -> np.ndarray[Any, Any]:
    """A label as pixels, in the font that is set."""
    figure = plt.figure(figsize=(4, 1), dpi=100)
    figure.text(0.1, 0.3, text, fontsize=24)
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    plt.close(figure)
    picture.seek(0)
    return plt.imread(picture, format="png")


def test_the_font_has_the_characters(committed: NotebookNode) -> None:
    """Two labels of equal length look alike in a font that draws a box for each character, and differ in ours."""
    cell = next(cell for cell in committed.cells if "font" in cell.metadata.get("tags", ()))
    imports = next(cell for cell in committed.cells if cell.cell_type == "code")
    with mpl.rc_context({"backend": "agg"}):
        with pytest.warns(UserWarning, match="Glyph .* missing"):
            boxes = drawn("申请数量"), drawn("办理结果")
        assert np.array_equal(*boxes)
        exec(imports.source + "\n" + cell.source, {})
        assert plt.rcParams["font.family"] == ["Noto Sans CJK SC"]
        labels = drawn("申请数量"), drawn("办理结果")
    assert not np.array_equal(*labels)
    assert not np.array_equal(labels[0], boxes[0])


def test_the_notebook_downloads_and_installs_nothing(committed: NotebookNode, tmp_path: Path) -> None:
    """The font is registered with no home to write to; only matplotlib's own cache may be made."""
    cell = next(cell for cell in committed.cells if "font" in cell.metadata.get("tags", ()))
    imports = next(cell for cell in committed.cells if cell.cell_type == "code")
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    environment = {"HOME": str(home), "MPLCONFIGDIR": str(cache), "PATH": "/usr/bin:/bin"}
    source = f"{imports.source}\n{cell.source}"
    done = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []
