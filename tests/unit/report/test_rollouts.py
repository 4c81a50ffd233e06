"""A rollout that does not get on, while the pods before it go on serving."""

from typing import Any

import pytest

from report import graph, survey
from tests.unit.report import made
from tests.unit.report.made import Object
from tests.unit.report.reading import matters, read_of

STALLED = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}


def waiting(reason: str) -> Object:
    return made.pod("new", ready=False, containerStatuses=[{"state": {"waiting": {"reason": reason}}}])


def told(*conditions: Object) -> Object:
    """The Deployment with what the cluster says of it."""
    return {**made.deployment(), "status": {"conditions": list(conditions)}}


UNSCHEDULABLE = made.pod(
    "new", ready=False, conditions=[{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]
)


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ([told(), waiting("CrashLoopBackOff")], "CrashLoopBackOff"),
        ([told(), waiting("ImagePullBackOff")], "ImagePullBackOff"),
        ([told(), waiting("ErrImagePull")], "ErrImagePull"),
        ([told(), waiting("CreateContainerConfigError")], "CreateContainerConfigError"),
        ([told(), UNSCHEDULABLE], "Unschedulable"),
        ([told(STALLED)], "ProgressDeadlineExceeded"),
        ([told(STALLED), waiting("ErrImagePull")], "ErrImagePull, ProgressDeadlineExceeded"),
    ],
)
def test_new_pods_that_do_not_come_up_are_trouble_though_the_old_ones_serve(
    dev: dict[str, Any], more: list[Object], reasons: str
) -> None:
    present = [made.pod("a"), made.pod("b"), made.job("first", -2), *more]

    found = matters(dev, objects=present)

    assert found[0].startswith(f"my-nginx has 2 of 2 pods ready, but more do not come up ({reasons}); why: `make ")
    (site,) = survey.make(made.facts(dev, objects=present)).sites
    drawn = next(each for group in graph.of(site).groups for each in group.boxes if each.title == "Deployment")
    assert drawn.tone == "bad"
    assert set(reasons.split(", ")) <= set(drawn.lines)
    text = read_of(made.facts(dev, objects=present)).text
    assert "Nothing is wrong" not in text
    assert all(reason in text for reason in reasons.split(", "))


@pytest.mark.parametrize(
    "more",
    [
        [told(), waiting("ContainerCreating")],
        [told(), made.pod("new", ready=False)],
        [told({**STALLED, "status": "True"}, {**STALLED, "type": "Available"})],
    ],
    ids=["container", "pod", "conditions"],
)
def test_what_is_only_on_its_way_is_none(dev: dict[str, Any], more: list[Object]) -> None:
    assert matters(dev, objects=[made.pod("a"), made.pod("b"), *more]) == ["leaf renews in 14 hours"]


def test_too_few_pods_also_say_why_no_more_are_made(dev: dict[str, Any]) -> None:
    found = matters(dev, objects=[told(STALLED), made.pod("a"), waiting("ErrImagePull")])

    assert found[0].startswith("my-nginx has 1 of 2 pods ready (ErrImagePull, ProgressDeadlineExceeded); why: ")


def test_a_pod_too_many_makes_up_for_none_of_another_site(dev: dict[str, Any]) -> None:
    (first,) = survey.make(made.facts(dev, objects=[told(), *map(made.pod, "abc")])).sites
    (second,) = survey.make(made.facts(dev, objects=[told(), made.pod("d")])).sites

    assert (first.serving, second.serving) == (2, 1)
    assert "2 of 2 ready" in read_of(made.facts(dev, objects=[told(), *map(made.pod, "abc")])).text
