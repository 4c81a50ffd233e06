"""After an update that was killed, or whose plugin was: its lock, and the objects that it was just working on.

Pulumi records an operation before it begins it. What was begun and not ended has happened or not, and only the cluster
knows. Such an object is put among the state's resources, marked as one to compare with the cluster before anything
else: the next update takes it over as it is, or forgets it if it is not there. Nothing is lost or made twice. (The
engine's own `refresh --import-pending-creates` forgets what it was to import, in 3.259.)

A creation whose plugin goes away without an answer has ended for the engine, which drops its record: it is put back.
"""

import json
import shutil
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lab.progress import say
from lab.stacks import Stack

_RECORDED = ("urn", "type", "custom", "inputs", "parent", "provider")
"""What the log of events and the state have in common of a resource."""


def recover(stack: Stack) -> None:
    """Clear away what a killed update left in the stack's state, if there is anything."""
    if (holder := _dead_holder(stack)) is not None:
        say(f"An earlier update (process {holder}) was killed; its lock is removed.")
        _restore_checkpoint(stack)
        stack.pulumi("cancel", "--yes", f"--stack={stack.name}")
    if not _has_pending_operations(stack):
        return
    state = _exported(stack)
    resources = state["deployment"]["resources"]
    operations = state["deployment"].pop("pending_operations")
    _adopt_all(resources, (each["resource"] for each in operations if each["type"] == "creating"))
    begun = {each["resource"]["urn"] for each in operations}
    for resource in resources:
        if resource["urn"] in begun and _is_object(resource) and not resource.get("delete"):
            resource["refreshBeforeUpdate"] = True
    _import(stack, state)
    say("What it had begun is compared with the cluster.")


def note(stack: Stack, creations: Iterable[Mapping[str, Any]]) -> None:
    """Put creations of which nobody knows whether they happened into the stack's state, after its update has failed.

    Args:
        stack: The stack.
        creations: The resources, as the log of events has them.
    """
    state = _exported(stack)
    recorded = ({name: each[name] for name in _RECORDED if each.get(name)} for each in creations)
    if _adopt_all(state["deployment"]["resources"], recorded):
        _import(stack, state)
        say("No answer came of some; the next update looks which of the objects that it had begun are there.")


def _adopt_all(resources: list[dict[str, Any]], creations: Iterable[Mapping[str, Any]]) -> int:
    """Add the Kubernetes objects among the creations to the resources, to be compared first; return how many.

    Others are nowhere but in the state: what did not come so far does not exist.
    """
    adopted = [
        {**creation, "id": _identity(creation["inputs"]), "refreshBeforeUpdate": True}
        for creation in creations
        if _is_object(creation) and "name" in creation.get("inputs", {}).get("metadata", {})
    ]
    for each in adopted:
        _adopt(resources, each)
    return len(adopted)


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


def _is_object(resource: Mapping[str, Any]) -> bool:
    return str(resource["type"]).startswith("kubernetes:")


def _identity(inputs: Mapping[str, Any]) -> str:
    """Return the id that the plugin gives to an object: `namespace/name`, or the name alone."""
    metadata = inputs["metadata"]
    return "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))


def _exported(stack: Stack) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(stack.pulumi("stack", "export", f"--stack={stack.name}"))
    return state


def _import(stack: Stack, state: Mapping[str, Any]) -> None:
    stack.pulumi("stack", "import", f"--stack={stack.name}", text=json.dumps(state))


def _restore_checkpoint(stack: Stack) -> None:
    """Bring back the state as it was before a write that was cut off, and clear away what else is cut off.

    Nothing is lost by it: Pulumi begins an operation only after it has written that it will, and the state before the
    end of an operation still has it as a pending one. What it writes beside the state (its type and its checksum, in
    `.attrs`) nothing needs; but Pulumi reads no state beside which it is cut off.
    """
    states, locks = (stack.folder / ".pulumi" / kind for kind in ("stacks", "locks"))
    for attributes in (*states.rglob(f"{stack.name}.json*.attrs"), *locks.rglob(f"{stack.name}/*.attrs")):
        if not _is_json(attributes):
            attributes.unlink()
    for unfinished in states.rglob(f"{stack.name}.json.*.tmp"):
        unfinished.unlink()
    for backup in states.rglob(f"{stack.name}.json.bak"):
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
