"""`python -m tests.fuzzing.child TARGET FOLDER [libFuzzer's options]`: one fuzzer, which goes on past what it finds.

Every new fault is written to FOLDER, the first file that shows it, as it is met.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["parsers", "pdfminer", "docx", "openpyxl", "xlrd"]):
    from tests.fuzzing.faults import fault

ROOM = 400  # bytes that a change may add to a member of an archive


def mutated_archive(data: bytes, max_size: int, seed: int) -> bytes:
    """One member changed and the archive packed again: a change of its bytes would only break a checksum."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(member.filename, archive.read(member)) for member in archive.infolist()]
        chosen = Random(seed).randrange(len(members))
        name, content = members[chosen]
        members[chosen] = (name, bytes(atheris.Mutate(content, len(content) + ROOM)))
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in members:
                archive.writestr(name, content)
    except Exception:  # no archive any more, or none that zipfile takes
        return bytes(atheris.Mutate(data, max_size))
    packed = stream.getvalue()
    return packed if len(packed) <= max_size else data[:max_size]


def main() -> None:
    target, folder = sys.argv[1], Path(sys.argv[2])
    known: set[str] = set()

    def one(data: bytes) -> None:
        found = fault(target, data)
        if found is not None and found not in known:
            known.add(found)
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)

    mutator = {"custom_mutator": mutated_archive} if target in ("docx", "xlsx", "zip") else {}
    atheris.Setup([sys.argv[0], *sys.argv[3:]], one, **mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
