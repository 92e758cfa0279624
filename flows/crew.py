"""Task runs under way: submitted, counted, and handed to whoever waits for them when they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from prefect import Task
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture

from storage.errors import StorageError
from tasks.readers import ReaderError

# What ends a run: where these come up once, they would come up for every batch to come.
FATAL = (StorageError, ReaderError)


@dataclass(frozen=True, slots=True)
class _Submitted:
    kind: str
    done: Callable[[Any], None]
    failed: Callable[[BaseException], None]
    future: PrefectFuture[Any]


class Crew:
    """Submits Prefect task runs from the flow's thread, and takes back there what came of them."""

    def __init__(self) -> None:
        self._ended: SimpleQueue[_Submitted] = SimpleQueue()
        self.at_work: Counter[str] = Counter()  # kind -> task runs under way
        self.submitted = 0
        self.fatal: BaseException | None = None  # what ends the run, once the task runs under way have ended

    def submit(
        self,
        kind: str,
        task: Task[..., Any],
        *,
        failed: Callable[[BaseException], None],
        done: Callable[[Any], None] = lambda result: None,
        **parameters: Any,
    ) -> None:
        """Start a task run. When it has ended `done` gets its result, or `failed` the exception, in `take_one`."""
        future = task.submit(**parameters)
        submitted = _Submitted(kind, done, failed, future)
        self.at_work[kind] += 1
        self.submitted += 1
        future.add_done_callback(lambda _: self._ended.put(submitted))

    def take_one(self, patience: float) -> None:
        """Wait for the next task run that ends, and hand on what came of it; `patience` seconds at most."""
        try:
            submitted = self._ended.get(timeout=patience)
        except Empty:
            return
        self.at_work[submitted.kind] -= 1
        submitted.future.wait()
        state: State[Any] = submitted.future.state
        result = state.result(raise_on_failure=False)
        if state.is_completed():
            submitted.done(result)
            return
        error = result if isinstance(result, BaseException) else RuntimeError(f"a task run ended as {state.name}")
        if isinstance(error, FATAL):
            self.fatal = self.fatal or error
        submitted.failed(error)
