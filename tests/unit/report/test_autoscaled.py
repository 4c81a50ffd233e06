"""A site whose number of pods an autoscaler decides on, and somebody's hand on it."""

from typing import Any

import pytest

from report import survey
from report.survey import Site
from tests.unit.report import made
from tests.unit.report.reading import matters, read_of


def site(state: dict[str, Any], *objects: made.Object) -> Site:
    (found,) = survey.make(made.facts(state, objects=objects)).sites
    return found


@pytest.mark.parametrize(
    ("spec", "least"),
    [
        pytest.param({"minReplicas": 3}, 3, id="declared"),
        pytest.param({"minReplicas": 3.0}, 3, id="as-the-engine-writes-it"),
        pytest.param({}, 1, id="left-to-the-cluster"),
        pytest.param({"minReplicas": "[secret]"}, 1, id="not-to-be-told"),
    ],
)
def test_an_autoscaler_keeps_as_many_pods_as_it_declares(dev: dict[str, Any], spec: dict[str, Any], least: int) -> None:
    made.add_autoscaler(dev, **spec)

    assert site(dev).least == least


def test_without_an_autoscaler_none_keeps_any(dev: dict[str, Any]) -> None:
    assert site(dev).least == 0


@pytest.mark.parametrize(
    ("scaled", "wanted", "off"),
    [
        pytest.param(0, 2, True, id="off"),
        pytest.param(1, 2, False, id="fewer"),
        pytest.param(2, 2, False, id="least"),
        pytest.param(7, 7, False, id="more"),
    ],
)
def test_fewer_pods_than_the_least_are_not_what_is_wanted(
    dev: dict[str, Any], scaled: int, wanted: int, *, off: bool
) -> None:
    made.add_autoscaler(dev, minReplicas=2)

    found = site(dev, made.deployment(scaled))

    assert (found.declared, found.wanted, found.rescaled) == (None, wanted, off)


def test_a_site_whose_autoscaler_somebody_switched_off_is_trouble(dev: dict[str, Any]) -> None:
    made.add_autoscaler(dev, minReplicas=2)

    assert matters(dev, objects=[made.deployment(0), made.job("first", -2)], context="mine") == [
        "my-nginx was told to have 0 pods, declared are at least 2, and its autoscaler is off meanwhile; to put it "
        "right: `kubectl --context=mine scale -n secure-nginx-dev deployment/my-nginx --replicas=2`",
        "leaf renews in 14 hours",
    ]


def test_such_a_site_is_not_well_on_the_page(dev: dict[str, Any]) -> None:
    made.add_autoscaler(dev, minReplicas=2)

    text = read_of(made.facts(dev, objects=[made.deployment(0)])).text

    assert "0 of 2 ready" in text
    assert "Nothing is wrong" not in text


def test_an_autoscaled_site_with_fewer_pods_than_the_least_is_trouble(dev: dict[str, Any]) -> None:
    made.add_autoscaler(dev, minReplicas=2)

    (few, _) = matters(dev, objects=[made.deployment(1), made.pod("a")])

    assert few.startswith("my-nginx has 1 of 2 pods ready; why: ")
