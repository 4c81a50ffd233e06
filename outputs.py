"""The stack's outputs: what people and other stacks read from a deployed site."""

from collections.abc import Mapping

import pulumi

from components import CurlProbe, SecureNginx

SiteOutputs = Mapping[str, pulumi.Output[object]]


def site_outputs(site: SecureNginx, probe: CurlProbe | None) -> SiteOutputs:
    """The outputs of one site by name; every name exists for every exposure."""
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
        "curl": pulumi.Output.all(site.urls, site.node_ports, site.load_balancer_address, site.ca_config_map).apply(
            lambda known: curl_command(known[0], known[1]["https"], known[2], known[3])
        ),
    }


def stack_outputs(sites: Mapping[str, SiteOutputs], *, single: bool) -> Mapping[str, object]:
    """The stack's outputs: those of its only site, or `sites` with those of each by name."""
    if single:
        (only,) = sites.values()
        return only
    return {"sites": sites}


def curl_command(urls: list[str], node_port: int | None, address: str | None, ca_config_map: str | None) -> str:
    """A command that checks the site from wherever it can be reached.

    It expects the output `caCertificate` in a file ca.crt, and the address of a node in NODE
    where a node port is the only way from outside.

    Args:
        urls: The site's URLs.
        node_port: Port on the nodes for HTTPS.
        address: Address of the load balancer.
        ca_config_map: Name of the ConfigMap with the CA; None if everyone trusts it.
    """
    words = ["curl"]
    url = urls[0]
    if ca_config_map is not None:
        words.append("--cacert ca.crt")
    if address is not None:
        words.append(f"--connect-to ::{_in_brackets(address)}:")
    elif node_port is not None and f":{node_port}/" in urls[-1]:
        url = urls[-1]
    elif node_port is not None:
        words.append(f"--connect-to ::$NODE:{node_port}")
    return " ".join([*words, url])


def _in_brackets(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _first(values: list[str]) -> str | None:
    return values[0] if values else None
