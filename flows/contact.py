"""Whom the operators of a site may write to about us: NIANBAO_CONTACT, which the User-Agent names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from flows.errors import CallError
from parsers.records import Portal


def contact_missing(portals: Iterable[Portal], environ: Mapping[str, str] = os.environ) -> str | None:
    """A warning for a visit to other people's servers that names no contact; None where there is nothing to warn of.

    Raises `CallError` for a contact that no header may hold.
    """
    contact = environ.get("NIANBAO_CONTACT", "").strip()
    if contact:
        if not (contact.isascii() and contact.isprintable()):
            raise CallError(f"NIANBAO_CONTACT is {contact!r}; it must be a web or mail address in plain ASCII.")
        return None
    strangers = [portal.name for portal in portals if not _is_ours(portal)]
    if not strangers:
        return None
    others = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    return (
        f"NIANBAO_CONTACT is not set: the operators of {strangers[0]}{others} cannot know whom to write to. "
        "Set it to a web page or a mail address of yours; the User-Agent names it."
    )


def _is_ours(portal: Portal) -> bool:
    """Whether the portal file itself says where its hosts really are, as for the sample and in tests."""
    hosts = {urlsplit(address.split()[-1]).hostname for address in portal.lists}
    return hosts <= {*portal.connect, *portal.allow_hosts}
