"""Background processes by pid file, or by command line where that file is gone.

What is ended is what was started, and nothing that merely has its number.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import paths
from lab.errors import LabError

LAST_LINES = 15
"""How much of a dead daemon's log is shown."""

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
}
"""All that a daemon sees of the caller's environment: a proxy or a kubeconfig in it must not lead it astray."""

PROC = Path("/proc")
"""Where Linux tells of processes. Other systems, from which one's own cluster can be deployed to, have no such."""

# The process notes its own number and birth, which it keeps when it becomes the program: if whoever starts it is killed
# just then, nobody else knows it.
_NOTED = 'echo "$$ $(cut -d" " -f22 /proc/$$/stat)" >"$0.new" && mv "$0.new" "$0" && exec "$@"'

_CHILDREN: list[subprocess.Popen[bytes]] = []
"""What this process started; it waits for none of it, and takes note of those that have ended."""


@dataclass(frozen=True)
class Daemon:
    """A process of the lab, by the name of its pid file and log."""

    name: str

    @property
    def _pid_file(self) -> Path:
        return paths.RUN / f"{self.name}.pid"

    @property
    def log(self) -> Path:
        """The file with all that the process says."""
        return paths.LOGS / f"{self.name}.log"

    @property
    def started(self) -> bool:
        """Whether the daemon was started since the lab came up; it may have died."""
        return self._pid_file.exists()

    @property
    def pid(self) -> int | None:
        """The process's number, or None if it does not run."""
        try:
            number, birth = self._pid_file.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(number) if _birth(int(number)) == birth else None

    def start(self, command: Sequence[str], *, in_namespaces: bool = False) -> None:
        """Start the process in the background, cut off from the terminal.

        Args:
            command: the program and its arguments.
            in_namespaces: `command` enters or makes a pid namespace and waits for one child: the
            child is the daemon.
        """
        if self.pid is not None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        paths.RUN.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command if in_namespaces else ["sh", "-c", _NOTED, str(self._pid_file), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                # Pods run as other users, and read what the kubelet and the container runtime write for them.
                umask=0o022,
                start_new_session=True,
            )
        _CHILDREN.append(process)
        pid = _only_child(process) if in_namespaces else process.pid
        birth = _birth(pid) if pid else None
        if birth is None:
            raise self.death()
        self._pid_file.write_text(f"{pid} {birth}\n")

    def stop(self, grace: float = 10.0) -> None:
        """End the process: politely, then after `grace` seconds for certain."""
        self.ask_to_end()
        deadline = time.monotonic() + grace
        while self.pid is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGKILL)
            while self.pid is not None:
                time.sleep(0.02)
        self._pid_file.unlink(missing_ok=True)
        for child in _CHILDREN:
            child.poll()

    def ask_to_end(self) -> None:
        """Send SIGTERM, without waiting."""
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGTERM)

    def death(self) -> LabError:
        """Return an error with the name of a dead daemon and the last that it said."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        except FileNotFoundError:
            lines = []
        last_words = "\n".join(f"  {line}" for line in lines) or "  (it said nothing)"
        return LabError(f"{self.name} has died. The end of its log ({self.log}):\n{last_words}")


def all_started() -> list[Daemon]:
    """Return every daemon that has a pid file, the newest first."""
    files = sorted(paths.RUN.glob("*.pid"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [Daemon(file.stem) for file in files]


def running(command: Sequence[str]) -> list[int]:
    """Return the processes that have exactly this command line, whoever started them."""
    line = "".join(f"{part}\0" for part in command).encode()
    found = []
    for file in PROC.glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended since it was listed
            if file.read_bytes() == line:
                found.append(int(file.parent.name))
    return found


def exists(pid: int) -> bool:
    """Tell whether some process has a number, on any system; one that may not be asked is one."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def program_and_birth(pid: int) -> tuple[str, str] | None:
    """Return a process's program and when it began, in ticks since boot; None if it is gone."""
    try:
        beginning, _, rest = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = rest.split()
    return None if state in "ZX" else (beginning.partition("(")[2], fields[18])


def _birth(pid: int) -> str | None:
    """Return when a process began, or None if it is gone: number and birth are unique."""
    found = program_and_birth(pid)
    return found[1] if found else None


def _only_child(process: subprocess.Popen[bytes], patience: float = 5.0) -> int | None:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        if found := children.read_text().split():
            return int(found[0])
        time.sleep(0.005)
    return None
