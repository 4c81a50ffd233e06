"""What the cluster has: pods, runs of the probe with what they said, the watch."""

from datetime import timedelta

import pytest

from report import objects, probe_log
from report.probe_log import Saying
from tests.unit.report import made
from tests.unit.report.made import NOW, Object


def test_a_pod_that_serves_is_ready() -> None:
    (pod,) = objects.pods([made.pod("a", "node-1")])

    assert (pod.name, pod.node, pod.ready, pod.trouble) == ("a", "node-1", True, "")


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        ({}, "Pending"),
        ({"containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}]}, "ImagePullBackOff"),
        ({"containerStatuses": [{"state": {"terminated": {"reason": "OOMKilled"}}}]}, "OOMKilled"),
        ({"containerStatuses": [{"state": {"running": {}}}, {}]}, "Pending"),
        ({"conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}, "Unschedulable"),
    ],
)
def test_a_pod_that_does_not_serve_says_why(status: Object, trouble: str) -> None:
    (pod,) = objects.pods([made.pod("a", ready=False, **status)])

    assert (pod.node, pod.ready, pod.trouble) == ("", False, trouble)


def test_a_pod_on_its_way_out_is_not_counted() -> None:
    leaving = made.pod("a")
    leaving["metadata"]["deletionTimestamp"] = made.at(0)

    assert objects.pods([leaving]) == ()


def test_only_objects_of_the_instance_and_its_namespace_are_taken() -> None:
    other = made.pod("other")
    other["metadata"]["namespace"] = "elsewhere"
    nameless = {"kind": "Pod", "metadata": {"namespace": made.NAMESPACE}}
    probes = made.pod("shell")
    probes["metadata"]["labels"]["app.kubernetes.io/name"] = "curl-probe"
    found = [made.pod("a"), other, nameless, probes, made.job("j", -1)]

    assert [each["metadata"]["name"] for each in objects.of(found, "Pod", objects.SITE, made.SITE, made.NAMESPACE)] == [
        "a"
    ]


def test_the_cluster_was_told_what_its_deployments_say() -> None:
    unset: Object = {**made.deployment(), "spec": {}}

    assert objects.scaled([made.deployment(3)]) == 3
    assert objects.scaled([unset]) == 1
    assert objects.scaled([]) == 0


def test_runs_come_newest_first_with_their_outcome() -> None:
    jobs = [made.job("old", -3), made.job("new", -1, "Failed", watch=True), made.job("now", 0, "")]

    found = objects.runs(jobs, {f"{made.NAMESPACE}/new": "FAILED service https://x/: curl exit 60\n"})

    assert [(run.job, run.outcome, run.gate) for run in found] == [
        ("now", "pending", True),
        ("new", "failed", False),
        ("old", "verified", True),
    ]
    assert found[0].ended is None
    assert found[1].ended == NOW - timedelta(minutes=59)
    assert found[1].said.failures == ("FAILED service https://x/: curl exit 60",)


def test_a_job_that_has_not_begun_counts_from_its_making() -> None:
    job = made.job("new", -1, "")
    del job["status"]

    assert objects.runs([job], {})[0].began == NOW - timedelta(hours=1)


def test_a_job_without_any_time_comes_last() -> None:
    job = made.job("lost", -1, "")
    job["metadata"]["creationTimestamp"], job["status"]["startTime"] = None, None

    assert [run.job for run in objects.runs([job, made.job("old", -9)], {})] == ["old", "lost"]


def test_the_watch_has_a_schedule() -> None:
    watch = objects.watch([made.cron_job(suspend=True)])

    assert watch is not None
    assert (watch.schedule, watch.suspended) == ("*/5 * * * *", True)
    assert watch.last_success is not None
    assert objects.watch([]) is None


@pytest.mark.parametrize(
    ("success", "updated", "schedule", "late"),
    [
        (-0.1, None, "*/5 * * * *", False),
        (-0.24, None, "*/5 * * * *", False),
        (-0.26, None, "*/5 * * * *", True),
        (-0.26, -0.1, "*/5 * * * *", False),
        (-71, None, "0 3 * * *", False),
        (-73, None, "0 3 * * *", True),
        (None, None, "0 3 * * *", True),
        (-73, None, "0 3 1 1 *", False),
    ],
)
def test_a_watch_is_late_after_three_turns(
    success: float | None, updated: float | None, schedule: str, *, late: bool
) -> None:
    watch = objects.watch([made.cron_job(success, schedule=schedule)])

    assert watch is not None
    assert watch.is_late(NOW, None if updated is None else NOW + timedelta(hours=updated)) is late


def test_a_watch_has_the_time_that_a_run_may_take() -> None:
    watch = objects.watch([made.cron_job(-0.26, jobTemplate={"spec": {"activeDeadlineSeconds": 240}})])

    assert watch is not None
    assert not watch.is_late(NOW, None)
    assert watch.is_late(NOW + timedelta(minutes=4), None)


def test_a_watch_that_pauses_or_has_no_times_is_not_late() -> None:
    paused, new = made.cron_job(-73, suspend=True), made.cron_job(None)
    del new["metadata"]["creationTimestamp"]

    assert [each.is_late(NOW, None) for job in (paused, new) if (each := objects.watch([job]))] == [False, False]


def test_a_log_tells_targets_refusals_and_days() -> None:
    said = probe_log.read(made.log("service", "node-0"))

    assert [(target.name, target.handshake, target.total) for target in said.targets] == [
        ("service", 0.01, 0.02),
        ("node-0", 0.02, 0.04),
    ]
    assert said.refusals == ("wrong-host",)
    assert said.days_left == 5


def test_a_log_of_a_failure_tells_its_reasons() -> None:
    said = probe_log.read("waiting\nFAILED a: x\nCANNOT JUDGE: y\n[1]\n")

    assert said == Saying(failures=("FAILED a: x", "CANNOT JUDGE: y"))


def test_days_that_nobody_saw_are_not_known() -> None:
    assert probe_log.read(made.log("service", days_left=None)).days_left is None


@pytest.mark.parametrize("char", ["\x85", "\u2028"], ids=["nel", "ls"])
def test_a_saying_ends_where_its_line_ends(char: str) -> None:
    said = probe_log.read(f'{{"target": "a{char}b"}}\nFAILED a: x{char}y\n')

    assert [target.name for target in said.targets] == [f"a{char}b"]
    assert said.failures == (f"FAILED a: x{char}y",)
