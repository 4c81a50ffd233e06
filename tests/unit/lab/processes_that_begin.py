"""A process that was just started, which is for a moment what has started it, or nothing that can be read."""

import time
from collections.abc import Callable


def soon(condition: Callable[[], bool]) -> bool:
    """Whether something is so within a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
