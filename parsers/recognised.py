"""Figures that were recognised from pictures are worth nothing by themselves: they count where the sums of their tables bear
them out (勾稽关系), all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parsers.codebook import Place, load_template
from parsers.identities import instances
from parsers.records import Figure, Issue, TemplateId
from parsers.verdicts import NeedsOcr


def confirm_recognised(template_id: TemplateId, figures: Sequence[Figure], issues: Iterable[Issue]) -> Issue:
    """What is to be said of figures that were recognised. Raises `NeedsOcr` where a table has an error, or a sum a gap."""
    wrong = next((issue for issue in issues if issue.severity == "error" and issue.table), None)
    if wrong is not None:
        raise NeedsOcr(f"recognised from pictures, and not borne out: {wrong.message}")
    values = {Place(figure.table, figure.item, figure.column): figure.value for figure in figures}
    summed = {
        place
        for table in load_template(template_id).tables
        for instance in instances(table)
        if instance.identity.relation == "="
        for place in instance.places
    }
    missing = sum(values[place] is None for place in summed)
    if missing:
        raise NeedsOcr(f"recognised from pictures, and {missing} figures that the sums need were not")
    alone = sum(place not in summed for place, value in values.items() if value is not None)
    message = f"recognised from pictures; the sums bear out every figure but the {alone} that stand in none"
    return Issue("warning", "recognised", message)
