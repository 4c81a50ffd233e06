"""Build the Service of a site from its exposure: pure values, no resources."""

import ipaddress
from typing import TypedDict, assert_never

import pulumi
from pulumi_kubernetes import core, discovery

from . import _checks
from .exposure import (
    ClusterIP,
    Exposure,
    ExternalName,
    Headless,
    LoadBalancer,
    NodePort,
    OnNodes,
    SelectorLess,
)

_SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}


class EndpointSliceFields(TypedDict):
    """The arguments of an EndpointSlice besides its metadata."""

    address_type: str
    endpoints: list[discovery.v1.EndpointArgs]
    ports: list[discovery.v1.EndpointPortArgs]


class _PodServiceFields(TypedDict, total=False):
    ports: list[core.v1.ServicePortArgs]
    selector: dict[str, str]
    session_affinity: str
    session_affinity_config: core.v1.SessionAffinityConfigArgs
    ip_families: list[str]
    ip_family_policy: str
    internal_traffic_policy: str
    traffic_distribution: str
    external_ips: list[str]


def annotations(exposure: Exposure) -> dict[str, str]:
    """The Service's annotations, with what Pulumi shall wait for.

    A load balancer's address is worth waiting for; where a certain one is asked for, that one, since another may
    still be there from before. Endpoints are not: Pulumi would add a fixed settling time, and the Deployment's own
    readiness says the same sooner.
    """
    if isinstance(exposure, LoadBalancer):
        waiting = {
            "pulumi.com/waitFor": f"jsonpath={_given_address(exposure)}",
            "pulumi.com/timeoutSeconds": str(exposure.await_seconds),
        }
    else:
        waiting = _SKIP_AWAIT
    return {**waiting, **exposure.annotations}


def _given_address(exposure: LoadBalancer) -> str:
    """The condition that the address is there that the load balancer's controller gives out."""
    if exposure.load_balancer_ip is None or exposure.ip_family_policy in {"PreferDualStack", "RequireDualStack"}:
        return "{.status.loadBalancer.ingress}"
    # Controllers write addresses in their short form.
    return f"{{.status.loadBalancer.ingress[0].ip}}={ipaddress.ip_address(exposure.load_balancer_ip)}"


def fixed_hosts(exposure: Exposure) -> tuple[str, ...]:
    """Hosts besides the Service's own names that are known in advance."""
    match exposure:
        case NodePort():
            hosts = exposure.node_addresses
        case ExternalName(external_name=str(target)):
            hosts = (target,)
        case _:
            hosts = ()
    fixed = exposure.cluster_ip if isinstance(exposure, ClusterIP | SelectorLess) else None
    return (*hosts, *outer_hosts(exposure), *([fixed] if fixed else []))


def outer_hosts(exposure: Exposure) -> tuple[str, ...]:
    """Those of them where clients outside of the cluster reach the Service's own ports."""
    match exposure:
        case LoadBalancer(load_balancer_ip=str(address)):
            hosts = (*exposure.addresses, address)
        case LoadBalancer():
            hosts = exposure.addresses
        case _:
            hosts = ()
    return (*hosts, *(exposure.external_ips if isinstance(exposure, ClusterIP) else ()))


def service_spec(
    exposure: Exposure,
    selector: dict[str, str],
    *,
    has_http_port: bool,
    external_name: pulumi.Input[str] | None = None,
) -> core.v1.ServiceSpecArgs:
    """Spec of the Service.

    Args:
        exposure: How the site is exposed.
        selector: Labels that select the pods.
        has_http_port: Whether nginx listens for plain HTTP, which a Service that selects its pods then offers, too.
        external_name: Target of the exposure `ExternalName`.
    """
    match exposure:
        case NodePort():
            return core.v1.ServiceSpecArgs(
                type="NodePort",
                cluster_ip=exposure.cluster_ip,
                external_traffic_policy=exposure.external_traffic_policy,
                **_pod_fields(exposure, selector, has_http_port=has_http_port),
            )
        case LoadBalancer():
            return core.v1.ServiceSpecArgs(
                type="LoadBalancer",
                cluster_ip=exposure.cluster_ip,
                load_balancer_class=exposure.load_balancer_class,
                load_balancer_ip=exposure.load_balancer_ip,
                load_balancer_source_ranges=list(exposure.source_ranges) or None,
                external_traffic_policy=exposure.external_traffic_policy,
                allocate_load_balancer_node_ports=exposure.allocate_node_ports,
                health_check_node_port=exposure.health_check_node_port,
                **_pod_fields(exposure, selector, has_http_port=has_http_port),
            )
        case ClusterIP():
            return core.v1.ServiceSpecArgs(
                type="ClusterIP",
                cluster_ip=exposure.cluster_ip,
                **_pod_fields(exposure, selector, has_http_port=has_http_port),
            )
        case Headless():
            return core.v1.ServiceSpecArgs(
                type="ClusterIP",
                cluster_ip="None",
                publish_not_ready_addresses=exposure.publish_not_ready_addresses,
                **_pod_fields(exposure, selector, has_http_port=has_http_port),
            )
        case ExternalName():
            return core.v1.ServiceSpecArgs(type="ExternalName", external_name=external_name)
        case SelectorLess():
            return core.v1.ServiceSpecArgs(
                type="ClusterIP",
                cluster_ip=exposure.cluster_ip,
                # A Service leads to no endpoint of a family that it does not have.
                ip_families=[endpoint_family(exposure)] if exposure.endpoints else None,
                ports=_ports(exposure, has_http_port=exposure.offers_http, target=exposure.endpoint_port),
            )
        case _:
            assert_never(exposure)


def origin(exposure: Exposure) -> ClusterIP | None:
    """How the second Service exposes the pods, where the first one does not select them."""
    if not isinstance(exposure, ExternalName | SelectorLess):
        return None
    return ClusterIP(https_port=exposure.https_port, http_port=exposure.http_port)


def endpoint_family(exposure: SelectorLess) -> str:
    """The family of the listed endpoints, which all have the same one; IPv4 if there are none."""
    return _checks.family("".join(exposure.endpoints))


def endpoint_slice(exposure: SelectorLess) -> EndpointSliceFields:
    """The endpoints of a Service without a selector; there is at least one."""
    return {
        "address_type": endpoint_family(exposure),
        "endpoints": [
            discovery.v1.EndpointArgs(addresses=[endpoint], conditions=discovery.v1.EndpointConditionsArgs(ready=True))
            for endpoint in exposure.endpoints
        ],
        "ports": [
            discovery.v1.EndpointPortArgs(
                name="https", port=exposure.endpoint_port, protocol="TCP", app_protocol="https"
            )
        ],
    }


def _pod_fields(exposure: ClusterIP | Headless, selector: dict[str, str], *, has_http_port: bool) -> _PodServiceFields:
    fields: _PodServiceFields = {
        "ports": _ports(exposure, has_http_port=has_http_port),
        "selector": selector,
        "session_affinity": exposure.session_affinity,
    }
    if exposure.session_affinity == "ClientIP":
        fields["session_affinity_config"] = core.v1.SessionAffinityConfigArgs(
            client_ip=core.v1.ClientIPConfigArgs(timeout_seconds=exposure.session_affinity_seconds)
        )
    if exposure.ip_families:
        fields["ip_families"] = list(exposure.ip_families)
    if exposure.ip_family_policy:
        fields["ip_family_policy"] = exposure.ip_family_policy
    if exposure.internal_traffic_policy:
        fields["internal_traffic_policy"] = exposure.internal_traffic_policy
    if exposure.traffic_distribution:
        fields["traffic_distribution"] = exposure.traffic_distribution
    if isinstance(exposure, ClusterIP) and exposure.external_ips:
        fields["external_ips"] = list(exposure.external_ips)
    return fields


def _ports(
    exposure: ClusterIP | Headless | SelectorLess,
    *,
    has_http_port: bool,
    target: int | str = "https",
) -> list[core.v1.ServicePortArgs]:
    https = core.v1.ServicePortArgs(
        name="https",
        port=exposure.https_port,
        target_port=target,
        protocol="TCP",
        app_protocol="https",
        node_port=exposure.https_node_port if isinstance(exposure, OnNodes) else None,
    )
    http = core.v1.ServicePortArgs(
        name="http",
        port=exposure.http_port,
        target_port="http",
        protocol="TCP",
        app_protocol="http",
        node_port=exposure.http_node_port if isinstance(exposure, OnNodes) else None,
    )
    return [https, http] if has_http_port else [https]
