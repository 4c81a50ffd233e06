"""After an update that was killed, or whose plugin was: its lock, and the objects that it was just working on.

Pulumi records an operation before it begins it. What was begun and not ended has happened or not, and only the cluster
knows. Such an object is put among the state's resources, marked as one to compare with the cluster before anything
else: the next update takes it over as it is, or forgets it if it is not there. Nothing is lost or made twice. (The
engine's own `refresh --import-pending-creates` forgets what it was to import, in 3.259.)

Of a state that several machines share, it cannot be known from here whether the update still runs that holds the lock.
There somebody has to say that it does not: `pulumi cancel` removes the lock, and the rest is done then.

A creation whose plugin goes away without an answer has ended for the engine, which drops its record: it is put back.
"""

import json
import os
import shutil
import socket
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from lab import checkpoint, processes
from lab.errors import LabError
from lab.progress import say
from lab.stacks import Stack

_RECORDED = ("urn", "type", "custom", "inputs", "parent", "provider", "protect", "retainOnDelete")
"""What the log of events and the state have in common of a resource, and what the next update needs of it."""
_MASKED = "4dabf18193072939515e22adb298388d"
"""What a secret is marked by, of which the log of events has no value: `resource.SigKey` of Pulumi's SDK."""
_SECRET = "kubernetes:core/v1:Secret"
_CLOCK = 60.0
"""Seconds by which a clock may have been put right between two times that are compared."""


def recover(stack: Stack, unanswered: Iterable[Mapping[str, Any]] = ()) -> None:
    """Clear away what a broken update left in the stack's state, if there is anything.

    Args:
        stack: The stack. The lock of a shared state is left alone; there no update of it may run.
        unanswered: Resources whose creation nobody answered, as the log of events has them. Default: none.

    Raises:
        LabError: An update still runs, or the state cannot be read or written.
    """
    if not stack.has_shared_state:
        _clear_lock(stack)
    creations = [{name: _readable(each[name]) for name in _RECORDED if each.get(name)} for each in unanswered]
    if not (creations or stack.has_shared_state or _has_pending_operations(stack)):
        return
    state = json.loads(stack.pulumi("stack", "export", f"--stack={stack.name}"))
    resources = state["deployment"].setdefault("resources", [])
    operations = state["deployment"].pop("pending_operations", [])
    if not (creations or operations):
        return
    creations += [each["resource"] for each in operations if each["type"] == "creating"]
    changed = {each["resource"]["urn"] for each in operations if each["type"] != "creating"}
    for resource in resources:
        if resource["urn"] in changed and _is_object(resource) and not resource.get("delete"):
            resource["refreshBeforeUpdate"] = True
    for creation in filter(_is_object, creations):
        _adopt(resources, _adopted(creation))
    stack.pulumi("stack", "import", f"--stack={stack.name}", text=json.dumps(state))
    say("What was begun and never ended is compared with the cluster by the next update.")


def _adopted(creation: Mapping[str, Any]) -> dict[str, Any]:
    """What the state is to have of an object that was being created.

    The log of events does not tell which outputs are secret, and the official plugin goes by the inputs, of which the
    secret ones are left out: without a word here, it would put the contents of a Secret into the state in plain text.
    """
    secret = {"additionalSecretOutputs": ["data", "stringData"]} if creation["type"] == _SECRET else {}
    return {**creation, **secret, "id": _identity(creation["inputs"]), "refreshBeforeUpdate": True}


def _adopt(resources: list[dict[str, Any]], adopted: dict[str, Any]) -> None:
    """Add a resource to the state's, in their order: each after all that it depends on.

    What it was to replace is marked for deletion, as the engine would have done next. What was deleted before it, or is
    the same object, makes room: its deletion would be that of the new one.
    """
    for place, old in enumerate(resources):
        if old["urn"] == adopted["urn"] and not old.get("delete"):
            if old.get("pendingReplacement") or old.get("id") == adopted["id"]:
                resources[place] = adopted
            else:
                old["delete"] = True
                resources.insert(place, adopted)
            return
    resources.append(adopted)


def _readable(value: Any) -> Any:
    """Leave out what is masked: it is no state that could be read, and the next update knows it better."""
    if isinstance(value, list):
        return [_readable(each) for each in value if not _is_masked(each)]
    if isinstance(value, dict):
        return {name: _readable(each) for name, each in value.items() if not _is_masked(each)}
    return value


def _is_masked(value: Any) -> bool:
    return isinstance(value, dict) and _MASKED in value


def _is_object(resource: Mapping[str, Any]) -> bool:
    """Whether it is a Kubernetes object. Others are nowhere but in the state: what never came so far does not exist."""
    metadata = resource.get("inputs", {}).get("metadata", {})
    return str(resource["type"]).startswith("kubernetes:") and "name" in metadata


def _identity(inputs: Mapping[str, Any]) -> str:
    """Return the id that the plugin gives to an object: `namespace/name`, or the name alone."""
    metadata = inputs["metadata"]
    return "/".join(filter(None, [metadata.get("namespace"), metadata["name"]]))


def _clear_lock(stack: Stack) -> None:
    """Remove the lock of a process on this machine that is no more, and one that it never finished writing.

    Raises:
        LabError: Another one holds a lock. Whoever imported a state now would undo what it does.
    """
    holders = _holders(stack)
    for holder in filter(None, holders):
        if not _is_gone(holder):
            raise LabError(
                f"an update of the stack {stack.name} still runs (process {holder['pid']} on {holder['hostname']}); "
                "wait until it has ended, or end it. Where it is gone for good, "
                f"`{stack.make('cancel')}` removes its lock"
            )
    if holders:
        known = next((f" (process {holder['pid']})" for holder in holders if holder), "")
        say(f"An earlier update{known} was killed; its lock is removed.")
        _restore_checkpoint(stack)
        stack.pulumi("cancel", "--yes", f"--stack={stack.name}")
    for unfinished in checkpoint.locks(stack.folder, stack.name, "tmp"):
        unfinished.unlink(missing_ok=True)


def require_no_engine(stack: Stack) -> None:
    """Refuse to take the lock from an engine that runs on this machine: it would go on and write what it knows.

    Whether one runs elsewhere, or whose number a process has that is none, has to be known by who cancels.

    Raises:
        LabError: There is one.
    """
    here = [] if stack.has_shared_state else [each for each in _holders(stack) if each and _is_from_here(each)]
    for pid in (holder["pid"] for holder in here):
        program, _ = processes.program_and_birth(pid) or ("", "")
        if "pulumi" in program:
            raise LabError(
                f"an update of the stack {stack.name} still runs (process {pid} on this machine), and would write over "
                f"what is done now. Wait until it has ended, or end it (`kill -INT {pid}`), then run this again"
            )


def _holders(stack: Stack) -> list[Mapping[str, Any] | None]:
    return [_holder(file) for file in checkpoint.locks(stack.folder, stack.name)]


def _holder(lock: Path) -> Mapping[str, Any] | None:
    """What a lock says of its holder; None if the machine went down while it was written."""
    try:
        found: Mapping[str, Any] = json.loads(lock.read_text())
    except ValueError:
        return None
    return found


def _is_gone(holder: Mapping[str, Any]) -> bool:
    """Whether a lock is that of a process of this machine that has ended; another may have its number by now."""
    if not _is_from_here(holder):
        return False
    if not (processes.PROC / "self").exists():
        return not processes.exists(holder["pid"])
    found = processes.program_and_birth(holder["pid"])
    if found is None:
        return True
    program, birth = found
    # A clock that was put forward makes each lock look older than its process: an engine's is never judged by it.
    return "pulumi" not in program and _written(holder) < _born(int(birth)) - _CLOCK


def _is_from_here(holder: Mapping[str, Any]) -> bool:
    return bool(holder["hostname"] == socket.gethostname())


def _written(holder: Mapping[str, Any]) -> float:
    """When a lock was written, in seconds since the epoch; now, if it does not say so."""
    try:
        return datetime.fromisoformat(holder["timestamp"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return time.time()


def _born(ticks: int) -> float:
    """When a process began, in seconds since the epoch, from the ticks between the machine's start and its own."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + ticks / os.sysconf("SC_CLK_TCK")


def _restore_checkpoint(stack: Stack) -> None:
    """Bring back the state as it was before a write that was cut off, and clear away what else is cut off.

    Nothing is lost by it: Pulumi begins an operation only after it has written that it will, and the state before the
    end of an operation still has it as a pending one. What an engine that was called otherwise has written beside the
    state (its checksum, in `.attrs`) nothing needs; but Pulumi reads no state beside which it is cut off.
    """
    for attributes in checkpoint.files(stack.folder, stack.name, "*.attrs"):
        if not _is_json(attributes):
            attributes.unlink()
    for unfinished in checkpoint.files(stack.folder, stack.name, ".*.tmp"):
        unfinished.unlink()
    for backup in checkpoint.files(stack.folder, stack.name, ".bak"):
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


def _has_pending_operations(stack: Stack) -> bool:
    """Look at the state's file: asking the engine would take long, and mostly there is nothing."""
    states = checkpoint.files(stack.folder, stack.name)
    return any(checkpoint.compressed(stack.folder, stack.name)) or any(
        '"pending_operations"' in file.read_text() for file in states
    )
