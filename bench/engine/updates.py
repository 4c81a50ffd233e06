"""Updates that something happens to: their engine killed, its plugin, or two of them at once."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lab import events, paths, recovery, turns
from lab.errors import LabError

from ..errors import BenchError
from ..stack import BenchStack
from . import api_server

Victim = Literal["engine", "plugin", "API server", "disk"]
"""What is killed, or in the case of the disk, full."""
Outcome = Literal["missed", "unharmed", "broken"]
"""What happened did not happen while the update ran; or the update succeeded all the same, as one may that asks a dead
API server again; or it failed."""
_LONGEST = 300.0
"""Seconds for which an update is waited for; the site's own limits for its pods and its proof are well below."""
_LOOK_EVERY = 0.1
_LAST_LINES = 20
_REFUSED = -1
"""In the place of an exit code, of an update that the other one kept from beginning; `make up` ends with 1 then."""


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How long an update takes that nobody breaks.

    Attributes:
        update: Seconds from its beginning to its end.
        plugin: Seconds for which there is a plugin: the engine starts it only when the program asks for it.
    """

    update: float
    plugin: float


@dataclass(frozen=True, kw_only=True)
class Interruption:
    """What came of killing something.

    Attributes:
        outcome: What that did to the update.
        since: The moment (of `time.monotonic`) from which on nothing but the recovery stood between the user and a
            whole site: that of the kill or, if the API server was killed, that at which the cluster acted again.
        asleep: Seconds that this took, from when the API server answered; None if it was not killed.
        failure: What went wrong that recovery is no remedy for; empty if nothing did.
    """

    outcome: Outcome
    since: float
    asleep: float | None = None
    failure: str = ""


@contextlib.contextmanager
def begun(stack: BenchStack) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin an update of a stack as it is configured; what it says is in `update.log` in the stack's folder.

    Whoever is interrupted meanwhile leaves none running, which would write a state that is being removed.
    """
    _events(stack).unlink(missing_ok=True)
    with (stack.folder / "update.log").open("ab") as log:
        update = subprocess.Popen(
            [
                *stack.command("up", "--yes", "--skip-preview", "--non-interactive", "--color=never"),
                events.option(_events(stack)),
            ],
            cwd=paths.REPOSITORY,
            env={**os.environ, **stack.environment, **events.ENVIRONMENT},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield update
    finally:
        if update.poll() is None:
            os.killpg(update.pid, signal.SIGKILL)
            update.wait()


def ended(update: "subprocess.Popen[bytes]") -> int:
    """Wait for an update, and return its exit code.

    Raises:
        BenchError: It took too long.
    """
    try:
        return update.wait(timeout=_LONGEST)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"the update has not ended after {_LONGEST:.0f} s") from error


def lengths(stack: BenchStack) -> Lengths:
    """Run an update that nobody breaks, and tell how long it takes.

    Raises:
        BenchError: It failed.
    """
    began = time.monotonic()
    alive: list[float] = []
    with begun(stack) as update:
        while update.poll() is None and time.monotonic() < began + _LONGEST:
            if plugins(update.pid):
                alive.append(time.monotonic())
            time.sleep(_LOOK_EVERY)
        spent = time.monotonic() - began
    if update.returncode != 0 or not alive:
        raise BenchError(f"the update that nobody breaks has failed:\n{_last_words(stack)}")
    return Lengths(update=spent, plugin=alive[-1] - alive[0])


def interrupted(stack: BenchStack, victim: Victim, after: float) -> Interruption:
    """Begin an update, kill something in the middle, and tell what came of it.

    Args:
        stack: The stack, configured.
        victim: What is killed.
        after: Seconds after the beginning or, for a plugin, after there is one.
    """
    failure, asleep = "", None
    with begun(stack) as update:
        if victim == "plugin":
            _until_there_is_a_plugin(update)
        time.sleep(after)
        since = time.monotonic()
        hit = update.poll() is None
        try:
            hit = hit and _KILL[victim](update.pid)
            if hit and victim == "API server":
                asleep = api_server.until_the_cluster_acts()
                since = time.monotonic()
            ended(update)
        except (BenchError, LabError) as error:
            failure = str(error)
    if not hit and update.returncode and not failure:
        failure = f"it failed before anything was killed:\n{_last_words(stack)}"
    outcome: Outcome = "missed" if not hit else "broken" if update.returncode else "unharmed"
    return Interruption(outcome=outcome, since=since, asleep=asleep, failure=failure)


def adopt_unanswered(stack: BenchStack) -> None:
    """Put back into the state what the last update asked for and got no answer to, as `make up` does at its end."""
    if creations := events.unanswered_creations(_events(stack)):
        recovery.recover(stack, creations)


def both_at_once(stack: BenchStack) -> tuple[int, int, str]:
    """Begin two updates of one stack at once, as two `make up` do.

    Returns:
        How many succeeded, how many were refused for the lock, and what went wrong if it was not that one of them did
        the work at least, and the other one likewise or was refused.

    Raises:
        BenchError: One did not end.
    """
    log = stack.folder / "update.log"
    log.write_bytes(b"")
    with ThreadPoolExecutor(2) as threads:
        codes = sorted(each.result() for each in [threads.submit(_alone, stack) for _ in range(2)])
    succeeded, refused = codes.count(0), codes.count(_REFUSED)
    if succeeded and succeeded + refused == len(codes):
        return succeeded, refused, ""
    said = log.read_text(errors="replace")
    return succeeded, refused, f"two updates at once ended with {codes}:\n{said[-2000:]}"


def _alone(stack: BenchStack) -> int:
    try:
        with turns.alone(stack, "up"), begun(stack) as update:
            return ended(update)
    except LabError:
        return _REFUSED


def plugins(engine: int) -> list[int]:
    """The numbers of the Kubernetes plugin's processes of an update, by its engine's number."""
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit() and _is_plugin(each, engine)]


def _until_there_is_a_plugin(update: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _LONGEST
    while update.poll() is None and not plugins(update.pid) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY)


def _events(stack: BenchStack) -> Path:
    return stack.folder / "events"


def _last_words(stack: BenchStack) -> str:
    lines = (stack.folder / "update.log").read_text(errors="replace").splitlines()
    return "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])


def _kill_engine(engine: int) -> bool:
    os.kill(engine, signal.SIGKILL)
    return True


def _kill_plugin(engine: int) -> bool:
    found = plugins(engine)
    for process in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return bool(found)


def _is_plugin(process: Path, session: int) -> bool:
    try:
        fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
        if int(fields[3]) != session:
            return False
        return (process / "cmdline").read_bytes().split(b"\0")[0].endswith(b"pulumi-resource-kubernetes")
    except OSError:
        return False


def _kill_api_server(engine: int) -> bool:
    """Kill it, and start it again at once: it is away for as long as that takes."""
    del engine
    with api_server.down():
        return True


_KILL: dict[Victim, Callable[[int], bool]] = {
    "engine": _kill_engine,
    "plugin": _kill_plugin,
    "API server": _kill_api_server,
}
