"""What one reading of a table says: claims on the places of the codebook, and the troubles met on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.codebook import Place
from parsers.lexemes import Lexeme
from parsers.records import Severity


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a table that no rule explains; becomes an issue if this reading is the one that is kept."""

    severity: Severity
    code: str
    message: str
    item: str | None = None
    column: str | None = None


@dataclass
class Reading:
    """One way of reading one table. Built by the readers, then left alone."""

    table: str
    claims: dict[Place, Lexeme] = field(default_factory=dict)
    # items whose row stands in the document, and columns that its header names
    items: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)  # (item, column)
    unread: set[tuple[str, str]] = field(default_factory=set)  # printed, but which cell is which cannot be told
    troubles: list[Trouble] = field(default_factory=list)

    def claim(self, place: Place, lexeme: Lexeme) -> None:
        """A second, different value for one place is trouble; the first stands."""
        first = self.claims.setdefault(place, lexeme)
        if first is not lexeme and first.text.strip() != lexeme.text.strip():
            if not first.text.strip():
                self.claims[place] = lexeme
            elif lexeme.text.strip():
                self.trouble(
                    "error",
                    "duplicate_figure",
                    f"two values stand for one cell: “{first.text}” and “{lexeme.text}”",
                    place.item,
                    place.column,
                )

    def trouble(
        self, severity: Severity, code: str, message: str, item: str | None = None, column: str | None = None
    ) -> None:
        trouble = Trouble(severity, code, message, item, column)
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    @property
    def is_sound(self) -> bool:
        return not any(trouble.severity == "error" for trouble in self.troubles)

    def texts(self) -> dict[Place, str]:
        return {place: lexeme.text.strip() for place, lexeme in self.claims.items()}


def split_runs(lexemes: Iterable[Lexeme], values: frozenset[object]) -> list[tuple[list[Lexeme], list[Lexeme]]]:
    """Cut a lexeme sequence into (words, values) pairs: all that comes before some values, then those values.

    Values of two rows are never run together. Flattened text whose rows are lost is one row.
    """
    runs: list[tuple[list[Lexeme], list[Lexeme]]] = []
    words: list[Lexeme] = []
    found: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.kind in values:
            if found and found[-1].row != lexeme.row:
                runs.append((words, found))
                words, found = [], []
            found.append(lexeme)
        else:
            if found:
                runs.append((words, found))
                words, found = [], []
            words.append(lexeme)
    if words or found:
        runs.append((words, found))
    return runs
