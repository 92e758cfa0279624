"""A whole layout: which irregularities a page has, by name. Names and not functions, so that a failing layout can be read.

A layout that is `certain` has one right reading: the reader must find it and must not complain. The others take something
away (a column, the trace of a blank cell), so there the reader may also say that the report is not to be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from tests.rendering import columns, order, printing, spans, statistics, structure, wording
from tests.rendering.chrome import CHROMES
from tests.rendering.draft import Draft, Irregularity, Page, apply
from tests.rendering.dresses import DRESSES
from tests.rendering.linear import LOSES_BLANKS, SHAPES
from tests.rendering.writing import Charset, Script, write_html, write_text


def _named(*functions: Irregularity) -> dict[str, Irregularity]:
    return {function.__name__: function for function in functions}


APPLICATIONS = {
    **_named(columns.legal_persons_subtotal, columns.without_total_column, columns.without_total_row),
    **_named(order.total_column_first, order.applicants_reversed),
    "without_row_granted": partial(columns.without_row, item="partially_granted"),
    "without_row_carried_out": partial(columns.without_row, item="carried_out"),
}
DISCLOSURE = _named(
    structure.clause_tables,
    structure.blank_rows_between,
    spans.disclosure_spans_disagree,
    spans.number_torn_over_cells,
    order.disclosure_columns_reversed,
    order.clauses_reversed,
)
PROCEEDINGS = _named(
    structure.proceedings_as_three_tables,
    structure.proceedings_stacked,
    columns.proceedings_without_after_reconsideration,
    columns.proceedings_without_pending,
    columns.proceedings_only_in_prose,
    order.outcomes_total_first,
    statistics.proceedings_transposed,
)
SPLITS: dict[str, Irregularity] = {
    f"split_after_{after}_{'with' if header else 'without'}_header{'' if labels else '_or_labels'}": partial(
        structure.split_applications, after=after, repeat_header=header, repeat_labels=labels
    )
    for after in (2, 5, 9, 14, 19)
    for header in (True, False)
    for labels in (True, False)
}
STATISTICS = _named(
    columns.row_numbers,
    columns.without_unit_column,
    columns.unit_after_value,
    statistics.two_up,
    statistics.over_pages,
    statistics.group_column,
)
EXTRA_ROWS = _named(columns.caption_rows, columns.note_rows, statistics.topics_table, statistics.channels_table)
SPANS = _named(
    spans.spans_stripped,
    spans.spans_as_empty_cells,
    spans.spans_as_trailing_cells,
    spans.rowspans_overclaim,
    spans.colspans_overclaim,
)
COLUMNS = {**APPLICATIONS, **STATISTICS}
TABLES = {**DISCLOSURE, **PROCEEDINGS, **SPLITS, "one_table": structure.one_table}
NUMBERINGS = {change.__name__: wording.labels(change) for change in wording.NUMBERINGS}
SPACINGS = {change.__name__: wording.labels(change) for change in wording.SPACINGS}
VARIANTS = {
    f"{official}>{other}": wording.reword(official, other)
    for official, others in wording.VARIANTS.items()
    for other in others
}
PRINTS = {change.__name__: printing.numbers(change) for change in (*printing.PRINTS, printing.torn_lines)} | {
    "unit_inside": printing.unit_inside
}
AMOUNTS = {unit: printing.amounts_in(unit) for unit in ("元", "万元", "亿元")}
HEADINGS: dict[str, Irregularity] = {
    **{f"marker {marker}": wording.headings(wording.heading_marker(marker)) for marker in ("．", ".", "；", " ")},
    **{
        change.__name__: wording.headings(change)
        for change in (
            wording.heading_part,
            wording.heading_restarts,
            wording.heading_two_systems,
            wording.heading_instruction,
            wording.heading_synonyms,
            wording.spaced_out,
            wording.zero_width,
        )
    },
    **_named(
        wording.sections_shifted, wording.section_six_missing, wording.section_six_none, wording.heading_glued_to_title
    ),
}

# Something is gone for good, or stands in two places: a reader may refuse to vouch for these.
UNCERTAIN = frozenset(
    {
        "without_total_column",
        "without_total_row",
        "without_row_granted",
        "without_row_carried_out",
        "number_torn_over_cells",
        "proceedings_without_after_reconsideration",
        "proceedings_without_pending",
        "proceedings_only_in_prose",
        "torn_lines",
        "two_up",
        "proceedings_transposed",
        "topics_table",
    }
)
REORDERED = frozenset({"total_column_first", "applicants_reversed", "disclosure_columns_reversed", "outcomes_total_first"})


@dataclass(frozen=True)
class Layout:
    """What a drawn page looks like. All fields but the last five name irregularities of one kind."""

    columns: str = ""  # of APPLICATIONS or STATISTICS
    tables: tuple[str, ...] = ()  # of DISCLOSURE, PROCEEDINGS, SPLITS, or "one_table"
    rows: str = ""  # of EXTRA_ROWS
    spans: str = ""  # of SPANS
    variants: tuple[str, ...] = ()  # of VARIANTS
    numbering: str = ""  # of NUMBERINGS
    spacing: str = ""  # of SPACINGS
    prints: str = ""  # of PRINTS
    amounts: str = ""  # of AMOUNTS
    blanks: str = ""  # a mark in blank cells
    headings: str = ""  # of HEADINGS
    shape: str = ""  # of SHAPES: the page is text; else HTML with the three that follow
    dress: str = "plain"
    chrome: str = "bare"
    charset: Charset = "utf-8"
    script: Script = "simplified"

    def certain(self, draft: Draft) -> bool:
        """Whether the page of this draft has one right reading, with nothing to complain of."""
        blank = any(value is None for value in draft.figures.values.values()) and not self.blanks.strip()
        if self.shape in LOSES_BLANKS and (blank or self.columns in {"row_numbers", "legal_persons_subtotal"}):
            return False  # how many cells a row has can no longer be seen
        flat = self.shape or self.spans in {"spans_stripped", "spans_as_trailing_cells"}
        if flat and REORDERED & {self.columns, *self.tables}:
            return False  # headings of several rows lie flat: which of them a number belongs to is a guess
        if self.spans == "spans_as_empty_cells" and "disclosure_spans_disagree" in self.tables:
            return False  # a number stands under no heading, and an empty cell under one
        if self.shape == "lines" and (blank or self.spans):
            return False  # an empty line is a blank cell, or the rest of a span, or nothing
        if self.shape and (self.spacing or self.prints == "padded" or self.numbering == "numbering_spaced"):
            return False  # white space ends a cell, or does not
        return not UNCERTAIN & {self.columns, *self.tables, self.rows, self.prints}

    def changed(self, draft: Draft) -> Draft:
        """The draft with the irregularities of this layout, before it is written down."""
        return apply(draft, *self._irregularities())

    def render(self, draft: Draft) -> Page:
        """The draft as a page of this layout."""
        return self.written(self.changed(draft))

    def written(self, draft: Draft) -> Page:
        """A draft that has its irregularities, as HTML or text."""
        if self.shape:
            return write_text(draft, SHAPES[self.shape], script=self.script, charset=self.charset)
        chrome = CHROMES[self.chrome]
        return write_html(draft, dress=DRESSES[self.dress], chrome=chrome, script=self.script, charset=self.charset)

    def _irregularities(self) -> list[Irregularity]:
        found = _chosen(AMOUNTS, self.amounts) + ([printing.blanks_as(self.blanks)] if self.blanks else [])
        found += _chosen(PRINTS, self.prints)
        # Whoever takes a table apart knows the official form: labels are changed after that, and spans last.
        found += _chosen(COLUMNS, self.columns) + _chosen(TABLES, *self.tables) + _chosen(EXTRA_ROWS, self.rows)
        found += _chosen(VARIANTS, *self.variants) + _chosen(NUMBERINGS, self.numbering)
        found += _chosen(SPACINGS, self.spacing) + _chosen(SPANS, self.spans) + _chosen(HEADINGS, self.headings)
        return found


def _chosen(registry: dict[str, Irregularity], *names: str) -> list[Irregularity]:
    return [registry[name] for name in names if name]
