"""From where, and by which address, a page can be fetched without being a pod of the cluster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from lab import topology

from .model import Fetch


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to the site.

    Attributes:
        address: What curl connects to, as `address:port`.
        network: Network namespace in which curl runs; None for this machine's own.
    """

    address: str
    network: str | None = None

    @property
    def entering(self) -> list[str]:
        """The beginning of a command that runs in that network."""
        return ["nsenter", f"--net=/run/netns/{self.network}"] if self.network else []

    def __str__(self) -> str:
        """Where to, and from where."""
        return f"{self.address} from {self.network or 'this machine'}"


def ways(fetch: Fetch, outputs: Mapping[str, Any], external_ips: Sequence[str]) -> list[Way]:
    """Every way of a kind; none if the site has no such address.

    Args:
        fetch: The kind of way.
        outputs: The site's outputs.
        external_ips: The Service's external addresses.
    """
    port = outputs["ports"][fetch.scheme]
    match fetch.way:
        case "node-ports":
            node_port = (outputs.get("nodePorts") or {}).get(fetch.scheme)
            nodes = topology.NODES if node_port else ()
            return [Way(address=f"{topology.on_loopback(node.address)}:{node_port:.0f}") for node in nodes]
        case "load-balancer":
            address = outputs.get("loadBalancerAddress")
            return [Way(address=f"{topology.on_loopback(address)}:{port}")] if address else []
        case "external-ips":
            return [Way(address=f"{address}:{port}", network=topology.OUTSIDE) for address in external_ips]
        case "cluster-ip":
            address = outputs.get("clusterIp")
            nodes = topology.NODES if address else ()
            return [Way(address=f"{address}:{port}", network=node.name) for node in nodes]
        case _:
            assert_never(fetch.way)
