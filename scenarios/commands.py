"""Commands that are begun side by side and can be interrupted all at once."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab import endings

INTERRUPTED = 130
"""Exit code of a program that ended because somebody wanted it to."""

_ONCE = (
    "\nInterrupted: what was begun is removed. Ctrl-C once more, a second later, leaves it there; the next run "
    "removes it first.\n"
)
_AGAIN = "\nInterrupted again: what was begun is left there.\n"
_SHOWN = 300
"""How much of what a command says is shown in a line."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a command ended and what it said: its result, and what it remarked besides."""

    code: int
    result: str = ""
    remarks: str = ""

    @property
    def text(self) -> str:
        """All that it said."""
        return self.result + self.remarks

    @property
    def shown(self) -> str:
        """All that it said, short enough for one line."""
        line = " / ".join(self.text.split("\n")).strip(" /")
        return f"{line[:_SHOWN]}..." if len(line) > _SHOWN else line


class Stopped(Exception):  # noqa: N818  # an order, not an error
    """Somebody wants everything to end."""


class Commands:
    """Runs commands for several threads.

    Each has a process group of its own: a terminal's Ctrl-C reaches this program alone, which passes it on once.
    Pulumi takes a second one for an order to end without tidying up.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._running: set[subprocess.Popen[str]] = set()
        self._abandoned = False
        self.interrupted = False

    def run(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        text: str | None = None,
        tidying: bool = False,
    ) -> Answer:
        """Run a command to its end.

        Args:
            command: The program and its arguments.
            environment: Variables besides the present ones.
            folder: Where it runs.
            text: Its standard input.
            tidying: Whether it is run even after an interruption.

        Raises:
            Stopped: `interrupt` was called before or meanwhile, and it does not tidy up.
        """
        with self._lock:
            self.check(tidying=tidying)
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # What a command passes on, such as a pod's log, may be anything.
                encoding="utf-8",
                errors="replace",
                process_group=0,
            )
            self._running.add(process)
        try:
            result, remarks = process.communicate(text)
        finally:
            with self._lock:
                self._running.discard(process)
        self.check(tidying=tidying)
        return Answer(code=process.returncode, result=result, remarks=remarks)

    def check(self, *, tidying: bool = False) -> None:
        """Go on only if nobody wants everything to end.

        Raises:
            Stopped: `interrupt` was called; twice, if this tidies up.
        """
        if self._abandoned or (self.interrupted and not tidying):
            raise Stopped

    def interrupt(self) -> None:
        """Ask all that runs to end, and begin nothing more but what tidies up; the second time, not even that."""
        with self._lock:
            self._abandoned = self.interrupted
            self.interrupted = True
            for process in self._running:
                process.send_signal(signal.SIGINT)


@contextmanager
def interruptible(commands: Commands) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a terminal that is closed interrupt the commands instead of this program."""
    orders = endings.Orders()

    def interrupt(number: int, frame: object) -> None:
        del frame
        if number == signal.SIGHUP:
            endings.leave_terminal()
        if not orders.is_new(number):
            return
        # Not by print, which may be what was just interrupted.
        os.write(1, (_AGAIN if commands.interrupted else _ONCE).encode())
        commands.interrupt()

    previous = {number: signal.signal(number, interrupt) for number in endings.heard()}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
