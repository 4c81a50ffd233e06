"""The ways to a site from outside of the cluster."""

from typing import Any

import pytest

from scenarios.model import Fetch
from scenarios.ways import ways

BARE: dict[str, Any] = {"ports": {"https": 10443, "http": 8080}}


@pytest.mark.parametrize(
    ("fetch", "outputs", "expected"),
    [
        (
            Fetch(way="node-ports"),
            {"nodePorts": {"https": 30443.0}},
            ["127.89.0.11:30443 from this machine", "127.89.0.12:30443 from this machine"],
        ),
        (Fetch(way="node-ports", scheme="http"), {"nodePorts": {"https": 30443}}, []),
        (Fetch(way="node-ports"), {}, []),
        (
            Fetch(way="load-balancer"),
            {"loadBalancerAddress": "10.89.0.200"},
            ["127.89.0.200:10443 from this machine"],
        ),
        (Fetch(way="load-balancer"), {}, []),
        (Fetch(way="external-ips", scheme="http"), {}, ["10.89.0.12:8080 from lab-outside"]),
        (
            Fetch(way="cluster-ip"),
            {"clusterIp": "10.96.0.7"},
            ["10.96.0.7:10443 from lab-node-1", "10.96.0.7:10443 from lab-node-2"],
        ),
        (Fetch(way="cluster-ip"), {}, []),
    ],
)
def test_every_address_is_a_way(fetch: Fetch, outputs: dict[str, Any], expected: list[str]) -> None:
    assert [str(way) for way in ways(fetch, {**BARE, **outputs}, ["10.89.0.12"])] == expected


def test_a_way_from_elsewhere_enters_that_network_first() -> None:
    (outside,) = ways(Fetch(way="external-ips"), BARE, ["10.89.0.12"])
    (here,) = ways(Fetch(way="load-balancer"), {**BARE, "loadBalancerAddress": "10.89.0.200"}, [])

    assert outside.entering == ["nsenter", "--net=/run/netns/lab-outside"]
    assert here.entering == []
