"""Summarise: what came of a run, as artifacts that Prefect's pages show."""

from __future__ import annotations

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from tasks.summary import MOST_ROWS, Summary, failure_to_json, markdown


@task(name="summarise", task_run_name="summarise", cache_policy=NO_CACHE, persist_result=False)
def summarise(summary: Summary) -> None:
    """Make the artifacts: a summary to read, and a table of failures with their links."""
    create_markdown_artifact(markdown(summary), key=f"{summary.flow}-summary", description=f"What came of {summary.run}")
    create_table_artifact(
        [failure_to_json(row) for row in summary.failures[:MOST_ROWS]],
        key=f"{summary.flow}-failures",
        description="Documents that failed, and why",
    )
