"""What is done to the site under load: planned changes, by which nothing may be lost, and faults."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lab import cluster, daemons, nodes, topology
from lab.run import run

from .site import DEPLOYMENT, SELECTOR, Site

OUTAGE = 60.0
"""Seconds for which a node, or the API server, is gone."""

_LOST = topology.NODES[1]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is done.

    Attributes:
        name: What.
        planned: Whether nothing may be lost by it.
        whole_lab: Whether others who use the lab notice.
        do: Does it, and returns when it is over.
    """

    name: str
    planned: bool = True
    whole_lab: bool = False
    do: Callable[[Site], None]


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
        Change(name="nginx of a pod killed", planned=False, do=_kill_a_pod),
        Change(name="node drained", whole_lab=True, do=_drain),
        Change(name=f"API server down for {OUTAGE:.0f} s", whole_lab=True, do=_lose_api_server),
        Change(name=f"node lost for {OUTAGE:.0f} s", planned=False, whole_lab=True, do=_lose_node),
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


def _lose_api_server(site: Site) -> None:
    del site
    server = nodes.daemon(topology.CONTROL_PLANE, "kube-apiserver")
    if (pid := server.pid) is not None:
        os.kill(pid, signal.SIGKILL)
    try:
        time.sleep(OUTAGE)
    finally:
        daemons.start(topology.CONTROL_PLANE, "kube-apiserver")
    _until_api_answers()


def _lose_node(site: Site) -> None:
    cable = ["nsenter", f"--net=/run/netns/{_LOST.name}", "ip", "link", "set", nodes.UPLINK]
    stopped = list(_processes_of_node())
    run([*cable, "down"])
    try:
        _signal(stopped, signal.SIGSTOP)
        time.sleep(OUTAGE)
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


def _until_api_answers(patience: float = 60.0) -> None:
    deadline = time.monotonic() + patience
    while not cluster.is_running() and time.monotonic() < deadline:
        time.sleep(0.2)
