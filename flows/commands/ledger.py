"""The ledger for commands that only look."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from flows.errors import CallError
from flows.settings import settings_from
from storage.ledger import Ledger


@contextlib.contextmanager
def opened_ledger(data: str | None, ledger: str | None) -> Iterator[Ledger]:
    """The ledger of a data directory. Raises `CallError` where nothing was harvested yet: looking makes no files."""
    settings = settings_from(data, ledger)
    if settings.ledger == str(settings.data.ledger) and not settings.data.ledger.exists():
        raise CallError(
            f"{settings.data.store} holds no ledger: nothing was harvested there. "
            "Say with --data where, or start with `nianbao harvest`."
        )
    opened = Ledger(settings.ledger)
    try:
        yield opened
    finally:
        opened.close()
