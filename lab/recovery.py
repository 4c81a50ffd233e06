"""After an update that was killed: its lock, and the objects that it was just creating.

Pulumi records an operation before it begins it. What was begun and not ended is either there or not, and only the
cluster knows: an object that is there is adopted, one that is not is forgotten. Nothing is lost or made twice. (The
engine's own `refresh --import-pending-creates` forgets what it was to import, in 3.259.)
"""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab.progress import say
from lab.run import succeeds
from lab.stacks import Stack


def recover(stack: Stack) -> None:
    """Clear away what a killed update left in the stack's state, if there is anything."""
    if (holder := _dead_holder(stack)) is not None:
        say(f"An earlier update (process {holder}) was killed; its lock is removed.")
        stack.pulumi("cancel", "--yes", f"--stack={stack.name}")
    if not _has_pending_operations(stack):
        return
    state = json.loads(stack.pulumi("stack", "export", f"--stack={stack.name}"))
    deployment = state["deployment"]
    for operation in deployment.pop("pending_operations"):
        resource = operation["resource"]
        if operation["type"] == "creating" and (identity := _identity_in_cluster(stack, resource)):
            say(f"It had created the {resource['inputs']['kind']} {identity}, which is adopted.")
            deployment["resources"].append({**resource, "id": identity})
    stack.pulumi("stack", "import", f"--stack={stack.name}", text=json.dumps(state))
    say("What it had begun is compared with the cluster.")
    stack.run("refresh", "--yes", "--skip-preview", "--suppress-progress")


def _dead_holder(stack: Stack) -> int | None:
    """Return the number of a process on this machine that holds the stack's lock and is no more."""
    for file in (stack.folder / ".pulumi" / "locks").rglob(f"{stack.name}/*.json"):
        lock = json.loads(file.read_text())
        if lock["hostname"] == socket.gethostname() and not Path(f"/proc/{lock['pid']}").exists():
            return int(lock["pid"])
    return None


def _has_pending_operations(stack: Stack) -> bool:
    """Look at the state's file: asking the engine would take long, and mostly there is nothing."""
    files = (stack.folder / ".pulumi" / "stacks").rglob(f"{stack.name}.json")
    return any('"pending_operations"' in file.read_text() for file in files)


def _identity_in_cluster(stack: Stack, resource: Mapping[str, Any]) -> str | None:
    """Return `namespace/name` of a Kubernetes object that was being created, if it is in the cluster."""
    if not resource["type"].startswith("kubernetes:"):
        return None
    inputs = resource["inputs"]
    metadata = inputs["metadata"]
    group, _, version = inputs["apiVersion"].rpartition("/")
    kind = f"{inputs['kind']}.{version}.{group}" if group else inputs["kind"]
    where = [f"--namespace={metadata['namespace']}"] if "namespace" in metadata else []
    if not succeeds([*stack.kubectl, "get", kind, metadata["name"], *where]):
        return None
    return "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))
