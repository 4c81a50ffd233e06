"""The machines of the cluster: a network of namespaces that leads nowhere, and one set of namespaces a node.

A node is one process, its init, with a pid, mount, network, ipc and uts namespace of its own. All
that runs on the node is its descendant, so that ending init ends daemons, containers and mounts
alike; the kernel does the tidying up.
"""

import contextlib
import os
import shlex
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from lab import gateway, kernel, paths, processes, topology
from lab.errors import LabError
from lab.processes import Daemon
from lab.run import run, succeeds
from lab.topology import Node

CGROUPS = Path("/sys/fs/cgroup")
BRIDGE = "lab0"
UPLINK = "eth0"
"""A node's network interface."""

PRIVATE = ("/run", "/var/lib", "/var/log")
"""Folders of the machine that a node sees empty: what its daemons leave there vanishes with the node."""

NOT_SEEN = "a folder that is not to be seen from here"
"""Where a lab is whose folder is mounted nowhere here."""

_SET_UP = """
set -eu
mount --make-rshared /
for folder in {private}; do
    mount -t tmpfs -o mode=0755,size=64m tmpfs "$folder"
done
mkdir -p {inside} /run/netns
mount --bind {mounted_root} {inside}
umount {mounted_root}
! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
hostname {name}
exec {inside}/bin/pause
"""
"""What a node's init does before it becomes `pause`. The lab's folder is first bound to a place that stays visible,
since it may itself lie below one of the folders that are covered. Where a machine has both versions of cgroups, a node
has the first alone: the container runtime knows one or the other."""


def init(node: Node) -> Daemon:
    """Return the first process of a node."""
    return Daemon(f"{node.name}-init")


def daemon(node: Node, program: str) -> Daemon:
    """Return a program that runs on a node."""
    return Daemon(f"{program}@{node.name}")


def create_network() -> None:
    """Make the namespaces, the bridge between them, and the routes between the nodes' pods."""
    _add_namespace(topology.OUTSIDE)
    _in_network(
        topology.OUTSIDE,
        f"ip link add {BRIDGE} type bridge && ip link set {BRIDGE} up && "
        f"ip address add {topology.OUTSIDE_ADDRESS}/{topology.NODE_NETWORK.prefixlen} dev {BRIDGE}",
    )
    for number, node in enumerate(topology.NODES):
        _add_namespace(node.name)
        port = f"node{number}"
        _in_network(
            topology.OUTSIDE,
            f"ip link add {port} type veth peer name {UPLINK} netns {node.name} && "
            f"ip link set {port} master {BRIDGE} up",
        )
        routes = " && ".join(
            f"ip route add {other.pod_network} via {other.address}" for other in topology.NODES if other != node
        )
        _in_network(
            node.name,
            f"ip address add {node.address}/{topology.NODE_NETWORK.prefixlen} dev {UPLINK} && "
            f"ip link set {UPLINK} up && {routes} && "
            # Services are made up addresses: a route is what lets a packet get as far as kube-
            # proxy's rules. There is no default route, so that everything else is refused on the
            # node.
            f"ip route add {topology.SERVICE_NETWORK} dev {UPLINK} && "
            "echo 1 > /proc/sys/net/ipv4/ip_forward",
        )


def start(node: Node) -> None:
    """Start a node: its init, with a private view of the machine."""
    visible = Path("/mnt")
    script = _SET_UP.format(private=" ".join(PRIVATE), inside=paths.INSIDE, mounted_root=visible, name=node.name)
    (paths.NODES / node.name).mkdir(parents=True, exist_ok=True)
    _create_cgroups(node)
    init(node).start(
        [
            "nsenter", f"--net=/run/netns/{node.name}",
            "unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--ipc", "--uts",
            "sh", "-c", f"mount --bind {shlex.quote(str(paths.ROOT))} {visible}\n{script}",
        ],
        in_namespaces=True,
    )  # fmt: skip
    _wait_for_set_up(node)


def enter(node: Node) -> list[str]:
    """Return the beginning of a command that runs on a node."""
    return [
        "nsenter",
        f"--target={init(node).pid}",
        "--mount",
        "--pid",
        "--net",
        "--ipc",
        "--uts",
        "--",
    ]


def start_daemon(node: Node, program: str, command: Sequence[str]) -> None:
    """Start a program on a node, unless it runs."""
    daemon(node, program).start([*enter(node), *command], in_namespaces=True)


def destroy() -> None:
    """End all nodes and remove every trace of them outside the lab's folder. Harmless when there is none.

    Raises:
        LabError: the nodes are those of a lab in another folder, which are not ours to end.
    """
    require_ours()
    for name in (*(node.name for node in topology.NODES), topology.OUTSIDE):
        _end_processes(name)
        if Path(f"/run/netns/{name}").exists():
            run(["ip", "netns", "delete", name])
    for node in topology.NODES:
        _remove_cgroups(node)


def require_ours() -> None:
    """Refuse to go on beside the nodes of a lab in another folder: a machine has one lab at a time.

    Raises:
        LabError: there are such nodes.
    """
    if owner := _foreign_owner():
        # Where LAB_DIR is forgotten, its project is this one.
        named = f"LAB_DIR={shlex.quote(owner)} " if owner != NOT_SEEN else ""
        remedy = f"stop it first, by `{named}make down` in its project"
        raise LabError(f"another lab runs on this machine, from {owner}; {remedy}")


def _foreign_owner() -> str | None:
    """Tell the folder of another lab whose nodes run here: a node's processes see it in the place of ours."""
    for node in topology.NODES:
        if not Path(f"/run/netns/{node.name}").exists():
            continue
        for pid in run(["ip", "netns", "pids", node.name]).split():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has ended since it was listed
                if owner := other_lab_seen_by(processes.PROC / pid):
                    return owner
    return None


def other_lab_seen_by(process: Path) -> str | None:
    """Tell the folder that a node's process has mounted as its lab, if it is not ours; one that is gone is nobody's.

    Args:
        process: What the kernel tells of the process, as `/proc/1`.
    """
    mount = next((each for each in _mounts(process) if each[4] == str(paths.INSIDE)), None)
    seen = process / "root" / paths.INSIDE.relative_to("/")
    if mount is None or mount[3].endswith("//deleted") or not seen.exists():
        return None
    return None if paths.ROOT.exists() and seen.samefile(paths.ROOT) else _place(mount, seen)


def _place(mount: Sequence[str], seen: Path) -> str:
    """Tell where a mounted folder is here: what the kernel tells of it is its place in its own file system."""
    for _, _, device, root, point, *_ in _mounts(processes.PROC / "self"):
        if device == mount[2] and Path(mount[3]).is_relative_to(root):
            place = point / Path(mount[3]).relative_to(root)
            if place.exists() and place.samefile(seen):
                return str(place)
    return NOT_SEEN


def _mounts(process: Path) -> list[list[str]]:
    """Read a process's mounts: the third field is the device, the fourth the folder on it, the fifth the place."""
    lines = (process / "mountinfo").read_text().splitlines()
    return [[field.replace("\\040", " ") for field in line.split()] for line in lines]


def leftovers() -> list[str]:
    """Name all that a lab has on the machine outside its folder: namespaces, cgroups, the proxy, mounts."""
    namespaces = [f"/run/netns/{name}" for name in (topology.OUTSIDE, *(node.name for node in topology.NODES))]
    found = [path for path in namespaces if Path(path).exists()]
    found += [str(folder) for node in topology.NODES for folder in _cgroups(node)]
    found += [f"process {pid} (haproxy)" for pid in gateway.pids()]
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    return found + [mount.split()[1] for mount in mounts if mount.split()[1].startswith(f"{paths.ROOT}/")]


def _add_namespace(name: str) -> None:
    run(["ip", "netns", "add", name])
    _in_network(name, "ip link set lo up")


def _in_network(name: str, script: str) -> None:
    run(["nsenter", f"--net=/run/netns/{name}", "sh", "-c", script])


def _wait_for_set_up(node: Node) -> None:
    """Wait until init has become `pause`: before that the node's folders are not in place."""
    program = paths.BIN / "pause"
    while (pid := init(node).pid) is not None:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/exe").samefile(program):
                return
        time.sleep(0.01)
    raise init(node).death()


def _end_processes(network: str) -> None:
    """End what runs in one of our own network namespaces, also what no pid file knows of."""
    if not succeeds(["ip", "netns", "pids", network]):
        return
    while pids := run(["ip", "netns", "pids", network]).split():
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        time.sleep(0.05)


def _hierarchies() -> list[Path]:
    """Return the roots of all cgroup hierarchies: one under version 2, one a controller under version 1."""
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    return [entry for entry in CGROUPS.iterdir() if not entry.is_symlink() and (entry / "cgroup.procs").exists()]


def _create_cgroups(node: Node) -> None:
    """Make the cgroups below which a node's pods live, and let them use all processors and memory."""
    for hierarchy in _hierarchies():
        folder = hierarchy / node.name
        if (hierarchy / "cgroup.subtree_control").exists():
            _pass_on_controllers(hierarchy)
        folder.mkdir(exist_ok=True)
        # Under version 1 a new cpuset starts with no processor and no memory.
        for file in ("cpuset.cpus", "cpuset.mems"):
            if (hierarchy / file).exists():
                (folder / file).write_text((hierarchy / file).read_text())


def _pass_on_controllers(hierarchy: Path) -> None:
    file = hierarchy / "cgroup.subtree_control"
    wanted = " ".join(f"+{name}" for name in (hierarchy / "cgroup.controllers").read_text().split())
    try:
        file.write_text(wanted)
    except OSError as error:
        raise LabError(
            f"{file}: {wanted!r} cannot be written ({error.strerror}): {kernel.FOR_PROCESSES_IN_ROOT}", code=2
        ) from error


def _cgroups(node: Node) -> list[Path]:
    return [folder for hierarchy in _hierarchies() if (folder := hierarchy / node.name).is_dir()]


def _remove_cgroups(node: Node, patience: float = 10.0) -> None:
    """Remove a node's cgroups, the deepest first; the kernel lets go of them a moment after their last process."""
    deadline = time.monotonic() + patience
    for top in _cgroups(node):
        for folder, _, _ in os.walk(top, topdown=False):
            while True:
                try:
                    Path(folder).rmdir()
                except FileNotFoundError:
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
                else:
                    break
