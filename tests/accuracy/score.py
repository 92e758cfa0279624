"""Readings held against the truth and counted: identity by identity, figure by figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from parsers.parse import parse
from parsers.records import Report
from parsers.verdicts import Verdict
from tests.accuracy.drawn import Drawn

Printed = Literal["null", "zero", "number"]
Read = Literal["null", "zero", "the number", "another number"]
PRINTED: tuple[Printed, ...] = ("null", "zero", "number")
READ: tuple[Read, ...] = ("null", "zero", "the number", "another number")
RIGHT: frozenset[tuple[Printed, Read]] = frozenset({("null", "null"), ("zero", "zero"), ("number", "the number")})


@dataclass
class Score:
    """Counts over documents. `figures` counts (as printed, as read), `templates` (as printed, as read or the verdict)."""

    documents: int = 0
    clean: int = 0
    right: Counter[str] = field(default_factory=Counter)  # template, year, organization, region
    templates: Counter[tuple[str, str]] = field(default_factory=Counter)
    clean_right: Counter[str] = field(default_factory=Counter)  # the same, of clean documents
    figures: Counter[tuple[Printed, Read]] = field(default_factory=Counter)
    clean_figures: Counter[tuple[Printed, Read]] = field(default_factory=Counter)
    silent: int = 0  # documents with a wrong figure and no error issue
    silent_confusions: int = 0  # figures of theirs that are null for 0 or 0 for null
    complained: int = 0  # clean documents with an error issue, or refused
    wrong: list[str] = field(default_factory=list)  # what is wrong with a document, in words

    @property
    def figures_right(self) -> int:
        return sum(count for kind, count in self.figures.items() if kind in RIGHT)

    @property
    def figures_all(self) -> int:
        return sum(self.figures.values())


def added(scores: Iterable[Score]) -> Score:
    """The scores as one."""
    total = Score()
    for score in scores:
        total.documents += score.documents
        total.clean += score.clean
        total.right += score.right
        total.clean_right += score.clean_right
        total.templates += score.templates
        total.figures += score.figures
        total.clean_figures += score.clean_figures
        total.silent += score.silent
        total.silent_confusions += score.silent_confusions
        total.complained += score.complained
        total.wrong += score.wrong
    return total


def scored(documents: Iterable[Drawn]) -> Score:
    """Each document read as the portal of its body would hand it on."""
    score = Score()
    for document in documents:
        try:
            read: Report | Verdict = parse(
                document.payload,
                content_type=document.content_type,
                file_name=document.file_name,
                portal_region=document.body.portal,
            )
        except Verdict as verdict:
            read = verdict
        _count(score, document, read)
    return score


def _count(score: Score, document: Drawn, read: Report | Verdict) -> None:
    score.documents += 1
    score.clean += document.clean
    code = read.code if isinstance(read, Verdict) else None
    score.templates[document.figures.template, code or read.template] += 1  # type: ignore[union-attr]
    right = _identity(document, read)
    named = [name for name, said in right.items() if said is None]
    kinds = figure_kinds(document, () if isinstance(read, Verdict) else read.figures)
    score.right.update(named)
    score.figures += kinds
    if document.clean:
        score.clean_right.update(named)
        score.clean_figures += kinds
    errors = _errors(read)
    wrong = sum(count for kind, count in kinds.items() if kind not in RIGHT)
    silent, complained = bool(wrong and not errors), bool(document.clean and errors)
    score.silent += silent
    score.complained += complained
    if silent:
        score.silent_confusions += kinds["null", "zero"] + kinds["zero", "null"]
    said = [f"{name}: {text}" for name, text in right.items() if text is not None and (document.clean or name != "template")]
    said += [f"{wrong} figures wrong and no error"] if silent else []
    said += [f"errors {', '.join(dict.fromkeys(errors))}"] if complained else []
    if said:
        score.wrong.append(
            f"{document.carrier}, {document.body.name} {document.year}: {'; '.join(said)} [{document.layout}]"
        )


def _errors(read: Report | Verdict) -> list[str]:
    """Codes of the error issues; the verdict of a document that was refused."""
    return [read.code] if isinstance(read, Verdict) else [each.code for each in read.issues if each.severity == "error"]


def _identity(document: Drawn, read: Report | Verdict) -> dict[str, str | None]:
    """What the report says of itself: None where it was read right, else what was read."""
    if isinstance(read, Verdict):
        return dict.fromkeys(("template", "year", "organization", "region"), f"refused, {read.code}")
    region = read.region.adcode if read.region else "none"
    pairs = {
        "template": (document.figures.template, read.template),
        "year": (document.year, read.year),
        "organization": (document.body.name, read.organization),
        "region": (document.body.adcode, region),
    }
    return {name: None if true == said else str(said) for name, (true, said) in pairs.items()}


def figure_kinds(document: Drawn, figures: Iterable[object]) -> Counter[tuple[Printed, Read]]:
    """Each figure of the document as printed and as read; one that was not read at all is null."""
    read = {(each.table, each.item, each.column): each.value for each in figures}  # type: ignore[attr-defined]
    return Counter(kind(value, read.get(key)) for key, value in document.figures.values.items())


def kind(printed: float | None, read: float | None) -> tuple[Printed, Read]:
    as_printed: Printed = "null" if printed is None else "zero" if printed == 0 else "number"
    if read is None:
        return as_printed, "null"
    if read == 0:
        return as_printed, "zero"
    return as_printed, "the number" if read == printed else "another number"
