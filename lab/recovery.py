"""After an update that was killed: its lock, and the objects that it was just creating.

Pulumi records an operation before it begins it. What was begun and not ended is either there or not, and only the
cluster knows: an object that is there is adopted, one that is not is forgotten. Nothing is lost or made twice. (The
engine's own `refresh --import-pending-creates` forgets what it was to import, in 3.259.)
"""

import json
import shutil
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
        _restore_checkpoint(stack)
        stack.pulumi("cancel", "--yes", f"--stack={stack.name}")
    if not _has_pending_operations(stack):
        return
    state = json.loads(stack.pulumi("stack", "export", f"--stack={stack.name}"))
    deployment = state["deployment"]
    for operation in deployment.pop("pending_operations"):
        resource = operation["resource"]
        if operation["type"] == "creating" and (identity := _identity_in_cluster(stack, resource)):
            say(f"It had created the {resource['inputs']['kind']} {identity}, which is adopted.")
            _adopt(deployment["resources"], {**resource, "id": identity})
    stack.pulumi("stack", "import", f"--stack={stack.name}", text=json.dumps(state))
    say("What it had begun is compared with the cluster.")
    stack.run("refresh", "--yes", "--skip-preview", "--suppress-progress")


def _adopt(resources: list[dict[str, Any]], adopted: dict[str, Any]) -> None:
    """Add a resource to the state's, in their order: each after all that it depends on.

    What it was to replace is marked for deletion, as the engine would have done next.
    """
    for place, old in enumerate(resources):
        if old["urn"] == adopted["urn"] and not old.get("delete"):
            old["delete"] = True
            resources.insert(place, adopted)
            return
    resources.append(adopted)


def _restore_checkpoint(stack: Stack) -> None:
    """Bring back the state as it was before a write that was cut off.

    Nothing is lost by it: Pulumi begins an operation only after it has written that it will, and the state before the
    end of an operation still has it as a pending one.
    """
    for backup in (stack.folder / ".pulumi" / "stacks").rglob(f"{stack.name}.json.bak"):
        state = backup.with_suffix("")
        if not _is_json(state):
            shutil.copyfile(backup, state)
            say("It was killed while it wrote the state; the one before that is restored.")


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return False
    return True


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
