"""Wrong exposures: each is refused before anything is declared, and its field is named."""

from typing import Any

import pytest

from components import (
    ClusterIP,
    ExternalName,
    Headless,
    LoadBalancer,
    NginxOptions,
    NodePort,
    SelectorLess,
)
from tests.unit import sites
from tests.unit.sites import mistake

CASES = [
    mistake("service.https_port", service=ClusterIP(https_port=0)),
    mistake("service.https_port", service=ClusterIP(https_port=65536)),
    mistake("service.http_port", service=ClusterIP(http_port=443)),
    mistake("service.http_port", service=ClusterIP(http_port=0)),
    mistake("service.cluster_ip", service=ClusterIP(cluster_ip="10.0.0.256")),
    mistake("service.cluster_ip", service=ClusterIP(cluster_ip="10.96.0.7", ip_families=("IPv6",))),
    mistake("service.cluster_ip", service=NodePort(cluster_ip="fd00::7", ip_families=("IPv4",))),
    mistake("service.ip_families", service=ClusterIP(ip_families=("IPv6",)), nginx=NginxOptions(ipv6=False)),
    mistake(
        "service.ip_families",
        service=Headless(ip_families=("IPv4", "IPv6"), ip_family_policy="PreferDualStack"),
        nginx=NginxOptions(ipv6=False),
    ),
    mistake(
        "service.ip_family_policy",
        service=Headless(ip_family_policy="RequireDualStack"),
        nginx=NginxOptions(ipv6=False),
    ),
    mistake("service.cluster_ip", service=NodePort(cluster_ip="fd00::7"), nginx=NginxOptions(ipv6=False)),
    mistake("service.session_affinity_seconds", service=ClusterIP(session_affinity_seconds=0)),
    mistake("service.session_affinity", service=Headless(session_affinity="ClientIP")),
    mistake("service.internal_traffic_policy", service=Headless(internal_traffic_policy="Local")),
    mistake("service.traffic_distribution", service=Headless(traffic_distribution="PreferClose")),
    mistake("service.cluster_ip", service=SelectorLess(endpoints=("2001:db8::1",), cluster_ip="10.96.0.7")),
    mistake("service.load_balancer_ip", service=LoadBalancer(load_balancer_ip="192.0.2.8", ip_families=("IPv6",))),
    mistake("service.http_node_port", service=NodePort(http_node_port=30080), nginx=NginxOptions(http="off")),
    mistake("service.session_affinity_seconds", service=ClusterIP(session_affinity_seconds=60)),
    mistake(
        "service.ip_families",
        service=ClusterIP(ip_families=("IPv4", "IPv4"), ip_family_policy="PreferDualStack"),
    ),
    mistake(
        "service.ip_families",
        service=ClusterIP(ip_families=("IPv4", "IPv6"), ip_family_policy="SingleStack"),
    ),
    mistake("service.ip_families", service=LoadBalancer(ip_families=("IPv6", "IPv4"))),
    mistake("service.annotations", service=ExternalName(annotations={"a b": "c"})),
    mistake("service.annotations", service=ClusterIP(annotations={"a/b/c": "d"})),
    mistake("service.annotations", service=ClusterIP(annotations={"/a": "b"})),
    mistake("service.external_ips", service=ClusterIP(external_ips=("www.example.com",))),
    mistake("service.external_ips", service=ClusterIP(external_ips=("192.0.2.1", "127.0.0.1"))),
    mistake("service.external_ips", service=NodePort(external_ips=("192.0.2.1", "192.0.2.1"))),
    mistake("service.load_balancer_class", service=LoadBalancer(load_balancer_class="Example.com/lb")),
    mistake("service.load_balancer_class", service=LoadBalancer(load_balancer_class="")),
    mistake("service.load_balancer_ip", service=LoadBalancer(load_balancer_ip="lb.example.com")),
    mistake("service.https_port", service=Headless(https_port=443)),
    mistake("service.http_port", service=Headless(http_port=80)),
    mistake("service.https_node_port", service=NodePort(https_node_port=29999)),
    mistake("service.http_node_port", service=NodePort(http_node_port=32768)),
    mistake("service.http_node_port", service=NodePort(https_node_port=30001, http_node_port=30001)),
    mistake("service.node_addresses", service=NodePort(node_addresses=("no spaces",))),
    mistake("service.node_addresses", service=NodePort(node_addresses=("a", "a"))),
    mistake("service.node_addresses", service=NodePort(node_addresses=("192.168.1.300",))),
    mistake("service.addresses", service=LoadBalancer(addresses=("10.0.0.256",))),
    mistake(
        "service.load_balancer_ip",
        service=LoadBalancer(load_balancer_ip="fd00::7", ip_families=("IPv4",), ip_family_policy="SingleStack"),
    ),
    mistake("service.source_ranges", service=LoadBalancer(source_ranges=("192.0.2.1/24",))),
    mistake("service.source_ranges", service=LoadBalancer(source_ranges=("192.0.2.1",))),
    mistake("service.source_ranges", service=LoadBalancer(source_ranges=("10.0.0.0/255.0.0.0",))),
    mistake("service.addresses", service=LoadBalancer(addresses=("https://lb",))),
    mistake("service.await_seconds", service=LoadBalancer(await_seconds=0)),
    mistake("service.https_node_port", service=LoadBalancer(https_node_port=443)),
    mistake("service.http_node_port", service=LoadBalancer(http_node_port=80)),
    mistake("service.health_check_node_port", service=LoadBalancer(health_check_node_port=1)),
    mistake(
        "service.allocate_node_ports",
        service=LoadBalancer(allocate_node_ports=False, https_node_port=30443),
    ),
    mistake("service.health_check_node_port", service=LoadBalancer(health_check_node_port=30999)),
    mistake(
        "service.health_check_node_port",
        service=LoadBalancer(external_traffic_policy="Local", https_node_port=30444, health_check_node_port=30444),
    ),
    mistake("service.external_name", service=ExternalName(external_name="192.0.2.1")),
    mistake("service.external_name", service=ExternalName(external_name="192.0.2.256")),
    mistake("service.endpoints", service=SelectorLess(endpoints=("web",))),
    mistake("service.endpoints", service=SelectorLess(endpoints=("192.0.2.1", "2001:db8::1"))),
    mistake("service.endpoints", service=SelectorLess(endpoints=("169.254.0.1",))),
    mistake("service.endpoint_port", service=SelectorLess(endpoint_port=0)),
    mistake("service.cluster_ip", service=SelectorLess(cluster_ip="None")),
]


@pytest.mark.parametrize(("arguments", "field"), CASES)
def test_a_mistake_is_named_by_its_field(arguments: dict[str, Any], field: str) -> None:
    assert field in sites.fields_with_problems(arguments)


@pytest.mark.parametrize(("endpoint", "address"), [("192.0.2.1", "10.96.0.7"), ("2001:db8::1", "fd00::7")])
def test_a_fixed_address_may_be_of_the_family_of_the_endpoints(endpoint: str, address: str) -> None:
    assert not list(sites.args(service=SelectorLess(endpoints=(endpoint,), cluster_ip=address)).problems())
    assert not list(sites.args(service=SelectorLess(cluster_ip=address)).problems())


@pytest.mark.parametrize("policy", ["PreferDualStack", "RequireDualStack"])
def test_a_load_balancer_of_two_families_may_ask_for_an_address_of_either(policy: Any) -> None:
    families: Any = ("IPv6", "IPv4")
    service = LoadBalancer(load_balancer_ip="192.0.2.8", ip_families=families, ip_family_policy=policy)

    assert not list(sites.args(service=service).problems())


def test_what_can_be_of_one_family_alone_is_said_with_it() -> None:
    service = SelectorLess(endpoints=("2001:db8::1",), cluster_ip="10.96.0.7")

    (problem,) = sites.args(service=service).problems()

    assert str(problem) == (
        "service.cluster_ip: '10.96.0.7' must be of IPv6, as the endpoints are: the Service has no other"
    )


def test_whatever_leads_to_ipv6_without_nginx_is_said_with_what_to_change() -> None:
    families: Any = ("IPv6", "IPv4")
    service = ClusterIP(ip_families=families, ip_family_policy="RequireDualStack", cluster_ip="fd00::7")

    found = [str(problem) for problem in sites.args(service=service, nginx=NginxOptions(ipv6=False)).problems()]

    why = "leads clients to IPv6, on which nginx does not listen; set nginx.ipv6, or"
    assert found == [
        f"service.ip_families: {families!r} {why} take IPv6 out",
        f"service.ip_family_policy: 'RequireDualStack' {why} ask for SingleStack",
        f"service.cluster_ip: 'fd00::7' {why} give one of IPv4",
    ]


@pytest.mark.parametrize(
    "service",
    [
        SelectorLess(endpoints=("2001:db8::1",), cluster_ip="fd00::7"),
        ClusterIP(cluster_ip="10.96.0.7", ip_family_policy="PreferDualStack"),
        ExternalName(),
    ],
    ids=["of-others", "preferred", "alias"],
)
def test_what_does_not_lead_nginx_s_clients_to_ipv6_is_accepted(service: Any) -> None:
    assert not list(sites.args(service=service, nginx=NginxOptions(ipv6=False)).problems())
