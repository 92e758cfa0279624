"""Text that someone already flattened -> `Document`: prose stays paragraphs, runs of table lines become flattened grids.

Five shapes stand under `seeds/`; others are read by the same rules. A line is part of a table when it holds nothing but
labels of the codebook, pieces of them, values and cell bars. Within such a run the sequence of cells is what counts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from parsers.cells import NULL_WORDS, parse_cell
from parsers.codebook import TEMPLATE_IDS, load_template
from parsers.labels import UNITS, is_fragment, scan
from parsers.normal import label_key, simplify, visible
from parsers.records import Cell, Document, Grid, Paragraph

_MARKUP_ROW = re.compile(r"\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?)?\s*")  # | --- | --- |
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-—–]{1,2}\s*\d{1,3}\s*[-—–]{1,2}|第\s*\d{1,3}\s*页(?:[,/\s\uff0c]*共\s*\d{1,3}\s*页)?)\s*"
)
_PROSE = re.compile(r"[。;!?\uff1b\uff01\uff1f]")
_HEADING = re.compile(r"\s*(?:[一二三四五六七八九十]+[、.,;:\uff0e\uff0c\uff1b\uff1a]|第[一二三四五六七八九十]+部分)")
_RUN_ON = 1500  # characters from which a line is more than a paragraph
_SENTENCE_OR_SECTION = re.compile(
    r"(?<=。)\s+|\s+(?=[一二三四五六]、(?:总体情况|主动公开政府信息|收到和处理|政府信息公开行政|因政府信息公开|存在|其他需要))"
    r"|(?<=政府信息情况)\s+|(?<=公开申请情况)\s+|(?<=诉讼情况)\s+"
)
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000\r\f\v]+")  # with &emsp; &ensp; and their like
# 收到申请数:3件 and 收到申请数......3件 and 收到申请数,3
_LABEL_AND_VALUE = re.compile(
    r"(?P<label>.*[^\s0-9.,:\uff1a\uff0c\u2026\u00b7_])(?:[:,]|\uff1a|\u2026+|[.\u00b7_]{3,})(?P<value>[^\s:\uff1a\u2026]{1,20})"
)
_BETWEEN_NUMBERS = re.compile(r"[0-9][^\S\n]+[0-9]")  # there white space ends a cell, and a comma groups digits
_MAX_LINE = 20_000  # a whole table may stand on one line
_LONE_MARKS = frozenset("无無空")  # a cell each, where they are no letters of a vertical heading
_MIN_ROWS = 10  # of a table on one line; the tables that authors add have fewer
_MAX_GENERIC = 2  # characters of labels that any table may print: 合计, 其他
_MIN_LAST_LINE = 6  # characters of a label's last line that a colon and a value may follow
_MAX_OTHER = 40  # characters of an unexplained line that may still be a cell


def read_text(text: str) -> Document:
    """Read plain text. Never raises; a text without tables gives paragraphs only."""
    blocks: list[Paragraph | Grid] = []
    narrative: list[str] = []
    for region, lines in _regions(_broken_lines(visible(text))):
        if region and _holds_cells(lines):
            index = sum(isinstance(block, Grid) for block in blocks)
            blocks.append(_grid(lines, index, caption=narrative[-1] if narrative else ""))
        else:
            for line in filter(None, (_SPACES.sub(" ", line).strip(" |") for line in lines)):
                blocks.append(Paragraph(line))
                narrative.append(line)
    return Document("text", tuple(blocks), narrative="\n".join(narrative), page_text=text)


def _broken_lines(text: str) -> list[str]:
    """Lines of the text; one that runs on over sentences and tables is broken after each sentence and before each section."""
    lines: list[str] = []
    for line in text.splitlines():
        lines.extend(
            _SENTENCE_OR_SECTION.split(line) if len(line) > _RUN_ON and "。" in line and "|" not in line else (line,)
        )
    return lines


def _regions(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """Cut the text into runs: (True, lines of a table) and (False, lines of prose)."""
    run: list[str] = []
    tabular = False
    for line, kind in zip(lines, _line_kinds(lines), strict=True):
        if kind is None:
            run.append(line)
            continue
        if kind != tabular and run:
            if tabular:  # blank lines after a table are not its cells
                trailing = len(run)
                while trailing and not run[trailing - 1].strip():
                    trailing -= 1
                run = run[:trailing]
            yield tabular, run
            run = []
        tabular = kind
        run.append(line)
    if run:
        yield tabular, run


def _holds_cells(lines: list[str]) -> bool:
    """Headings alone are no table, however much they read like its labels (三、回应解读情况)."""
    barred = any("|" in line or "\t\t" in line or any(is_value for _, is_value in _words(line)) for line in lines)
    return barred or _is_comma_table(lines)


def _line_kinds(lines: list[str]) -> list[bool | None]:
    """For each line: part of a table, prose, or None for a blank line, which goes with its neighbours."""
    kinds: list[bool | None] = [_line_kind(line) for line in lines]
    written = [number for number, kind in enumerate(kinds) if kind is not None]
    for before, number, after in zip(written, written[1:], written[2:], strict=False):
        # a short unexplained line between two table lines is a cell that we do not know, not prose
        if kinds[number] is False and kinds[before] and kinds[after] and _may_be_cell(lines[number]):
            kinds[number] = True
    return kinds


def _may_be_cell(line: str) -> bool:
    return len(line.strip()) <= _MAX_OTHER and not _PROSE.search(line) and not _HEADING.match(line)


def _line_kind(line: str) -> bool | None:
    stripped = line.strip()
    if not stripped:
        return None
    if "|" in stripped:
        return True
    if len(stripped) > _MAX_LINE or _PROSE.search(stripped):
        return False
    if _PAGE_NUMBER.fullmatch(stripped):
        return None
    if label_key(stripped) in _section_keys():
        return False
    if _comma_separated(stripped):
        return True
    words = list(_words(stripped))
    left = " ".join(
        word
        for word, is_value in words
        if not is_value
        and label_key(word) not in UNITS
        and label_key(word) not in _section_keys()
        and not (word in _LONE_MARKS and len(words) > 1)
    )
    if not left:
        return True
    result = scan(left)
    if not result.rest:
        return bool(result.keys) or len(left) <= 6
    return is_fragment(left) or _holds_table(words)


def _holds_table(words: list[tuple[str, bool]]) -> bool:
    """Does a line hold rows of a table? They are official labels, each with values behind it; a remark may end the line.

    One heading of the author's own among the rows of a whole table, or one misspelt label, does not make prose of it.
    """
    rows = [
        " ".join(word for word, _ in run)
        for is_value, run in groupby(words, key=lambda word: word[1] or label_key(word[0]) in UNITS)
        if not is_value
    ]
    if not words[-1][1] and label_key(words[-1][0]) not in UNITS:
        rows.pop()
    if len(rows) < 2:
        return False
    known = sum(bool((found := scan(row)).keys) and not found.rest for row in rows)
    return known >= (0.9 if len(rows) >= _MIN_ROWS else 1) * len(rows)


@lru_cache(maxsize=1)
def _section_keys() -> frozenset[str]:
    """Official section headings, of which 四、…行政复议、行政诉讼情况 would pass for labels of the table below it."""
    return frozenset(label_key(name) for template_id in TEMPLATE_IDS for name in load_template(template_id).sections)


def _words(line: str) -> Iterator[tuple[str, bool]]:
    """The words of a line, and whether each is a value. Words of Chinese alone are never values: 三 may begin 三、…"""
    for word in _SPACES.split(line.strip()):
        if not word:
            continue
        pair = _LABEL_AND_VALUE.fullmatch(word)
        value = pair["value"] if pair else ""
        if pair and (_is_value(value) or value in _LONE_MARKS) and not _is_value(word) and _is_label(pair["label"]):
            yield pair["label"], False
            yield value, True
        else:
            yield word, _is_value(word)


@lru_cache(maxsize=1 << 10)
def _is_label(text: str) -> bool:
    """A label that says of itself what it counts, as 合计 does not; or the last line of one that was wrapped."""
    found = scan(text)
    return bool(not found.rest and any(len(key) > _MAX_GENERIC for key in found.keys)) or (
        len(text) >= _MIN_LAST_LINE and is_fragment(text)
    )


def _is_comma_table(lines: list[str]) -> bool:
    """Most lines are comma-separated; a single one may be a label with commas (区分处理的,只计这一情形,不计其他情形)."""
    written = [line.strip() for line in lines if line.strip()]
    return sum(map(_comma_separated, written)) > 0.5 * len(written)


@lru_cache(maxsize=1 << 12)
def _comma_separated(line: str) -> bool:
    """A row of comma-separated values: several fields, each of them a label, a value or empty. 1,234 is a number."""
    if line.count(",") < 2 or "。" in line or "|" in line or _BETWEEN_NUMBERS.search(line):
        return False
    fields = next(csv.reader([line]), [])
    written = [field.strip() for field in fields if field.strip()]
    return len(fields) > 2 and all(
        _is_value(field) or field in _LONE_MARKS or not scan(field).rest or is_fragment(field) for field in written
    )


_VALUE_SIGN = re.compile(r"[0-9\uff10-\uff19/\uff0f\\\-\uff0d—–]")


@lru_cache(maxsize=1 << 14)
def _is_value(word: str) -> bool:
    """A number or a mark. One Chinese character alone is none, be it 三 or 无: it may be a letter of a vertical heading."""
    if _VALUE_SIGN.search(word):
        return parse_cell(word).is_readable
    return len(word) > 1 and simplify(word.lower()) in NULL_WORDS


def _grid(lines: list[str], index: int, caption: str) -> Grid:
    kept = [line for line in lines if not _MARKUP_ROW.fullmatch(line) and not _PAGE_NUMBER.fullmatch(line)]
    if any("|" in line for line in kept):
        texts = _barred_rows(kept) if _rows_are_lines(kept) else [_barred("\n".join(kept))]
    elif _is_comma_table(kept):
        texts = [fields for fields in csv.reader(line.strip() for line in kept) if fields]
    elif any("\t" in line.strip() for line in kept):
        texts = [[cell.strip() for cell in line.split("\t")] for line in kept if line.strip()]
    else:
        texts = [_merged(word for line in kept for word, _ in _words(line))]
    rows = tuple(
        tuple(Cell(text, number, column) for column, text in enumerate(cells)) for number, cells in enumerate(texts)
    )
    return Grid(rows, max(map(len, rows), default=0), index, flattened=True, caption=caption)


def _rows_are_lines(lines: list[str]) -> bool:
    """Does each line hold one row? Elsewhere each cell has a line of its own, and where a row ends cannot be seen."""
    written = [line for line in lines if line.strip()]
    return sum(line.strip(" |").count("|") > 0 or line.count("|") > 2 for line in written) > 0.5 * len(written)


def _barred_rows(lines: list[str]) -> list[list[str]]:
    """Rows of cells between bars; a line without a bar continues the cell before it, unless that one was closed.

    Whether the bar that begins a line opens the row or ends an empty first cell is a habit of the whole table. A number is
    not continued by words: they are a row of one cell, in a table whose rows no bar closes.
    """
    barred = [line.strip() for line in lines if "|" in line]
    opened = sum(line.startswith("|") for line in barred) > 0.5 * len(barred)
    rows: list[list[str]] = []
    closed = True
    for line in (line.strip() for line in lines):
        if not line:
            continue
        cells = _barred((line.removeprefix("|") if opened else line).removesuffix("|"))
        if "|" not in line and not closed and rows and (_is_value(line) or not _is_value(rows[-1][-1])):
            rows[-1][-1] = f"{rows[-1][-1]}\n{line}"
        else:
            rows.append(cells)
        closed = line.endswith("|")
    return rows


def _barred(text: str) -> list[str]:
    """Cells between bars. A cell may run over lines; where a value and a label share one, the bar between them was lost."""
    cells: list[str] = []
    for raw in text.split("|"):
        parts = [part for part in (_SPACES.sub(" ", part).strip() for part in raw.split("\n")) if part]
        cells.extend(_merged(parts) if parts else [""])
    return cells


def _merged(parts: Iterable[str]) -> list[str]:
    """Run pieces of one label together; values stand alone. 商业 / 企业 is one cell, 0 / 行政强制 are two."""
    pieces = list(parts)
    merged: list[str] = []
    open_label = False
    for position, part in enumerate(pieces):
        stands_alone = _is_value(part) or label_key(part) in UNITS or _is_lone_mark(pieces, position)
        if stands_alone or not open_label:
            merged.append(part)
        else:
            merged[-1] = f"{merged[-1]}\n{part}"
        open_label = not stands_alone
    return merged


def _is_lone_mark(pieces: list[str], position: int) -> bool:
    """无 as a value, and not as a letter of a vertical heading (无 / 法 / 提 / 供)."""
    if pieces[position] not in _LONE_MARKS:
        return False
    beside = (*pieces[max(position - 1, 0) : position], *pieces[position + 1 : position + 2])
    return all(len(piece) > 1 or _is_value(piece) or piece in _LONE_MARKS for piece in beside)
