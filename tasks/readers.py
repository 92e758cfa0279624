"""The pool of reading processes, each of which has one batch at a time.

Why not `concurrent.futures` or Prefect's ProcessPoolTaskRunner: there a worker that dies takes the whole pool and all of
its batches along, nobody knows which document did it, a document that takes for ever cannot be stopped, and each worker
loads Prefect (100 MB, 2 s). Here a process that dies or stalls costs one document, and that one is known by name.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from parsers.verdicts import Unreadable
from storage.documents import ReadJob, ReadOutcome
from storage.layout import DataDirectory
from tasks.reading import Batch, Began, ReadCounts

DOCUMENT_SECONDS = 30.0  # that one document may take, or one page that is a picture; a large page of HTML takes 0.05
START_SECONDS = 120.0  # that a new process may take to its first document, when the machine is busy
SAVE_SECONDS = 300.0  # that storing a batch may take: other processes write to the ledger too
_FALSE_STARTS = 3  # in a row that are too many


class ReaderError(Exception):
    """Reading cannot go on: the processes do not get as far as a document."""


class _DeadReaderError(Exception):
    """A process ended, or was ended because it took too long. `index` is the job that it was at; None: at none."""

    def __init__(self, index: int | None, reason: str, *, stalled: bool = False) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason
        self.stalled = stalled


class Readers:
    """A fixed number of reading processes. Threads call `read`; each call has a process to itself. A context manager."""

    def __init__(
        self, data: DataDirectory, ledger_url: str, count: int, *, document_seconds: float = DOCUMENT_SECONDS
    ) -> None:
        self.count = count
        self._all = [_Reader(data, ledger_url, document_seconds) for _ in range(count)]
        self._idle: queue.LifoQueue[_Reader] = queue.LifoQueue()
        for reader in self._all:
            self._idle.put(reader)

    def start(self) -> None:
        """Start the processes now, so that they load while the first pages are fetched."""
        for reader in self._all:
            reader.channel()

    def read(self, run: str, jobs: tuple[ReadJob, ...]) -> ReadCounts:
        """Read the jobs and store their readings in the ledger, all or none; waits for a free process first.

        A document that takes more than `document_seconds`, or that a process dies of twice, gets the verdict
        `unreadable`; the others are read. Raises `ReaderError` when no process gets as far as a document, and what
        stopped the batch as a whole, such as a `StorageError`.
        """
        reader = self._idle.get()
        try:
            return reader.read(run, jobs)
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        """End the processes; one that is at work finishes its batch by itself."""
        for reader in self._all:
            reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _Reader:
    """One process and the pipe to it; started when it is needed, and again after it died."""

    def __init__(self, data: DataDirectory, ledger_url: str, document_seconds: float) -> None:
        self._data = data
        self._places = (data.absolute(), ledger_url)
        self._document_seconds = document_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Connection | None = None

    def channel(self) -> Connection:
        """The pipe to a running process."""
        if self._channel is None:
            ours, theirs = Pipe()
            with theirs, (self._data.logs / "readers.log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-m", "tasks.reader_process", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,  # Ctrl-C is for the parent: a batch that has begun is stored
                )
            self._channel = ours
            with contextlib.suppress(ConnectionError):  # it has ended already: the first batch will find out
                ours.send(self._places)
        return self._channel

    def read(self, run: str, jobs: tuple[ReadJob, ...]) -> ReadCounts:
        settled: list[ReadOutcome] = []
        suspected: set[ReadJob] = set()
        false_starts = 0
        while True:
            try:
                return self._exchange(Batch(run, jobs, tuple(settled)))
            except _DeadReaderError as death:
                self._end()
                if death.index is None:
                    false_starts += 1
                    if false_starts == _FALSE_STARTS:
                        log = self._data.logs / "readers.log"
                        raise ReaderError(f"The reading process {death.reason}; {log} may say why.") from death
                    continue
                job = jobs[death.index]
                if death.stalled or job in suspected:
                    settled.append(ReadOutcome(job, Unreadable(f"The reading process {death.reason} at this document.")))
                    jobs = tuple(other for other in jobs if other is not job)
                suspected.add(job)  # once may be bad luck: somebody else took the memory, or killed the process

    def _exchange(self, batch: Batch) -> ReadCounts:
        """One batch from end to end. Raises `_DeadReaderError`, or what the process says stopped it."""
        index, patience = None, START_SECONDS
        try:
            channel = self.channel()
            channel.send(batch)
            while True:
                if not channel.poll(patience):
                    raise _DeadReaderError(index, f"took more than {patience:.0f} seconds", stalled=True)
                answer = channel.recv()
                if isinstance(answer, Began):
                    saving = answer.index == len(batch.jobs)
                    index = None if saving else answer.index
                    patience = SAVE_SECONDS if saving else self._document_seconds
                elif isinstance(answer, ReadCounts):
                    return answer
                else:
                    raise answer
        except (EOFError, ConnectionError) as error:
            raise _DeadReaderError(index, self._how_it_ended()) from error

    def _how_it_ended(self) -> str:
        assert self._process is not None
        code = self._process.wait()
        return f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"

    def _end(self) -> None:
        """The process is gone or is to go now, with what it started itself (a converter of old Word files)."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._drop()

    def close(self) -> None:
        process = self._process
        self._drop()  # the end of the pipe tells the process to end
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SAVE_SECONDS)

    def _drop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        self._channel = self._process = None
