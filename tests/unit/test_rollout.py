"""What tells one rollout from another, so that new pods are proven and old ones are not proven again."""

from collections.abc import Callable
from typing import Any

import pytest
from pulumi_kubernetes import meta

from components import NginxOptions, Resources, Scheduling
from components._rollout import identity
from tests.unit import sites
from tests.unit.harness import Deployed

Deploy = Callable[..., Deployed]


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


def test_so_are_a_deployment_made_anew_and_the_way_back_to_an_earlier_template() -> None:
    def of(uid: str, annotations: dict[str, str] | None) -> str:
        return identity(meta.v1.outputs.ObjectMeta(uid=uid, annotations=annotations))

    first = {"deployment.kubernetes.io/revision": "1", "team": "web"}
    identities = [of("a", first), of("b", first), of("a", {**first, "deployment.kubernetes.io/revision": "3"})]
    assert len({*identities, of("a", None)}) == len(identities) + 1
    assert of("a", {**first, "team": "shop"}) == of("a", first)
