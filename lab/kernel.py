"""Whether the kernel has what the cluster needs. As `check`, it is read by any Python: standard library only."""

import shutil
import subprocess
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
FOR_PROCESSES_IN_ROOT = (
    "start the container with --cgroupns=host, or move the processes in cgroup.procs beside that file to a cgroup below"
)


def problems() -> "list[str]":
    """Try the kernel's features in a namespace that ends with the trial; tell what it lacks, with remedies."""
    trials = {
        "network namespaces": (
            ["unshare", "--net", "true"],
            "run on a machine (or in a container) that allows them",
        ),
        "nftables": (
            ["unshare", "--net", "nft", "add", "table", "inet", "trial"],
            "modprobe nf_tables",
        ),
        "netfilter queues": (
            [
                "unshare",
                "--net",
                "iptables",
                "--append",
                "FORWARD",
                "--jump",
                "NFQUEUE",
                "--queue-num",
                "1",
            ],
            "modprobe xt_NFQUEUE nfnetlink_queue",
        ),
        "virtual cables (veth)": (
            [
                "unshare",
                "--net",
                "ip",
                "link",
                "add",
                "name",
                "trial0",
                "type",
                "veth",
                "peer",
                "name",
                "trial1",
            ],
            "modprobe veth",
        ),
        "bridges": (
            ["unshare", "--net", "ip", "link", "add", "name", "trial0", "type", "bridge"],
            "modprobe bridge",
        ),
    }
    found = []
    for feature, (command, remedy) in trials.items():
        if not shutil.which(command[2] if len(command) > 2 else command[0]):
            continue
        tried = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if tried.returncode != 0:
            said = tried.stderr.decode(errors="replace").strip().splitlines()
            reason = said[-1] if said else "no reason given"
            found.append(f"the kernel offers no {feature} ({reason})\n    {remedy}")
    if "overlay" not in Path("/proc/filesystems").read_text():
        subprocess.run(["modprobe", "overlay"], stderr=subprocess.DEVNULL, check=False)
        if "overlay" not in Path("/proc/filesystems").read_text():
            found.append("the kernel offers no overlay file system\n    modprobe overlay")
    return found + _cgroup_problems()


def _cgroup_problems() -> "list[str]":
    if not CGROUPS.is_dir() or not any(CGROUPS.iterdir()):
        return [f"no cgroup hierarchy is mounted at {CGROUPS}\n    mount one, or run outside of a container"]
    # Under version 2, which alone has types, what has processes of its own gives no controllers to the cgroups below,
    # but for the root of all, which has no type: what a container sees as the root has one.
    if (CGROUPS / "cgroup.type").exists() and (CGROUPS / "cgroup.procs").read_text().strip():
        file = CGROUPS / "cgroup.subtree_control"
        return [f"{file} cannot be written while its cgroup has processes\n    {FOR_PROCESSES_IN_ROOT}"]
    return []
