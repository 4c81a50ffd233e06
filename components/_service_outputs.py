"""Read what clients need from a Service, whatever its type and however far it has come."""

from collections.abc import Sequence
from typing import TypedDict

from pulumi_kubernetes import core

from . import _exposure, _names
from .exposure import Exposure, NodePort


class Ports(TypedDict):
    """A port for HTTPS and one for HTTP; None where there is none."""

    https: int | None
    http: int | None


Spec = core.v1.outputs.ServiceSpec
Status = core.v1.outputs.ServiceStatus


def cluster_ips(spec: Spec | None) -> list[str]:
    """The Service's virtual addresses; empty if it has none or none yet."""
    if spec is None:
        return []
    addresses = spec.cluster_ips or ([spec.cluster_ip] if spec.cluster_ip else [])
    return [address for address in addresses if address != "None"]


def service_ports(exposure: Exposure, *, has_http_port: bool) -> Ports:
    """The Service's own ports."""
    http = exposure.http_port if has_http_port and exposure.offers_http else None
    return Ports(https=exposure.https_port, http=http)


def node_ports(spec: Spec | None) -> Ports:
    """The ports on the nodes; None for types without them and before they are known."""
    by_name = {port.name: int(port.node_port) for port in (spec.ports if spec else None) or () if port.node_port}
    return Ports(https=by_name.get("https"), http=by_name.get("http"))


def load_balancer_address(status: Status | None) -> str | None:
    """The load balancer's first address or host name; None while it has none."""
    balancer = status.load_balancer if status else None
    for entry in (balancer.ingress if balancer else None) or ():
        if entry.ip or entry.hostname:
            return entry.ip or entry.hostname
    return None


def urls(exposure: Exposure, hosts: Sequence[str], ports: Ports, *, covers_service: bool) -> list[str]:
    """Every https URL whose host the certificate covers.

    Args:
        exposure: How the site is exposed.
        hosts: The covered names of the Service and of its clients, the most used first.
        ports: The ports on the nodes.
        covers_service: Whether the addresses that lead to the Service are covered, without being among `hosts`.
    """

    def covered(addresses: Sequence[str]) -> list[str]:
        return [each for each in addresses if covers_service or each in hosts]

    found = [_names.url(host, exposure.https_port) for host in hosts if not host.startswith("*.")]
    found.extend(_names.url(each, exposure.https_port) for each in covered(_exposure.outer_hosts(exposure)))
    if isinstance(exposure, NodePort) and ports["https"] is not None:
        found.extend(_names.url(each, ports["https"]) for each in covered(exposure.node_addresses))
    return list(dict.fromkeys(found))
