"""From a number back to its source: the archived document with the cell marked, as a file that needs no network."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import resources
from string import Template

from flows.errors import CallError
from parsers.codebook import TITLES, Item, load_template
from parsers.marking import Marked, Spot, mark_document
from parsers.records import Absence, Figure, Issue, Report
from parsers.serialize import number_to_json
from storage.documents import ReadJob
from storage.layout import DataDirectory
from storage.replay import load_body
from tasks.office import to_docx

# Why a figure has no value: for the page, and for the terminal.
ABSENCES: dict[Absence, tuple[str, str]] = {
    "blank": ("空白", "the cell is blank, which is not 0"),
    "slash": ("以横线或斜线代替数字", "the cell holds a dash or a slash"),
    "not_applicable": ("注明不适用", "the cell says that it does not apply"),
    "row_missing": ("原文没有这一行", "the document does not print this row"),
    "column_missing": ("原文没有这一列", "the document does not print this column"),
    "table_missing": ("原文没有这张表", "the document does not print this table"),
    "unreadable": ("不能读作数字", "what stands there cannot be read as a number"),
}
SEVERITIES = {"error": "错误", "warning": "注意", "info": "说明"}


@dataclass(frozen=True, slots=True)
class CellView:
    """One figure of a published report, and its document with the place marked."""

    report: Report
    figure: Figure
    source: ReadJob  # the bytes that the figure was read from
    spot: Spot | None  # None: nothing of its table stands in the document
    marked: Marked

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What the checks say of this cell, its row, its column and its table."""
        own = self.figure
        return tuple(
            issue
            for issue in self.report.issues
            if issue.table == own.table and issue.item in (None, own.item) and issue.column in (None, own.column)
        )

    @property
    def labels(self) -> tuple[str, str, str]:
        """Table, row and column as the official form names them."""
        item = _item(self.report, self.figure)
        column = next(column for column in item.columns if column.key == self.figure.column)
        return TITLES[self.figure.table], " · ".join(part for part in (item.parent, item.label) if part), column.label

    @property
    def is_found(self) -> bool:
        """Whether the figure stands where its address says. Not so where another version of the parser has read it."""
        if self.figure.address is None:
            return True
        return self.marked.text is not None and " ".join((self.figure.raw or "").split()) in self.marked.text


def find_figure(report: Report, cell: str) -> Figure:
    """The figure that "table/item/column" names. Raises `CallError` for one that the report's template has not."""
    figures = {"/".join((figure.table, figure.item, figure.column)): figure for figure in report.figures}
    if cell in figures:
        return figures[cell]
    if not figures:
        raise CallError(f"The report has no figures: its layout is {report.template}.")
    near = difflib.get_close_matches(cell, figures, n=1, cutoff=0.4) or [next(iter(figures))]
    raise CallError(
        f"{report.template} has no cell {cell!r}; did you mean {near[0]}? "
        "It is table/item/column, as the lake and docs/codebook.md have them."
    )


def view_cell(data: DataDirectory, report: Report, source: ReadJob, cell: str) -> CellView:
    """The figure in its document. Raises `CallError` as `find_figure`, `ArchiveError` for bytes that are damaged, and a
    `parsers.verdicts.Verdict` where this parser cannot read them."""
    figure = find_figure(report, cell)
    spot = _spot(report, figure)
    body = load_body(data, source.archive_file, source.archive_offset, source.content_digest)
    marked = mark_document(
        body, spot, url=source.final_url, content_type=source.content_type, charset=source.charset, convert=to_docx
    )
    return CellView(report, figure, source, spot, marked)


def _spot(report: Report, figure: Figure) -> Spot | None:
    """The cell; where there is none, the row that it would stand in, else the table."""
    if figure.address is not None:
        return Spot(*figure.address)
    row = {other.address[:2] for other in report.figures if other.address and _is_row(other, figure)}
    if len(row) == 1 and figure.absence != "row_missing":
        return Spot(*row.pop())
    tables = [other.address[0] for other in report.figures if other.address and other.table == figure.table]
    return Spot(max(set(tables), key=tables.count)) if tables else None


def _is_row(other: Figure, figure: Figure) -> bool:
    return (other.table, other.item) == (figure.table, figure.item)


def _item(report: Report, figure: Figure) -> Item:
    assert report.template != "narrative", "it has no figures"
    return load_template(report.template).table(figure.table).item(figure.item)


# --- the page -----------------------------------------------------------------------------------------------------------


def page_of(view: CellView) -> str:
    """The view as a page of its own: a banner over the document. It loads nothing and runs nothing."""
    template = Template((resources.files("flows") / "cell.html").read_text(encoding="utf-8"))
    rows = "\n".join(f'<dt>{escape(name)}</dt><dd class="{kind}">{escape(text)}</dd>' for name, text, kind in _rows(view))
    title = f"{view.report.organization or view.report.title} {view.report.year or ''} {' / '.join(view.labels)}"
    return template.substitute(title=escape(title), rows=rows, document=view.marked.markup)


def _rows(view: CellView) -> Iterator[tuple[str, str, str]]:
    """Name, text and kind of each line of the banner."""
    report, figure, source = view.report, view.figure, view.source
    yield "报告", f"{report.organization or '机关不详'} {report.year or '年份不详'} {report.title}", ""
    yield "单元格", f"{' / '.join(view.labels)}({figure.table}/{figure.item}/{figure.column})", ""
    scaled = f"(由{figure.scaled_from}换算)" if figure.scaled_from else ""
    reason = ABSENCES[figure.absence][0] if figure.absence else ""
    yield "数值", f"无:{reason}" if figure.value is None else f"{number_to_json(figure.value)}{scaled}", ""
    if figure.corrected_from is not None:
        was = ABSENCES[figure.corrected_from][0] if figure.corrected_from in ABSENCES else figure.corrected_from
        yield "更正", f"经复核更正,原读作{was}", ""
    yield "原文", "无此单元格" if figure.raw is None else f"“{figure.raw}”", ""
    for issue in view.issues:
        yield SEVERITIES[issue.severity], f"{issue.code}: {issue.message}", issue.severity
    if not view.is_found:
        yield "错误", f"此处现读作“{view.marked.text or ''}”,与登记不符:先运行 nianbao reparse", "error"
    shown = "存档网页(脚本、样式表和外部资源已去除)" if view.marked.as_archived else f"程序读出的内容({report.source})"
    yield "显示", shown, ""
    yield "来源", f"{source.final_url}  SHA-256 {source.content_digest}  {source.archive_file}:{source.archive_offset}", ""
