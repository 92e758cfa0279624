"""What a response is: the document, a page that leads on to it, or the page of an error. Loads no Prefect."""

from __future__ import annotations

from parsers.decode import decode
from parsers.onward import report_elsewhere
from parsers.pretence import holds_report, raise_for_page
from parsers.records import Capture
from parsers.verdicts import Verdict


def leads_to(capture: Capture, body: bytes, charset: str | None) -> str | None:
    """The address of the report where a page leads on to it; None where the response is the document.

    `charset` is that of the portal file. Raises the verdict of a page that is none.
    """
    if capture.content_type and "html" not in capture.content_type.lower():
        return None
    text = decode(body, capture.content_type, charset).text
    report = holds_report(text)
    raise_for_page(text, url=capture.url, final_url=capture.final_url, report=report)
    return None if report else report_elsewhere(text, capture.final_url)


def is_document(capture: Capture, body: bytes, charset: str | None) -> bool:
    """Whether a response is the document itself."""
    try:
        return leads_to(capture, body, charset) is None
    except Verdict:
        return False
