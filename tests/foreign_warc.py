"""WARC files as others write them, for tests: any record, any coding, any damage."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

DATE = "2024-03-01T08:00:00Z"
HTML = "text/html; charset=utf-8"


class ForeignWriter:
    """Writes one WARC file, a record a call."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer = WARCWriter(self._file, gzip=packed)
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, {"software": "another crawler"}))

    def __enter__(self) -> ForeignWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def response(
        self,
        url: str,
        body: bytes | str,
        content_type: str = HTML,
        *,
        status: str = "200 OK",
        date: str = DATE,
        headers: dict[str, str] | None = None,
        warc_headers: dict[str, str] | None = None,
    ) -> str:
        """A response; gives its payload digest."""
        payload = body.encode() if isinstance(body, str) else body
        stated = [("Content-Type", content_type), *(headers or {}).items()]
        record = self._writer.create_warc_record(
            url,
            "response",
            payload=BytesIO(payload),
            length=len(payload),
            http_headers=StatusAndHeaders(status, stated, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date, **(warc_headers or {})},
        )
        self._writer.write_record(record)
        return str(record.rec_headers.get_header("WARC-Payload-Digest"))

    def revisit(self, url: str, digest: str, of: str, *, date: str) -> None:
        """A response with the body of an earlier one."""
        record = self._writer.create_revisit_record(
            url,
            digest,
            of,
            DATE,
            http_headers=StatusAndHeaders("200 OK", [("Content-Type", HTML)], protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": date},
        )
        self._writer.write_record(record)

    def other(self, url: str, kind: str, payload: bytes = b"x", content_type: str = "text/plain") -> None:
        """A record that is no response."""
        record = self._writer.create_warc_record(
            url, kind, payload=BytesIO(payload), length=len(payload), warc_content_type=content_type
        )
        self._writer.write_record(record)


def chunked(body: bytes, size: int = 1000) -> bytes:
    """The body as it stands on the wire with Transfer-Encoding: chunked."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def packed(body: bytes) -> bytes:
    """gzip without the hour in it."""
    return gzip.compress(body, mtime=0)
