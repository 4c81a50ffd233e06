"""What tells one rollout from another, so that new pods are proven and old ones are not proven again."""

from typing import Any

import pytest
from pulumi_kubernetes import meta

from components import Autoscaling, ClusterIP, ExternalName, Headless, NginxOptions, Resources, Scheduling, SelectorLess
from components._rollout import identity
from components._routing import version
from tests.unit import harness, sites
from tests.unit.harness import Deploy


def rollout(deploy: Deploy, **changes: Any) -> str:
    found: str = deploy(sites.program(**changes)).registered["web"]["rollout"]
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"image": "registry.example/nginx:1.30.7"},
        {"image_pull_policy": "Always"},
        {"image_pull_secrets": ("registry",)},
        {"labels": {"team": "web"}},
        {"pre_stop_seconds": 7},
        {"resources": Resources(memory_limit="256Mi")},
        {"resources": Resources(cpu_limit="2")},
        {"scheduling": Scheduling(node_selector={"pool": "dmz"})},
        {"scheduling": Scheduling(user_namespace=True)},
        {"scheduling": Scheduling(runtime_class="gvisor")},
        {"service_links": True},
        {"nginx": NginxOptions(shutdown_seconds=40)},
    ],
    ids=str,
)
def test_new_pods_are_another_rollout(deploy: Deploy, changes: dict[str, Any]) -> None:
    assert rollout(deploy, **changes) != rollout(deploy)


@pytest.mark.parametrize("changes", [{}, {"replicas": 3}], ids=str)
def test_as_many_pods_more_of_the_same_are_none(deploy: Deploy, changes: dict[str, Any]) -> None:
    assert rollout(deploy, **changes) == rollout(deploy)


@pytest.mark.parametrize("changes", [{}, {"autoscaling": Autoscaling(max_replicas=5)}], ids=["fixed", "autoscaled"])
def test_a_site_that_somebody_has_put_to_rest_is_another(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    awake = rollout(deploy, **changes)
    fill = harness._fill_metadata

    def scaled(state: dict[str, Any], name: str) -> None:
        fill(state, name)
        if "replicas" in state.get("spec", {}):
            state["spec"] = {**state["spec"], "replicas": 0}

    monkeypatch.setattr(harness, "_fill_metadata", scaled)

    assert rollout(deploy, **changes) != awake


def test_so_are_a_deployment_made_anew_and_the_way_back_to_an_earlier_template() -> None:
    def of(uid: str, annotations: dict[str, str] | None) -> str:
        return identity(meta.v1.outputs.ObjectMeta(uid=uid, annotations=annotations))

    first = {"deployment.kubernetes.io/revision": "1", "team": "web"}
    identities = [of("a", first), of("b", first), of("a", {**first, "deployment.kubernetes.io/revision": "3"})]
    assert len({*identities, of("a", None)}) == len(identities) + 1
    assert of("a", {**first, "team": "shop"}) == of("a", first)


@pytest.mark.parametrize(
    ("service", "ways"),
    [
        (ClusterIP(), {"web-service", "web-access"}),
        (Headless(), {"web-service", "web-access"}),
        (ExternalName(), {"web-service", "web-origin", "web-access"}),
        (SelectorLess(endpoints=("192.0.2.1",)), {"web-service", "web-origin", "web-endpoints", "web-access"}),
    ],
    ids=["ClusterIP", "Headless", "ExternalName", "SelectorLess"],
)
def test_whatever_leads_to_the_pods_is_routing_when_it_is_made_anew(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, service: Any, ways: set[str]
) -> None:
    fill = harness._fill_metadata

    def routing(anew: str) -> str:
        def fill_in(state: dict[str, Any], name: str) -> None:
            fill(state, name)
            state["metadata"]["uid"] = "another" if name == anew else "a"

        monkeypatch.setattr(harness, "_fill_metadata", fill_in)
        deployed = deploy(sites.program(service=service))
        names.update(each.name for each in deployed.resources)
        found: str = deployed.registered["web"]["routing"]
        return found

    names: set[str] = set()
    first = routing("nothing")
    assert {name for name in names if routing(name) != first} == ways


def test_a_change_of_a_way_to_the_pods_shows_in_its_version_and_in_nothing_else() -> None:
    def of(**metadata: Any) -> str:
        return version(meta.v1.outputs.ObjectMeta(**metadata))

    counted = of(uid="a", generation=1, resource_version="7")
    assert counted == of(uid="a", generation=1, resource_version="8")
    assert len({counted, of(uid="b", generation=1), of(uid="a", generation=2)}) == 3
    # A Service has no count of its own.
    assert of(uid="a", resource_version="7") != of(uid="a", resource_version="8")
