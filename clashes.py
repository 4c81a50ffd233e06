"""What the sites of one stack cannot have at the same time."""

import contextlib
import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping

import decoding
from components import ClusterIP, Exposure, LoadBalancer, NodePort, Problem, SelectorLess
from site_settings import SiteSettings

# Names of a site's second Service and of what its authorities are made of.
_CHILD = re.compile(r"(.+)-(?:origin|ca-\d+)")


def of_names(names: Collection[str]) -> Iterator[Problem]:
    """Yield each site whose name another site needs for an object of its own."""
    for name in names:
        taken = _CHILD.fullmatch(name)
        if taken and taken[1] in names:
            remedy = f"is what an object of the site {taken[1]!r} is called; choose another name"
            yield Problem(field=f"sites.{name}", value=name, remedy=remedy)


def of_services(sites: Mapping[str, SiteSettings]) -> Iterator[Problem]:
    """Yield what an earlier site has of what is one Service's.

    That is each fixed node port, each address in the cluster, and each port of an external address.
    """
    owners: dict[object, str] = {}
    for name, site in sites.items():
        for field, value, fixed in (*_fixed(site.service), *_outer_ports(site)):
            if owners.setdefault(fixed, name) != name:
                yield Problem(
                    field=f"sites.{name}.service.{decoding.camel(field)}",
                    value=value,
                    remedy=f"is that of the site {owners[fixed]!r}; choose another one",
                )


def _fixed(service: Exposure) -> Iterator[tuple[str, object, object]]:
    """Yield what a Service has for itself alone: field, value, and what can be compared.

    What is no address is left out.
    """
    ports: dict[str, int | None] = {}
    if isinstance(service, NodePort | LoadBalancer):
        ports = {"https_node_port": service.https_node_port, "http_node_port": service.http_node_port}
    if isinstance(service, LoadBalancer):
        ports["health_check_node_port"] = service.health_check_node_port
    yield from ((field, port, port) for field, port in ports.items() if port is not None)
    if isinstance(service, ClusterIP | SelectorLess) and service.cluster_ip is not None:
        with contextlib.suppress(ValueError):
            yield "cluster_ip", service.cluster_ip, ipaddress.ip_address(service.cluster_ip)


def _outer_ports(site: SiteSettings) -> Iterator[tuple[str, object, object]]:
    """Yield in the same way each port of an external address: two Services there cannot both answer."""
    service = site.service
    ports = [service.https_port, service.http_port] if site.nginx.has_http_port else [service.https_port]
    for address in service.external_ips if isinstance(service, ClusterIP) else ():
        with contextlib.suppress(ValueError):
            known = ipaddress.ip_address(address)
            yield from (("external_ips", f"{address} port {port}", (known, port)) for port in ports)
