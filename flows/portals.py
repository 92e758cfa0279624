"""Which portals a run is about: the portal files, and the names chosen among them."""

from __future__ import annotations

from collections.abc import Collection

from flows.errors import CallError
from flows.settings import portal_path
from parsers.records import Portal
from storage.portals import load_portals


def choose_portals(path: str | None = None, only: Collection[str] = ()) -> list[Portal]:
    """The portals of the portal files, or those of these names.

    Raises `PortalFileError`, and `CallError` for a name that no portal file has.
    """
    portals = load_portals(portal_path(path))
    if unknown := sorted(set(only) - {portal.name for portal in portals}):
        raise CallError(f"No portal file has the name {', '.join(unknown)}; `nianbao portals list` shows them.")
    return [portal for portal in portals if not only or portal.name in only]
