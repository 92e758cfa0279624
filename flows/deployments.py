"""The scheduled deployments, as `nianbao serve` serves them. `deployments/prefect.yaml` says the same for `prefect deploy`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prefect import Flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.harvest import annual_harvest
from flows.reparse import reparse
from flows.rerun import rerun
from parsers.verdicts import TRANSIENT

TIMEZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A flow that runs by itself, or by a click."""

    name: str
    flow: Flow[..., Any]
    description: str
    cron: str | None = None  # in China's time
    scheduled: dict[str, Any] = field(default_factory=dict)  # parameters of the scheduled runs only


DEPLOYMENTS = (
    Deployment(
        "annual-harvest",
        annual_harvest,
        "Harvest the reports of a year: by default of the one before this. Reports come out from January to April.",
        cron="0 2 * 1-4 1",
    ),
    Deployment(
        "rerun-failed",
        rerun,
        "Try again what failed. By itself only what failed for a passing reason; by hand whatever the form chooses.",
        cron="0 4 * 1-4 *",
        scheduled={"verdicts": sorted(TRANSIENT)},
    ),
    Deployment("reparse", reparse, "Read archived documents again, after the parser was mended."),
)


def served_deployments() -> list[RunnerDeployment]:
    """The deployments, to be handed to `prefect.serve`."""
    return [_served(deployment) for deployment in DEPLOYMENTS]


def _served(deployment: Deployment) -> RunnerDeployment:
    schedule = None
    if deployment.cron is not None:
        schedule = Cron(deployment.cron, timezone=TIMEZONE, parameters=deployment.scheduled)
    served = deployment.flow.to_deployment(
        deployment.name,
        description=deployment.description,
        schedule=schedule,
        concurrency_limit=1,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(served, RunnerDeployment)
    return served
