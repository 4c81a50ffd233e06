"""What is done to the site under load: planned changes, by which nothing may be lost, and faults."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab import cluster, nodes, topology
from lab.run import run

from ..engine import api_server
from ..figures import Goal
from .site import DEPLOYMENT, SELECTOR, Site

API_OUTAGE = 60.0
"""Seconds for which the API server is gone."""
NODE_OUTAGE = 90.0
"""Seconds for which a node is gone: so long that its pods leave the Service, and losses end, before it is back."""

FAILED, LAST_FAILURE = "failed", "until the last failure"
"""The quantities that have goals."""
NOTHING = Goal(direction="at most", limit=0)
SOON = Goal(direction="at most", limit=2)

_LOST = topology.NODES[1]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is done.

    Attributes:
        name: What.
        planned: Whether somebody means to do it; it is a fault otherwise.
        whole_lab: Whether others who use the lab notice.
        goals: Goals by quantity. Default: nothing may be lost.
        do: Does it, and returns when it is over; after what the cluster slept through, for how many seconds it did.
    """

    name: str
    planned: bool = True
    whole_lab: bool = False
    goals: Mapping[str, Goal] = field(default_factory=lambda: {FAILED: NOTHING})
    do: Callable[[Site], float | None]


def everything() -> list[Change]:
    """All changes in their order; those that everybody on the lab notices come last."""
    return [
        *(Change(name=f"rolling restart {number}", do=restart) for number in range(1, 6)),
        Change(name="new key and certificate", do=_rotate_leaf),
        Change(name="new authority, with overlap", do=_rotate_authority),
        Change(name="another nginx configuration", do=lambda site: site.up(nginx={"hstsSeconds": 60})),
        Change(name="NodePort to LoadBalancer", do=lambda site: site.up(service={"type": "LoadBalancer"})),
        Change(name="LoadBalancer to NodePort", do=lambda site: site.up(service={"type": "NodePort"})),
        Change(name="from 2 to 5 pods", do=lambda site: site.up(replicas=5)),
        Change(name="from 5 to 2 pods", do=lambda site: site.up(replicas=2)),
        Change(name="Secret deleted by a stranger, then an update", do=_lose_secret),
        Change(name="nginx of a pod killed", planned=False, goals={LAST_FAILURE: SOON}, do=_kill_a_pod),
        Change(name="node drained", whole_lab=True, do=_drain),
        Change(name=f"API server down for {API_OUTAGE:.0f} s", planned=False, whole_lab=True, do=_lose_api_server),
        Change(name=f"node lost for {NODE_OUTAGE:.0f} s", planned=False, whole_lab=True, goals={}, do=_lose_node),
    ]


def restart(site: Site) -> None:
    """Replace all pods, one after another."""
    site.kubectl("rollout", "restart", DEPLOYMENT)
    site.rolled_out()


def _rotate_leaf(site: Site) -> None:
    site.up(certificate={"source": "generated", "keyRevision": "2", "certificateRevision": "2"})


def _rotate_authority(site: Site) -> None:
    certificate = site.values["certificate"]
    site.up(certificate={**certificate, "caGenerations": [1, 2]})
    site.trust_its_authorities()
    site.up(certificate={**certificate, "caGenerations": [2]})
    site.trust_its_authorities()


def _lose_secret(site: Site) -> None:
    (secret,) = site.kubectl("get", "secrets", "--field-selector=type=kubernetes.io/tls", "--output=name").split()
    site.kubectl("delete", secret)
    site.stack.quietly("refresh", "--yes", "--skip-preview")
    site.up()
    site.trust_its_authorities()


def _kill_a_pod(site: Site) -> None:
    site.kill_a_pod()
    time.sleep(10)
    site.rolled_out()


def _drain(site: Site) -> None:
    try:
        cluster.kubectl(
            "drain", _LOST.name, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s",
            f"--pod-selector={SELECTOR}",
        )  # fmt: skip
        time.sleep(5)
    finally:
        cluster.kubectl("uncordon", _LOST.name)
    # Both pods are on one node now; the next roll-out spreads them again.
    restart(site)


def _lose_api_server(site: Site) -> float:
    del site
    with api_server.down():
        time.sleep(API_OUTAGE)
    # What happens next must not begin in a cluster that sleeps.
    return api_server.until_the_cluster_acts()


def _lose_node(site: Site) -> None:
    cable = ["nsenter", f"--net=/run/netns/{_LOST.name}", "ip", "link", "set", nodes.UPLINK]
    stopped = list(_processes_of_node())
    try:
        run([*cable, "down"])
        _signal(stopped, signal.SIGSTOP)
        time.sleep(NODE_OUTAGE)
    finally:
        run([*cable, "up"])
        # Routes go with the cable.
        run(["nsenter", f"--net=/run/netns/{_LOST.name}", "sh", "-c", _routes()])
        _signal(stopped, signal.SIGCONT)
    cluster.kubectl("wait", "--for=condition=Ready", f"node/{_LOST.name}", "--timeout=120s")
    site.rolled_out()


def _routes() -> str:
    others = [node for node in topology.NODES if node != _LOST]
    routes = [f"ip route replace {node.pod_network} via {node.address}" for node in others]
    return " && ".join([*routes, f"ip route replace {topology.SERVICE_NETWORK} dev {nodes.UPLINK}"])


def _processes_of_node() -> Iterator[int]:
    """The numbers of all processes in the node's pid namespace."""
    namespace = Path(f"/proc/{nodes.init(_LOST).pid}/ns/pid").readlink()
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and _within(process, namespace):
                yield int(process.name)


def _within(process: Path, namespace: Path) -> bool:
    """Whether a process is in a pid namespace or, as those of containers are, in one below it.

    The numbers of a process, one for each level, are in its status; a container's cgroup names its node.
    """
    return (process / "ns" / "pid").readlink() == namespace or f"/{_LOST.name}/" in (process / "cgroup").read_text()


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, number)
