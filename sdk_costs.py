"""What the SDK does for every resource without being asked, and what a program can do without."""

import contextlib
import os
import sys
from collections.abc import Iterator

import pulumi

# The SDK's own six frames, and the one that declares the resource.
_STACK_FRAMES = 7


@contextlib.contextmanager
def short_stacks(frames: int) -> Iterator[None]:
    """Let the SDK look up so many frames, from its own on, of where a resource is declared."""
    sys.tracebacklimit = frames
    try:
        yield
    finally:
        # Mistakes of the program itself are to be seen whole.
        vars(sys).pop("tracebacklimit", None)


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """Declare resources at less cost; with `SECURE_NGINX_DEBUG` set, debug messages stay.

    - Debug messages, four for a resource, each of which waits for the engine: a quarter of the program's time.
    - Of the call stack of each declaration, which goes into the state, all but the place of the declaration.
    """
    if not os.environ.get("SECURE_NGINX_DEBUG"):
        # Not given back: resources are registered after the program's last line.
        vars(pulumi.log)["debug"] = lambda *_args, **_options: None
    with short_stacks(_STACK_FRAMES):
        yield
