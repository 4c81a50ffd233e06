"""The verdict, by the Job's status."""

import pytest
from pulumi_kubernetes import batch

from components._probe import verdict


@pytest.mark.parametrize(
    ("status", "found", "when"),
    [
        (None, "pending", None),
        (batch.v1.outputs.JobStatus(active=1), "pending", None),
        (batch.v1.outputs.JobStatus(failed=1), "failed", None),
        (
            batch.v1.outputs.JobStatus(succeeded=1, completion_time="2026-11-24T06:00:00Z"),
            "verified",
            "2026-11-24T06:00:00Z",
        ),
    ],
)
def test_the_verdict_follows_from_the_job_s_status(
    status: batch.v1.outputs.JobStatus | None, found: str, when: str | None
) -> None:
    assert verdict.verdict_of(status) == found
    assert verdict.completed_at(status) == when
