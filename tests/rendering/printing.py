"""How figures are printed in their cells. A value that is printed otherwise keeps its value; a blank stays a blank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from flows.sample.figures import plain_number
from flows.sample.forms import Key
from tests.rendering.draft import Draft, Irregularity, map_figures

Print = Callable[[str], str]

AMOUNTS: tuple[Key, ...] = (
    ("disclosure", "fees", "amount"),
    ("disclosure", "procurement", "amount"),
    ("statistics", "fees.amount", "value"),
    ("statistics", "institution.special_funds", "value"),
)  # in 万元; every other figure is a count

# What stands in a cell that gives no number. `空` and its like are words, the dashes are marks; all of them are null.
EMPTY_MARKS = ("/", "／", "-", "--", "—", "——", "无", "空", "不涉及", "不适用", "N/A", "\xa0", "\u3000", " ")


def full_width_digits(text: str) -> str:
    """１２"""
    return text.translate(str.maketrans("0123456789.-", "０１２３４５６７８９．－"))


def thousands(text: str) -> str:
    """1,234"""
    return _grouped(text, ",")


def thousands_full_width(text: str) -> str:
    """1，234"""
    return _grouped(text, "，")


def _grouped(text: str, comma: str) -> str:
    whole, point, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not digits.isdigit():
        return text
    return f"{sign}{int(digits):,}".replace(",", comma) + point + rest


def padded(text: str) -> str:
    """Spaces of several kinds around the number."""
    return f"\u3000{text} \xa0" if text else text


def one_decimal(text: str) -> str:
    """13.0, as a spreadsheet prints a count."""
    return f"{text}.0" if text.isdigit() else text


def zero_width_around(text: str) -> str:
    return f"\u200b{text}\ufeff" if text else text


def torn_lines(text: str) -> str:
    """One number over two lines: 20 as 2 and 0."""
    return f"{text[0]}\n{text[1:]}" if len(text) > 1 and text.isdigit() else text


PRINTS: tuple[Print, ...] = (full_width_digits, thousands, thousands_full_width, padded, one_decimal, zero_width_around)


def numbers(change: Print) -> Irregularity:
    """Every figure, printed in this way; blank cells stay blank."""
    return lambda draft: map_figures(draft, lambda _, text: change(text))


def unit_inside(draft: Draft) -> Draft:
    """0件: the unit inside the cell of every count that officially has none."""
    return map_figures(
        draft,
        lambda key, text: f"{text}件" if text[-1:].isdigit() and key[0] != "statistics" and key not in AMOUNTS else text,
    )


def blanks_as(mark: str) -> Irregularity:
    """Every cell without a value prints this mark: `/`, 无, a non-breaking space."""
    return lambda draft: map_figures(draft, lambda _, text: text or mark)


def amounts_in(unit: str) -> Irregularity:
    """Amounts in 元 or 亿元, the unit inside the cell, where the header says 万元. The truth stays in 万元."""
    factor = {"元": Decimal(10_000), "万元": Decimal(1), "亿元": Decimal("0.0001")}[unit]

    def irregularity(draft: Draft) -> Draft:
        def printed(key: Key, text: str) -> str:
            value = draft.figures.values.get(key)
            if key not in AMOUNTS or value is None or not text:
                return text
            return f"{format((Decimal(plain_number(value)) * factor).normalize(), 'f')}{unit}"

        return map_figures(draft, printed)

    return irregularity


def zeros_left_blank(draft: Draft) -> Draft:
    """Blank instead of 0 throughout: what is not printed is not known."""
    zeros = {key: None for key, value in draft.figures.values.items() if value == 0}
    blanked = map_figures(draft, lambda key, text: "" if key in zeros else text)
    return _with_truth(blanked, zeros)


def blanked(*places: tuple[str, ...]) -> Irregularity:
    """Leave cells blank: a place is (table), (table, item) or (table, item, column)."""

    def irregularity(draft: Draft) -> Draft:
        gone = {key: None for key in draft.figures.values if any(key[: len(place)] == place for place in places)}
        return _with_truth(map_figures(draft, lambda key, text: "" if key in gone else text), gone)

    return irregularity


def misprinted(key: Key, text: str, value: float | None) -> Irregularity:
    """One cell prints this text, which means this value."""

    def irregularity(draft: Draft) -> Draft:
        changed = map_figures(draft, lambda other, old: text if other == key else old)
        return _with_truth(changed, {key: value})

    return irregularity


def _with_truth(draft: Draft, changes: Mapping[Key, float | None]) -> Draft:
    return replace(draft, figures=draft.figures.with_values(changes))
