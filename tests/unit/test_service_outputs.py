"""What is waited for and read of a Service, in every state it can be in."""

from types import SimpleNamespace
from typing import Any

import pytest

from components import ClusterIP, Exposure, LoadBalancer, NodePort, _exposure, _service_outputs


def ingress(*entries: Any) -> Any:
    return SimpleNamespace(load_balancer=SimpleNamespace(ingress=list(entries)))


@pytest.mark.parametrize(
    ("status", "address"),
    [
        (None, None),
        (SimpleNamespace(load_balancer=None), None),
        (SimpleNamespace(load_balancer=SimpleNamespace(ingress=None)), None),
        (ingress(), None),
        (ingress(SimpleNamespace(ip=None, hostname=None)), None),
        (ingress(SimpleNamespace(ip="192.0.2.1", hostname=None)), "192.0.2.1"),
        (ingress(SimpleNamespace(ip=None, hostname="lb.example")), "lb.example"),
        (
            ingress(
                SimpleNamespace(ip=None, hostname=""),
                SimpleNamespace(ip="192.0.2.2", hostname=None),
            ),
            "192.0.2.2",
        ),
    ],
)
def test_an_address_or_nothing(status: Any, address: str | None) -> None:
    assert _service_outputs.load_balancer_address(status) == address


@pytest.mark.parametrize(
    ("spec", "addresses"),
    [
        (None, []),
        (SimpleNamespace(cluster_ips=None, cluster_ip=None), []),
        (SimpleNamespace(cluster_ips=None, cluster_ip="None"), []),
        (SimpleNamespace(cluster_ips=None, cluster_ip="10.0.0.1"), ["10.0.0.1"]),
        (SimpleNamespace(cluster_ips=["10.0.0.1", "fd00::1"], cluster_ip="10.0.0.1"),
         ["10.0.0.1", "fd00::1"]),
    ],
)  # fmt: skip
def test_addresses_or_none(spec: Any, addresses: list[str]) -> None:
    assert _service_outputs.cluster_ips(spec) == addresses


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        (None, (None, None)),
        (SimpleNamespace(ports=None), (None, None)),
        (SimpleNamespace(ports=[SimpleNamespace(name="https", node_port=None)]), (None, None)),
        (SimpleNamespace(ports=[SimpleNamespace(name="https", node_port=30443.0)]), (30443, None)),
    ],
)
def test_node_ports_or_none(spec: Any, ports: tuple[int | None, int | None]) -> None:
    assert _service_outputs.node_ports(spec) == {"https": ports[0], "http": ports[1]}


@pytest.mark.parametrize(
    ("fields", "condition"),
    [
        ({"load_balancer_ip": "192.0.2.7"}, "[0].ip}=192.0.2.7"),
        ({"load_balancer_ip": "2001:DB8:0::5"}, "[0].ip}=2001:db8::5"),
        ({"load_balancer_ip": "192.0.2.7", "ip_family_policy": "PreferDualStack"}, "}"),
        ({"load_balancer_ip": "192.0.2.7", "ip_family_policy": "RequireDualStack"}, "}"),
    ],
)
def test_the_address_that_is_asked_for_is_waited_for(fields: dict[str, Any], condition: str) -> None:
    annotations = _exposure.annotations(LoadBalancer(**fields))

    assert annotations["pulumi.com/waitFor"] == f"jsonpath={{.status.loadBalancer.ingress{condition}"


IN, OUT, NAME = "https://web.shop.svc/", "https://192.0.2.9/", "https://[2001:db8::5]:30443/"


@pytest.mark.parametrize(
    ("exposure", "urls"),
    [
        (ClusterIP(external_ips=("192.0.2.9",)), [IN, OUT]),
        (NodePort(external_ips=("192.0.2.9",), node_addresses=("2001:db8::5",)), [IN, OUT, NAME]),
        (LoadBalancer(load_balancer_ip="192.0.2.9"), [IN, OUT]),
        (LoadBalancer(addresses=("192.0.2.9",), load_balancer_ip="192.0.2.9"), [IN, OUT]),
        (LoadBalancer(), [IN]),
    ],
    ids=["external", "external and nodes", "asked for", "asked for and known", "none"],
)
def test_every_address_that_the_certificate_has_is_a_url(exposure: Exposure, urls: list[str]) -> None:
    ports = _service_outputs.Ports(https=30443, http=None)

    assert _service_outputs.urls(exposure, ["web.shop.svc"], ports, covers_service=True) == urls
    assert _service_outputs.urls(exposure, ["web.shop.svc"], ports, covers_service=False) == [IN]


def test_a_name_for_many_hosts_is_no_url() -> None:
    ports, hosts = _service_outputs.Ports(https=None, http=None), ["web.shop.svc", "*.example.org", "www.example.com"]

    found = _service_outputs.urls(ClusterIP(), hosts, ports, covers_service=True)

    assert found == [IN, "https://www.example.com/"]
