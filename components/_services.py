"""Create the Service of a site, and what it needs where it does not select the pods."""

import pulumi
from pulumi_kubernetes import core, discovery

from . import _exposure, _metadata
from ._base_exposure import PodExposure
from ._routing import Way
from ._site import Site
from .exposure import Exposure, ExternalName, LoadBalancer, SelectorLess


def create(site: Site) -> tuple[core.v1.Service, list[Way]]:
    """Create the Service that bears the site's name, and return it and what there is beside it."""
    exposure = site.args.service
    beside: list[Way] = []
    origin = _exposure.origin(exposure)
    if origin is not None:
        beside.append(_service(site, "origin", site.origin_name, origin))
    if isinstance(exposure, SelectorLess) and exposure.endpoints:
        beside.append(_endpoints(site, exposure))
    return _service(site, "service", site.name, exposure), beside


def _endpoints(site: Site, exposure: SelectorLess) -> discovery.v1.EndpointSlice:
    return discovery.v1.EndpointSlice(
        f"{site.name}-endpoints",
        metadata=_metadata.owned(site.args.namespace, {**site.labels, "kubernetes.io/service-name": site.name}),
        **_exposure.endpoint_slice(exposure),
        opts=pulumi.ResourceOptions(
            parent=site.parent,
            # Or the old one would answer for the new one until that is proved.
            delete_before_replace=True,
            replace_on_changes=["addressType"],
        ),
    )


def _service(site: Site, role: str, name: str, exposure: Exposure) -> core.v1.Service:
    target = None
    if isinstance(exposure, ExternalName):
        target = exposure.external_name or site.origin_names.apply(lambda names: names.fqdn)
    return core.v1.Service(
        f"{site.name}-{role}",
        metadata=site.metadata(name, _exposure.annotations(exposure)),
        spec=_exposure.service_spec(
            exposure, site.selector, has_http_port=site.args.nginx.has_http_port, external_name=target
        ),
        opts=pulumi.ResourceOptions(
            parent=site.parent,
            delete_before_replace=True,
            replacement_trigger=_identity(exposure),
            replace_on_changes=_without_ports_of_before(exposure),
        ),
    )


def _without_ports_of_before(exposure: Exposure) -> list[str] | None:
    """What makes the Service anew where it may have ports on the nodes and shall have none: the cluster leaves them."""
    if isinstance(exposure, LoadBalancer) and not exposure.allocate_node_ports:
        return ["spec.allocateLoadBalancerNodePorts"]
    return None


def _identity(exposure: Exposure) -> str:
    """What a Service keeps as long as it lives; with another one it has to be made anew.

    The cluster refuses another class, health check port or first family of addresses. It forgets to remove the
    endpoints of a Service that loses its selector; a new Service has none.
    """
    if isinstance(exposure, SelectorLess):
        return "listed endpoints, IPv6" if _exposure.endpoint_family(exposure) == "IPv6" else "listed endpoints"
    parts = ["selected endpoints"]
    # IPv4 is what most Services have without saying so: to say so must not make one of them anew.
    if isinstance(exposure, PodExposure) and exposure.ip_families[:1] == ("IPv6",):
        parts.append("IPv6 first")
    if isinstance(exposure, LoadBalancer):
        if exposure.load_balancer_class is not None:
            parts.append(f"class {exposure.load_balancer_class}")
        if exposure.health_check_node_port is not None:
            parts.append(f"health check port {exposure.health_check_node_port}")
    return ", ".join(parts)
