"""Tables as text, in the shapes in which extraction tools and databases hand reports on.

Five are those of the published documents that the project reads (`seeds`): bars with trailing bars, one cell a paragraph,
cells between lines with a bar, broken markdown. The others are what other tools make of the same table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from flows.sample.forms import Form
from flows.sample.narrative import Block, Heading

Shape = Callable[[Form], str]


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def bars(form: Form) -> str:
    """`规章 | 0 | 0 | 0 |`: anchors between bars, and a bar for each column that a span took, at the end of the row."""
    lines = []
    for row in form.rows:
        missing = form.width - len(row)
        lines.append(" | ".join(_one_line(cell.text) for cell in row) + " |" + (" " + "|" * missing if missing else ""))
    return "\n".join(lines)


def paragraphs(form: Form) -> str:
    """One cell a paragraph, blank cells lost: what is left of a table when its markup is dropped."""
    return "\n\n".join(line for cell in form.cells() for line in cell.text.split("\n") if line.strip())


def lines(form: Form) -> str:
    """One cell a line; a blank cell is an empty line."""
    return "\n".join(_one_line(cell.text) for cell in form.cells())


def bars_on_lines(form: Form) -> str:
    """Each cell on a line, ended by a bar on it; rows are set apart by lines of spaces."""
    rows = [
        "\n".join(f"   {_one_line(cell.text)}  | " if cell.text.strip() else "   \n  | " for cell in row)
        for row in form.rows
    ]
    return " \n  \n  " + "\n  \n  \n  ".join(rows) + "\n  \n "


def broken_markdown(form: Form) -> str:
    """A markdown row whose cells were torn to lines: `| 规章`, `|`, `0`, `|`, with the columns of spans as `|||`."""
    rows = []
    for row in form.rows:
        cells = "\n|\n".join(cell.text for cell in row)
        rows.append(f"| {cells}\n|" + ("\n" + "|" * (form.width - len(row)) if len(row) < form.width else ""))
    return "\n".join(rows)


def markdown(form: Form) -> str:
    """A table of GitHub's markdown: the first row is its header."""
    rows = [[_one_line(cell.text) for cell in row] + [""] * (form.width - len(row)) for row in form.rows]
    ruled = [rows[0], ["---"] * form.width, *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def tabs(form: Form) -> str:
    """Columns between tabs, the columns of spans empty."""
    return "\n".join(
        "\t".join([*(_one_line(cell.text) for cell in row), *[""] * (form.width - len(row))]) for row in form.rows
    )


def spaces(form: Form) -> str:
    """A row a line, cells between spaces; blank cells are lost."""
    return "\n".join("    ".join(text for cell in row if (text := _one_line(cell.text))) for row in form.rows)


def em_spaces(form: Form) -> str:
    """A row a line, cells between em spaces (&emsp;)."""
    return "\n".join("\u2003".join(text for cell in row if (text := _one_line(cell.text))) for row in form.rows)


def open_bars(form: Form) -> str:
    """`规章 | 0 | 0 | 0`: bars between the cells alone, so that a row of one cell has none."""
    return "\n".join(" | ".join(_one_line(cell.text) for cell in row) for row in form.rows)


def spans_written_out(form: Form) -> str:
    """Markdown in which every column that a heading spans repeats it, as converters write tables; figures are not repeated."""
    taken: dict[tuple[int, int], str] = {}
    for number, row in enumerate(form.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            for down in range(cell.rowspan):
                for across in range(cell.colspan):
                    first = not down and not across
                    taken[number + down, column + across] = _one_line(cell.text) if first or not cell.figure else ""
    rows = [[taken.get((number, column), "") for column in range(form.width)] for number in range(len(form.rows))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * form.width, *rows[1:]))


def colons(form: Form) -> str:
    """`收到申请数：12件`: label, value and unit of the 统计表 in one word, headings alone."""
    rows = ([_one_line(cell.text) for cell in row] for row in form.rows[form.header_rows :])
    return "\n".join(f"{label}：{value}{unit}" if value else label for label, unit, value in rows)


def dots(form: Form) -> str:
    """`收到申请数……12件`, as in a table of contents."""
    return colons(form).replace("：", "……")


def everything_on_one_line(form: Form) -> str:
    """The whole table on one line, blank cells lost."""
    return " ".join(text for cell in form.cells() if (text := _one_line(cell.text)))


def comma_separated(form: Form) -> str:
    """CSV, as spreadsheets write it: a cell with a comma or a line break in it stands in quotes."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [*(cell.text for cell in row), *[""] * (form.width - len(row))] for row in form.rows
    )
    return file.getvalue().rstrip("\n")


SHAPES: dict[str, Shape] = {
    "bars": bars,
    "paragraphs": paragraphs,
    "lines": lines,
    "bars_on_lines": bars_on_lines,
    "broken_markdown": broken_markdown,
    "markdown": markdown,
    "tabs": tabs,
    "comma_separated": comma_separated,
    "spaces": spaces,
    "everything_on_one_line": everything_on_one_line,
}
# A blank cell leaves no trace in these: with blanks in it, such a text may have no certain reading.
LOSES_BLANKS = frozenset({"paragraphs", "spaces", "everything_on_one_line"})


def text_of(blocks: tuple[Block, ...], shape: Shape, *, between: str = "\n") -> str:
    """A whole report as text: headings and paragraphs as lines, tables in the shape."""
    parts: list[str] = []
    for block in blocks:
        match block:
            case Form():
                parts.append(shape(block))
            case Heading():
                parts.append(block.text)
            case str():
                parts.append(block)
    return between.join(parts)


def with_page_numbers(form: Form) -> str:
    """Bars, with the foot of a page (`- 4 -`, 第5页) after every ninth row."""
    rows = bars(form).split("\n")
    parts = [rows[start : start + 9] for start in range(0, len(rows), 9)]
    return "\n".join("\n".join([*part, f"- {number} -", f"第{number}页"]) for number, part in enumerate(parts, start=4))
