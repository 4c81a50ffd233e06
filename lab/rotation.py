"""Another passphrase for a stack, or for all stacks that share one."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from lab import checkpoint, stack_config, turns
from lab.copies import unused
from lab.errors import LabError
from lab.pki import replace, write_secret
from lab.progress import say
from lab.run import succeeds
from lab.stacks import Stack


def rotate_passphrase(stack: Stack) -> None:
    """Encrypt a stack's secrets with another passphrase, the one in NEW_PASSPHRASE; the old one opens nothing after.

    Where the stacks of a folder share a passphrase of the lab's own, all of them get a new one, which is made here.

    Raises:
        LabError: There is no new passphrase, or Pulumi could not read it again; or no passphrase that is known here
            opens a stack, or another command changes one: then nothing has changed. Or a stack could not be encrypted
            anew.
    """
    shared = stack.folder / "passphrase"
    if stack.environment.get("PULUMI_CONFIG_PASSPHRASE_FILE") == str(shared):
        if os.environ.get("NEW_PASSPHRASE"):
            say(f"NEW_PASSPHRASE is not looked at: the lab made the passphrase in {shared}, and makes the new one.")
        stacks = _on_the_backend(stack)
        with _all_turns(stacks):
            _rotate_all(stack, stacks, shared)
        return
    new = _new_passphrase()
    with _all_turns([stack]):
        stack.settle_rotation()
        _rotate(stack, new)
        _forget_former(stack)
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


@contextlib.contextmanager
def _all_turns(stacks: Sequence[Stack]) -> Iterator[None]:
    """Keep other commands from each of the stacks: what they encrypted meanwhile, the new passphrase would not open.

    In the order of the names, so that no two of these wait for each other.
    """
    with contextlib.ExitStack() as held:
        for each in stacks:
            held.enter_context(turns.alone(each, "rotate-passphrase"))
            held.enter_context(turns.steady(each, "rotate-passphrase"))
        yield


def _rotate_all(stack: Stack, stacks: Sequence[Stack], shared: Path) -> None:
    """Give all stacks of a folder, as far as their backend is the present one, one new passphrase that is made here."""
    kept = shared.with_name("passphrase.new")
    for each in stacks:
        each.settle_rotation()
    waiting = _still_to_rotate(stacks, shared, kept)
    done = [each.name for each in stacks if each not in waiting]
    if not kept.exists():
        write_secret(kept, secrets.token_urlsafe(24), lasting=True)
    for each in waiting:
        try:
            _rotate(each, kept.read_text())
            _prove(each, kept)
        except LabError as error:
            have = f"{', '.join(done) or 'none'} of the stacks have the passphrase in {kept}"
            others = f"the others the one in {shared}: keep both"
            raise LabError(f"{error}\n{have}, {others}. The same command goes on from here") from error
        done.append(each.name)
    # Not one by one: an earlier run may have been killed between the two.
    for each in stacks:
        _forget_former(each)
    elsewhere = sorted({*stack_config.names(stack.folder)} - {*done})
    old = unused(shared.with_name("passphrase.old"))
    if elsewhere:
        write_secret(old, shared.read_bytes(), lasting=True)
    replace(kept, shared)
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
    before = stack.configuration.read_bytes() if stack.exists() else b""
    write_secret(stack.before_rotation, before, lasting=True)
    try:
        stack.pulumi("stack", "change-secrets-provider", "passphrase", f"--stack={stack.name}", text=f"{new}\n{new}\n")
    except BaseException:
        # If not even that can be found out, the next run does it.
        with contextlib.suppress(LabError):
            stack.settle_rotation()
        raise
    stack.before_rotation.unlink()


def _forget_former(stack: Stack) -> None:
    """Remove what Pulumi keeps of a state of this machine's own from before: the old passphrase opens it.

    Only of a stack that has the new one. The entries of its history stay: `clock` reads them.
    """
    if stack.has_shared_state:
        return
    former = list(checkpoint.former(stack.folder, stack.name))
    for file in former:
        file.unlink()
    if former:
        say(f"{len(former)} earlier states of the stack {stack.name}, which the old passphrase opens, are removed.")
