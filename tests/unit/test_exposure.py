"""Every way to expose a site: its Service, its names, its outputs."""

from collections.abc import Mapping
from typing import Any

import pytest

from components import (
    ClusterIP,
    Exposure,
    ExternalName,
    Headless,
    LoadBalancer,
    NodePort,
    SelectorLess,
)
from tests.unit import sites
from tests.unit.harness import Deploy, Deployed

FQDN = "web.shop.svc.cluster.local"

EVERY: list[Exposure] = [
    ClusterIP(), Headless(), NodePort(), LoadBalancer(), ExternalName(), SelectorLess(),
]  # fmt: skip


def service(deployed: Deployed) -> Mapping[str, Any]:
    return deployed.one("Service", "web-service").inputs


def exposed(deploy: Deploy, exposure: Exposure, **changes: Any) -> Deployed:
    return deploy(sites.program("web", service=exposure, **changes))


@pytest.mark.parametrize("exposure", EVERY, ids=lambda each: each.kind)
def test_the_service_bears_the_sites_name(deploy: Deploy, exposure: Exposure) -> None:
    assert service(exposed(deploy, exposure))["metadata"]["name"] == "web"


@pytest.mark.parametrize(
    ("exposure", "kind"),
    [
        (ClusterIP(), "ClusterIP"),
        (Headless(), "ClusterIP"),
        (NodePort(), "NodePort"),
        (LoadBalancer(), "LoadBalancer"),
        (ExternalName(), "ExternalName"),
        (SelectorLess(), "ClusterIP"),
    ],
    ids=lambda each: getattr(each, "kind", each),
)
def test_the_service_has_its_type(deploy: Deploy, exposure: Exposure, kind: str) -> None:
    deployed = exposed(deploy, exposure)

    assert service(deployed)["spec"]["type"] == kind
    assert deployed.registered["web"]["service_type"] == exposure.kind


@pytest.mark.parametrize("exposure", EVERY, ids=lambda each: each.kind)
def test_only_a_load_balancer_is_waited_for(deploy: Deploy, exposure: Exposure) -> None:
    annotations = service(exposed(deploy, exposure))["metadata"]["annotations"]

    waiting = {key: value for key, value in annotations.items() if key != "pulumi.com/patchForce"}
    if isinstance(exposure, LoadBalancer):
        assert waiting == {
            "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress}",
            "pulumi.com/timeoutSeconds": "300",
        }
    else:
        assert waiting == {"pulumi.com/skipAwait": "true"}


def test_annotations_of_the_user_are_kept(deploy: Deploy) -> None:
    deployed = exposed(deploy, ClusterIP(annotations={"example.com/a": "b"}))

    assert service(deployed)["metadata"]["annotations"]["example.com/a"] == "b"


@pytest.mark.parametrize("exposure", EVERY[:4], ids=lambda each: each.kind)
def test_these_select_the_pods(deploy: Deploy, exposure: Exposure) -> None:
    deployed = exposed(deploy, exposure)

    spec = deployed.one("Deployment").inputs["spec"]
    assert service(deployed)["spec"]["selector"] == spec["selector"]["matchLabels"]
    assert deployed.registered["web"].get("origin_name") is None


@pytest.mark.parametrize("exposure", EVERY[4:], ids=lambda each: each.kind)
def test_these_leave_the_pods_to_a_second_service(deploy: Deploy, exposure: Exposure) -> None:
    deployed = exposed(deploy, exposure)

    origin = deployed.one("Service", "web-origin").inputs
    assert "selector" not in service(deployed)["spec"]
    assert origin["metadata"]["name"] == "web-origin"
    assert origin["spec"]["selector"]["app.kubernetes.io/instance"] == "web"
    assert deployed.registered["web"]["origin_name"] == "web-origin"
    assert "web-origin.shop.svc" in deployed.one("CertRequest").inputs["dnsNames"]


def test_a_service_that_gains_or_loses_listed_endpoints_is_made_anew(deploy: Deploy) -> None:
    triggers = {
        exposure.kind: exposed(deploy, exposure).one("Service", "web-service").options.replacement_trigger.string_value
        for exposure in EVERY
    }

    assert exposed(deploy, SelectorLess()).one("Service", "web-service").options.deleteBeforeReplace
    listed = {kind for kind, trigger in triggers.items() if trigger == "listed endpoints"}
    assert listed == {"SelectorLess"}
    assert len(set(triggers.values())) == 2


@pytest.mark.parametrize(
    ("exposure", "fields"),
    [
        (LoadBalancer(allocate_node_ports=False), ["spec.allocateLoadBalancerNodePorts"]),
        (LoadBalancer(), []),
        (NodePort(), []),
    ],
    ids=["none", "allocated", "NodePort"],
)
def test_a_service_that_shall_lose_its_node_ports_is_made_anew(
    deploy: Deploy, exposure: Exposure, fields: list[str]
) -> None:
    assert list(exposed(deploy, exposure).one("Service").options.replaceOnChanges) == fields


@pytest.mark.parametrize(
    ("exposure", "other", "kept"),
    [
        (LoadBalancer(), LoadBalancer(load_balancer_class="a/x"), "class a/x"),
        (LoadBalancer(load_balancer_class="a/x"), LoadBalancer(load_balancer_class="b/x"), "class b/x"),
        (
            LoadBalancer(external_traffic_policy="Local", health_check_node_port=30001),
            LoadBalancer(external_traffic_policy="Local", health_check_node_port=30002),
            "health check port 30002",
        ),
        (ClusterIP(), ClusterIP(ip_families=("IPv6",)), "IPv6 first"),
        (
            Headless(ip_family_policy="PreferDualStack", ip_families=("IPv4", "IPv6")),
            Headless(ip_family_policy="PreferDualStack", ip_families=("IPv6", "IPv4")),
            "IPv6 first",
        ),
    ],
)
def test_a_service_is_made_anew_where_the_cluster_would_refuse_the_change(
    deploy: Deploy, exposure: Exposure, other: Exposure, kept: str
) -> None:
    before, after = (exposed(deploy, each).one("Service").options.replacement_trigger for each in (exposure, other))

    assert before.string_value.startswith("selected endpoints")
    # With other words every such Service would be made anew by the next update.
    assert after.string_value == f"selected endpoints, {kept}"
    assert before != after


def test_ports_are_named_and_say_what_they_speak(deploy: Deploy) -> None:
    ports = service(exposed(deploy, NodePort(https_node_port=30443)))["spec"]["ports"]

    assert ports == [
        {
            "name": "https", "port": 443, "targetPort": "https", "protocol": "TCP",
            "appProtocol": "https", "nodePort": 30443,
        },
        {
            "name": "http", "port": 80, "targetPort": "http", "protocol": "TCP",
            "appProtocol": "http",
        },
    ]  # fmt: skip


def test_a_headless_service_has_no_address_and_the_pods_ports(deploy: Deploy) -> None:
    deployed = exposed(deploy, Headless(publish_not_ready_addresses=True))

    spec = service(deployed)["spec"]
    assert spec["clusterIP"] == "None"
    assert spec["publishNotReadyAddresses"] is True
    assert [port["port"] for port in spec["ports"]] == [8443, 8080]
    assert deployed.registered["web"]["cluster_ips"] == []
    assert deployed.registered["web"]["urls"] == [f"https://{FQDN}:8443/"]
    assert f"*.{FQDN}" in deployed.one("CertRequest").inputs["dnsNames"]


@pytest.mark.parametrize("kind", [ClusterIP, NodePort, LoadBalancer, SelectorLess])
def test_the_service_has_the_address_that_it_is_to_have(deploy: Deploy, kind: Any) -> None:
    assert service(exposed(deploy, kind(cluster_ip="10.96.0.7")))["spec"]["clusterIP"] == "10.96.0.7"


def test_node_ports_and_urls_of_nodes_are_outputs(deploy: Deploy) -> None:
    outputs = exposed(deploy, NodePort(node_addresses=("192.0.2.1", "node.example", "2001:db8::1"))).registered["web"]

    assert outputs["node_ports"] == {"https": 30080, "http": 30081}
    assert outputs["urls"] == [
        f"https://{FQDN}/", "https://192.0.2.1:30080/", "https://node.example:30080/",
        "https://[2001:db8::1]:30080/",
    ]  # fmt: skip


def test_the_certificate_covers_addresses_that_are_known(deploy: Deploy) -> None:
    request = exposed(deploy, NodePort(node_addresses=("192.0.2.1", "node.example"), cluster_ip="10.96.0.7")).one(
        "CertRequest"
    )

    assert "node.example" in request.inputs["dnsNames"]
    assert request.inputs["ipAddresses"] == ["127.0.0.1", "192.0.2.1", "10.96.0.7"]


def test_addresses_that_others_route_are_the_services_and_the_certificates(deploy: Deploy) -> None:
    deployed = exposed(deploy, LoadBalancer(external_ips=("192.0.2.7",), load_balancer_ip="192.0.2.8"))

    spec = service(deployed)["spec"]
    assert (spec["externalIPs"], spec["loadBalancerIP"]) == (["192.0.2.7"], "192.0.2.8")
    assert deployed.one("CertRequest").inputs["ipAddresses"] == ["127.0.0.1", "192.0.2.8", "192.0.2.7"]
    assert "externalIPs" not in service(exposed(deploy, NodePort()))["spec"]


def test_a_load_balancer_has_an_address_and_its_fields(deploy: Deploy) -> None:
    deployed = exposed(
        deploy,
        LoadBalancer(
            load_balancer_class="example.com/lb",
            source_ranges=("192.0.2.0/24",),
            addresses=("www.example.com",),
            external_traffic_policy="Local",
            health_check_node_port=30999,
            allocate_node_ports=False,
        ),
    )

    spec = service(deployed)["spec"]
    assert spec["loadBalancerClass"] == "example.com/lb"
    assert spec["loadBalancerSourceRanges"] == ["192.0.2.0/24"]
    assert spec["externalTrafficPolicy"] == "Local"
    assert spec["healthCheckNodePort"] == 30999
    assert spec["allocateLoadBalancerNodePorts"] is False
    assert deployed.registered["web"]["load_balancer_address"] == "192.0.2.10"
    assert deployed.registered["web"]["urls"] == [
        f"https://{FQDN}/", "https://www.example.com/",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "shown"),
    [(None, "web-origin.shop.svc.cluster.local"), ("www.example.com", "www.example.com")],
)
def test_an_alias_leads_to_its_target(deploy: Deploy, target: str | None, shown: str) -> None:
    deployed = exposed(deploy, ExternalName(external_name=target))

    assert service(deployed)["spec"] == {"type": "ExternalName", "externalName": shown}
    assert shown in deployed.one("CertRequest").inputs["dnsNames"]


def test_affinity_families_and_policies_reach_the_service(deploy: Deploy) -> None:
    spec = service(
        exposed(
            deploy,
            ClusterIP(
                session_affinity="ClientIP",
                session_affinity_seconds=60,
                ip_family_policy="PreferDualStack",
                ip_families=("IPv6", "IPv4"),
                internal_traffic_policy="Local",
                traffic_distribution="PreferClose",
                cluster_ip="fd00::7",
            ),
        )
    )["spec"]

    assert spec["sessionAffinity"] == "ClientIP"
    assert spec["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 60}}
    assert spec["ipFamilyPolicy"] == "PreferDualStack"
    assert spec["ipFamilies"] == ["IPv6", "IPv4"]
    assert spec["internalTrafficPolicy"] == "Local"
    assert spec["trafficDistribution"] == "PreferClose"
    assert spec["clusterIP"] == "fd00::7"


@pytest.mark.parametrize("exposure", EVERY, ids=lambda each: each.kind)
def test_the_service_says_nothing_it_was_not_asked_for(deploy: Deploy, exposure: Exposure) -> None:
    spec = service(exposed(deploy, exposure))["spec"]

    assert not set(spec) & {"ipFamilies", "sessionAffinityConfig", "loadBalancerIP", "externalIPs"}


@pytest.mark.parametrize("exposure", EVERY, ids=lambda each: each.kind)
@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
def test_ports_are_known_at_once(deploy: Deploy, exposure: Exposure, preview: bool) -> None:
    outputs = deploy(sites.program("web", service=exposure), preview=preview).registered["web"]

    https = 8443 if isinstance(exposure, Headless) else 443
    http = {"Headless": 8080, "SelectorLess": None}.get(exposure.kind, 80)
    assert outputs["ports"]["https"] == https
    assert outputs["ports"].get("http") == http


def test_fixed_addresses_of_a_load_balancer_are_in_the_certificate(deploy: Deploy) -> None:
    request = exposed(deploy, LoadBalancer(addresses=("www.example.com", "192.0.2.9"))).one("CertRequest").inputs

    assert "www.example.com" in request["dnsNames"]
    assert "192.0.2.9" in request["ipAddresses"]
