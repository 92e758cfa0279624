"""Every check that may leave an issue, declared once: docs/checks.md is written from here, and a test holds the code to it.

The modules that find an issue emit its code as a plain string; what that code means to a reader of the numbers stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parsers.across_years import LEAST, PROPORTION
from parsers.identities import TOLERANCE
from parsers.records import Severity

# What a check looks at: one cell; one row, column or table of the official form; the report as a whole; a list page of a
# portal, whose issues an operator sees and the lake never holds.
Scope = Literal["cell", "row", "column", "table", "report", "list"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: `id` is `Issue.code`, and `*` in it stands for any verdict code."""

    id: str
    scope: Scope
    severities: tuple[Severity, ...]  # gravest first; `sentence` says what decides where there are several
    sentence: str  # what it means, for a person who reads the numbers
    tolerance: str = "none"


CHECKS: tuple[Check, ...] = (
    # --- sums (勾稽关系) ---
    Check(
        "identity",
        "cell",
        ("error",),
        "A sum that the official form promises (勾稽关系) does not hold. The message names both sides, the one cell whose "
        "change would mend all broken sums of the table where there is exactly one, and whether two independent readings of "
        "the table agree: then the report itself does not add up.",
        f"{TOLERANCE:f}, for decimal fractions; counts are exact",
    ),
    Check(
        "prose",
        "cell",
        ("warning",),
        "The narrative states another count than the table (received, carried over, 行政复议, 行政诉讼). Only a warning: a "
        "narrative may speak of a part.",
        "applications received (收到) may or may not include those carried in",
    ),
    Check(
        "prose_only",
        "table",
        ("info",),
        "The report prints none of this table, and its text counts what the table would: the message quotes it. The figures "
        "stay null (`table_missing`), as the text does not say which cell of the form it means.",
    ),
    # --- cells ---
    Check(
        "unreadable_cell",
        "cell",
        ("error",),
        "A cell holds text that is no number, such as 详见附件. Its value is null, its text stands in `raw`.",
    ),
    Check(
        "torn_number",
        "cell",
        ("error", "warning"),
        "A number stood torn apart and was joined (20 printed as “2 0”). A warning where the sums of the table confirm the "
        "joined number, an error where none does.",
    ),
    Check("negative_count", "cell", ("error",), "A count is less than nothing. 本年增/减 alone may be negative."),
    Check("fractional_count", "cell", ("error",), "A count is no whole number. Amounts (万元) alone may have fractions."),
    Check(
        "duplicate_figure",
        "cell",
        ("error",),
        "Two different values stand for one cell of the official form. The first is kept.",
    ),
    Check("blank_cells", "table", ("warning",), "Cells were left blank. Blank is null: the report does not say 0."),
    Check("marked_cells", "table", ("info",), "Cells hold a mark (/, -, 无, 不涉及) instead of a number. They are null."),
    # --- corrections ---
    Check(
        "corrected",
        "cell",
        ("info",),
        "A reviewed correction (`deployments/corrections.toml`) replaced the figure: the document is wrong by itself. `raw` is "
        "what it prints, `corrected_from` what was read of it; the message says why. The sums were checked again after it.",
    ),
    Check(
        "correction_unused",
        "cell",
        ("warning",),
        "A reviewed correction names this cell and was not applied: the document does not say what the reviewer found, or it "
        "has no such cell, or the correction was made for another version of its bytes. It wants another review.",
    ),
    # --- rows and columns ---
    Check(
        "misfit_row",
        "row",
        ("error",),
        "A row has another number of cells than the headings above it, and nothing tells which cell is which. Its figures "
        "are null (`unreadable`).",
    ),
    Check(
        "short_row",
        "row",
        ("error",),
        "A row of the grid has no cell at all under some of its headings. The cells behind the lost one may have moved.",
    ),
    Check(
        "duplicate_row",
        "row",
        ("error",),
        "A row of the official form stands twice, with different values. The first is kept.",
    ),
    Check(
        "row_missing",
        "row",
        ("error", "warning"),
        "The document does not print this row of the official form. A warning where the row is a total, which is never "
        "worked out from its parts.",
    ),
    Check(
        "column_missing",
        "column",
        ("error", "warning"),
        "The document does not print this column of the official form. A warning where the column is 总计, which is never "
        "worked out from its parts.",
    ),
    Check(
        "unclaimed_cells",
        "row",
        ("error",),
        "Values stand in the table that belong to no row or column of the official form. They are in no figure; the message "
        "names them.",
    ),
    # --- tables ---
    Check(
        "misfit_header",
        "table",
        ("error",),
        "The headings of a table do not say which column is which. Figures that hang on it are null (`unreadable`).",
    ),
    Check(
        "header_missing",
        "table",
        ("info",),
        "A table prints no column headings. Its cells were read in the order of the official form, as many as it has.",
    ),
    Check(
        "label_misspelt",
        "table",
        ("info",),
        "A label differs from the official wording by a slip of writing, and was taken for the label that it resembles.",
    ),
    Check(
        "readings_disagree",
        "table",
        ("error", "info"),
        "The table was read twice, by the columns of its grid and by the order of its cells, and the readings differ. An "
        "info where one of them leaves nothing over and keeps the sums, an error where nothing settles which is right.",
    ),
    Check(
        "table_missing",
        "table",
        ("error",),
        "The report prints none of a table that the official form has. Its figures are null; where the report prints no "
        "official table at all, it has no figures.",
    ),
    # --- the report as a whole ---
    Check(
        "tables_unread",
        "report",
        ("error",),
        "The text prints the labels of an official table, and no table could be read: the fault is ours.",
    ),
    Check(
        "narrative",
        "report",
        ("info",),
        "A report in words alone: it prints no official table, and is of a year before 2019 or of no known year.",
    ),
    Check("year_unknown", "report", ("error",), "Nothing in the document says which year it reports on."),
    Check(
        "year_disagreement",
        "report",
        ("warning",),
        "Title, text (统计期限), signature or date point to different years. The message lists them.",
    ),
    Check(
        "year_guessed",
        "report",
        ("warning",),
        "The year is told by weak witnesses alone, such as the date of publication or the address.",
    ),
    Check("organization_unknown", "report", ("warning",), "Nothing in the document says whose report it is."),
    Check(
        "organization_guessed",
        "report",
        ("warning",),
        "The body that reports is told by the portal or the page's header alone, not by the report.",
    ),
    Check(
        "units_disagree",
        "cell",
        ("error",),
        "Heading, clause and row name different units for an amount of money (元, 万元), and the cell none.",
    ),
    Check(
        "unit_unstated",
        "cell",
        ("warning",),
        "An amount of money stands without a unit, in its cell and in its heading; it is taken for 万元, as the form asks.",
    ),
    Check(
        "recognised",
        "report",
        ("warning",),
        "The report is a picture (图片版, 扫描件), and its figures were recognised. Every sum of its tables holds, without which "
        "it would not be published; the message says how many figures stand in no sum.",
    ),
    # --- across years ---
    Check(
        "carried_over",
        "cell",
        ("warning",),
        "What the same body's report of the year before carried out (结转下年度继续办理) is not what this one carries in (上年结转). "
        "Found when a partition is published, where the lake has the year before.",
    ),
    Check(
        "in_force_continuity",
        "cell",
        ("warning",),
        "The documents in force (现行有效件数) are not those of the year before with those issued and without those repealed.",
    ),
    Check(
        "out_of_proportion",
        "cell",
        ("warning",),
        "The figure is a hundred times that of the year before or more, or a hundredth or less; often a slip of unit.",
        f"factor {PROPORTION:g}, and the larger of the two at least {LEAST:g}",
    ),
    # --- list pages (for operators) ---
    Check("list.nothing", "list", ("error",), "No list of the portal holds a report. Nothing of the portal is published."),
    Check("list.bound", "list", ("error",), "A list goes on past the bound on its pages and was given up."),
    Check("list.drought", "list", ("warning",), "A list was given up after many pages in a row without a report."),
    Check("list.fewer", "list", ("warning",), "A list states more entries (共N条) than were found on its pages."),
    Check("list.*", "list", ("error",), "A list page could not be fetched or read; after the dot stands the verdict."),
)
