"""What a command takes: time, processor, memory."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import BenchError

_LOOK_EVERY = 0.1
_LEAST_REST, _LONGEST_REST = 10, 0.5
"""The pause after a look: so many times what it took at least, for a lab of many sites has hundreds of processes."""
_LAST_LINES = 25
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What a command took, with everything that it started.

    Attributes:
        seconds: Wall time.
        cpu_seconds: Processor time of all processes together, in the kernel and outside.
        memory: Bytes of resident memory of all processes together, at the highest of some looks a second.
        output: All that it said.
    """

    seconds: float
    cpu_seconds: float
    memory: int
    output: str


def measured(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    log: Path,
) -> Spent:
    """Run a command to its successful end and tell what it took.

    Args:
        command: The program and its arguments.
        environment: Variables on top of the present ones.
        folder: Where it runs. Default: here.
        log: File for all that it says.

    Raises:
        BenchError: It failed; the text has the end of what it said.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    over = threading.Event()
    highest = [0]
    with log.open("w+b") as said:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watcher = threading.Thread(target=_watch, args=(process.pid, over, highest), daemon=True)
        watcher.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except KeyboardInterrupt:
            # It has a session of its own, so that the terminal's signal did not reach it.
            os.killpg(process.pid, signal.SIGINT)
            process.wait()
            raise
        finally:
            over.set()
            watcher.join()
        seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    output = log.read_text(errors="replace")
    if process.returncode != 0:
        end = "\n".join(f"  {line}" for line in output.splitlines()[-_LAST_LINES:])
        raise BenchError(f"`{' '.join(command)}` failed with exit code {process.returncode}:\n{end}")
    return Spent(seconds=seconds, cpu_seconds=usage.ru_utime + usage.ru_stime, memory=highest[0], output=output)


def _watch(session: int, over: threading.Event, highest: list[int]) -> None:
    pause = _LOOK_EVERY
    while not over.wait(pause):
        begun = time.thread_time()
        highest[0] = max(highest[0], resident(session, Path("/proc").iterdir()))
        pause = min(max(_LOOK_EVERY, _LEAST_REST * (time.thread_time() - begun)), _LONGEST_REST)


def resident(session: int, processes: Iterable[Path]) -> int:
    """The resident memory of a session's processes, in bytes.

    Args:
        session: Number of the session.
        processes: Folders as in /proc; what is no process, or is one no more, does not count.
    """
    pages = 0
    for process in processes:
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if len(fields) > 21 and int(fields[3]) == session:
            pages += int(fields[21])
    return pages * _PAGE
