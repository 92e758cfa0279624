"""How often a document that fails for a passing reason is tried again by itself: run after run, with growing pauses, not for
ever. A person may have it tried at any time.

What a run tries again within itself (`NIANBAO_RETRIES`) counts once: a server that is down for an hour costs its documents
one run, and one that is gone for good is asked ever more seldom.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

FREE_RUNS = 2  # failed runs in a row after which the very next run tries again
FIRST_PAUSE = timedelta(hours=36)  # after one more; each further one doubles it
MOST_RUNS = 8  # failed runs in a row after which no run tries by itself
ISO = "%Y-%m-%dT%H:%M:%SZ"


def pause_after(failed_runs: int) -> timedelta | None:
    """How long a document waits after so many failed runs in a row; None where it waits for a person."""
    if failed_runs >= MOST_RUNS:
        return None
    return FIRST_PAUSE * 2 ** (failed_runs - FREE_RUNS - 1) if failed_runs > FREE_RUNS else timedelta(0)


def retry_at(failed_runs: int, now: str) -> str | None:
    """When runs may try again, as the ledger writes it; None where nothing but the number of runs says so."""
    pause = pause_after(failed_runs)
    return (datetime.strptime(now, ISO).replace(tzinfo=UTC) + pause).strftime(ISO) if pause else None
