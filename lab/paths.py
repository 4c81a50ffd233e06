"""Where the lab keeps things: one folder, and nothing outside of it.

`cluster/` lives and dies with the running cluster, and so does the state of the stacks deployed on
it: a state that outlived its cluster would call everything deployed that is not. `bin/`, `images/`
and `pulumi-home/` stay, so that the next start needs no build and no network.
"""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
"""The folder of the project."""

ROOT = Path(os.environ.get("LAB_DIR") or REPOSITORY / ".lab").absolute()
"""The lab's folder: LAB_DIR, or `.lab` in the project."""

BIN = ROOT / "bin"
IMAGES = ROOT / "images"
PULUMI_HOME = ROOT / "pulumi-home"
LOCK = ROOT / "lock"
STACK_LOCKS = ROOT / "locks"
KUBECONFIG = ROOT / "kubeconfig"

CLUSTER = ROOT / "cluster"
PKI = CLUSTER / "pki"
CONFIG = CLUSTER / "config"
LOGS = CLUSTER / "logs"
RUN = CLUSTER / "run"
NODES = CLUSTER / "nodes"
STACKS_ON_LAB = CLUSTER / "stacks"
STACKS_ELSEWHERE = ROOT / "stacks"

INSIDE = Path("/run/lab")
"""The same folder as every node's processes see it: short, whatever the outer path is."""


def at_home(path: str) -> Path:
    """Return a path with the user's home in the place of `~`, which stays as it is where nobody knows the home."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # without HOME, `Path.expanduser` would raise an error


def inside(path: Path) -> str:
    """Return the path of one of the lab's files as a node's processes see it."""
    return str(INSIDE / path.relative_to(ROOT))


def disk_usage(folder: Path) -> int:
    """Return how many bytes the files below a folder take on the disk; a file with two names counts once."""
    blocks: dict[int, int] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                found = (Path(parent) / name).lstat()
            except FileNotFoundError:
                continue
            blocks[found.st_ino] = found.st_blocks
    return sum(blocks.values()) * 512
