"""The whole chain on one screen: bytes -> Report, or a verdict."""

from __future__ import annotations

from parsers.records import Report

PARSER_VERSION = "1"  # rises when the same bytes may read differently: stored readings of an older version are read again


def parse(
    payload: bytes,
    *,
    url: str = "",
    title: str = "",
    content_type: str = "",
    file_name: str = "",
    charset: str | None = None,
    portal_region: str | None = None,
) -> Report:
    """Read one captured document.

    `title` is what the list page called it; `portal_region` the adcode of the portal that held it; `charset` overrides what
    the page declares. Raises a `parsers.verdicts.Verdict` where there is no report to read.
    """
    raise NotImplementedError
