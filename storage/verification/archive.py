"""The archive against the ledger: whole files, each capture where the ledger says, no page that the ledger does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from parsers.records import Capture
from storage.archive import OPEN_SUFFIX
from storage.cdx import INDEX_SUFFIX, NEW_SUFFIX, index_path, read_index
from storage.database import Database
from storage.documents import document_id
from storage.errors import ArchiveError
from storage.layout import DataDirectory
from storage.locks import own
from storage.members import Damage
from storage.replay import load_capture
from storage.statements import values
from storage.tables import captures, documents
from storage.verification.finding import Finding, Place
from storage.verification.warc import SUFFIX, Response, WarcFile, walk, warc_files

# Whether a response is a document, and not the page of an error or one that only leads on to the document.
Judge = Callable[[Capture, bytes, str | None], bool]


class _Known(NamedTuple):
    """A capture as the ledger has it."""

    document: str
    digest: str
    place: Place


def check_archive(data: DataDirectory, ledger: Database, is_document: Judge) -> Iterator[Finding]:
    """Every disagreement between archive and ledger."""
    yield from _strays(data)
    columns = captures.c
    query = select(columns.document_id, columns.content_digest, columns.archive_file, columns.archive_offset)
    unseen = {file.name: file for file in warc_files(data)}
    with ledger.reading() as connection:
        rows = connection.execute(query.order_by(columns.archive_file), execution_options={"yield_per": 1000})
        known = (_Known(document, digest, Place(file, offset)) for document, digest, file, offset in rows)
        for name, group in groupby(known, key=lambda capture: capture.place.file):
            file = unseen.pop(name, None)
            if file is None:
                yield from (_about(one, "record_missing", f"The file archive/{name} is not there") for one in group)
            else:
                yield from _checked(data, ledger, file, list(group), is_document)
    for file in unseen.values():
        yield from _checked(data, ledger, file, [], is_document)


def find_bodies(data: DataDirectory, digests: Iterable[str]) -> dict[str, Capture]:
    """The first whole response with each of these bodies, wherever in the archive it is."""
    wanted, found = set(digests), dict[str, Capture]()
    for file in warc_files(data) if wanted else ():
        for response in file.responses(data):
            if response.whole and response.capture.digest in wanted:
                known = found.get(response.capture.digest)
                if known is None or response.capture.fetched_at < known.fetched_at:
                    found[response.capture.digest] = response.capture
    return found


def _place(capture: Capture) -> Place:
    return Place(capture.archive_file, capture.archive_offset)


def _strays(data: DataDirectory) -> Iterator[Finding]:
    names = {name for name in data.store.names("archive") if not name.endswith((SUFFIX, SUFFIX + OPEN_SUFFIX))}
    files = {file.name for file in warc_files(data) if not file.unfinished}
    indexes = {f"archive/{index_path(Path(name)).name}" for name in files}
    for name in sorted(names - indexes):
        if name.endswith(f"{INDEX_SUFFIX}{NEW_SUFFIX}") or name.endswith(INDEX_SUFFIX):
            continue  # of a file that is being finished
        yield Finding("archive_stray", name, "It is no file of the archive")


def _checked(
    data: DataDirectory, ledger: Database, file: WarcFile, known: list[_Known], is_document: Judge
) -> Iterator[Finding]:
    """What `_check_file` finds, or that the file cannot be read: then nothing is said of what is in it."""
    try:
        yield from _check_file(data, ledger, file, known, is_document)
    except OSError as error:
        if data.bucket is not None:  # which does not answer: nothing is said of the file
            raise
        yield Finding("archive_unreadable", file.where, f"It cannot be read ({error.strerror})")


def _check_file(
    data: DataDirectory, ledger: Database, file: WarcFile, known: list[_Known], is_document: Judge
) -> Iterator[Finding]:
    being_written = False
    at: dict[int, Response] = {}
    pages: list[Capture] = []
    with file.here(data) as path:
        if file.unfinished:
            with path.open("rb") as handle:
                being_written = not own(handle, path)
            if not being_written:
                yield Finding("archive_left_open", file.where, "Nobody writes to it any more, and it was never closed")
        damaged = False
        for part in walk(path, file.name):
            if isinstance(part, Damage):
                damaged = True
                if not (being_written and part.torn):
                    code = "archive_torn" if part.torn else "archive_damaged"
                    needed = any(part.offset <= capture.place.offset < part.end for capture in known)
                    free = "" if needed or part.torn else "; the ledger has everything without them"
                    yield Finding(code, file.where, f"Bytes {part.offset} to {part.end} are no whole record{free}")
                continue
            at[part.capture.archive_offset] = part._replace(body=b"")
            if part.whole and part.capture.status == 200:
                pages.append(part.capture)
        if not file.unfinished and not damaged:
            yield from _check_index(data, file, path)
    for capture in known:
        yield from _check_capture(capture, at.get(capture.place.offset))
    if not being_written:
        yield from _unknown(data, ledger, pages, is_document)


def _check_index(data: DataDirectory, file: WarcFile, path: Path) -> Iterator[Finding]:
    where = data.name(index_path(data.archive / file.name))
    expected = read_index(path, file.name).text
    try:
        if data.store.read(where) == expected.encode("ascii"):
            return
        what = "The index is not that of its file"
    except FileNotFoundError:
        what = "The file has no index"
    yield Finding("index_differs", where, what, place=Place(file.name, 0))


def _check_capture(known: _Known, response: Response | None) -> Iterator[Finding]:
    if response is None:
        yield _about(known, "record_missing", "No response begins there")
    elif response.capture.digest != known.digest:
        damaged = not response.whole
        what = "The body is not the one that the record states" if damaged else "Another body stands there"
        yield _about(known, "record_damaged" if damaged else "record_differs", what)


def _about(known: _Known, code: str, what: str) -> Finding:
    return Finding(code, str(known.place), what, document=known.document, digest=known.digest, place=known.place)


def _unknown(data: DataDirectory, ledger: Database, pages: list[Capture], is_document: Judge) -> Iterator[Finding]:
    """Bytes of documents that the ledger lists, which it does not know; each once."""
    by_document: dict[str, list[Capture]] = {}
    for page in pages:
        with suppress(ValueError):  # no address of a document
            by_document.setdefault(document_id(page.final_url), []).append(page)
    listed, seen = _listed(ledger, by_document)
    for document, charset in listed.items():
        for page in by_document[document]:
            if (document, page.digest) in seen:
                continue
            seen.add((document, page.digest))
            try:
                body = load_capture(data, page)
            except ArchiveError:  # gone in between
                continue
            if is_document(page, body, charset):
                what = f"Bytes of {page.final_url}, fetched at {page.fetched_at}, are not in the ledger"
                yield Finding(
                    "capture_unknown", str(_place(page)), what, document=document, digest=page.digest, place=_place(page)
                )


def _listed(ledger: Database, names: Mapping[str, object]) -> tuple[dict[str, str | None], set[tuple[str, str]]]:
    """Those of the documents that the ledger lists, with their charset; and the bodies that it has of them."""
    with ledger.reading() as connection:
        wanted = documents.c.document_id.in_(values(connection, names))
        listed = {
            row[0]: row[1] for row in connection.execute(select(documents.c.document_id, documents.c.charset).where(wanted))
        }
        wanted = captures.c.document_id.in_(values(connection, names))
        query = select(captures.c.document_id, captures.c.content_digest).where(wanted)
        return listed, {(row[0], row[1]) for row in connection.execute(query)}
