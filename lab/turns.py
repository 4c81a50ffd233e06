"""Commands on this machine that are about one stack take turns.

A stack takes its turn before the lab's lock is taken, and its configuration is written last and for moments.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from lab import lock, paths, stack_config
from lab.stacks import Stack


@contextmanager
def alone(stack: Stack, purpose: str) -> Iterator[None]:
    """Keep other commands on this machine from changing the stack, or taking it for broken, until the context ends.

    The engine's own lock does so from the moment when an update begins, and two that begin in the same one may both
    give way to each other. Of a shared state this machine knows too little; there it is the engine's alone.

    Args:
        stack: The stack.
        purpose: The command that changes it.

    Raises:
        LabError: Another one does.
    """
    if stack.has_shared_state or not stack.source.exists():
        yield
        return
    with lock.held(_lock_in(stack.folder, stack.name), f"the stack {stack.name}", purpose):
        yield


@contextmanager
def steady(stack: Stack, purpose: str) -> Iterator[None]:
    """Keep other commands on this machine from writing the copy of the configuration, until the context ends.

    Between reading and writing it, nobody may give it another passphrase. It is for as long as the backend needs
    for a few answers, or somebody for the value of a secret, within `alone` or without: a preview need not wait for an
    update.

    Raises:
        LabError: Another one writes it.
    """
    path = _lock_in(stack.folder, f"{stack.name}.configuration")
    with lock.held(path, f"the configuration of the stack {stack.name}", purpose, lock.FOR_A_BACKEND):
        yield


def passphrase(stack: Stack) -> AbstractContextManager[None]:
    """Keep other commands on this machine from making the passphrase of the stack's folder, until the context ends."""
    return lock.held(_lock_in(stack.folder, ".passphrase"), "the passphrase", "prepare", lock.FOR_A_BACKEND)


@contextmanager
def all_on_lab_alone(purpose: str) -> Iterator[None]:
    """Keep other commands on this machine from changing any stack whose state goes with the lab; see `alone`.

    In the order of the names, so that no two of these wait for each other.
    """
    with ExitStack() as held:
        for name in stack_config.names(paths.STACKS_ON_LAB):
            held.enter_context(lock.held(_lock_in(paths.STACKS_ON_LAB, name), f"the stack {name}", purpose))
        yield


def _lock_in(folder: Path, name: str) -> Path:
    return paths.STACK_LOCKS / folder.relative_to(paths.ROOT) / name
