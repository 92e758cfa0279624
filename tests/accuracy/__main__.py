"""`python -m tests.accuracy [--documents N] [--into DIR]` counts and writes accuracy.md and catalogue.md.

Exit status 1 where a goal that is absolute is missed: a wrong figure without an error issue, or a page of the catalogue that is
not as it must be.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.accuracy.catalogue import read_catalogue
from tests.accuracy.drawn import CARRIERS, drawn_reports
from tests.accuracy.no_reports import KINDS, NoReport, drawn_no_reports
from tests.accuracy.page import Results, accuracy_page, catalogue_page
from tests.accuracy.real import real_documents
from tests.accuracy.score import Score, scored
from tests.rendering.strategies import TEMPLATES

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENTS = 40  # for each template and carrier


def measure(each: int, *, progress: bool = False) -> Results:
    """Draw so many documents for each template and carrier, a third as many pages of each kind that is no report; read all."""
    drawn: dict[tuple[str, str], Score] = {}
    for carrier in CARRIERS:
        for template in TEMPLATES:
            started = time.monotonic()
            drawn[carrier, template] = scored(drawn_reports(carrier, template, each))
            if progress:
                sys.stderr.write(f"{carrier}, {template}: {each} documents, {time.monotonic() - started:.0f} s\n")
    pages = max(1, each // 3)
    no_reports = {kind: (pages, sum(map(_is_taken, drawn_no_reports(kind, pages)))) for kind in KINDS}
    documents = real_documents()
    real = None if documents is None else {name: scored([document]) for name, document in documents.items()}
    return Results(each, drawn, real, no_reports, read_catalogue())


def _is_taken(page: NoReport) -> bool:
    """Whether the page is taken for a report."""
    try:
        parse(page.payload, file_name=page.file_name, portal_region=page.portal)
    except Verdict:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument(
        "--documents", type=int, default=DOCUMENTS, help="for each template and carrier (default %(default)s)"
    )
    parser.add_argument("--into", type=Path, default=DOCS, help="the folder of the two pages (default docs/)")
    arguments = parser.parse_args()
    results = measure(arguments.documents, progress=True)
    arguments.into.mkdir(parents=True, exist_ok=True)
    (arguments.into / "accuracy.md").write_text(accuracy_page(results), encoding="utf-8")
    (arguments.into / "catalogue.md").write_text(catalogue_page(results.catalogue), encoding="utf-8")
    scores = [*results.drawn.values(), *(results.real or {}).values()]
    as_due = all(case.right for cases in results.catalogue.values() for case in cases)
    return 0 if as_due and not any(score.silent for score in scores) else 1


if __name__ == "__main__":
    sys.exit(main())
