"""What a stack and its sites may not be in an environment that people rely on."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import nginx_encryption
import state_encryption
from components import ClusterIP, GeneratedCertificate, LoadBalancer, NodePort, Problem
from site_settings import SiteSettings

Environment = Literal["development", "staging", "production"]

# IPv4 is a range of IPv6, and all public addresses of IPv6 are in one range as well.
_IPV4 = ipaddress.IPv6Network("::ffff:0:0/96")
_EVERYONE = (_IPV4, ipaddress.IPv6Network("2000::/3"))
# What no client on the internet has: networks that are private, reserved, for documentation or for many at once.
_NOBODY = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/3", "2001:db8::/32", "2d00::/8", "2e00::/7", "3000::/4",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a stack stands on, besides its sites.

    Attributes:
        context: Context of the kubeconfig that it is about to use.
        pinned_context: The only one that it may use. Default: any.
        default_provider_disabled: Whether Pulumi refuses Kubernetes objects without an explicit provider.
        variables: The environment variables with which Pulumi runs.
    """

    context: str
    pinned_context: str | None = None
    default_provider_disabled: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)


def stack_problems(environment: Environment, stack: Surroundings) -> Iterator[Problem]:
    """Yield every rule of `environment` that the stack as a whole breaks; a pinned context holds in all."""
    if stack.pinned_context is not None and stack.context != stack.pinned_context:
        yield _broken("context", stack.context, f"use the pinned one, {stack.pinned_context!r}")
    if environment == "development":
        return
    if not stack.default_provider_disabled:
        remedy = 'set it to ["kubernetes"], so that no object can reach the cluster of whoever runs this'
        yield _broken("pulumi:disable-default-providers", None, remedy)
    if environment == "production":
        if stack.pinned_context is None:
            yield _broken("pinned_context", None, "set it to the only context that this stack may ever use")
        yield from _state_encrypted(stack.variables)


def problems(environment: Environment, site: SiteSettings) -> Iterator[Problem]:
    """Yield every rule of `environment` that `site` breaks: development has no rules, staging some, production all."""
    for rule in _RULES[environment]:
        yield from rule(site)


def _state_encrypted(variables: Mapping[str, str]) -> Iterator[Problem]:
    """The state holds keys: they travel and rest encrypted."""
    for name, part in state_encryption.careless_transport(variables):
        remedy = "let it travel encrypted to a server that is verified: https://, or for PostgreSQL sslmode=verify-full"
        yield _broken(name, part, remedy)
    for name, value in state_encryption.empty_passphrase(variables):
        yield _broken(name, value, "choose a passphrase, or the keys in the state are in the clear")


def _proven(site: SiteSettings) -> Iterator[Problem]:
    if site.gating_image is None:
        yield _broken("probe", None, "set probe.image and leave probe.job on")


def _pinned(site: SiteSettings) -> Iterator[Problem]:
    for name, image in (("image", site.image), ("probe.image", site.gating_image)):
        if image is not None and "@sha256:" not in image:
            command = f"docker buildx imagetools inspect {image} --format '{{{{.Manifest.Digest}}}}'"
            yield _broken(name, image, f"add the image's digest, @sha256:..., which this prints: {command}")


def _redundant(site: SiteSettings) -> Iterator[Problem]:
    if site.replicas < 2:
        yield _broken("replicas", site.replicas, "use at least 2")


def _encrypted(site: SiteSettings) -> Iterator[Problem]:
    nginx = site.nginx
    if nginx.http == "serve":
        yield _broken("nginx.http", nginx.http, "use redirect or off")
    for name in ("main_snippet", "http_snippet", "server_snippet", "configuration"):
        # The server is inside of the block that the other snippet is for.
        surrounding = nginx.http_snippet if name == "server_snippet" else None
        for found, remedy in _unencrypted(getattr(nginx, name) or "", surrounding or ""):
            yield _broken(f"nginx.{name}", found, remedy)
    for key, value in site.service.annotations.items():
        if key.endswith("backend-protocol") and value.lower() == "http":
            yield _broken("service.annotations", f"{key}: {value}", "let the load balancer pass TLS on to the pods")


def _unencrypted(configuration: str, surrounding: str) -> Iterator[tuple[str, str]]:
    """Yield each directive that does without TLS or verification, and what to do instead."""
    for found in nginx_encryption.plain_backends(configuration):
        yield found, "speak TLS to the backend, and write its address there: https://... or grpcs://..., no variable"
    for found in nginx_encryption.plain_answers(configuration):
        yield found, "send plain HTTP on a TLS port to TLS: 'error_page 497 https://...'"
    for found in nginx_encryption.unverified_backends(configuration, surrounding):
        kind = found.partition("_pass")[0]
        yield found, f"verify the backend: '{kind}_ssl_verify on;' and '{kind}_ssl_trusted_certificate' beside it"


def _guarded(site: SiteSettings) -> Iterator[Problem]:
    if not site.access.restricted:
        yield _broken("access.restricted", False, "set it to true")
    if isinstance(site.service, LoadBalancer):
        ranges = site.service.source_ranges
        if not ranges or _are_everyone(ranges):
            yield _broken("service.source_ranges", list(ranges), "list the networks that may connect, not all")
    if isinstance(site.service, ClusterIP):
        yield from _guarded_on_nodes(site, site.service)


def _guarded_on_nodes(site: SiteSettings, service: ClusterIP) -> Iterator[Problem]:
    """A load balancer's source ranges hold neither for node ports nor for external addresses: a network policy has to.

    It can tell clients apart only where they do not come with a node's address.
    """
    balanced = isinstance(service, LoadBalancer) and not service.external_ips
    on_nodes = isinstance(service, NodePort) or (isinstance(service, LoadBalancer) and service.allocate_node_ports)
    if not on_nodes and not service.external_ips:
        return
    networks = site.access.networks
    listed = bool(networks) and not _are_everyone(networks)
    if not listed and balanced:
        remedy = "set it to false, or list in access.networks who may connect: node ports know no source_ranges"
        yield _broken("service.allocate_node_ports", True, remedy)
    elif not listed:
        remedy = "list the networks that may connect, not all: these are to hold on every node"
        yield _broken("access.networks", list(networks), remedy)
    elif isinstance(service, NodePort | LoadBalancer) and service.external_traffic_policy != "Local":
        remedy = "set it to Local: otherwise clients come with a node's address, and access.networks says nothing"
        yield _broken("service.external_traffic_policy", service.external_traffic_policy, remedy)


def _kept(site: SiteSettings) -> Iterator[Problem]:
    if isinstance(site.certificate, GeneratedCertificate) and not site.certificate.protect_ca:
        yield _broken("certificate.protect_ca", False, "set it to true: clients trust this CA")


def _are_everyone(networks: Iterable[str]) -> bool:
    """Whether networks admit everyone who has an address of one family, together if not alone."""
    together = ipaddress.collapse_addresses(each for network in (*networks, *_NOBODY) for each in _as_ipv6(network))
    return any(everyone.subnet_of(each) for each in together for everyone in _EVERYONE)


def _as_ipv6(network: str) -> Iterator[ipaddress.IPv6Network]:
    """The network as one of IPv6; nothing if it is none, which is said elsewhere."""
    try:
        known = ipaddress.ip_network(network)
    except ValueError:
        return
    if isinstance(known, ipaddress.IPv4Network):
        first = int(_IPV4.network_address) + int(known.network_address)
        known = ipaddress.IPv6Network((first, _IPV4.prefixlen + known.prefixlen))
    yield known


def _broken(name: str, value: object, remedy: str) -> Problem:
    return Problem(field=name, value=value, remedy=f"is not allowed in this environment; {remedy}")


_Rule = Callable[[SiteSettings], Iterator[Problem]]
_STAGING: tuple[_Rule, ...] = (_proven, _pinned, _encrypted)
_RULES: dict[Environment, tuple[_Rule, ...]] = {
    "development": (),
    "staging": _STAGING,
    "production": (*_STAGING, _redundant, _guarded, _kept),
}
