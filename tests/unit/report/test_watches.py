"""What needs attention of a probe that has to run by itself."""

from typing import Any

import pytest

from tests.unit.report import made
from tests.unit.report.reading import matters


def watched(dev: dict[str, Any], **spec: Any) -> str:
    """Have the stack declare a watch, and return the name of its CronJob."""
    job = made.of_kind(dev, "Job")
    own = {"urn": f"{job['urn']}-cron", "type": "kubernetes:batch/v1:CronJob", "id": f"{made.NAMESPACE}/watch"}
    dev["deployment"]["resources"].append({**job, **own, "inputs": {"spec": spec}})
    return "watch"


def test_a_watch_that_runs_needs_nobody(dev: dict[str, Any]) -> None:
    watched(dev)

    assert matters(dev, objects=[*made.objects(), made.cron_job()]) == ["leaf renews in 14 hours"]


@pytest.mark.parametrize("name", ["watch", "another"])
def test_a_watch_that_the_cluster_lacks_is_made_again(dev: dict[str, Any], name: str) -> None:
    watched(dev)
    present = [made.cron_job(name=name)] if name != "watch" else []

    assert matters(dev, objects=[*made.objects(), *present])[:-1] == [
        "the watch of my-nginx is not in the cluster; to make it again: `make refresh && make up`"
    ]


def test_a_silent_cluster_lacks_no_watch(dev: dict[str, Any]) -> None:
    watched(dev)

    assert not [each for each in matters(dev, objects=None, silence="gone") if "watch" in each]


@pytest.mark.parametrize(("declared", "count"), [(False, 1), (True, 0)])
def test_a_watch_that_somebody_suspended_is_put_right(dev: dict[str, Any], *, declared: bool, count: int) -> None:
    watched(dev, suspend=declared)

    found = matters(dev, objects=[*made.objects(), made.cron_job(-72, suspend=True)])

    assert found[:-1] == count * [
        "the watch of my-nginx was told to pause, declared is that it runs; to put it right: `make refresh && make up`"
    ]


@pytest.mark.parametrize(
    ("success", "since"), [(-72, "has not verified it for 3 days"), (None, "has never verified it")]
)
def test_a_watch_that_does_not_run_is_trouble(dev: dict[str, Any], success: float | None, since: str) -> None:
    watched(dev)

    found = matters(dev, objects=[*made.objects(), made.cron_job(success)])

    assert found[:-1] == [
        f"the watch of my-nginx {since}; why: `make kubectl ARGS='describe cronjob -n secure-nginx-dev watch'`"
    ]


def test_a_watch_that_fails_says_so_itself(dev: dict[str, Any]) -> None:
    watched(dev)
    red = made.job("red", -0.5, "Failed", watch=True)

    assert len(matters(dev, objects=[*made.objects(), red, made.cron_job(-72)])) == 2
