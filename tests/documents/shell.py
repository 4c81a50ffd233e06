"""A shell that runs one command after the other, as a reader's terminal does: what is set stays set."""

import os
import select
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self


class Shell:
    """Bash, in a folder.

    Args:
        folder: Where it starts.
        environment: Its variables, all of them.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._files = tempfile.TemporaryDirectory()
        self._command = Path(self._files.name) / "command"
        self._printed = Path(self._files.name) / "printed"
        self._codes, written = os.pipe()
        self._process = subprocess.Popen(
            ["/bin/bash", "-o", "pipefail", "-s", str(self._command), str(self._printed), str(written)],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            pass_fds=[written],
            text=True,
            start_new_session=True,
        )
        os.close(written)

    def run(self, command: str, *, seconds: float) -> tuple[int, str]:
        """Run a command to its end.

        Args:
            command: As it is typed; what it defines is there for the next one.
            seconds: After how long it is given up.

        Returns:
            Its exit code, and all that it printed.

        Raises:
            TimeoutError: It took longer.
            RuntimeError: It has ended the shell.
        """
        self._command.write_text(command + "\n")
        assert self._process.stdin is not None, "it was opened as a pipe"
        self._process.stdin.write('. "$1" >"$2" 2>&1 </dev/null; echo $? >&"$3"\n')
        self._process.stdin.flush()
        if not select.select([self._codes], [], [], seconds)[0]:
            raise TimeoutError(f"no end after {seconds:.0f} s; so far:\n{self._said()}")
        if not (code := os.read(self._codes, 16).decode().strip()):
            raise RuntimeError(f"the shell has ended:\n{self._said()}")
        return int(code), self._said()

    def _said(self) -> str:
        return self._printed.read_bytes().decode(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and self._process.poll() is None:
            os.killpg(self._process.pid, 15)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=60)
        os.close(self._codes)
        self._files.cleanup()
