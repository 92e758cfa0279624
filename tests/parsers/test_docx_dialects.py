"""Strict Office Open XML, documents with macros, templates: read like any other .docx."""

from __future__ import annotations

import io
import zipfile

import pytest

from parsers.docx_dialects import as_docx
from parsers.parse import parse
from parsers.verdicts import Verdict
from tests.parsers.carried import TEMPLATES, carried
from tests.rendering.as_docx import docx_bytes

SCHEMAS, STRICT = "http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
STRICTLY = {
    f"{SCHEMAS}/wordprocessingml/2006/main": f"{STRICT}/wordprocessingml/main",
    f"{SCHEMAS}/officeDocument/2006/relationships": f"{STRICT}/officeDocument/relationships",
    f"{SCHEMAS}/drawingml/2006/": f"{STRICT}/drawingml/",
}
DIALECTS = {
    "strict.docx": STRICTLY,
    "macros.docm": {MAIN: "application/vnd.ms-word.document.macroEnabled.main+xml"},
    "template.dotx": {MAIN: MAIN.replace("document.main", "template.main")},
}


def rewritten(payload: bytes, changes: dict[str, str]) -> bytes:
    """Every XML part of the package with these names changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as archive, zipfile.ZipFile(stream, "w") as written:
        for name in archive.namelist():
            part = archive.read(name)
            if name.endswith((".xml", ".rels")):
                for old, new in changes.items():
                    part = part.replace(old.encode(), new.encode())
            written.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("file_name", DIALECTS)
def test_dialect_is_read(file_name: str, template: str) -> None:
    report = carried(template)
    payload = docx_bytes(report.title, report.blocks)
    dialect = rewritten(payload, DIALECTS[file_name])
    assert dialect != payload
    report.assert_read(dialect, file_name)


def test_a_usual_file_is_left_alone() -> None:
    report = carried("modern-2021")
    payload = docx_bytes(report.title, report.blocks)
    assert as_docx(payload) is payload


def test_a_damaged_one_gets_a_verdict() -> None:
    payload = rewritten(docx_bytes("标题", ["正文"]), {f"{SCHEMAS}/officeDocument/2006/relationships": f"{STRICT}/broken"})
    with pytest.raises(Verdict):
        parse(payload, file_name="strict.docx")
