"""A report against that of the year before."""

from __future__ import annotations

from parsers.across_years import across_years
from parsers.codebook import Place


def codes(figures: dict[Place, float | None], before: dict[Place, float | None]) -> list[tuple[str, str | None, str | None]]:
    return [(issue.code, issue.item, issue.column) for issue in across_years(figures, before, 2024)]


CARRIED_IN = Place("applications", "carried_in", "natural_person")
CARRIED_OUT = Place("applications", "carried_out", "natural_person")
LICENSES = Place("disclosure", "licenses", "decisions")


def in_force(item: str, issued: float, repealed: float, now: float | None) -> dict[Place, float | None]:
    values = {"issued": issued, "repealed": repealed, "in_force": now}
    return {Place("disclosure", item, column): value for column, value in values.items()}


def test_what_was_carried_out_must_be_carried_in() -> None:
    assert codes({CARRIED_IN: 3.0}, {CARRIED_OUT: 4.0}) == [("carried_over", "carried_in", "natural_person")]
    assert codes({CARRIED_IN: 4.0}, {CARRIED_OUT: 4.0}) == []


def test_a_blank_says_nothing() -> None:
    assert codes({CARRIED_IN: None}, {CARRIED_OUT: 4.0}) == []
    assert codes({CARRIED_IN: 4.0}, {CARRIED_OUT: None}) == []
    assert codes(in_force("regulations", 1, 0, None), in_force("regulations", 0, 0, 7)) == []


def test_documents_in_force_continue() -> None:
    before = in_force("normative_documents", 0, 0, 20)
    assert codes(in_force("normative_documents", 5, 2, 23), before) == []
    assert codes(in_force("normative_documents", 5, 2, 24), before) == [
        ("in_force_continuity", "normative_documents", "in_force")
    ]


def test_a_hundredfold_is_worth_a_look_and_a_small_number_is_not() -> None:
    assert codes({LICENSES: 357639.0}, {LICENSES: 3500.0}) == [("out_of_proportion", "licenses", "decisions")]
    assert codes({LICENSES: 12.0}, {LICENSES: 1756.0}) == [("out_of_proportion", "licenses", "decisions")]
    assert codes({LICENSES: 357639.0}, {LICENSES: 35000.0}) == []
    assert codes({LICENSES: 300.0}, {LICENSES: 1.0}) == []
