"""What a person sees while something takes long: the step, its number, the time so far."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TICK = 1.0
"""Seconds between two refreshes on a terminal."""

REMINDER = 15.0
"""Seconds between two lines where there is no terminal, as in a CI job's log."""


def duration(seconds: float) -> str:
    """Return a length of time as people say it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def mebibytes(size: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{size / (1 << 20):.0f} MiB"


def say(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


class Steps:
    """Counts the steps of one command and shows each while it runs."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a step: its start, the time so far, and how it ended."""
        self._number += 1
        label = f"[{self._number}/{self._total}] {title}"
        started = time.monotonic()
        ended = threading.Event()
        ticker = threading.Thread(target=_tick, args=(label, started, ended), daemon=True)
        ticker.start()
        outcome = "failed after"
        try:
            yield
            outcome = "done in"
        finally:
            ended.set()
            ticker.join()
            end_of_line = "\033[K" if sys.stdout.isatty() else ""
            start_of_line = "\r" if sys.stdout.isatty() else ""
            spent = duration(time.monotonic() - started)
            say(f"{start_of_line}{label}: {outcome} {spent}{end_of_line}")


def _tick(label: str, started: float, ended: threading.Event) -> None:
    # Whoever was reading has seen enough: the command itself notices, and says so once.
    with suppress(BrokenPipeError):
        _show(label, started, ended)


def _show(label: str, started: float, ended: threading.Event) -> None:
    terminal = sys.stdout.isatty()
    if terminal:
        print(f"{label} ...", end="", flush=True)
    while not ended.wait(TICK if terminal else REMINDER):
        spent = duration(time.monotonic() - started)
        if terminal:
            print(f"\r{label} ... {spent}\033[K", end="", flush=True)
        else:
            say(f"{label} ... {spent}")
