"""The verdict, read from the Job's status: total functions."""

from typing import Literal

from pulumi_kubernetes import batch

Verdict = Literal["verified", "failed", "pending", "not run"]


def verdict_of(status: batch.v1.outputs.JobStatus | None) -> Verdict:
    """What the Job has found so far."""
    if status is None:
        return "pending"
    if status.succeeded:
        return "verified"
    return "failed" if status.failed else "pending"


def completed_at(status: batch.v1.outputs.JobStatus | None) -> str | None:
    """When the Job succeeded, as RFC 3339, or None."""
    return status.completion_time if status is not None else None
