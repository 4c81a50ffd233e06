"""A stack's state beyond one machine's day: a copy of it, and its way back."""

import contextlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab import checkpoint, paths, stack_config
from lab.copies import unused
from lab.errors import LabError
from lab.pki import replace, write_secret
from lab.progress import say
from lab.stacks import Stack

_FIELDS = ("version", "deployment")
_URN = re.compile(r"urn:pulumi:(?P<stack>[^:]+)::(?P<project>[^:]+)::.")


def backup(stack: Stack, file: Path) -> None:
    """Copy a stack's state to a file, secrets encrypted, read it back, and say what is not in it.

    Raises:
        LabError: The state has no resources, or what was written is not what was read, as on a full disk. Then an older
            copy stays as it was. Or something is there that is no file.
    """
    _require_name(file)
    if file.exists() and not file.is_file():
        # A file put in its place would be in the way of all who use it, as of the device /dev/null.
        raise LabError(
            f"{file} is no regular file, and no copy can be kept there; name one, as FILE={stack.name}.backup.json",
            code=2,
        )
    text, state = _exported(stack)
    if not _count(state):
        raise LabError(
            f"the state of the stack {stack.name} has no resources; nothing was written, {file} is as it was"
        )
    _write(stack, file, text, state)
    if keys := _secrets_of_the_copy(stack):
        say(
            f"Not in it are secrets of the configuration: {', '.join(keys)}. Keep them as well; on another machine "
            f"set each again: {stack.make(f'config set --secret --path {keys[0]}')} < FILE"
        )


def _exported(stack: Stack) -> tuple[str, Mapping[str, Any]]:
    """The state of a stack, as text and read."""
    text = stack.pulumi("stack", "export", f"--stack={stack.name}")
    return text, _checked(text, "the state")


def _write(stack: Stack, file: Path, text: str, state: Mapping[str, Any]) -> None:
    _write_whole(file, text.encode())
    say(f"{_count(state)} resources of the stack {stack.name} are in {file}. Keep the passphrase with it, elsewhere.")


def _write_whole(named: Path, content: bytes) -> None:
    # What a link leads to is written, and the link stays.
    file = Path(os.path.realpath(named))
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_secret(unfinished, content, lasting=True)
        if unfinished.read_bytes() != content:
            raise LabError(f"{file} does not hold what was written to it; is the disk full?")
        replace(unfinished, file)
    except OSError as error:
        raise LabError(f"{file} cannot be written: {error.strerror}; an older backup stays as it was") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()


def restore(stack: Stack, file: Path) -> None:
    """Put a copy in the place of a stack's state, after the present state, if any, was copied beside it.

    Raises:
        LabError: The file is no whole copy of this stack's state; then nothing has changed.
    """
    _require_name(file)
    text, state = _read(file)
    if not _count(state):
        raise LabError(
            f"{file} is no copy of a deployed stack: it has no resources below `deployment`. Nothing was changed"
        )
    _require_owner(stack, state, file)
    beside = _place(stack, file)
    _keep_present(stack, beside.with_name(f"{beside.name}.before-restore"))
    stack.pulumi("stack", "import", f"--stack={stack.name}", text=text)
    restored = _checked(stack.pulumi("stack", "export", f"--stack={stack.name}"), "the restored state")
    if _count(restored) != _count(state):
        raise LabError(f"{_count(restored)} of {_count(state)} resources came back; restore the copy beside {beside}")
    say(f"{_count(state)} resources of the stack {stack.name} are back. `make drift` tells whether the cluster agrees.")


def _place(stack: Stack, file: Path) -> Path:
    """Where a copy is, for what is put beside it; what can be read once, as by `<(gpg --decrypt ...)`, has no place."""
    if not file.is_file():
        return paths.REPOSITORY / f"{stack.name}.backup.json"
    return Path(os.path.realpath(file)) if file.is_symlink() else file


def _read(file: Path) -> tuple[str, Mapping[str, Any]]:
    """The content of a copy, as text and read; it may be there to be read once."""
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{file} cannot be read: {error}") from error
    try:
        return text, _checked(text, str(file))
    except LabError as error:
        raise LabError(f"{error}. Nothing was changed") from error


def _keep_present(stack: Stack, beside: Path) -> None:
    """Copy the present state, unless it is empty, to a file that is not there yet.

    One that cannot be read is a reason to restore another. On this machine its files are kept as they are, and the
    stack is made if they are gone. Of a shared one, somebody else may know more: it stays.
    """
    try:
        text, state = _exported(stack)
    except LabError as error:
        if stack.has_shared_state:
            raise
        say(f"The present state cannot be read: {error}")
        # Pulumi's own copy of the state before is among them: the import writes over it as well.
        for source in sorted(checkpoint.files(stack.folder, stack.name, "*")):
            kept = unused(beside)
            _write_whole(kept, source.read_bytes())
            say(f"{source} is kept in {kept}, as it is")
        stack.select(may_be_new=True)
        return
    if _count(state):
        _write(stack, unused(beside), text, state)


def _secrets_of_the_copy(stack: Stack) -> list[str]:
    """The secrets of a stack's configuration that are on this machine alone, for the stack's file has them not."""
    if not stack.exists():
        return []
    here, everywhere = (stack_config.settings_in(file) for file in (stack.configuration, stack.source))
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
        raise LabError(f"{what} is no whole JSON ({error}): it was cut off or damaged") from error
    if not isinstance(state, dict) or not all(state.get(field) for field in _FIELDS):
        raise LabError(f"{what} is no state of a stack, as `make backup` writes it")
    deployment = state["deployment"]
    if not isinstance(deployment, dict) or not isinstance(deployment.get("resources", []), list):
        raise LabError(f"{what} is damaged: it has no list of resources below `deployment`")
    return state


def _count(state: Mapping[str, Any]) -> int:
    return len(_resources(state))


def _resources(state: Mapping[str, Any]) -> list[Any]:
    resources: list[Any] = state["deployment"].get("resources", [])
    return resources
