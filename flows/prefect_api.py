"""What we ask of a Prefect API beside running flows: whether it answers, and whether it has written everything down.

Task runs reach the server as events: the client queues them, the server queues them again and writes them in batches. A
process that ends, or a server that is stopped, before the queues are empty loses them, and the flow run still says
Completed. So a run asks for the count of its finished task runs until they are all there.
"""

from __future__ import annotations

import time
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import TERMINAL_STATES
from prefect.events.worker import EventsWorker
from prefect.exceptions import PrefectHTTPStatusError
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

ANSWER_SECONDS = 5.0  # within which a server must answer
POLL_SECONDS = 0.2


def why_no_answer(api_url: str) -> str | None:
    """Why the API at this address does not answer; None: it does."""
    with (
        temporary_settings({PREFECT_API_URL: api_url, PREFECT_CLIENT_MAX_RETRIES: 0}),
        get_client(httpx_settings={"timeout": ANSWER_SECONDS}, sync_client=True) as client,
    ):
        error = client.api_healthcheck()
    return None if error is None else f"{type(error).__name__}: {error}".removesuffix(": ")


def server_fault(error: Exception, api_url: str) -> str | None:
    """What the server has to do with what ended a run: it failed, or answers no more. None: nothing."""
    if isinstance(error, PrefectHTTPStatusError) and error.response.is_server_error:
        return f"HTTP {error.response.status_code}"
    return why_no_answer(api_url)


def await_recorded(flow_run_id: UUID, task_runs: int, *, patience: float = 60.0) -> int:
    """Wait until the server counts `task_runs` finished task runs of the flow run, at most `patience` seconds.

    Returns how many are missing: 0 when all are there.
    """
    EventsWorker.instance().wait_until_empty()
    body = {
        "flow_runs": {"id": {"any_": [str(flow_run_id)]}},
        "task_runs": {"state": {"type": {"any_": sorted(state.value for state in TERMINAL_STATES)}}},
    }
    deadline = time.monotonic() + patience
    with get_client(sync_client=True) as client:
        while (recorded := int(client.request("POST", "/task_runs/count", json=body).json())) < task_runs:
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
    return max(0, task_runs - recorded)


def send_what_waits() -> None:
    """Send the events and log lines that still wait in this process, and end the threads that would send more."""
    EventsWorker.drain_all(timeout=10)
    APILogWorker.drain_all(timeout=10)
