"""One command at a time: two that build or start the same things would tread on each other."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from lab import paths
from lab.errors import LabError

PATIENCE = 5.0
"""Seconds to wait for the lock: it is free again by then wherever there is nothing to build or to start."""
FOR_A_BACKEND = 60.0
"""Seconds to wait where somebody only asks a backend, however far away, and is done then."""


def exclusive(purpose: str) -> AbstractContextManager[None]:
    """Hold the lab's lock; see `held`."""
    return held(paths.LOCK, "the lab", purpose)


def no_scenarios(purpose: str) -> AbstractContextManager[None]:
    """Hold the lock of all scenarios: while one runs, another run would remove it, and the lab must not go."""
    return held(paths.STACK_LOCKS / "scenarios", "every scenario", purpose)


@contextmanager
def held(path: Path, what: str, purpose: str, patience: float | None = None) -> Iterator[None]:
    """Hold a lock; the kernel lets go of it when the process ends, however it ends.

    Args:
        path: The lock's file.
        what: What it keeps others from, as they are told.
        purpose: The command that holds it.
        patience: Seconds to wait for it. Default: `PATIENCE`.

    Raises:
        LabError: another command keeps it; the text names the process, its purpose and since when.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        deadline = time.monotonic() + (PATIENCE if patience is None else patience)
        while not _taken(file):
            if time.monotonic() > deadline:
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise LabError(f"{what} is locked by {holder}; wait until it has ended, then run this again")
            time.sleep(0.1)
        _sign(file, purpose)
        yield


def _taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(file: IO[str], purpose: str) -> None:
    """Say who holds the lock. On a full disk it is held without a word: `make down` is what helps there."""
    # Not through the file's buffer, which would be written once more when it is closed.
    with suppress(OSError):
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), f"process {os.getpid()} (lab {purpose}, since {datetime.now():%H:%M:%S})".encode())
