"""Parsing one document so that whatever goes wrong with it becomes its verdict.

Loads the parsers and `tasks.office`, and nothing else of ours.
"""

from __future__ import annotations

import traceback
from typing import Any

from parsers.parse import parse
from parsers.records import Report
from parsers.verdicts import TooLarge, Unreadable, Verdict
from tasks.office import to_docx

MOST_MEMORY = 2 << 30  # bytes of data that a reading process may hold; past them the document is too much


def parse_or_verdict(payload: bytes, faults: list[str], **hints: Any) -> Report | Verdict:
    """The report, or the verdict that stopped it. `hints` as `parsers.parse.parse` takes them.

    An exception that no parser should raise makes the document `unreadable`, with its traceback in `faults`: one document
    never stops the others, and a mistake of ours is never swallowed.
    """
    try:
        return parse(payload, convert=to_docx, **hints)
    except Verdict as verdict:
        return verdict
    except MemoryError:
        return TooLarge(f"Reading it takes more than the {MOST_MEMORY >> 30} GB that one document may take.")
    except RecursionError:
        return TooLarge("It is nested too deeply to be read.")
    except Exception as error:
        faults.append(f"{hints.get('url') or hints.get('file_name') or 'a document'}\n{traceback.format_exc()}")
        return Unreadable(f"The reader failed on it ({type(error).__name__}: {error}): a mistake in the reader.")
