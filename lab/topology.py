"""The cluster's shape: nodes, addresses, names. Everything here is the lab's own and leads nowhere else."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

VERSION = "1.35.4"
"""Kubernetes' version; the Go module `lab/go/cluster` pins the same."""

CLUSTER_DOMAIN = "cluster.local"
CONTEXT = "lab"
"""The name of the cluster, its user and its context in the kubeconfig."""

NODE_NETWORK = IPv4Network("10.89.0.0/24")
POD_NETWORK = IPv4Network("10.90.0.0/16")
SERVICE_NETWORK = IPv4Network("10.96.0.0/16")
API_SERVICE = "10.96.0.1"
DNS_SERVICE = "10.96.0.10"

OUTSIDE = "lab-outside"
"""The network namespace of the bridge: what lies outside of the cluster, as the host's proxy enters it."""

OUTSIDE_ADDRESS = "10.89.0.1"

LOAD_BALANCERS = tuple(f"10.89.0.{last}" for last in range(200, 216))
"""The addresses that MetalLB may give away."""

API_PORT = 6443
NODE_PORTS = (30000, 32767)


@dataclass(frozen=True)
class Node:
    """One machine of the cluster: a set of namespaces on this one."""

    name: str
    address: str
    pod_network: IPv4Network
    control_plane: bool
    zone: str


NODES = (
    Node("lab-node-1", "10.89.0.11", IPv4Network("10.90.1.0/24"), control_plane=True, zone="lab-a"),
    Node("lab-node-2", "10.89.0.12", IPv4Network("10.90.2.0/24"), control_plane=False, zone="lab-b"),
)
CONTROL_PLANE = NODES[0]


def on_loopback(address: str) -> str:
    """Return the loopback address under which the host reaches an address of the lab.

    Every address of the node network has a twin with the same last number, 127.89.0.N, so that
    ports keep their numbers and nothing else on the machine is in the way.
    """
    last = int(IPv4Address(address)) - int(NODE_NETWORK.network_address)
    return str(IPv4Address("127.89.0.0") + last)
