"""The file of corrections: reviewed fixes to errors of the sources themselves. A wrong file is refused with line and field."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from parsers.codebook import TEMPLATE_IDS, load_template
from parsers.records import Absence, Correction
from storage.errors import CorrectionsFileError
from storage.toml_files import parse_toml, read_text

TABLE = "correction"  # each entry is a [[correction]]
ADVICE = "name the file with --corrections"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Entry(BaseModel):
    """The keys of a `[[correction]]`. Their meaning stands with `parsers.records.Correction`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    table: Text
    item: Text
    column: Text
    old: Number | Absence
    new: Number
    reason: Text
    date: datetime.date


# What pydantic says, as a sentence for the person who wrote the file.
SENTENCES = {
    "missing": f"is missing; every correction needs {', '.join(Entry.model_fields)}",
    "string_pattern_mismatch": "must be the content_digest of the lake: 64 hex digits in quotes",
    "string_too_short": "must not be empty",
    "string_type": "must be text in quotes",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "date_type": "must be a date without quotes, such as 2025-03-01",
}


def load_corrections(file: Path) -> tuple[Correction, ...]:
    """The corrections of a TOML file, in its order.

    Raises `CorrectionsFileError` for a file that is not there or no TOML, a key that is missing, wrong or unknown, a cell
    that no official form has, and for two corrections of one cell.
    """
    text = read_text(file, CorrectionsFileError, ADVICE)
    data = parse_toml(file, text, CorrectionsFileError)
    entries = data.pop(TABLE, [])
    if data or not isinstance(entries, list):
        stranger = next(iter(data), TABLE)
        raise CorrectionsFileError(
            file, f"write every correction under [[{TABLE}]]", line=_line(text, stranger), field=stranger
        )
    found: dict[tuple[str, str, str, str], Correction] = {}
    for number, entry in enumerate(entries):
        correction = _correction(file, text, number, entry)
        key = (correction.digest, correction.table, correction.item, correction.column)
        if key in found:
            raise _refusal(file, text, number, "item", "is corrected above already; keep one of the two")
        found[key] = correction
    return tuple(found.values())


def _correction(file: Path, text: str, number: int, entry: Any) -> Correction:
    try:
        read = Entry.model_validate(entry)
    except ValidationError as error:
        fault = min(
            error.errors(), key=lambda fault: fault["type"] != "extra_forbidden"
        )  # a misspelt key leaves one missing
        field = str(fault["loc"][0]) if fault["loc"] else TABLE
        raise _refusal(file, text, number, field, _sentence(field, fault)) from error
    cell = (read.table, read.item, read.column)
    if cell not in _cells():
        near = difflib.get_close_matches("/".join(cell), ["/".join(known) for known in _cells()], n=1, cutoff=0.0)
        raise _refusal(
            file, text, number, "item", f"{'/'.join(cell)} is no cell of an official form; did you mean {near[0]}?"
        )
    if _cells()[cell] != "万元" and not read.new.is_integer():
        raise _refusal(file, text, number, "new", "must be a whole number; amounts (万元) alone may have fractions")
    return Correction(read.digest, *cell, read.old, read.new, read.reason, read.date.isoformat())


@cache
def _cells() -> Mapping[tuple[str, str, str], str | None]:
    """Every cell of an official form, with its unit."""
    return {
        (table.key, item.key, column.key): column.unit or item.unit
        for template in TEMPLATE_IDS
        for table in load_template(template).tables
        for item in table.items
        for column in item.columns
    }


def _sentence(field: str, fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, Entry.model_fields, n=1)
        return f"is no key of a correction; {f'did you mean {near[0]}?' if near else 'remove it'}"
    if field == "old":
        return 'must be a number, or why there is none, such as "blank"'
    return SENTENCES.get(fault["type"]) or str(fault["msg"])


def _refusal(file: Path, text: str, number: int, field: str, message: str) -> CorrectionsFileError:
    return CorrectionsFileError(file, message, line=_line(text, field, number), field=field)


def _line(text: str, key: str, number: int | None = None) -> int | None:
    """The line of the key, in the entry of this number; that of the entry's head where the key is not there."""
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if re.match(rf"\s*\[\[\s*{TABLE}\s*\]\]", line)]
    first, last = 0, len(lines)
    if number is not None and number < len(heads):
        first = heads[number]
        last = heads[number + 1] if number + 1 < len(heads) else last
    for at in range(first, last):
        if re.match(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[.=\]]""", lines[at]):
            return at + 1
    return None if number is None else first + 1
