"""The sample portal as something to harvest: served for the length of a command, with what must fail in it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.errors import CallError
from flows.sample import SamplePage, start_sample
from flows.sample.__main__ import portal_toml
from storage.documents import document_id

RETRY_DELAY = "0.2"  # seconds: the sample's faults pass with the next request
# What the sample's faults come to before they are mended; a notice is no report, and its link may be left out already.
_FAULTS = {"dead": "not_found", "down": "server_error"}
_KINDS = {"image": "needs_ocr", "notice": "not_a_report"}


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a command finds its portal files, and which documents must fail there: document id -> verdict."""

    portals: str | None
    planted: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def portals_to_visit(portals: str | None, *, sample: bool, mended: bool = False) -> Iterator[Visit]:
    """The portal files of the call; with `sample` those of the sample portal, which is served meanwhile.

    `mended`: as its operators have repaired it since the harvest.
    """
    if not sample:
        yield Visit(portals)
        return
    if portals:
        raise CallError("--sample brings its own portal files; leave out --portals.")
    os.environ.setdefault("NIANBAO_RETRY_DELAY", RETRY_DELAY)
    with start_sample(mended=mended) as server, tempfile.TemporaryDirectory(prefix="nianbao-sample-") as name:
        folder = Path(name)
        for portal in server.portals:
            (folder / f"{portal.name}.toml").write_text(portal_toml(portal), encoding="utf-8")
        verdicts = ((page, _verdict(page, mended=mended)) for page in server.pages)
        yield Visit(str(folder), {document_id(page.url): verdict for page, verdict in verdicts if verdict})


def _verdict(page: SamplePage, *, mended: bool) -> str | None:
    return _KINDS.get(page.kind) or (None if mended else _FAULTS.get(page.fault))
