"""Read a table by the order of its cells: labels open rows and columns, the values that follow belong to them in turn.

This is all that a flattened text allows, and it is the second witness for a grid whose spans may lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.alignment import align, fit_by_sums
from parsers.cells import parse_cell
from parsers.codebook import Column, Item, Place, Table
from parsers.headers import ApplicantHeader, proceedings_columns
from parsers.labels import NO_MEANING, Meaning, Vocabulary
from parsers.lexemes import Lexeme
from parsers.normal import normalise
from parsers.pieces import Kind
from parsers.readings import Reading, split_runs

VALUES = frozenset({Kind.VALUE, Kind.BLANK})


def read_by_order(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    """One table of the document; `lexemes` are those that belong to it, in document order."""
    reader = {"disclosure": _disclosure, "applications": _applications, "proceedings": _proceedings}.get(
        table.key, _statistics
    )
    return reader(table, lexemes, words)


def _meaning(lexeme: Lexeme, table: Table, words: Vocabulary) -> Meaning:
    return words.meaning(lexeme.key, table.key) if lexeme.kind is Kind.LABEL else NO_MEANING


def _printed(values: list[Lexeme]) -> list[Lexeme]:
    return [value for value in values if value.kind is Kind.VALUE]


def _unclaimed(reading: Reading, words: list[Lexeme], values: list[Lexeme]) -> None:
    """Values that stand after no label that we know: told, never assigned."""
    printed = [value for value in values if value.kind is Kind.VALUE and parse_cell(value.text).absence is None]
    if printed:  # a mark is no number that could be lost
        named = next((word.text for word in reversed(words) if word.kind in (Kind.OTHER, Kind.FRAGMENT)), "")
        sample = ", ".join(value.text for value in printed[:8])
        reading.trouble(
            "error",
            "unclaimed_cells",
            f"values that belong to no row of the official table: “{named}” {sample}".replace("“” ", ""),
        )


# --- applications (收到和处理政府信息公开申请情况) ------------------------------------------------------------------------


@dataclass
class _Rows:
    """Item rows as found, before their values are given to columns."""

    values: dict[str, list[Lexeme]] = field(default_factory=dict)

    def add(self, reading: Reading, item: Item, values: list[Lexeme]) -> None:
        known = self.values.get(item.key)
        if known is not None and _printed(known):
            if _printed(values) and [value.text.strip() for value in known] != [value.text.strip() for value in values]:
                reading.trouble(
                    "error", "duplicate_row", f"the row {item.label} stands twice, with different values", item.key
                )
            return
        self.values[item.key] = values


def _applications(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    reading = Reading(table.key)
    header = ApplicantHeader(table)
    rows = _Rows()
    for before, values in split_runs(lexemes, VALUES):
        items, last_is_item = _rows_of(before, header, table, words)
        for item in items[:-1]:  # labels without any cell after them
            rows.add(reading, item, [])
        if items and last_is_item:
            rows.add(reading, items[-1], values)
        else:
            if items:
                rows.add(reading, items[-1], [])
            _unclaimed(reading, before, values)
    columns = header.order()
    if None in columns and all(column is None or column.key != "total" for column in columns):
        reading.trouble(
            "error", "misfit_header", "a subtotal stands among the column headings, and no 总计: which is which is not clear"
        )
    if not header.seen and rows.values:
        columns = list(table.columns)
        reading.trouble(
            "info", "header_missing", "the table prints no column headings; its cells are read in the official order"
        )
    if len(columns) < len(table.columns) and _have_cells_to_spare(rows.values.values(), len(columns)):
        reading.trouble(
            "error",
            "misfit_header",
            "the headings name fewer columns than the rows have cells: which cell is whose is not clear",
        )
    reading.items.update(rows.values)
    reading.columns.update((item, column.key) for item in rows.values for column in columns if column)
    align(reading, table, rows.values, columns)
    return reading


def _have_cells_to_spare(rows: Iterable[list[Lexeme]], width: int) -> bool:
    """Does flattened text leave it open which cells of a row are superfluous? Blank ones may be the figures of a column whose
    heading was not told."""
    return any(len(cells) > width and _printed(cells) and cells[0].column is None for cells in rows)


def _rows_of(before: list[Lexeme], header: ApplicantHeader, table: Table, words: Vocabulary) -> tuple[list[Item], bool]:
    """Item labels among the words before some values, and whether the last word of all is one of them."""
    items: list[Item] = []
    last_is_item = False
    for word in before:
        meaning = _meaning(word, table, words)
        if word.kind is Kind.LABEL:
            if header.takes(word, meaning):
                last_is_item = False
            elif meaning.items:
                items.append(meaning.items[0])
                last_is_item = True
        elif word.kind is Kind.BREAK:
            header.close()
            last_is_item = False
        elif word.kind in (Kind.OTHER, Kind.FRAGMENT) and not (items and _same_row(word, before)):
            last_is_item = False
    return items, last_is_item


def _same_row(word: Lexeme, before: list[Lexeme]) -> bool:
    """A remark beside a label in its own row of a grid does not end the row; in flattened text nobody can tell."""
    return word.in_row and any(other.kind is Kind.LABEL and other.row == word.row for other in before)


# --- disclosure (主动公开政府信息情况) --------------------------------------------------------------------------------


def _disclosure(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    reading = Reading(table.key)
    columns: list[Column] = []
    header_open = True
    for before, values in split_runs(lexemes, VALUES):
        target: Item | None = None
        for word in before:
            meaning = _meaning(word, table, words)
            if meaning.columns:
                if not header_open:
                    columns = []
                header_open = True
                columns.append(meaning.columns[0])
            elif meaning.items:
                if target is not None:
                    _disclosure_row(reading, target, [], columns)
                target, header_open = meaning.items[0], False
            elif meaning.known:
                if target is not None:
                    _disclosure_row(reading, target, [], columns)
                    target = None
                if word.key.startswith(("第二十条", "信息内容")):
                    columns, header_open = [], True
            elif word.kind in (Kind.OTHER, Kind.FRAGMENT) and not (target and _same_row(word, before)):
                if target is not None:
                    _disclosure_row(reading, target, [], columns)
                target = None
        if target is None:
            _unclaimed(reading, before, values)
        else:
            _disclosure_row(reading, target, values, columns)
    return reading


def _disclosure_row(reading: Reading, item: Item, values: list[Lexeme], header: list[Column]) -> None:
    own = {column.key for column in item.columns}
    columns = [column for column in header if column.key in own]
    reading.items.add(item.key)
    if not columns and not header:
        columns = list(item.columns)
        reading.trouble(
            "info",
            "header_missing",
            f"no column headings stand above {item.label}; its cells are read in the official order",
            item.key,
        )
    reading.columns.update((item.key, column.key) for column in columns)
    cells = list(values)
    while len(cells) > len(columns) and cells[-1].kind is Kind.BLANK:
        cells.pop()
    while len(cells) > len(columns) and cells[0].kind is Kind.BLANK:
        cells.pop(0)
    if not cells:
        return
    if len(cells) != len(columns) or len(columns) != len(header or columns):
        if _printed(values):
            reading.trouble(
                "error",
                "misfit_row",
                f"{item.label} has {len(cells)} cells under {len(header or columns)} column headings",
                item.key,
            )
            reading.unread.update((item.key, column.key) for column in item.columns)
        return
    for column, cell in zip(columns, cells, strict=True):
        reading.claim(Place(reading.table, item.key, column.key), cell)


# --- proceedings (行政复议、行政诉讼情况) -----------------------------------------------------------------------------


def _proceedings(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    reading = Reading(table.key)
    header: list[Lexeme] = []
    case: list[Lexeme] = []  # the kind of case whose outcomes have a row each, below each other
    runs = split_runs(lexemes, VALUES)
    for number, (before, values) in enumerate(runs):
        named = [word for word in before if _is_heading(word, table, words)]
        if case and not header and named and all(_is_outcome(word, table, words) for word in named):
            header += case
        header += named
        if not header:
            _unclaimed(reading, before, values)
            continue
        by_row = bool(_meaning(header[-1], table, words).items)
        outcomes_follow = any(_is_outcome(word, table, words) for later, _ in runs[number + 1 :] for word in later)
        places = proceedings_columns(table, header, words, row_label=header[-1] if by_row else None)
        beside_headings = any(word.row == value.row for word in before[-1:] for value in values[:1] if value.in_row)
        if not _printed(values) and (outcomes_follow if by_row else places is None or beside_headings):
            continue  # empty cells within the heading, or behind the table
        _proceedings_values(reading, table, places, values)
        case = header[:-1][-1:] if places is not None and len(places) == 1 and values[0].in_row else []
        header = [word for word in header if _is_outcome(word, table, words)] if by_row else []
    return reading


def _is_outcome(word: Lexeme, table: Table, words: Vocabulary) -> bool:
    return _is_heading(word, table, words) and not _meaning(word, table, words).items


def _is_heading(word: Lexeme, table: Table, words: Vocabulary) -> bool:
    meaning = _meaning(word, table, words)
    return bool(meaning.items or meaning.columns) or (
        word.kind is Kind.FRAGMENT and word.key in ("结果", "尚未", "未经", "复议后", "其他")
    )


def _proceedings_values(reading: Reading, table: Table, places: list[Place] | None, values: list[Lexeme]) -> None:
    if places is None:
        if _printed(values):
            reading.trouble("error", "misfit_header", "the headings of the table do not say which column is which")
            reading.items.update(item.key for item in table.items)
            reading.unread.update((item.key, column.key) for item in table.items for column in table.columns)
        return
    reading.items.update(place.item for place in places)
    reading.columns.update((place.item, place.column) for place in places)
    cells = fit_by_sums(values, places)
    if cells is None:
        if _printed(values):
            reading.trouble("error", "misfit_row", f"{len(values)} cells stand under {len(places)} column headings")
            reading.unread.update((place.item, place.column) for place in places)
        return
    for place, cell in zip(places, cells, strict=True):
        reading.claim(place, cell)


# --- statistics (政府信息公开情况统计表) ------------------------------------------------------------------------------


def _statistics(table: Table, lexemes: list[Lexeme], words: Vocabulary) -> Reading:
    """One value an item. Homonyms (被依法纠错数) are settled by the official order: the one next after the last item read."""
    reading = Reading(table.key)
    order = {item.key: number for number, item in enumerate(table.items)}
    position = -1
    target: Item | None = None
    cells: list[Lexeme] = []

    def finish() -> None:
        if target is not None:
            _statistics_row(reading, target, cells)

    for lexeme in lexemes:
        if lexeme.kind in VALUES or lexeme.kind is Kind.UNIT:
            if target is None and lexeme.kind is Kind.VALUE:
                _unclaimed(reading, [], [lexeme])
            cells.append(lexeme)
            continue
        meaning = _meaning(lexeme, table, words)
        if meaning.items:
            finish()
            target = next((item for item in meaning.items if order[item.key] > position), meaning.items[0])
            position, cells = order[target.key], []
        elif not (meaning.known and not meaning.columns and target is not None and _is_note(lexeme)):
            finish()
            target, cells = None, []
    finish()
    return reading


def _is_note(lexeme: Lexeme) -> bool:
    """(不同渠道和方式公开相同信息计1条) stands between a label and its value."""
    plain = normalise(lexeme.text).strip('"')
    return plain.startswith("(") and plain.endswith(")")


def _statistics_row(reading: Reading, item: Item, cells: list[Lexeme]) -> None:
    """The cells after an item's label: its unit and its value, in either order, either of them possibly left out."""
    reading.items.add(item.key)
    reading.columns.add((item.key, "value"))
    place = Place(reading.table, item.key, "value")
    units = [cell for cell in cells if cell.kind is Kind.UNIT]
    rest = [cell for cell in cells if cell.kind is not Kind.UNIT]
    if not rest and len(units) > 1:  # a unit where the value should be
        rest = [units.pop()._replace(kind=Kind.VALUE)]
    printed = _printed(rest)
    if len(printed) > 1:  # one of them may be a dash in the column of units
        numbers = [cell for cell in printed if parse_cell(cell.text, item.unit).absence is None]
        printed = numbers if len(numbers) == 1 else printed
    if len(printed) > 1:
        reading.trouble(
            "error",
            "misfit_row",
            f"{item.label} has {len(printed)} values: {', '.join(cell.text for cell in printed[:6])}",
            item.key,
        )
        reading.unread.add((item.key, "value"))
        return
    if printed or rest:
        reading.claim(place, printed[0] if printed else rest[-1])
