"""The way from the machine into the lab: a proxy on loopback that dials inside the lab's own network.

Whatever has the address 10.89.0.N there is reached at 127.89.0.N here, under the same port: the API
server, the node ports of every node, and the usual ports of every load balancer's address. The
machine's own network stays untouched.
"""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from lab import paths, processes, topology
from lab.processes import Daemon

LOAD_BALANCER_PORTS = (80, 443, 8080, 8443, 10443)
"""The ports of load balancers that are reached from the machine."""

PROXY = Daemon("gateway")


def start() -> None:
    """Start the proxy, unless it runs."""
    _file().write_text(_configuration())
    PROXY.start(_command())


def stop() -> None:
    """End the proxy, also one whose pid file went with the lab's folder: the next one would share its ports with it."""
    PROXY.stop(grace=1)
    while left := pids():
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)


def pids() -> list[int]:
    """Return the processes that are the proxy of a lab in this folder, whether a pid file knows of them or not."""
    return processes.running(_command())


def taken() -> list[str]:
    """Tell where the proxy cannot listen, once for each port, and why; node ports are too many to be tried."""
    wanted: list[tuple[int, Sequence[str]]] = [(topology.API_PORT, [topology.CONTROL_PLANE.address])]
    wanted += [(port, topology.LOAD_BALANCERS) for port in LOAD_BALANCER_PORTS]
    found = []
    for port, addresses in wanted:
        for here in map(topology.on_loopback, addresses):
            try:
                _try_to_bind(here, port)
            except OSError as error:
                found.append(f"{here}:{port} ({error.strerror})")
                break
    return found


def _try_to_bind(address: str, port: int) -> None:
    """Take an address for a moment, as the proxy does: it shares them with others of the same user, as with ours."""
    with socket.socket() as trial:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            trial.setsockopt(socket.SOL_SOCKET, option, 1)
        trial.bind((address, port))


def _file() -> Path:
    return paths.CONFIG / "haproxy.cfg"


def _command() -> list[str]:
    # Not -q: it would keep to itself why it cannot start.
    return ["haproxy", "-db", "-f", str(_file())]


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
