"""Trying again: Prefect's own retries, for what may pass by itself and for nothing else.

A task that meets transient verdicts raises `TransientError` at the end of its batch while it may be run again, and returns
normally when it may not: then they stand in the ledger as what they are.
"""

from __future__ import annotations

from typing import Any, TypedDict

from prefect.client.schemas.objects import State, TaskRun
from prefect.context import TaskRunContext
from prefect.tasks import Task, exponential_backoff


class TransientError(Exception):
    """Some of a batch failed for a passing reason and is worth another attempt."""


class Retries(TypedDict):
    """Options of a Prefect task."""

    retries: int
    retry_delay_seconds: Any
    retry_jitter_factor: float


def retries(times: int, first_delay: float) -> Retries:
    """Try again up to `times`: after `first_delay` seconds, twice that, and so on, each up to half longer or shorter."""
    return {
        "retries": times,
        "retry_delay_seconds": exponential_backoff(backoff_factor=first_delay) if first_delay else 0,
        "retry_jitter_factor": 0.5,
    }


def is_transient(task: Task[Any, Any], task_run: TaskRun, state: State[Any]) -> bool:
    """`retry_condition_fn` of our tasks: Prefect retries nothing but a TransientError."""
    return isinstance(state.data, TransientError)


def may_try_again() -> bool:
    """Whether the task that asks would be run again, if it raised TransientError now."""
    context = TaskRunContext.get()
    return context is not None and context.task_run.run_count <= context.task.retries
