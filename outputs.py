"""The stack's outputs: what people and other stacks read from a deployed site (docs/outputs.schema.json)."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components import CurlProbe, NodePort, SecureNginx
from curl_line import Outside, Site, curl_line
from site_settings import SiteSettings
from stack_settings import StackSettings

SiteOutputs = Mapping[str, pulumi.Output[Any]]


def site_outputs(site: SecureNginx, probe: CurlProbe | None, view: Outside) -> SiteOutputs:
    """The outputs of one site by name; every name exists for every exposure.

    Args:
        site: The site.
        probe: What proves it; None if nothing does.
        view: How the cluster looks from outside.
    """
    return {
        "service": site.service_name,
        "namespace": site.namespace,
        "fqdn": site.fqdn,
        "type": site.service_type,
        "ports": site.ports,
        "clusterIp": site.cluster_ips.apply(_first),
        "clusterIps": site.cluster_ips,
        "nodePorts": site.node_ports,
        "loadBalancerAddress": site.load_balancer_address,
        "urls": site.urls,
        "caCertificate": site.ca_certificate,
        "caConfigMap": site.ca_config_map,
        "certificate": site.certificate,
        "probe": probe.verdict if probe else pulumi.Output.from_input("not run"),
        "proof": pulumi.Output.from_input(
            {
                "completedAt": probe.completed_at,
                "job": probe.job_name,
                "targets": probe.targets,
                "certificateSha256": probe.fingerprint_sha256,
            }
            if probe
            else None
        ),
        "curl": _known_of(site).apply(lambda known: curl_line(known, view)),
    }


def stack_outputs(sites: Mapping[str, SiteOutputs], *, single: bool) -> Mapping[str, object]:
    """The stack's outputs: those of its only site, or `sites` with those of each by name."""
    if single:
        (only,) = sites.values()
        return only
    return {"sites": sites}


def outside(stack: StackSettings, site: SiteSettings) -> Outside:
    """How the cluster of `stack` looks from outside, for a client of `site`."""
    exposure = site.service
    return Outside(
        context=stack.context,
        node_addresses=exposure.node_addresses if isinstance(exposure, NodePort) else (),
        only_nodes_with_pods=isinstance(exposure, NodePort) and exposure.external_traffic_policy == "Local",
        translated=stack.outside_addresses,
    )


def _known_of(site: SecureNginx) -> pulumi.Output[Site]:
    """What the command line needs to know, once it is known."""
    return pulumi.Output.all(
        urls=site.urls,
        fqdn=site.fqdn,
        namespace=site.namespace,
        node_ports=site.node_ports,
        address=site.load_balancer_address,
        ca_certificate=site.ca_certificate,
        ca_config_map=site.ca_config_map,
    ).apply(
        lambda known: Site(
            url=known["urls"][0],
            fqdn=known["fqdn"],
            namespace=known["namespace"],
            node_port=known["node_ports"]["https"],
            address=known["address"],
            ca_certificate=known["ca_certificate"],
            ca_config_map=known["ca_config_map"],
        )
    )


def _first(values: list[str]) -> str | None:
    return values[0] if values else None
