"""What is written from the code in docs/ is what the code says now."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from docs.generate import DOCS, PARTS, SCHEMAS, filled, generated
from parsers.codebook import TEMPLATE_IDS, load_template
from parsers.records import Absence

STALE = "stale: write it anew with `make docs`"


def test_generated_documents_are_fresh() -> None:
    for file, text in generated():
        assert file.read_text(encoding="utf-8") == text, f"docs/{file.name} is {STALE}"


def test_every_part_stands_in_a_document() -> None:
    text = "\n".join(text for _, text in generated())
    assert [name for name in PARTS if f"<!-- from: {name} -->" not in text] == []


def test_a_stale_part_is_told() -> None:
    written = filled("before\n<!-- from: checks -->\n<!-- end -->\nafter\n")
    assert written.startswith("before\n<!-- from: checks -->\n\n| code |")
    assert written.endswith("<!-- end -->\nafter\n")
    assert filled(written) == written
    assert filled(written.replace("| `identity` | cell |", "| `identity` | row |")) == written
    with pytest.raises(KeyError):
        filled("<!-- from: nothing -->\n<!-- end -->")


def test_codebook_for_programs_has_every_figure_once() -> None:
    file = next(path for path, _ in generated() if path.name == "codebook.csv")
    rows = [line.split(",")[:4] for line in Path(file).read_text(encoding="utf-8").splitlines()[1:]]
    places = [[template, *place] for template in TEMPLATE_IDS for place in load_template(template).places()]
    assert rows == places


def test_what_the_lake_s_page_says_by_hand() -> None:
    text = (DOCS / "lake.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(\w+)` \| ", text.partition("## How absence is said")[2], re.MULTILINE)
    assert told == list(get_args(Absence))
    numbers = [str(sum(1 for _ in load_template(template).places())) for template in TEMPLATE_IDS]
    assert f"({', '.join(numbers[:-1])} or {numbers[-1]})" in text
    assert [name for name in SCHEMAS if f"\n## {name}\n" not in text] == []
