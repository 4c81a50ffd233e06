"""Load balancers that do not stand open to everyone."""

import ipaddress
from collections.abc import Iterable, Iterator

from policy.resource import Resource, at, items
from policy.rule import Rule

_FIELD = ("spec", "loadBalancerSourceRanges")
_ANNOTATION = ("metadata", "annotations", "service.beta.kubernetes.io/load-balancer-source-ranges")
# IPv4 is a range of IPv6, and all public addresses of IPv6 are in one range as well.
_IPV4 = ipaddress.IPv6Network("::ffff:0:0/96")
_EVERYONE = (_IPV4, ipaddress.IPv6Network("2000::/3"))
# What no client on the internet has: networks that are private, reserved, for documentation or for many at once.
_NOBODY = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/3", "2001:db8::/32", "2d00::/8", "2e00::/7", "3000::/4",
)  # fmt: skip


def _check(resource: Resource) -> Iterator[str]:
    if not resource.is_kubernetes or resource.kind != "Service":
        return
    kind = at(resource.inputs, "spec", "type")
    if kind != "LoadBalancer" and not (resource.is_patch and kind is None):
        return
    place, ranges = _ranges(resource)
    if not ranges and not (resource.is_patch and ranges is None):
        yield f"{place} is empty, which admits everyone"
    for problem in _problems([each for each in items(ranges) if isinstance(each, str)]):
        yield f"{place} has {problem}"


def _ranges(resource: Resource) -> tuple[str, object]:
    """The networks, and where they are: the annotation counts while the field is empty."""
    ranges = at(resource.inputs, *_FIELD)
    annotated = at(resource.inputs, *_ANNOTATION)
    if ranges or not annotated:
        return ".".join(_FIELD), ranges
    return ".".join(_ANNOTATION), annotated.split(",") if isinstance(annotated, str) else annotated


def _problems(ranges: Iterable[str]) -> Iterator[str]:
    networks = list[ipaddress.IPv6Network]()
    for each in ranges:
        try:
            network = _as_ipv6(each)
        except ValueError:
            yield f"{each!r}, which is no network"
            continue
        networks.append(network)
        if _is_everyone(network):
            yield f"{each!r}, which admits everyone"
    together = ipaddress.collapse_addresses([*networks, *map(_as_ipv6, _NOBODY)])
    if not any(map(_is_everyone, networks)) and any(map(_is_everyone, together)):
        yield "networks that together admit everyone"


def _as_ipv6(text: str) -> ipaddress.IPv6Network:
    network = ipaddress.ip_network(text.strip(), strict=False)
    if isinstance(network, ipaddress.IPv6Network):
        return network
    first = int(_IPV4.network_address) + int(network.network_address)
    return ipaddress.IPv6Network((first, _IPV4.prefixlen + network.prefixlen))


def _is_everyone(network: ipaddress.IPv6Network) -> bool:
    return any(each.subnet_of(network) for each in _EVERYONE)


CLOSED_LOAD_BALANCER = Rule(
    name="closed-load-balancer",
    description="Load balancers admit only networks that are listed.",
    check=_check,
    remedy="List the clients' networks: secure-nginx:service sourceRanges.",
)
