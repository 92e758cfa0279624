"""TOML that people write: what cannot be read is refused with its line and a sentence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from storage.errors import FileError


def read_text(file: Path, refusal: type[FileError], advice: str) -> str:
    """The text of a file. Raises `refusal`; `advice` says what to do where the file is not there."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise refusal(file, f"is not there; {advice}") from None
    except OSError as error:
        raise refusal(file, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise refusal(file, "is not UTF-8; save it as UTF-8", line=line) from error


def parse_toml(file: Path, text: str, refusal: type[FileError]) -> dict[str, Any]:
    """What the text says. Raises `refusal` with the line where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refusal(file, f"is no valid TOML: {error}", line=_syntax_line(error, text)) from error


def _syntax_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    stated = re.search(r"at line (\d+)", str(error))
    return int(stated[1]) if stated else max(1, len(text.splitlines()))
