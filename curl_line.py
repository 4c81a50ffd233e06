"""A command that fetches a site: one line, complete as it is printed."""

import base64
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from components import site_pod_labels

TRUST = "--cacert /dev/stdin"
"""How curl is told whom to trust where the authority's certificate comes through a pipe."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """What is known of a deployed site.

    Attributes:
        url: The URL to fetch.
        fqdn: Full name of the Service.
        namespace: Its namespace.
        node_port: Port on the nodes for HTTPS. Default: none.
        address: Address or name of the load balancer. Default: none.
        ca_certificate: Whom to trust, as PEM. Default: look into `ca_config_map`.
        ca_config_map: Name of the ConfigMap with the authority. Default: everyone trusts it.
    """

    url: str
    fqdn: str
    namespace: str
    node_port: int | None = None
    address: str | None = None
    ca_certificate: str | None = None
    ca_config_map: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outside:
    """How the cluster looks from where the command is typed.

    Attributes:
        context: Context of the kubeconfig, for what only the cluster knows.
        node_addresses: Addresses of nodes. Default: ask the cluster for one.
        only_nodes_with_pods: Whether a node answers only if it has a pod of the site. Default: every node does.
        translated: By address in the cluster, the one that leads there from outside, if it is another. Default none.
    """

    context: str
    node_addresses: Sequence[str] = ()
    only_nodes_with_pods: bool = False
    translated: Mapping[str, str] = field(default_factory=dict)


def curl_line(site: Site, outside: Outside) -> str:
    """The command, for any POSIX shell with curl.

    Through node ports and load balancers it works from outside of the cluster, otherwise from a pod. It needs kubectl
    only for what Pulumi does not know: a certificate that somebody else put into a ConfigMap, a node's address.
    """
    kubectl = f"kubectl {shlex.quote(f'--context={outside.context}')}"
    return " ".join([*_trust(site, kubectl), *_way(site, outside, kubectl), shlex.quote(site.url)])


def _trust(site: Site, kubectl: str) -> list[str]:
    """The words that say whom to trust, curl's own name included."""
    if site.ca_certificate is not None:
        encoded = base64.b64encode(site.ca_certificate.encode()).decode()
        source = f"echo {encoded} | base64 -d"
    elif site.ca_config_map is not None:
        name = f"--namespace={site.namespace} configmap {site.ca_config_map}"
        source = rf"{kubectl} get {name} --output='jsonpath={{.data.ca\.crt}}'"
    else:
        return ["curl"]
    return [source, "|", "curl", TRUST]


def _way(site: Site, outside: Outside, kubectl: str) -> list[str]:
    """The words that say where to connect to; none if the URL's host leads there."""
    if site.address is not None:
        return [_connect_to(site.address, "", outside)]
    if site.node_port is not None and outside.node_addresses:
        return [_connect_to(outside.node_addresses[0], site.node_port, outside)]
    if site.node_port is not None:
        # A node may have several addresses, one after the other with a space between them, and one of IPv6 has colons.
        first = "sed 's/ .*//;s/.*:.*/[&]/'"
        return [f"--connect-to ::$({kubectl} get {_node(site, outside)} | {first}):{site.node_port}"]
    # Another name than the Service's own need not be in the cluster's DNS.
    return [] if urlsplit(site.url).hostname == site.fqdn else [f"--connect-to ::{site.fqdn}:"]


def _node(site: Site, outside: Outside) -> str:
    """What kubectl is to get for the address of a node that answers."""
    if not outside.only_nodes_with_pods:
        return """nodes --output='jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}'"""
    labels = site_pod_labels(site.fqdn.partition(".")[0])
    pods = ",".join(f"{key}={value}" for key, value in labels.items())
    return f"pods --namespace={site.namespace} --selector={pods} --output='jsonpath={{.items[0].status.hostIP}}'"


def _connect_to(address: str, port: int | str, outside: Outside) -> str:
    """The words for connecting to an address of the cluster; without a port, to that of the URL."""
    here = outside.translated.get(address, address)
    host = f"[{here}]" if ":" in here else here
    return f"--connect-to {shlex.quote(f'::{host}:{port}')}"
