"""From responses to the archive: one writer for each thread that fetches."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from storage.archive import ArchiveWriter, Exchange
from storage.layout import DataDirectory
from tasks.responses import Response


def exchange_of(response: Response) -> Exchange:
    """The response as the archive takes it."""
    return Exchange(
        url=response.url,
        final_url=response.final_url,
        status=response.status,
        reason=response.reason,
        method=response.method,
        request_headers=response.request_headers,
        request_body=response.request_body,
        response_headers=response.headers,
        body=response.body,
        fetched_at=response.fetched_at,
    )


class ArchiveWriters:
    """The archive writers of one run, lent to one task at a time: no more files than tasks that fetch at the same time.

    A context manager that closes the files. `keep` is what `tasks.http.Client` hands the answers to that it does not
    return; they go to the writer that the asking thread has borrowed.
    """

    def __init__(self, data: DataDirectory, run: str) -> None:
        self._data = data
        self._run = run
        self._shards = itertools.count()
        self._idle: queue.LifoQueue[ArchiveWriter] = queue.LifoQueue()
        self._borrowed = threading.local()

    @contextlib.contextmanager
    def borrow(self) -> Iterator[ArchiveWriter]:
        """A writer for this thread alone; flushed when it is given back."""
        try:
            writer = self._idle.get_nowait()
        except queue.Empty:
            writer = ArchiveWriter(self._data, self._run, str(next(self._shards)))
        self._borrowed.writer = writer
        try:
            yield writer
            writer.flush()
        finally:
            del self._borrowed.writer
            self._idle.put(writer)

    def keep(self, response: Response) -> None:
        """Archive an answer that nobody asked for by itself: a hop of a redirect, a refusal, a robots.txt."""
        self._borrowed.writer.save(exchange_of(response))

    def close(self) -> None:
        while True:
            try:
                self._idle.get_nowait().close()
            except queue.Empty:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
