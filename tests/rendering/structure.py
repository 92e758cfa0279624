"""Tables taken apart and put together: one table as several, several as one, a row as three."""

from __future__ import annotations

from dataclasses import replace

from flows.sample.forms import Form, FormCell
from flows.sample.narrative import Heading
from tests.rendering.draft import Draft, map_table


def clause_tables(draft: Draft) -> Draft:
    """条款表: section 二 as a table for each clause of article 20 instead of one."""

    def split(form: Form) -> tuple[Form, ...]:
        starts = [index for index, row in enumerate(form.rows) if row[0].text.startswith("第二十条")]
        ends = [*starts[1:], len(form.rows)]
        return tuple(replace(form, rows=form.rows[start:end]) for start, end in zip(starts, ends, strict=True))

    return map_table(draft, "disclosure", split)


def split_applications(draft: Draft, after: int, *, repeat_header: bool, repeat_labels: bool = True) -> Draft:
    """申请表 over a page break after so many rows of figures, the header printed again or not.

    A label that spans rows on both sides has a cell on both; the second one holds its text again or nothing.
    """

    def split(form: Form) -> tuple[Form, Form]:
        cut = form.header_rows + after
        carried = tuple(
            replace(cell, rowspan=row + cell.rowspan - cut, text=cell.text if repeat_labels else "")
            for row, cells in enumerate(form.rows[:cut])
            for cell in cells
            if row + cell.rowspan > cut
        )
        first = tuple(
            tuple(replace(cell, rowspan=min(cell.rowspan, cut - row)) for cell in cells)
            for row, cells in enumerate(form.rows[:cut])
        )
        header = form.rows[: form.header_rows] if repeat_header else ()
        rest = (*header, (*carried, *form.rows[cut]), *form.rows[cut + 1 :])
        return replace(form, rows=first), replace(form, rows=rest, header_rows=len(header))

    return map_table(draft, "applications", split)


def proceedings_as_three_tables(draft: Draft) -> Draft:
    """复议诉讼表 as a table of five columns for each kind of proceedings."""

    def split(form: Form) -> tuple[Form, ...]:
        tables = []
        for start, names in ((0, ("行政复议",)), (5, ("行政诉讼", "未经复议直接起诉")), (10, ("行政诉讼", "复议后起诉"))):
            titles = tuple((FormCell(name, colspan=5),) for name in names)
            outcomes = tuple(replace(cell, rowspan=1) for cell in form.rows[1][:5])
            rows = (*titles, outcomes, form.rows[-1][start : start + 5])
            tables.append(Form("proceedings", rows, width=5, header_rows=len(titles) + 1))
        return tuple(tables)

    return map_table(draft, "proceedings", split)


def proceedings_stacked(draft: Draft) -> Draft:
    """复议诉讼表 as three rows with their names on the left and the five outcomes on top."""

    def stack(form: Form) -> Form:
        outcomes = tuple(replace(cell, rowspan=1) for cell in form.rows[1][:5])
        names = ("行政复议", "未经复议直接起诉", "复议后起诉")
        rows = tuple((FormCell(name), *form.rows[-1][start * 5 : start * 5 + 5]) for start, name in enumerate(names))
        return Form("proceedings", ((FormCell("类别"), *outcomes), *rows), width=6, header_rows=1)

    return map_table(draft, "proceedings", stack)


def one_table(draft: Draft) -> Draft:
    """All tables of a modern report run together in one `<table>`, each after a row with its heading."""
    forms = draft.forms()
    if len(forms) < 2:
        return draft
    width = max(form.width for form in forms)
    titles = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")
    rows: list[tuple[FormCell, ...]] = []
    for title, form in zip(titles, forms, strict=True):
        rows.append((FormCell(title, colspan=width),))
        rows.extend(form.rows)
    joined = Form("all", tuple(rows), width)
    gone = {Heading(title) for title in titles} | set(forms[1:])
    return replace(
        draft, blocks=tuple(joined if block is forms[0] else block for block in draft.blocks if block not in gone)
    )


def blank_rows_between(draft: Draft) -> Draft:
    """Empty rows above and below each clause, as some editors leave for air."""

    def spaced(form: Form) -> Form:
        rows = [row for old in form.rows for row in (((FormCell(colspan=form.width),), old) if len(old) == 1 else (old,))]
        return replace(form, rows=(*rows, (FormCell(colspan=form.width),)))

    return map_table(draft, "disclosure", spaced)
