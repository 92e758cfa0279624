"""Columns and rows more or fewer than the official ones. What is left out is also gone from the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flows.sample.figures import plain_number
from flows.sample.forms import Form, FormCell, Key
from flows.sample.narrative import Heading
from tests.rendering.draft import Draft, map_table, without_figures

LEGAL_PERSONS = (
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other",
)


def legal_persons_subtotal(draft: Draft, label: str = "法人合计") -> Draft:
    """法人合计: an eighth column after the five of 法人或其他组织, with their sum; it is no figure of the template."""

    def subtotal(key: Key) -> str:
        parts = [draft.figures.values[key[0], key[1], column] for column in LEGAL_PERSONS]
        return (
            plain_number(sum(part for part in parts if part is not None)) if any(part is not None for part in parts) else ""
        )

    def widen(form: Form) -> Form:
        rows = [
            (form.rows[0][0], replace(form.rows[0][1], colspan=8)),
            (*form.rows[1][:1], replace(form.rows[1][1], colspan=6), form.rows[1][2]),
            (*form.rows[2], FormCell(label)),
        ]
        for row in form.rows[3:]:
            total = row[-1]
            rows.append((*row[:-1], FormCell(subtotal(total.figure) if total.figure else ""), total))
        return replace(form, rows=tuple(rows), width=11)

    return map_table(draft, "applications", widen)


def without_total_column(draft: Draft) -> Draft:
    """申请表 without its 总计 column."""

    def narrow(form: Form) -> Form:
        rows = [
            (form.rows[0][0], replace(form.rows[0][1], colspan=6)),
            form.rows[1][:2],
            form.rows[2],
            *(row[:-1] for row in form.rows[3:]),
        ]
        return replace(form, rows=tuple(rows), width=9)

    draft = map_table(draft, "applications", narrow)
    return without_figures(draft, lambda key: key[0] == "applications" and key[2] == "total")


def without_total_row(draft: Draft) -> Draft:
    """申请表 without its row (七)总计."""
    return without_row(draft, "concluded")


def without_row(draft: Draft, item: str) -> Draft:
    """申请表 without the row of one item that anchors no group label."""

    def shorten(form: Form) -> Form:
        gone = next(index for index, row in enumerate(form.rows) if any(_is_item(cell, item) for cell in row))
        if any(cell.rowspan > 1 for cell in form.rows[gone]):
            raise ValueError(f"the row of {item} anchors a group")
        kept = [(index, row) for index, row in enumerate(form.rows) if index != gone]
        return replace(
            form,
            rows=tuple(
                tuple(_shortened(cell) if _spans(cell, index, gone) else cell for cell in row) for index, row in kept
            ),
        )

    draft = map_table(draft, "applications", shorten)
    return without_figures(draft, lambda key: key[:2] == ("applications", item))


def proceedings_without_after_reconsideration(draft: Draft) -> Draft:
    """复议诉讼表 of ten columns: 复议后起诉 is left out."""

    def narrow(form: Form) -> Form:
        rows = (
            (form.rows[0][0], replace(form.rows[0][1], colspan=5)),
            form.rows[1][:6],
            form.rows[2][:5],
            form.rows[3][:10],
        )
        return replace(form, rows=rows, width=10)

    draft = map_table(draft, "proceedings", narrow)
    return without_figures(draft, lambda key: key[:2] == ("proceedings", "litigation_after_reconsideration"))


def proceedings_without_pending(draft: Draft) -> Draft:
    """复议诉讼表 of twelve columns: no 尚未审结 under any heading."""

    def narrow(form: Form) -> Form:
        rows = (
            (replace(form.rows[0][0], colspan=4), replace(form.rows[0][1], colspan=8)),
            tuple(replace(cell, colspan=min(cell.colspan, 4)) for cell in form.rows[1] if cell.text != "尚未审结"),
            tuple(cell for cell in form.rows[2] if cell.text != "尚未审结"),
            tuple(cell for cell in form.rows[3] if cell.figure and cell.figure[2] != "pending"),
        )
        return replace(form, rows=rows, width=12)

    draft = map_table(draft, "proceedings", narrow)
    return without_figures(draft, lambda key: key[0] == "proceedings" and key[2] == "pending")


def proceedings_only_in_prose(draft: Draft) -> Draft:
    """No 复议诉讼表: a sentence instead. The sentence gives no figure of the template."""

    def number(item: str, column: str = "total") -> str:
        return plain_number(draft.figures.values["proceedings", item, column] or 0)

    sentence = (
        f"本年度政府信息公开行政复议{number('reconsideration')}件,"
        f"未经复议直接起诉{number('litigation_direct')}件,复议后起诉{number('litigation_after_reconsideration')}件。"
    )
    blocks = tuple(sentence if isinstance(block, Form) and block.table == "proceedings" else block for block in draft.blocks)
    return without_figures(replace(draft, blocks=blocks), lambda key: key[0] == "proceedings")


def without_table(draft: Draft, table: str) -> Draft:
    """A table left out altogether, its heading kept."""
    blocks = tuple(block for block in draft.blocks if not (isinstance(block, Form) and block.table == table))
    return without_figures(replace(draft, blocks=blocks), lambda key: key[0] == table)


def department_rows(draft: Draft) -> Draft:
    """Rows of single departments under the district's own, in the clause tables: they are no figures of the template."""

    def lengthen(form: Form) -> Form:
        rows: list[tuple[FormCell, ...]] = []
        for row in form.rows:
            rows.append(row)
            if row[0].text == "行政处罚":
                rows += [(FormCell(name), replace(row[1], figure=None, text="7")) for name in ("其中:城管局", "市场监管局")]
        return replace(form, rows=tuple(rows))

    return map_table(draft, "disclosure", lengthen)


def row_numbers(draft: Draft) -> Draft:
    """序号: a first column that counts the rows of the legacy table, and looks like data."""

    def widen(form: Form) -> Form:
        rows = [(FormCell("序号"), *form.rows[0])]
        rows += [(FormCell(str(number)), *row) for number, row in enumerate(form.rows[1:], start=1)]
        return replace(form, rows=tuple(rows), width=4)

    return map_table(draft, "statistics", widen)


def without_unit_column(draft: Draft) -> Draft:
    """统计表 of two columns: the unit column dropped."""
    return map_table(draft, "statistics", lambda form: replace(form, rows=tuple((r[0], r[2]) for r in form.rows), width=2))


def unit_after_value(draft: Draft) -> Draft:
    """统计表 with its last two columns the other way round."""
    return map_table(draft, "statistics", lambda form: replace(form, rows=tuple((r[0], r[2], r[1]) for r in form.rows)))


def caption_rows(draft: Draft) -> Draft:
    """The heading of the section and a line 单位:件 as the first rows inside each table."""
    headings = {"applications": "收到和处理政府信息公开申请情况", "proceedings": "政府信息公开行政复议、行政诉讼情况"}

    def crown(form: Form, title: str) -> Form:
        rows = ((FormCell(title, colspan=form.width),), (FormCell("单位:件", colspan=form.width),), *form.rows)
        return replace(form, rows=rows, header_rows=form.header_rows + 2)

    for table, title in headings.items():
        draft = map_table(draft, table, lambda form, title=title: crown(form, title))  # type: ignore[misc]
    return draft


def first_row(draft: Draft, table: str, text: str) -> Draft:
    """A line over the whole table, as its first row."""

    def crowned(form: Form) -> Form:
        rows = ((FormCell(text, colspan=form.width),), *form.rows)
        return replace(form, rows=rows, header_rows=form.header_rows + 1)

    return map_table(draft, table, crowned)


def unit_paragraph(draft: Draft) -> Draft:
    """单位：元 as a paragraph over the table of section 二."""
    at = next(place for place, block in enumerate(draft.blocks) if isinstance(block, Form) and block.table == "disclosure")
    return replace(draft, blocks=(*draft.blocks[:at], "单位：元", *draft.blocks[at:]))


def note_rows(draft: Draft) -> Draft:
    """A last row with who filled the form in and a telephone number."""
    note = "填表人:王某 审核人:李某 联系电话:0000-8123456 填报日期:2025年1月8日"
    return _append_row(draft, lambda form: (FormCell(note, colspan=form.width),))


def section_two_prose_called_disclosure(draft: Draft) -> Draft:
    """A prose section called 主动公开情况 that is not the table, before the one that is."""
    extra = (Heading("主动公开情况"), "全年主动公开规章0件、行政规范性文件3件,行政许可类信息210条,行政处罚类信息45条。")
    first = next(
        index for index, block in enumerate(draft.blocks) if isinstance(block, Heading) and block.text.startswith("二")
    )
    return replace(draft, blocks=(*draft.blocks[:first], *extra, *draft.blocks[first:]))


def _append_row(draft: Draft, row: Callable[[Form], tuple[FormCell, ...]]) -> Draft:
    for table in ("applications", "statistics"):
        draft = map_table(draft, table, lambda form: replace(form, rows=(*form.rows, row(form))))
    return draft


def _is_item(cell: FormCell, item: str) -> bool:
    return cell.figure is not None and cell.figure[1] == item


def _spans(cell: FormCell, row: int, other: int) -> bool:
    return row < other < row + cell.rowspan


def _shortened(cell: FormCell) -> FormCell:
    return replace(cell, rowspan=cell.rowspan - 1)
