"""What the tasks of one run share: opened at its start, closed at its end, whatever happens in between."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from flows.settings import Settings
from storage.host_claims import HostClaims
from storage.layout import DataDirectory
from storage.ledger import Ledger
from storage.locks import HostLocks
from storage.publication import refuse_lost_ledger
from storage.replay import recover_archive
from storage.robots import SavedRobots
from tasks.archiving import ArchiveWriters
from tasks.http import Client
from tasks.politeness import Politeness
from tasks.readers import Readers


@dataclass(frozen=True, slots=True)
class Resources:
    """Made by `open_resources`."""

    run: str  # names this run in the ledger and in the archive
    settings: Settings
    data: DataDirectory
    ledger: Ledger
    writers: ArchiveWriters
    client: Client
    claims: HostClaims
    readers: Readers


@contextlib.contextmanager
def open_resources(settings: Settings, run: str) -> Iterator[Resources]:
    """Prepare the data directory, mend what a killed run left of the archive, and open everything.

    Raises `StorageError` where the directory cannot be written, and where the ledger does not answer or was lost.
    """
    data = settings.data.prepare()
    recover_archive(data)
    with contextlib.ExitStack() as stack:
        ledger = Ledger(settings.ledger)
        stack.callback(ledger.close)
        refuse_lost_ledger(data, ledger)
        writers = stack.enter_context(ArchiveWriters(data, run))
        polite = Politeness(shared=HostLocks(data.locks / "hosts"))
        client = Client(keep=writers.keep, robots_saved=SavedRobots(ledger), politeness=polite)
        stack.callback(client.close)
        claims = stack.enter_context(HostClaims(ledger))
        readers = stack.enter_context(Readers(data, settings.ledger, settings.workers))
        readers.start()
        yield Resources(run, settings, data, ledger, writers, client, claims, readers)
