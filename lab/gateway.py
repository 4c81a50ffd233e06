"""The way from the machine into the lab: a proxy on loopback that dials inside the lab's own network.

Whatever has the address 10.89.0.N there is reached at 127.89.0.N here, under the same port: the API
server, the node ports of every node, and the usual ports of every load balancer's address. The
machine's own network stays untouched.
"""

from lab import paths, topology
from lab.processes import Daemon

LOAD_BALANCER_PORTS = (80, 443, 8080, 8443, 10443)
"""The ports of load balancers that are reached from the machine."""

PROXY = Daemon("gateway")


def start() -> None:
    """Start the proxy, unless it runs."""
    file = paths.CONFIG / "haproxy.cfg"
    file.write_text(_configuration())
    PROXY.start(["haproxy", "-db", "-q", "-f", str(file)])


def _configuration() -> str:
    first, last = topology.NODE_PORTS
    lines = [
        "global",
        "    maxconn 4000",
        "    nbthread 1",
        "defaults",
        "    mode tcp",
        "    timeout connect 5s",
        # Watches of the API server are silent for long.
        "    timeout client 1h",
        "    timeout server 1h",
    ]
    control_plane = topology.CONTROL_PLANE
    lines += _listener("api", control_plane.address, [str(topology.API_PORT)])
    for node in topology.NODES:
        lines += _listener(node.name, node.address, [f"{first}-{last}"])
    ports = [str(port) for port in LOAD_BALANCER_PORTS]
    for address in topology.LOAD_BALANCERS:
        lines += _listener(f"load-balancer-{address}", address, ports)
    return "\n".join(lines) + "\n"


def _listener(name: str, address: str, ports: list[str]) -> list[str]:
    """Return one listener; a server without a port is dialled at the port that the client dialled."""
    here = topology.on_loopback(address)
    binds = [f"    bind {here}:{port}" for port in ports]
    return [f"listen {name}", *binds, f"    server {name} {address} namespace {topology.OUTSIDE}"]
