"""The real documents with their golden figures, as documents to be scored."""

from __future__ import annotations

from flows.sample.figures import PageFigures
from tests.accuracy.bodies import Body
from tests.accuracy.drawn import Drawn
from tests.parsers.test_real_documents import NAMES, SEEDS, expected_figures, load_golden


def real_documents() -> dict[str, Drawn] | None:
    """By name; None where they are not beside the checkout."""
    return {name: _document(name) for name in NAMES} if SEEDS.is_dir() else None


def _document(name: str) -> Drawn:
    golden = load_golden(name)
    figures = PageFigures(golden["template"], {(*each.place,): each.value for each in expected_figures(name)})
    body = Body(golden["organization"] or None, golden["adcode"] or "none", "", "")
    payload = (SEEDS / golden["document"]).read_bytes()
    return Drawn("text", payload, golden["document"], "", figures, golden["year"], body, clean=True, layout=name)
