"""A stack's state beyond one machine's day: a copy of it, its way back, another passphrase."""

import contextlib
import itertools
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lab import stack_config
from lab.errors import LabError
from lab.pki import write_secret
from lab.progress import say
from lab.run import succeeds
from lab.stacks import Stack

_FIELDS = ("version", "deployment")
_URN = re.compile(r"urn:pulumi:(?P<stack>[^:]+)::(?P<project>[^:]+)::.")


def backup(stack: Stack, file: Path) -> None:
    """Copy a stack's state to a file, secrets encrypted, read it back, and say what is not in it.

    Raises:
        LabError: What was written is not what was read, as on a full disk; the file is removed.
    """
    _require_name(file)
    _copy(stack, file)
    if keys := _secrets_of_the_copy(stack):
        say(
            f"Not in it are secrets of the configuration: {', '.join(keys)}. Keep them as well; on another machine "
            f"set each again: make pulumi STACK={stack.name} ARGS='config set --secret --path {keys[0]}' < FILE"
        )


def _copy(stack: Stack, file: Path) -> None:
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
    _require_name(file)
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{file} cannot be read: {error}") from error
    state = _checked(text, str(file))
    _require_owner(stack, state, file)
    _copy(stack, _unused(file.with_name(f"{file.name}.before-restore")))
    stack.pulumi("stack", "import", f"--stack={stack.name}", f"--file={file.absolute()}")
    restored = _checked(stack.pulumi("stack", "export", f"--stack={stack.name}"), "the restored state")
    if _count(restored) != _count(state):
        raise LabError(f"{_count(restored)} of {_count(state)} resources came back; restore the copy beside {file}")
    say(f"{_count(state)} resources of the stack {stack.name} are back. `make drift` tells whether the cluster agrees.")


def rotate_passphrase(stack: Stack) -> None:
    """Encrypt a stack's secrets with another passphrase, the one in NEW_PASSPHRASE; the old one opens nothing after.

    Where the stacks of a folder share a passphrase of the lab's own, all of them get a new one, which is made here.

    Raises:
        LabError: There is no new passphrase, or Pulumi could not read it again; or no passphrase that is known here
            opens a stack: then nothing has changed. Or a stack could not be encrypted anew.
    """
    shared = stack.folder / "passphrase"
    if stack.environment.get("PULUMI_CONFIG_PASSPHRASE_FILE") == str(shared):
        _rotate_all(stack, shared)
        return
    new = _new_passphrase()
    _settle(stack)
    _rotate(stack, new)
    say(f"The stack {stack.name} has the new passphrase. Set PULUMI_CONFIG_PASSPHRASE to it, wherever it is used.")


def _new_passphrase() -> str:
    new = os.environ.get("NEW_PASSPHRASE")
    if not new:
        raise LabError("set NEW_PASSPHRASE to the new passphrase", code=2)
    if new != new.strip() or "\n" in new:
        raise LabError(
            "NEW_PASSPHRASE begins or ends with a blank, or has a line break: Pulumi would cut it there, and the whole "
            "of it would open nothing. Set it to one line without blanks at its ends",
            code=2,
        )
    return new


def _rotate_all(stack: Stack, shared: Path) -> None:
    """Give all stacks of a folder, as far as their backend is the present one, one new passphrase that is made here."""
    kept = shared.with_name("passphrase.new")
    stacks = _on_the_backend(stack)
    for each in stacks:
        _settle(each)
    waiting = _still_to_rotate(stacks, shared, kept)
    done = [each.name for each in stacks if each not in waiting]
    if not kept.exists():
        write_secret(kept, secrets.token_urlsafe(24))
    for each in waiting:
        try:
            _rotate(each, kept.read_text())
            _prove(each, kept)
        except LabError as error:
            have = f"{', '.join(done) or 'none'} of the stacks have the passphrase in {kept}"
            others = f"the others the one in {shared}: keep both"
            raise LabError(f"{error}\n{have}, {others}. The same command goes on from here") from error
        done.append(each.name)
    elsewhere = sorted({*stack_config.names(stack.folder)} - {*done})
    old = _unused(shared.with_name("passphrase.old"))
    if elsewhere:
        write_secret(old, shared.read_bytes())
    kept.replace(shared)
    say(f"The stacks {', '.join(sorted(done))} have a new passphrase: {shared}")
    if elsewhere:
        say(
            f"Not on this backend, and encrypted as before: {', '.join(elsewhere)}. "
            f"The old passphrase is in {old}; remove that file when nothing needs it."
        )


def _on_the_backend(stack: Stack) -> list[Stack]:
    """The stacks that the passphrase of a stack's folder is for and that its backend knows.

    On a backend that others use as well, only those that are in the folder: nothing else was encrypted from here.
    """
    listed = json.loads(stack.pulumi("stack", "ls", "--json")) or []
    # Pulumi Cloud writes the organisation before the name.
    names = {each["name"].rpartition("/")[2] for each in listed}
    if stack.has_shared_state:
        names &= {*stack_config.names(stack.folder)}
    return [Stack(name, stack.context) for name in sorted(names)]


def _still_to_rotate(stacks: Sequence[Stack], shared: Path, kept: Path) -> list[Stack]:
    """The stacks that the old passphrase opens; what an earlier run has done is opened by its new one alone.

    A stack without secrets is opened by any, and rotated once more, which does no harm.
    """
    waiting = [each for each in stacks if _opens(shared, each)]
    closed = [each.name for each in stacks if each not in waiting and not (kept.exists() and _opens(kept, each))]
    if closed:
        raise LabError(
            f"the passphrase in {shared} does not open {', '.join(closed)}, so no stack was touched. Give it to them "
            "first: set PULUMI_CONFIG_PASSPHRASE to the one that opens it, NEW_PASSPHRASE to what is in that file, "
            f"and run `make rotate-passphrase STACK={closed[0]}`; then, without the two, the same command again"
        )
    return waiting


def _unused(file: Path) -> Path:
    """The file, or one beside it with a number: the copy from an earlier try is the only one of the state before it."""
    numbered = (file.with_name(f"{file.name}.{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain([file], numbered) if not each.exists())


def _opens(passphrase: Path, stack: Stack) -> bool:
    """Whether a passphrase in a file opens the secrets of a stack, those of its state and of its configuration."""
    opening = {**stack.environment, "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase)}
    return all(
        succeeds(
            ["pulumi", *command, "--show-secrets", f"--stack={stack.name}", "--non-interactive"],
            folder=stack.folder,
            environment=opening,
        )
        for command in (["stack", "export"], ["config"])
    )


def _prove(stack: Stack, passphrase: Path) -> None:
    if not _opens(passphrase, stack):
        raise LabError(f"the stack {stack.name} was encrypted anew, but {passphrase} does not open it")


def _rotate(stack: Stack, new: str) -> None:
    """Encrypt a stack anew, its state and its configuration, or neither of them.

    Pulumi writes the configuration first, and then finds out whether it can write the state, as when that is locked.
    """
    write_secret(_before(stack), stack.configuration.read_bytes() if stack.exists() else b"")
    try:
        stack.pulumi("stack", "change-secrets-provider", "passphrase", f"--stack={stack.name}", text=f"{new}\n{new}\n")
    except BaseException:
        # If not even that can be found out, the next run does it.
        with contextlib.suppress(LabError):
            _settle(stack)
        raise
    _before(stack).unlink()


def _settle(stack: Stack) -> None:
    """Put the configuration back from before a rotation that did not come to the state; of any other, forget it."""
    before = _before(stack)
    if not before.exists():
        return
    salt = stack.state_salt()
    if salt and salt == _salt(stack.configuration) != _salt(before):
        before.unlink()
    else:
        before.replace(stack.configuration)


def _before(stack: Stack) -> Path:
    """Where the configuration is kept while a rotation runs, and after one that was killed."""
    return stack.configuration.with_name(f"{stack.configuration.name}.before-rotation")


def _salt(file: Path) -> str | None:
    """The salt in a configuration; None if it was cut off, or has none."""
    try:
        salt: str | None = stack_config.load(file).get("encryptionsalt")
    except (FileNotFoundError, LabError):
        return None
    return salt


def _secrets_of_the_copy(stack: Stack) -> list[str]:
    """The secrets of a stack's configuration that are on this machine alone, for the stack's file has them not."""
    if not stack.exists():
        return []
    here, everywhere = (stack_config.load(file).get("config") or {} for file in (stack.configuration, stack.source))
    return sorted({*stack_config.secret_keys(here)} - {*stack_config.secret_keys(everywhere)})


def _require_name(file: Path) -> None:
    if not file.name:
        raise LabError(f"FILE is {str(file)!r}, which names no file; name one, as FILE=dev.backup.json", code=2)


def _require_owner(stack: Stack, state: Mapping[str, Any], file: Path) -> None:
    """Refuse a copy of another stack, or of another project's stack of the same name."""
    owners = list(_owners(state, file))
    project = stack_config.project()
    projects = {owner["project"] for owner in owners} - {project}
    if projects:
        raise LabError(f"{file} is a copy of a stack of the project {', '.join(sorted(projects))}, not of {project}")
    others = {owner["stack"] for owner in owners} - {stack.name}
    if others:
        raise LabError(f"{file} is a copy of the stack {', '.join(sorted(others))}, not of {stack.name}")


def _owners(state: Mapping[str, Any], file: Path) -> Iterator[re.Match[str]]:
    """Yield whose each resource is."""
    for number, resource in enumerate(_resources(state), start=1):
        urn = resource.get("urn") if isinstance(resource, dict) else None
        owner = _URN.match(urn) if isinstance(urn, str) else None
        if owner is None:
            raise LabError(f"{file} is damaged: its resource {number} has no URN of a stack. Nothing was changed")
        yield owner


def _checked(text: str, what: str) -> Mapping[str, Any]:
    try:
        state = json.loads(text)
    except ValueError as error:
        raise LabError(f"{what} is no whole JSON ({error}): it was cut off or damaged. Nothing was changed") from error
    if not isinstance(state, dict) or not all(state.get(field) for field in _FIELDS):
        raise LabError(f"{what} is no state of a stack, as `make backup` writes it. Nothing was changed")
    deployment = state["deployment"]
    if not isinstance(deployment, dict) or not isinstance(deployment.get("resources", []), list):
        raise LabError(f"{what} is damaged: it has no list of resources below `deployment`. Nothing was changed")
    return state


def _count(state: Mapping[str, Any]) -> int:
    return len(_resources(state))


def _resources(state: Mapping[str, Any]) -> list[Any]:
    resources: list[Any] = state["deployment"].get("resources", [])
    return resources
