"""What ends a command from outside, handled like Ctrl-C: what is to be done at the end is done then as well.

As `check`, it is read by any Python: standard library only.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

_NUMBERS = (signal.SIGTERM, signal.SIGHUP)
_TO_ARRIVE = 1.0
"""Seconds that a signal for several processes needs at most, from the first of them to the last."""


class ToldToEnd(KeyboardInterrupt):
    """SIGTERM or SIGHUP came; unlike a terminal's Ctrl-C, perhaps to this process alone."""


class Orders:
    """Tells which of the signals that end a command are orders, and which only repeat one.

    Whoever ends several processes may do so twice: `timeout` tells make, and all of its group; make tells its own. So
    SIGTERM and SIGHUP count if nothing came before; Ctrl-C counts again, as that of somebody who has lost patience, but
    not within the second that a signal needs to arrive everywhere.
    """

    def __init__(self) -> None:
        self._came: dict[int, float] = {}

    def is_new(self, number: int) -> bool:
        """Take note of a signal that came, and tell whether it is an order."""
        now = time.monotonic()
        is_first = not self._came
        since = now - self._came.setdefault(number, now)
        is_again = number == signal.SIGINT and since >= _TO_ARRIVE
        if is_again:
            self._came[number] = now
        return is_first or is_again

    def forget(self) -> None:
        """Begin anew."""
        self._came.clear()


_ORDERS = Orders()


def heard() -> list[int]:
    """Return the signals that end a command: SIGINT, and of SIGTERM and SIGHUP what is not ignored (nohup)."""
    return [signal.SIGINT, *(each for each in _NUMBERS if signal.getsignal(each) != signal.SIG_IGN)]


def handle() -> None:
    """Have what ends a command interrupt this process."""
    # A shell without job control starts background jobs deaf to SIGINT, and their children with them. Pulumi ends its
    # plugins by that signal: every command would wait five seconds for those that do not hear it.
    _ORDERS.forget()
    for number in heard():
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else _end)


@contextmanager
def held_back() -> Iterator[None]:
    """Have what ends this process come when the context ends: by then it knows of what it has started there."""
    came: list[int] = []
    handled = [each for each in _NUMBERS if signal.getsignal(each) == _end]
    for each in handled:
        signal.signal(each, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for each in handled:
            signal.signal(each, _end)
    if came:
        _end(came[0], None)


def _end(number: int, _: object) -> None:
    if number == signal.SIGHUP:
        leave_terminal()
    if _ORDERS.is_new(number):
        raise ToldToEnd


def leave_terminal() -> None:
    """Say no more where nobody reads any more, and where every word would be an error; files are still written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        # Of a terminal that is gone, the system does not say that it was one.
        if stat.S_ISCHR(os.fstat(stream).st_mode):
            os.dup2(nowhere, stream)


@contextmanager
def told_apart() -> Iterator[Witness]:
    """Watch, until the context ends, whether what ends this process is for all of its group."""
    # It ends with this process, however that ends: then nobody has the other end of its input.
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        yield Witness(process)


class Witness:
    """A process of the same group, which does nothing: what ends it came to the others as well."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def has_ended(self) -> bool:
        """Tell whether it was ended, and so all of the group."""
        try:
            self._process.wait(_TO_ARRIVE)
        except subprocess.TimeoutExpired:
            return False
        return True
