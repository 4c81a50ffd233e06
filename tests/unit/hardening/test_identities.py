"""Users and groups of containers, as scanners differ about them; and when Jobs go."""

import pytest

from tests.unit.hardening.judged import Object, broken, container, pod_spec, workload

HIGH = {"runAsUser": 10001, "runAsGroup": 10001}


@pytest.mark.parametrize(
    ("context", "follows"),
    [
        (HIGH, True),
        ({"runAsUser": 10000, "runAsGroup": 10000}, True),
        ({"runAsUser": 10001}, False),
        ({"runAsGroup": 10001}, False),
        ({**HIGH, "runAsGroup": 9999}, False),
        ({**HIGH, "runAsUser": 0}, False),
    ],
    ids=str,
)
def test_a_high_user_has_a_high_group(context: Object, *, follows: bool) -> None:
    name = "kube-score:container-security-context-user-group-id"

    assert (broken(name, workload(pod=pod_spec(securityContext=context))) == []) is follows
    assert (broken(name, workload(pod=pod_spec(container(securityContext=context)))) == []) is follows


@pytest.mark.parametrize(
    ("context", "follows"),
    [
        ({"runAsGroup": 1}, True),
        ({"runAsGroup": 1, "fsGroup": 2, "supplementalGroups": [3]}, True),
        ({"runAsGroup": 0}, False),
        ({}, False),
        ({"runAsGroup": 1, "fsGroup": 0}, False),
        ({"runAsGroup": 1, "supplementalGroups": [3, 0]}, False),
    ],
    ids=str,
)
def test_roots_group_is_none_of_a_containers(context: Object, *, follows: bool) -> None:
    assert (broken("trivy:KSV-0116", workload(pod=pod_spec(securityContext=context))) == []) is follows


def test_a_job_goes_by_its_time_and_those_of_a_cron_job_by_its_limits() -> None:
    name = "kube-linter:job-ttl-seconds-after-finished"
    timed = workload("CronJob")
    timed["spec"]["jobTemplate"]["spec"]["ttlSecondsAfterFinished"] = 60

    assert broken(name, workload("Job"), workload("CronJob")) == ["Job web"]
    assert broken(name, workload("Job", ttlSecondsAfterFinished=60), timed) == ["CronJob web"]
