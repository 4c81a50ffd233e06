"""A stack's state beyond one machine's day: a copy of it, its way back, another passphrase."""

import contextlib
import itertools
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import stack_config
from lab.errors import LabError
from lab.pki import write_secret
from lab.progress import say
from lab.run import succeeds
from lab.stacks import Stack

_FIELDS = ("version", "deployment")


def backup(stack: Stack, file: Path) -> None:
    """Copy a stack's state to a file, secrets encrypted, and read it back.

    Raises:
        LabError: What was written is not what was read, as on a full disk; the file is removed.
    """
    text = stack.pulumi("stack", "export", f"--stack={stack.name}")
    state = _checked(text, "the state")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_secret(unfinished, text)
        if unfinished.read_text() != text:
            raise LabError(f"{file} does not hold what was written to it; is the disk full?")
        unfinished.replace(file)
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}; an older backup stays as it was") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()
    say(f"{_count(state)} resources of the stack {stack.name} are in {file}. Keep the passphrase with it, elsewhere.")


def restore(stack: Stack, file: Path) -> None:
    """Put a copy in the place of a stack's state, after the present state was copied beside it.

    Raises:
        LabError: The file is no whole copy of this stack's state; then nothing has changed.
    """
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{file} cannot be read: {error}") from error
    state = _checked(text, str(file))
    others = {name for name in _stacks(state) if name != stack.name}
    if others:
        raise LabError(f"{file} is a copy of the stack {', '.join(sorted(others))}, not of {stack.name}")
    backup(stack, _unused(file.with_name(f"{file.name}.before-restore")))
    stack.pulumi("stack", "import", f"--stack={stack.name}", f"--file={file.absolute()}")
    restored = _checked(stack.pulumi("stack", "export", f"--stack={stack.name}"), "the restored state")
    if _count(restored) != _count(state):
        raise LabError(f"{_count(restored)} of {_count(state)} resources came back; restore the copy beside {file}")
    say(f"{_count(state)} resources of the stack {stack.name} are back. `make drift` tells whether the cluster agrees.")


def rotate_passphrase(stack: Stack) -> None:
    """Encrypt a stack's secrets with another passphrase, the one in NEW_PASSPHRASE; the old one opens nothing after.

    Where the stacks of a folder share a passphrase of the lab's own, all of them get a new one, which is made here.

    Raises:
        LabError: There is no new passphrase, or the present one is wrong.
    """
    shared = stack.folder / "passphrase"
    if stack.environment.get("PULUMI_CONFIG_PASSPHRASE_FILE") != str(shared):
        new = os.environ.get("NEW_PASSPHRASE")
        if not new:
            raise LabError("set NEW_PASSPHRASE to the new passphrase", code=2)
        _rotate(stack, new)
        say(f"The stack {stack.name} has the new passphrase. Set PULUMI_CONFIG_PASSPHRASE to it, wherever it is used.")
        return
    kept = shared.with_name("passphrase.new")
    if not kept.exists():
        write_secret(kept, secrets.token_urlsafe(24))
    names = stack_config.names(stack.folder)
    for number, name in enumerate(names):
        one = Stack(name, stack.context)
        try:
            # What a run that ended half-way had done is opened by its passphrase alone.
            if not _opens(kept, one):
                _rotate(one, kept.read_text())
        except LabError as error:
            done = ", ".join(names[:number]) or "none"
            where = f"{done} of the stacks have the passphrase in {kept}, the others the one in {shared}: keep both"
            raise LabError(f"{error}\n{where}. The same command goes on from here") from error
    kept.replace(shared)
    say(f"The stacks {', '.join(names)} have a new passphrase: {shared}")


def _unused(file: Path) -> Path:
    """The file, or one beside it with a number: the copy from an earlier try is the only one of the state before it."""
    numbered = (file.with_name(f"{file.name}.{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain([file], numbered) if not each.exists())


def _opens(passphrase: Path, stack: Stack) -> bool:
    """Whether a passphrase in a file opens the secrets of a stack."""
    command = ["pulumi", "stack", "export", "--show-secrets", f"--stack={stack.name}", "--non-interactive"]
    opening = {**stack.environment, "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase)}
    return succeeds(command, folder=stack.folder, environment=opening)


def _rotate(stack: Stack, new: str) -> None:
    stack.pulumi("stack", "change-secrets-provider", "passphrase", f"--stack={stack.name}", text=f"{new}\n{new}\n")


def _checked(text: str, what: str) -> Mapping[str, Any]:
    try:
        state = json.loads(text)
    except ValueError as error:
        raise LabError(f"{what} is no whole JSON ({error}): it was cut off or damaged. Nothing was changed") from error
    if not isinstance(state, dict) or not all(state.get(field) for field in _FIELDS):
        raise LabError(f"{what} is no state of a stack, as `make backup` writes it. Nothing was changed")
    return state


def _count(state: Mapping[str, Any]) -> int:
    return len(state["deployment"].get("resources", []))


def _stacks(state: Mapping[str, Any]) -> set[str]:
    return {resource["urn"].split(":")[2] for resource in state["deployment"].get("resources", [])}
