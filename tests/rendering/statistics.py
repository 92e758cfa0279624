"""The legacy 统计表 in other shapes than three columns, and tables that only look like the official ones."""

from __future__ import annotations

import re
from dataclasses import replace

from flows.sample.forms import Form, FormCell
from flows.sample.narrative import Block, Heading
from tests.rendering.draft import Draft, map_table

_GROUP = re.compile(r"^[一二三四五六七八九十]+、")


def two_up(draft: Draft) -> Draft:
    """Two halves side by side: 统计指标, 单位, 统计数, and the same again on the right."""

    def folded(form: Form) -> Form:
        header, *rows = form.rows
        half = (len(rows) + 1) // 2
        left, right = rows[:half], [*rows[half:], *[(FormCell(), FormCell(), FormCell())] * (2 * half - len(rows))]
        return replace(form, rows=(header + header, *(a + b for a, b in zip(left, right, strict=True))), width=6)

    return map_table(draft, "statistics", folded)


def year_over_rows(draft: Draft) -> Draft:
    """(2017年度) and 填报单位 as first rows of the table, in place of the names of its columns."""

    def headed(form: Form) -> Form:
        over = tuple(
            (FormCell(text, colspan=3),) for text in ("政府信息公开情况统计表", f"({draft.year}年度)", "填报单位(盖章):")
        )
        return replace(form, rows=(*over, *form.rows[1:]))

    return map_table(draft, "statistics", headed)


def units_in_labels(draft: Draft, note: str = "(单位:{})") -> Draft:
    """No column of units: each label ends with its own."""

    def noted(form: Form) -> Form:
        rows = [
            (replace(label, text=label.text + note.format(unit.text)) if value.figure else label, value)
            for label, unit, value in form.rows[1:]
        ]
        return replace(form, rows=((form.rows[0][0], form.rows[0][2]), *rows), width=2)

    return map_table(draft, "statistics", noted)


def amounts_in_yuan(draft: Draft, where: str) -> Draft:
    """Amounts in 元, which the unit's cell says ("cell"), or a note behind the label alone ("label")."""

    def counted(form: Form) -> Form:
        rows: list[tuple[FormCell, ...]] = []
        for label, unit, value in form.rows:
            if unit.text == "万元":
                said = (
                    (label, replace(unit, text="元"))
                    if where == "cell"
                    else (replace(label, text=f"{label.text}(元)"), FormCell())
                )
                amount = float(value.text) * 1e4 if value.text else 0.0
                rows.append((*said, replace(value, text=f"{amount:.0f}")))
            else:
                rows.append((label, unit, value))
        return replace(form, rows=tuple(rows))

    return map_table(draft, "statistics", counted)


def over_pages(draft: Draft) -> Draft:
    """Over a page break in the middle, the header printed again."""

    def split(form: Form) -> tuple[Form, Form]:
        return replace(form, rows=form.rows[:31]), replace(form, rows=(form.rows[0], *form.rows[31:]))

    return map_table(draft, "statistics", split)


def group_column(draft: Draft) -> Draft:
    """The headings 一、主动公开情况 as a first column that spans the rows of its group, instead of rows of their own."""

    def columned(form: Form) -> Form:
        rows: list[tuple[FormCell, ...]] = [(FormCell("类别"), *form.rows[0])]
        body = form.rows[1:]
        starts = [index for index, row in enumerate(body) if _GROUP.match(row[0].text)]
        for start, end in zip(starts, [*starts[1:], len(body)], strict=True):
            members = body[start : start + 1] if body[start][2].figure else ()
            members += body[start + 1 : end]
            group = FormCell(body[start][0].text, rowspan=len(members))
            rows += [(group, *members[0]), *members[1:]]
        return replace(form, rows=tuple(rows), width=4)

    return map_table(draft, "statistics", columned)


def proceedings_transposed(draft: Draft) -> Draft:
    """复议诉讼表 turned on its side, for narrow screens: a row for each of the fifteen figures."""

    def turned(form: Form) -> Form:
        outcomes = [cell.text for cell in form.rows[1][:5]]
        names = ("行政复议", "行政诉讼(未经复议直接起诉)", "行政诉讼(复议后起诉)")
        rows: list[tuple[FormCell, ...]] = [(FormCell("类别"), FormCell("结果"), FormCell("件数"))]
        for index, figure in enumerate(form.rows[-1]):
            label = (FormCell(names[index // 5], rowspan=5),) if index % 5 == 0 else ()
            rows.append((*label, FormCell(outcomes[index % 5]), figure))
        return Form("proceedings", tuple(rows), width=3, header_rows=1)

    return map_table(draft, "proceedings", turned)


def topics_table(draft: Draft) -> Draft:
    """A table of the author's own in section 一, whose labels are those of section 二: what was published on which matter."""
    pairs = (("行政许可", "210"), ("行政处罚", "45"), ("行政强制", "3"), ("行政事业性收费", "12"), ("规章", "6"))
    rows = ((FormCell("公开事项"), FormCell("信息条数")), *((FormCell(name), FormCell(number)) for name, number in pairs))
    return _in_first_section(draft, Form("topics", rows, width=2, header_rows=1))


def channels_table(draft: Draft) -> Draft:
    """A table of channels in section 一; none of its labels is official."""
    pairs = (("门户网站", "1204"), ("微信公众号", "873"), ("政务微博", "92"), ("合计", "2169"))
    rows = ((FormCell("渠道"), FormCell("发布数量")), *((FormCell(name), FormCell(number)) for name, number in pairs))
    return _in_first_section(draft, Form("channels", rows, width=2, header_rows=1))


def _in_first_section(draft: Draft, table: Form) -> Draft:
    """The table behind the first paragraph of section 一."""
    start = next(index for index, block in enumerate(draft.blocks) if isinstance(block, Heading)) + 2
    blocks: tuple[Block, ...] = (*draft.blocks[:start], table, *draft.blocks[start:])
    return replace(draft, blocks=blocks)
