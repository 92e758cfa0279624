"""What an authority changed when it put another version of a report in the place of the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from parsers.codebook import Place
from parsers.records import Figure, Report
from parsers.serialize import number_to_json

HEAD = ("template", "year", "organization", "published_on", "title", "status")  # what else of a report is compared


@dataclass(frozen=True, slots=True)
class Amendment:
    """One difference between two versions: of the figure at `place`, of the report's `HEAD`, or of a section of its text."""

    what: str  # "applications/received/total", "year", "section 一、总体情况"
    before: str | float | None  # a number; else what stands there instead: an absence, a text, None for nothing
    after: str | float | None


def amendments(before: Report, after: Report) -> tuple[Amendment, ...]:
    """What differs, figures in the order of the codebook. A figure differs by its value, or by the way in which it has none."""
    return (*_head(before, after), *_figures(before, after), *_sections(before, after))


def _head(before: Report, after: Report) -> Iterator[Amendment]:
    for name in HEAD:
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            yield Amendment(name, was, is_now)


def _figures(before: Report, after: Report) -> Iterator[Amendment]:
    was, is_now = _said(before), _said(after)
    for place in dict.fromkeys((*is_now, *was)):
        if was.get(place) != is_now.get(place):
            yield Amendment("/".join(place), was.get(place), is_now.get(place))


def _said(report: Report) -> dict[Place, str | float | None]:
    return {Place(figure.table, figure.item, figure.column): _value(figure) for figure in report.figures}


def _value(figure: Figure) -> str | float | None:
    return number_to_json(figure.value) if figure.value is not None else figure.absence


def _sections(before: Report, after: Report) -> Iterator[Amendment]:
    """Sections by their headings: how many characters each has, where its text is another one."""
    was, is_now = ({section.heading: section.text for section in report.sections} for report in (before, after))
    for heading in dict.fromkeys((*was, *is_now)):
        old, new = was.get(heading), is_now.get(heading)
        if old != new:
            yield Amendment(f"section {heading}".rstrip(), _length(old), _length(new))


def _length(text: str | None) -> str | None:
    return None if text is None else f"{len(text)} characters"
