"""Updates that something happens to: their engine killed, its plugin, or two of them at once."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from lab import daemons, events, nodes, paths, recovery, topology

from ..errors import BenchError
from ..stack import BenchStack

Victim = Literal["engine", "plugin", "API server", "disk"]
"""What is killed, or in the case of the disk, full."""
Outcome = Literal["missed", "unharmed", "broken"]
"""What happened did not happen while the update ran; or the update succeeded all the same, as one may that asks a dead
API server again; or it failed."""
_LONGEST = 180.0


@contextmanager
def begun(stack: BenchStack) -> Iterator["subprocess.Popen[bytes]"]:
    """Begin an update of a stack as it is configured; what it says is in `update.log` in the stack's folder.

    Whoever is interrupted meanwhile leaves none running, which would write a state that is being removed.
    """
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


def interrupted(stack: BenchStack, victim: Victim, after: float) -> Outcome:
    """Begin an update, kill something in the middle, and tell what that did to the update.

    As `make up` does, what the engine does not know the end of is put back into the state afterwards.

    Args:
        stack: The stack, configured.
        victim: What is killed.
        after: Seconds after the beginning.
    """
    _events(stack).unlink(missing_ok=True)
    with begun(stack) as update:
        time.sleep(after)
        hit = update.poll() is None and _KILL[victim](update.pid)
        update.wait(timeout=_LONGEST)
    if creations := events.unanswered_creations(_events(stack)):
        recovery.recover(stack, creations)
    if not hit:
        return "missed"
    return "broken" if update.returncode else "unharmed"


def both_at_once(stack: BenchStack) -> tuple[int, int]:
    """Begin two updates of one stack at once; return how many succeeded, and how many were refused for the lock.

    Raises:
        BenchError: One ended in another way.
    """
    log = stack.folder / "update.log"
    log.write_bytes(b"")
    with begun(stack) as one, begun(stack) as another:
        codes = [update.wait(timeout=_LONGEST) for update in (one, another)]
    succeeded, refused = codes.count(0), log.read_text(errors="replace").count("is currently locked by")
    if succeeded + min(refused, 1) < len(codes) and succeeded != len(codes):
        raise BenchError(f"two updates at once ended with {codes}:\n{log.read_text(errors='replace')[-2000:]}")
    return succeeded, len(codes) - succeeded


def _events(stack: BenchStack) -> Path:
    return stack.folder / "events"


def _kill_engine(engine: int) -> bool:
    os.kill(engine, signal.SIGKILL)
    return True


def _kill_plugin(engine: int) -> bool:
    plugins = [each for each in Path("/proc").iterdir() if each.name.isdigit() and _is_plugin(each, engine)]
    for process in plugins:
        os.kill(int(process.name), signal.SIGKILL)
    return bool(plugins)


def _is_plugin(process: Path, session: int) -> bool:
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        command = (process / "cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return False
    return int(fields[3]) == session and command.endswith(b"pulumi-resource-kubernetes")


def _kill_api_server(engine: int) -> bool:
    del engine
    if (pid := nodes.daemon(topology.CONTROL_PLANE, "kube-apiserver").pid) is not None:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    daemons.start(topology.CONTROL_PLANE, "kube-apiserver")
    return pid is not None


_KILL: dict[Victim, Callable[[int], bool]] = {
    "engine": _kill_engine,
    "plugin": _kill_plugin,
    "API server": _kill_api_server,
}
