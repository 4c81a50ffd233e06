"""A cloud's load balancer, which tells a Service by what host name it is reached."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .commands import Commands, Stopped
from .model import SITE
from .site import kubectl

_PAUSE = 0.3
"""Seconds between two attempts."""


@contextmanager
def standing_in(commands: Commands, namespace: str, host: str | None) -> Iterator[None]:
    """Put `host` into the Service's status as soon as the Service is there; nothing if it is None."""
    if host is None:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_announce, args=(commands, namespace, host, over))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _announce(commands: Commands, namespace: str, host: str, over: threading.Event) -> None:
    status = json.dumps({"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}})
    command = ["patch", f"service/{SITE}", f"--namespace={namespace}", "--subresource=status", "--type=merge"]
    try:
        while not over.is_set() and kubectl(commands, *command, f"--patch={status}").code:
            over.wait(_PAUSE)
    except Stopped:
        return
