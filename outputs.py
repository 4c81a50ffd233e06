"""The stack's outputs: what people and other stacks read from a deployed site."""

from collections.abc import Mapping

import pulumi

from components import CurlProbe, SecureNginx

SiteOutputs = Mapping[str, pulumi.Output[object]]


def site_outputs(site: SecureNginx, probe: CurlProbe | None) -> SiteOutputs:
    """The outputs of one site by name; every value exists for every exposure."""
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
        "certificate": site.certificate,
        "probe": probe.verdict if probe else pulumi.Output.from_input("not run"),
        "curl": pulumi.Output.all(site.urls, site.node_ports).apply(
            lambda known: curl_command(known[0], known[1]["https"])
        ),
    }


def stack_outputs(sites: Mapping[str, SiteOutputs], *, single: bool) -> Mapping[str, object]:
    """The stack's outputs: those of its only site, or `sites` with those of each by name."""
    if single:
        (only,) = sites.values()
        return only
    return {"sites": sites}


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def curl_command(urls: list[str], node_port: int | None) -> str:
    """A command for bash that checks the site, from wherever it can be reached."""
    command = "curl --cacert <(pulumi stack output caCertificate)"
    if len(urls) > 1:
        return f"{command} {urls[-1]}"
    if node_port is not None:
        return f"NODE=<address of a node>; {command} --connect-to ::$NODE:{node_port} {urls[0]}"
    return f"{command} {urls[0]}"
