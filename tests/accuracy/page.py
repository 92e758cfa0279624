"""docs/accuracy.md: what was counted, in words and tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from docs.generate import markdown_table
from tests.accuracy.catalogue import CaseResult
from tests.accuracy.drawn import CARRIERS
from tests.accuracy.score import PRINTED, READ, RIGHT, Score, added
from tests.fuzzing.__main__ import LAST
from tests.rendering.strategies import TEMPLATES

IDENTITY = ("template", "year", "organization", "region")
MOST_WRONG = 40  # lines of what is wrong


@dataclass(frozen=True)
class Results:
    """Everything that the page says. Without the real documents `real` is None."""

    each: int  # documents drawn for each template and carrier
    drawn: Mapping[tuple[str, str], Score]  # by carrier and template
    real: Mapping[str, Score] | None
    no_reports: Mapping[str, tuple[int, int]]  # kind -> pages, of them taken for a report
    catalogue: Mapping[str, Sequence[CaseResult]]


def accuracy_page(results: Results) -> str:
    """The whole page."""
    total = added(results.drawn.values())
    parts = (
        _HEAD.format(
            each=results.each,
            documents=f"{total.documents:,}",
            clean=f"{total.clean:,}",
            templates=len(TEMPLATES),
            carriers=", ".join(CARRIERS),
        ),
        "## Against the goals\n\n" + _goals(results, total),
        "## Drawn documents, by carrier\n\n" + _by_carrier(results),
        "## What is taken for what\n\n" + _confusions(total),
        "## Real documents\n\n" + _real(results.real),
        "## Pages that are no report\n\n" + _no_reports(results.no_reports),
        "## The catalogue\n\n" + _catalogue(results.catalogue),
        "## Fuzzing\n\n" + _fuzzing(),
        "## What is wrong\n\n" + _wrong(results, total),
    )
    return "\n".join(parts)


_HEAD = """# Accuracy

How right the reader is. `make accuracy` writes this page: every number in it is counted by code, on documents whose content is known
because we drew it. Each drawn document takes a body and a year from the gazetteer, figures, and a layout out of the irregularities
of published reports ([catalogue](catalogue.md)), several at once; the seeds are fixed, so that the same code gives the same page.
{each} documents for each of {templates} templates in each carrier ({carriers}): {documents} in all. {clean} are clean: they have one
right reading and nothing to complain of. The others have lost something on the way (a column, a row, the trace of a blank cell, a
sum that does not come out), and there an error issue is right as well.

These are layouts that we thought of. Real pages have others; a report that does not add up is flagged whatever the reason.
"""


def _share(part: int, whole: int) -> str:
    """A share in per cent, never rounded up to 100 or down to 0."""
    if not whole:
        return "–"
    shown = f"{100 * part / whole:.2f}".rstrip("0").rstrip(".")
    if part < whole and shown == "100":
        shown = "99.99"
    if part and shown == "0":
        shown = "0.01"
    return f"{shown} %"


def _goals(results: Results, total: Score) -> str:
    pages = sum(pages for pages, _ in results.no_reports.values())
    taken = sum(taken for _, taken in results.no_reports.values())
    rows = [
        (
            "template right, clean documents",
            "100 %",
            *_counted(total.clean_right["template"], total.clean),
        ),
        ("year right", "99.5 %", *_counted(total.right["year"], total.documents)),
        (
            "figures exactly right, clean documents",
            "99.9 %",
            *_counted(_right(total.clean_figures), sum(total.clean_figures.values())),
        ),
        ("documents with a wrong figure and no error issue", "0", str(total.silent), f"{total.documents:,} documents"),
        (
            "null read as 0, or 0 as null, with no error issue",
            "0",
            str(total.silent_confusions),
            f"{total.figures_all:,} figures",
        ),
        ("clean documents with an error issue", "at most 0.5 %", *_counted(total.complained, total.clean)),
        ("organisation right", "98 %", *_counted(total.right["organization"], total.documents)),
        ("region right, with the portal's", "98 %", *_counted(total.right["region"], total.documents)),
        ("pages that are no report told apart", "99 %", *_counted(pages - taken, pages)),
    ]
    return markdown_table(("", "goal", "measured", "of"), rows)


def _counted(part: int, whole: int) -> tuple[str, str]:
    return _share(part, whole), f"{part:,} of {whole:,}"


def _right(figures: Counter[tuple[str, str]]) -> int:
    return sum(count for kind, count in figures.items() if kind in RIGHT)


def _by_carrier(results: Results) -> str:
    head = ("carrier", "template", "documents", "clean", *IDENTITY, "figures, clean", "figures, all", "silent", "complaints")
    rows = [
        (
            carrier,
            template,
            str(score.documents),
            str(score.clean),
            *(_share(score.right[name], score.documents) for name in IDENTITY),
            _share(_right(score.clean_figures), sum(score.clean_figures.values())),
            _share(score.figures_right, score.figures_all),
            str(score.silent),
            str(score.complained),
        )
        for (carrier, template), score in results.drawn.items()
    ]
    note = (
        "Silent: documents with a wrong figure and no error issue. Complaints: clean documents with an error issue, or refused."
        " A figure that was not read counts as wrong; in documents that are not clean it stands under an error issue.\n"
    )
    return f"{markdown_table(head, rows)}\n{note}"


def _confusions(total: Score) -> str:
    read = sorted({said for _, said in total.templates})
    templates = markdown_table(
        ("template, as printed \\ as read", *read),
        ((printed, *(str(total.templates[printed, said]) for said in read)) for printed in TEMPLATES),
    )
    figures = markdown_table(
        ("figure, as printed \\ as read", *READ),
        ((printed, *(f"{total.figures[printed, said]:,}" for said in READ)) for printed in PRINTED),
    )
    clean = markdown_table(
        ("figure of a clean document \\ as read", *READ),
        ((printed, *(f"{total.clean_figures[printed, said]:,}" for said in READ)) for printed in PRINTED),
    )
    return "\n".join((templates, figures, clean))


def _real(real: Mapping[str, Score] | None) -> str:
    if real is None:
        return (
            "Not counted: the real documents (`../shared/seeds`) were not beside the checkout when this page was written.\n"
        )
    rows = [
        (
            name,
            *("yes" if score.right[what] else "no" for what in IDENTITY),
            f"{score.figures_right} of {score.figures_all}",
            str(score.complained),
        )
        for name, score in real.items()
    ]
    return "Read by eye figure by figure (`tests/golden/`).\n\n" + markdown_table(
        ("document", *IDENTITY, "figures right", "complaints"), rows
    )


def _no_reports(kinds: Mapping[str, tuple[int, int]]) -> str:
    return markdown_table(
        ("kind", "pages", "taken for a report"), ((kind, str(pages), str(taken)) for kind, (pages, taken) in kinds.items())
    )


def _catalogue(catalogue: Mapping[str, Sequence[CaseResult]]) -> str:
    rows = []
    for group, cases in catalogue.items():
        came = Counter(case.came for case in cases)
        right = sum(case.right for case in cases)
        counts = (str(came[name]) for name in ("read", "flagged", "refused"))
        rows.append((group, str(len(cases)), *counts, f"{right} of {len(cases)}"))
    note = "Each page by name in [catalogue.md](catalogue.md). Flagged: read, with an error issue.\n"
    return markdown_table(("group", "pages", "read", "flagged", "refused", "as it must be"), rows) + "\n" + note


def _fuzzing() -> str:
    """The last run of `make fuzz`."""
    targets = json.loads(LAST.read_text(encoding="utf-8"))
    rows = [
        (name, str(run["seconds"]), f"{run['files']:,}", "; ".join(run["faults"]) or "nothing")
        for name, run in targets.items()
    ]
    seconds, files = (sum(run[what] for run in targets.values()) for what in ("seconds", "files"))
    note = (
        "The last run of `make fuzz`: files made by mutation, guided by the code that they reach. Found is whatever raises anything"
        " but a verdict, takes more than 5 seconds of processor time or 500 MB.\n"
    )
    rows.append(("all", str(seconds), f"{files:,}", ""))
    return f"{note}\n{markdown_table(('target', 'seconds', 'files', 'found'), rows)}"


def _wrong(results: Results, total: Score) -> str:
    lines = [f"catalogue, {case.name}: {case.came}" for case in _cases(results) if not case.right]
    lines += [f"{kind}: {taken} taken for a report" for kind, (_, taken) in results.no_reports.items() if taken]
    lines += [line for score in (results.real or {}).values() for line in score.wrong]
    lines += total.wrong
    if not lines:
        return "Nothing that these documents show.\n"
    more = f"\nand {len(lines) - MOST_WRONG} more.\n" if len(lines) > MOST_WRONG else ""
    return "".join(f"- {line}\n" for line in lines[:MOST_WRONG]) + more


def _cases(results: Results) -> Iterable[CaseResult]:
    return (case for cases in results.catalogue.values() for case in cases)


def catalogue_page(catalogue: Mapping[str, Sequence[CaseResult]]) -> str:
    """docs/catalogue.md: every page of the catalogue with what must come of it and what came."""
    parts = [
        "# Catalogue\n\nEvery irregularity of published reports that the reader knows, each as a page of `tests/fixtures/` with its"
        " expectation. Written by `make accuracy`.\n"
    ]
    for group, cases in catalogue.items():
        rows = ((case.name, case.note, case.expected, case.came if case.right else f"**{case.came}**") for case in cases)
        parts.append(f"## {group}\n\n{markdown_table(('page', 'what it stands for', 'must be', 'is'), rows)}")
    return "\n".join(parts)
