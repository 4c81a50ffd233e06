"""The cluster's life: up, down, and what state it is in."""

import json
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from string import Template

from lab import daemons, gateway, images, node_config, nodes, paths, pki, topology
from lab.errors import LabError
from lab.kubectl import command as kubectl_command
from lab.processes import Daemon, all_started
from lab.progress import Steps
from lab.run import run, succeeds

MANIFESTS = Path(__file__).parent / "manifests"
COMPLETE = paths.CLUSTER / "complete"
"""Exists once the cluster was started to the end: one that was interrupted on its way is started anew."""

STEPS = 3
"""The steps that `start` shows."""

IS_DOWN = "the lab is down; `make up` starts it"

PATIENCE = 60.0
"""Seconds until a part of the cluster that is not ready is called broken."""


def is_running() -> bool:
    """Tell whether the cluster was started to the end, all daemons run, and the API server answers."""
    return COMPLETE.exists() and all(daemon.pid for daemon in all_started()) and _api_answers()


def start(steps: Steps) -> None:
    """Start the cluster from nothing: what is left of an earlier one is removed first."""
    with steps.step("start two nodes"):
        stop()
        _write_configuration()
        nodes.create_network()
        for node in topology.NODES:
            nodes.start(node)
        control_plane = topology.CONTROL_PLANE
        daemons.start(control_plane, "etcd")
        daemons.start(control_plane, "kube-apiserver")
        for node in topology.NODES:
            daemons.start(node, "containerd")
        gateway.start()
        for node in topology.NODES:
            _wait_until(f"containerd on {node.name} answers", partial(_containerd_answers, node))
            images.load(node)
        _wait_until("the API server answers", _api_answers)
    with steps.step("wait for the nodes"):
        for node in topology.NODES:
            for program in daemons.on(node):
                daemons.start(node, program)
        _wait_until("the nodes are ready", _nodes_are_ready)
    with steps.step("start DNS, load balancer and network policies"):
        _apply_add_ons()
        COMPLETE.touch()


def revive(steps: Steps) -> None:
    """Start the daemons that have died, on a cluster of which the rest still runs."""
    dead = {daemon.name for daemon in dead_daemons()}
    # Without a dead one, a daemon runs that does not answer, or not yet.
    with steps.step(f"start again: {', '.join(sorted(dead))}" if dead else "wait for the cluster to answer"):
        for node in topology.NODES:
            for program in daemons.on(node):
                if nodes.daemon(node, program).name in dead:
                    daemons.start(node, program)
        gateway.start()
        _wait_until("the API server answers", _api_answers)
        _wait_until("the nodes are ready", _nodes_are_ready)


def load_new_images() -> None:
    """Give the nodes what was built since they were given all images: another version of the project has others."""
    given = COMPLETE.stat().st_mtime
    new = [image for image in images.ALL if image.archive.stat().st_mtime > given]
    for node in topology.NODES if new else ():
        images.load(node, new)
    COMPLETE.touch()


def can_be_revived() -> bool:
    """Tell whether only some daemons have died: without a node's init, nothing of the node is left."""
    return COMPLETE.exists() and all(nodes.init(node).pid for node in topology.NODES)


def stop() -> None:
    """End the cluster and remove all that is left of it, also outside the lab's folder."""
    nodes.destroy()
    gateway.stop()
    if paths.CLUSTER.exists():
        shutil.rmtree(paths.CLUSTER)
    paths.KUBECONFIG.unlink(missing_ok=True)


def kubectl(*arguments: str, text: str | None = None) -> str:
    """Run kubectl on the lab's cluster and return what it printed."""
    return run([*kubectl_command(None), *arguments], text=text)


def dead_daemons() -> list[Daemon]:
    """Return the daemons that were started and run no more."""
    return [daemon for daemon in all_started() if daemon.pid is None]


def memory() -> int:
    """Return how many bytes of memory the lab's processes hold: daemons and pods, shared pages counted once each."""
    pids: set[str] = set()
    for name in (topology.OUTSIDE, *(node.name for node in topology.NODES)):
        if Path(f"/run/netns/{name}").exists():
            pids.update(run(["ip", "netns", "pids", name]).split())
    inits = {nodes.init(node).pid for node in topology.NODES}
    namespaces = {_pid_namespace(str(pid)) for pid in inits if pid}
    pids.update(
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and _pid_namespace(entry.name) in namespaces
    )
    if gateway.PROXY.pid:
        pids.add(str(gateway.PROXY.pid))
    return sum(map(_proportional_memory, pids))


def _pid_namespace(pid: str) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return ""


def _proportional_memory(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _write_configuration() -> None:
    paths.CLUSTER.mkdir(parents=True, exist_ok=True)
    paths.CLUSTER.chmod(0o700)
    pki.create()
    for node in topology.NODES:
        node_config.write(node)


def _apply_add_ons() -> None:
    values = {
        "cluster_domain": topology.CLUSTER_DOMAIN,
        "dns_service": topology.DNS_SERVICE,
        "first_load_balancer": topology.LOAD_BALANCERS[0],
        "last_load_balancer": topology.LOAD_BALANCERS[-1],
        "memberlist_key": secrets.token_hex(16),
    }
    kubectl("apply", "--server-side", f"--filename={paths.BIN / 'metallb-crds'}")
    for name in ("network-policy", "coredns", "metallb"):
        text = Template((MANIFESTS / f"{name}.yaml").read_text()).substitute(values)
        kubectl("apply", "--server-side", "--filename=-", text=text)
    pool = Template((MANIFESTS / "load-balancers.yaml").read_text()).substitute(values)
    _wait_until(
        "MetalLB's kinds are served",
        lambda: succeeds(
            [
                paths.BIN / "kubectl",
                f"--kubeconfig={paths.KUBECONFIG}",
                "get",
                "ipaddresspools",
                "--all-namespaces",
            ]
        ),
    )
    kubectl("apply", "--server-side", "--filename=-", text=pool)
    for namespace, workload in (
        ("kube-system", "deployment/coredns"),
        ("metallb-system", "deployment/controller"),
        ("metallb-system", "daemonset/speaker"),
    ):
        kubectl("rollout", "status", workload, f"--namespace={namespace}", f"--timeout={PATIENCE:.0f}s")
    for node in topology.NODES:
        _wait_until(
            f"network policies are enforced on {node.name}",
            partial(_policies_are_enforced, node),
        )


def _wait_until(what: str, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        for daemon in dead_daemons():
            raise daemon.death()
        if time.monotonic() > deadline:
            logs = ", ".join(daemon.name for daemon in all_started())
            raise LabError(f"waited {PATIENCE:.0f} s in vain until {what}; `lab logs NAME` may tell why ({logs})")
        time.sleep(0.1)


def _api_answers() -> bool:
    # Whoever removed kubectl gets it back by starting the lab again, which asks this first.
    kubectl_program = paths.BIN / "kubectl"
    return kubectl_program.exists() and succeeds(
        [
            kubectl_program,
            f"--kubeconfig={paths.KUBECONFIG}",
            "--request-timeout=5s",
            "get",
            "--raw=/readyz",
        ]
    )


def _containerd_answers(node: topology.Node) -> bool:
    return succeeds([*nodes.enter(node), "ctr", f"--address={node_config.RUNTIME_SOCKET}", "version"])


def _policies_are_enforced(node: topology.Node) -> bool:
    """Tell whether the kernel hands packets to the node's network policy agent: it lists the queues with a listener."""
    queues = run([*nodes.enter(node), "cat", "/proc/net/netfilter/nfnetlink_queue"])
    return str(daemons.POLICY_QUEUE) in queues.split()


def _nodes_are_ready() -> bool:
    listing = json.loads(kubectl("get", "nodes", "--output=json"))
    ready = [node for node in listing["items"] if is_ready(node["status"]["conditions"])]
    return len(ready) == len(topology.NODES)


def is_ready(conditions: Sequence[dict[str, str]]) -> bool:
    """Tell whether a node with these conditions takes pods."""
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
