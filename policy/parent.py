"""Notice that the process is gone which started this one: the policy library's server would outlive a killed engine."""

import os
import threading
import time
from collections.abc import Callable

SECONDS = 1.0


def when_gone(parent: int, act: Callable[[], object]) -> None:
    """Act once this process has another parent; until then, watch beside whatever else goes on.

    Args:
        parent: The process id of the parent at the start.
        act: What to do then, once, in a thread of its own.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS)
        act()

    threading.Thread(target=watch, daemon=True).start()
