"""Load balancers that do not stand open to everyone."""

import ipaddress
from collections.abc import Iterator

from policy.resource import Resource, at, items
from policy.rule import Rule


def _check(resource: Resource) -> Iterator[str]:
    if (
        not resource.is_kubernetes
        or resource.kind != "Service"
        or at(resource.inputs, "spec", "type") != "LoadBalancer"
    ):
        return
    ranges = at(resource.inputs, "spec", "loadBalancerSourceRanges")
    if not ranges:
        yield "spec.loadBalancerSourceRanges is empty, which admits everyone"
    for each in items(ranges):
        if isinstance(each, str) and _is_everyone(each):
            yield f"spec.loadBalancerSourceRanges has {each!r}, which admits everyone"


def _is_everyone(network: str) -> bool:
    try:
        return ipaddress.ip_network(network.strip(), strict=False).prefixlen == 0
    except ValueError:
        return False


CLOSED_LOAD_BALANCER = Rule(
    name="closed-load-balancer",
    description="Load balancers admit only networks that are listed.",
    check=_check,
    remedy="List the clients' networks: secure-nginx:service sourceRanges.",
)
