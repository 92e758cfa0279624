"""The process that reads: takes batches of jobs over a pipe, parses them, stores the readings in the ledger.

    python -m tasks.reader_process CHANNEL

It loads neither Prefect nor anything that opens sockets. The parent (`tasks.readers`) first sends where data and ledger are
(not as arguments, which everybody on the machine may see: a database URL may hold a password), then `Batch`es; for each document
the process first says which one it begins (`Began`), so that the parent knows whom to blame when it dies or stalls, and at
the end it sends `ReadCounts`, or the exception that stopped it. When the parent ends, the pipe closes and the process
follows.
"""

from __future__ import annotations

import contextlib
import resource
import sys
from multiprocessing.connection import Connection

from storage.layout import DataDirectory
from storage.ledger import Ledger
from tasks.parsing import MOST_MEMORY
from tasks.reading import read_batch


def main() -> None:
    channel = Connection(int(sys.argv[1]))
    with contextlib.suppress(ValueError, OSError):  # a lower limit is set already
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    data: DataDirectory
    data, url = channel.recv()
    ledger = Ledger(url)
    while True:
        try:
            batch = channel.recv()
        except (EOFError, ConnectionError):
            return
        try:
            channel.send(read_batch(data, ledger, batch, channel.send))
        except Exception as error:
            channel.send(error)


if __name__ == "__main__":
    main()
