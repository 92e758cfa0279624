"""Which corrections are in force: those of the file of corrections."""

from __future__ import annotations

from flows.errors import CallError
from flows.settings import corrections_path
from parsers.records import Correction
from storage.applicable import corrected_documents, unknown_digests
from storage.corrections import load_corrections
from storage.ledger import Ledger


def choose_corrections(path: str | None = None) -> tuple[Correction, ...]:
    """The corrections of the file that is named, or of the one in its usual place; none where nothing is there.

    Raises `CorrectionsFileError` for a file that is malformed, or named and not there.
    """
    file, is_named = corrections_path(path)
    return load_corrections(file) if is_named or file.exists() else ()


def corrections_in_force(path: str | None, ledger: Ledger) -> tuple[Correction, ...]:
    """As `choose_corrections`. Raises `CallError` where the lake holds corrected figures and there is no file: a run in a
    folder without it would quietly take all of them back."""
    file, is_named = corrections_path(path)
    if not is_named and not file.exists() and (count := corrected_documents(ledger)):
        raise CallError(
            f"{count} documents of the ledger were read with corrections, and {file} is not there. Name the file with "
            "--corrections or NIANBAO_CORRECTIONS; an empty one takes the corrections back."
        )
    return choose_corrections(path)


def warnings_of(corrections: tuple[Correction, ...], ledger: Ledger) -> list[str]:
    """What is wrong with corrections that no report could say."""
    return [
        f"the corrections name bytes that no document has ever had (digest {digest[:16]}…)"
        for digest in unknown_digests(ledger, corrections)
    ]
