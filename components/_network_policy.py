"""Build the NetworkPolicy of a site: pure values, no resources."""

from pulumi_kubernetes import meta, networking

from ._pod_contract import POD_HTTP_PORT, POD_HTTPS_PORT
from .access import Access

_NAMESPACE_NAME = "kubernetes.io/metadata.name"


def network_policy_spec(
    access: Access, selector: dict[str, str], *, has_http_port: bool
) -> networking.v1.NetworkPolicySpecArgs:
    """Spec of the NetworkPolicy: in through the serving ports, out not at all or to port 53."""
    ports = [POD_HTTPS_PORT, POD_HTTP_PORT] if has_http_port else [POD_HTTPS_PORT]
    return networking.v1.NetworkPolicySpecArgs(
        pod_selector=meta.v1.LabelSelectorArgs(match_labels=selector),
        policy_types=["Ingress", "Egress"],
        egress=[networking.v1.NetworkPolicyEgressRuleArgs(ports=_dns_ports())] if access.dns else [],
        ingress=[
            networking.v1.NetworkPolicyIngressRuleArgs(
                from_=_peers(access) or None,
                ports=[networking.v1.NetworkPolicyPortArgs(port=port, protocol="TCP") for port in ports],
            )
        ],
    )


def _dns_ports() -> list[networking.v1.NetworkPolicyPortArgs]:
    # Of any destination: a node-local DNS cache is no pod that could be selected.
    return [networking.v1.NetworkPolicyPortArgs(port=53, protocol=protocol) for protocol in ("UDP", "TCP")]


def _peers(access: Access) -> list[networking.v1.NetworkPolicyPeerArgs]:
    namespaces = [
        networking.v1.NetworkPolicyPeerArgs(
            namespace_selector=meta.v1.LabelSelectorArgs(match_labels={_NAMESPACE_NAME: name})
        )
        for name in access.namespaces
    ]
    pods = [
        networking.v1.NetworkPolicyPeerArgs(pod_selector=meta.v1.LabelSelectorArgs(match_labels=dict(labels)))
        for labels in access.pods
    ]
    networks = [
        networking.v1.NetworkPolicyPeerArgs(ip_block=networking.v1.IPBlockArgs(cidr=network))
        for network in access.networks
    ]
    return [*namespaces, *pods, *networks]
