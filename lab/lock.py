"""One command at a time: two that build or start the same things would tread on each other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from lab import paths
from lab.errors import LabError


@contextmanager
def exclusive(purpose: str) -> Iterator[None]:
    """Hold the lab's lock; the kernel lets go of it when the process ends, however it ends.

    Raises:
        LabError: another command holds it; the text names the process, its purpose and since when.
    """
    paths.ROOT.mkdir(parents=True, exist_ok=True)
    with paths.LOCK.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise LabError(f"the lab is locked by {holder}; wait until it has ended, then run this again") from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()} (lab {purpose}, since {datetime.now():%H:%M:%S})")
        file.flush()
        yield
