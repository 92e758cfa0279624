"""Why a document stops: one exception class per verdict code.

A parser or the fetcher raises a `Verdict`; whoever called it decides what to do about it. `transient` says whether trying
the same document again later, with nothing changed on our side, may help. The codes are a public contract: they stand in
the ledger, in the JSON of `nianbao parse` and in the README.
"""

from __future__ import annotations

from typing import ClassVar


class Verdict(Exception):
    """A document cannot go on. `str()` of it is a sentence for a person."""

    code: ClassVar[str]
    transient: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after  # seconds that the server asked us to wait, where it did

    def __reduce__(self) -> tuple[object, ...]:  # crosses process borders with its message intact
        return (_rebuild, (type(self), self.message, self.retry_after))


def _rebuild(kind: type[Verdict], message: str, retry_after: float | None) -> Verdict:
    return kind(message, retry_after=retry_after)


class Timeout(Verdict):
    """The server did not answer, or did not finish its answer, in time."""

    code, transient = "timeout", True


class ConnectionFailed(Verdict):
    """No connection: name not found, refused, reset, or TLS failed."""

    code, transient = "connection", True


class ServerError(Verdict):
    """HTTP 5xx."""

    code, transient = "server_error", True


class RateLimited(Verdict):
    """HTTP 429, or 503 with Retry-After."""

    code, transient = "rate_limited", True


class Truncated(Verdict):
    """The body ended before its stated length, or the file ends in the middle."""

    code, transient = "truncated", True


class NotFound(Verdict):
    """HTTP 404 or 410."""

    code = "not_found"


class SoftNotFound(Verdict):
    """Status 200 with a page that says the document is not there (软404)."""

    code = "soft_404"


class Blocked(Verdict):
    """A login, a firewall, a captcha or a JavaScript challenge stands in front of the document."""

    code = "blocked"


class DisallowedByRobots(Verdict):
    """robots.txt asks us not to fetch this address."""

    code = "robots"


class TooLarge(Verdict):
    """Past one of the stated bounds on size, nesting or pages."""

    code = "too_large"


class UnsafeUrl(Verdict):
    """Not http(s), or an address on a private or loopback network that the portal file does not allow."""

    code = "unsafe_url"


class NotAReport(Verdict):
    """A page, but no yearly report: a notice, a list, a policy text, a blank form, an article."""

    code = "not_a_report"


class NeedsOcr(Verdict):
    """The report is a picture (图片版, 扫描件); it has no text to read."""

    code = "needs_ocr"


class UnsupportedType(Verdict):
    """A kind of file that no reader takes."""

    code = "unsupported_type"


class Unreadable(Verdict):
    """The right kind of file, but broken: empty, binary noise, damaged."""

    code = "unreadable"


class UnknownTemplate(Verdict):
    """A report with tables of figures that match none of the official templates."""

    code = "unknown_template"


VERDICTS: dict[str, type[Verdict]] = {
    verdict.code: verdict
    for verdict in (
        Timeout,
        ConnectionFailed,
        ServerError,
        RateLimited,
        Truncated,
        NotFound,
        SoftNotFound,
        Blocked,
        DisallowedByRobots,
        TooLarge,
        UnsafeUrl,
        NotAReport,
        NeedsOcr,
        UnsupportedType,
        Unreadable,
        UnknownTemplate,
    )
}
TRANSIENT = frozenset(code for code, verdict in VERDICTS.items() if verdict.transient)
