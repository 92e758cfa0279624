"""Column headings read by order: whose column comes first, second, …, where spans are lost or lie."""

from __future__ import annotations

from parsers.codebook import Column, Item, Place, Table
from parsers.labels import NO_MEANING, Meaning, Vocabulary
from parsers.lexemes import Lexeme
from parsers.pieces import Kind

# The columns that the official form prints under 法人或其他组织.
ORGANISATIONS = frozenset(
    {"commercial_enterprise", "research_institution", "public_welfare_organization", "legal_service_organization", "other"}
)
_ANNOUNCES = "申请人情况"
_GROUP_KEYS = frozenset({"法人或其他组织", "法人或者其他组织"})


class ApplicantHeader:
    """The three heading rows of the applications table (申请人情况), met word by word.

    They run 自然人 · 法人或其他组织 · 总计, then 商业企业 … 其他, which belong between the first and the last. 其他 and 总计
    also name rows: a word is a heading only while the heading is open, and once.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._words: list[Column | str] = []  # columns; "group" for 法人或其他组织; "subtotal" for a column that reports add
        self._open = True
        self._announced = False  # 申请人情况 has passed: what follows is a column, though it name a row as well (总计)
        self.seen = False

    def takes(self, word: Lexeme, meaning: Meaning) -> bool:
        """Is this word part of the heading? A heading that comes again (a table split over pages) must not change the order."""
        if word.key == _ANNOUNCES:
            self._announced = True
            return True
        if meaning.columns and (not meaning.items or (self._announced and not self._open)):
            self._reopen(meaning.columns[0])
            self._words.append(meaning.columns[0])
            self.seen |= not meaning.items
            self._announced &= not self.seen
            return True
        if not self._open:
            return False
        if word.key in _GROUP_KEYS:
            self._words.append("group")
            return True
        if meaning.subtotal:
            self._words.append("subtotal")
            return True
        if meaning.columns and (self.seen or self._announced):
            column = meaning.columns[0]
            if column not in self._words:
                self._words.append(column)
                return True
            if column.key == "total" and self._inside_group():
                self._words.append("subtotal")
                return True
        if meaning.items:
            self._open = False
            return False
        return meaning.known

    def close(self) -> None:
        """A new grid begins; if it has a heading, the heading will say so."""
        self._open = False

    def _reopen(self, column: Column) -> None:
        if not self._open or column in self._words:
            self._words = []
        self._open = True

    def _inside_group(self) -> bool:
        """合计 once more among the organisations, before the last of them has passed: their subtotal (法人合计)."""
        last = self._words[-1]
        return isinstance(last, Column) and last.key in ORGANISATIONS

    def order(self) -> list[Column | None]:
        """The columns from left to right; None for one that the codebook does not have."""
        organisations = [
            word for word in self._words if word == "subtotal" or (isinstance(word, Column) and word.key in ORGANISATIONS)
        ]
        if "group" not in self._words:
            return [word if isinstance(word, Column) else None for word in self._words]
        order: list[Column | None] = []
        for word in self._words:
            if word == "group":
                order += [part if isinstance(part, Column) else None for part in organisations]
            elif isinstance(word, Column) and word.key not in ORGANISATIONS:
                order.append(word)
        return order


def proceedings_columns(
    table: Table, header: list[Lexeme], words: Vocabulary, *, row_label: Lexeme | None
) -> list[Place] | None:
    """The place of each value column, left to right, or None where the headings do not tell.

    Headings run outcome by outcome (结果维持 … 总计), starting again for each kind of case. A heading that was cut short
    (结果 for 结果维持) is taken for the next outcome that begins so.
    """
    groups: list[Item] = []
    outcomes: list[tuple[Lexeme, list[int]]] = []  # with candidate positions in table.columns
    for word in header:
        meaning = words.meaning(word.key, table.key) if word.kind is Kind.LABEL else NO_MEANING
        if meaning.items and not meaning.columns:
            if meaning.items[0] not in groups:
                groups.append(meaning.items[0])
        elif meaning.columns:
            outcomes.append((word, [table.columns.index(meaning.columns[0])]))
        elif candidates := [number for number, column in enumerate(table.columns) if column.label.startswith(word.key)]:
            outcomes.append((word, candidates))
    if row_label is not None:
        groups = list(words.meanings[row_label.key][table.key].items[:1])
    chunks = _chunks([candidates for _, candidates in outcomes])
    if len(chunks) != len(groups) and header:  # spans written out: the last row of headings names every column
        chunks = _chunks([candidates for word, candidates in outcomes if word.row == header[-1].row and word.in_row])
    if row_label is not None and len(chunks) > 1:
        return None
    if len(chunks) != len(groups) or not groups:
        return None
    return [
        Place(table.key, group.key, table.columns[number].key)
        for group, chunk in zip(groups, chunks, strict=True)
        for number in chunk
    ]


def _chunks(outcomes: list[list[int]]) -> list[list[int]]:
    """Outcomes in a row, cut wherever one comes again."""
    chunks: list[list[int]] = []
    for candidates in outcomes:
        unused = [number for number in candidates if chunks and number not in chunks[-1]]
        if not unused:
            chunks.append([])
            unused = candidates
        chunks[-1].append(unused[0])
    return chunks
