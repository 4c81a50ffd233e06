"""Commands that the lab runs and waits for."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import paths
from lab.errors import LabError


def run(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    text: str | None = None,
    log: Path | None = None,
) -> str:
    """Run a command to its end and return what it printed.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: variables on top of the present ones.
        text: its standard input.
        log: a file for all that it says, kept for later reading.

    Raises:
        LabError: it failed; the text has the command and the end of what it said. Or program or folder are not there.
    """
    try:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise _absent(command[0], folder) from error
    said = result.stdout + result.stderr
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(said)
    if result.returncode != 0:
        last = "\n".join(f"  {line}" for line in said.splitlines()[-20:])
        where = f" (all of it: {log})" if log else ""
        shown = " ".join(str(part) for part in command[:6])
        raise LabError(f"`{shown}` failed with exit code {result.returncode}{where}:\n{last}")
    return result.stdout


def succeeds(command: Sequence[str | Path]) -> bool:
    """Run a command for its exit code alone.

    Raises:
        LabError: there is no such program, which is no answer to what was asked.
    """
    try:
        result = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise _absent(command[0], None) from error
    return result.returncode == 0


def _absent(program: str | Path, folder: Path | None) -> LabError:
    """Return the error for what the system only calls a missing file: the folder or the program."""
    if folder is not None and not folder.is_dir():
        return LabError(f"the folder {folder}, in which {program} was to run, is not there; `make up` makes it", code=2)
    is_built = str(program) == "pulumi" or Path(program).is_relative_to(paths.BIN)
    remedy = "`make up` builds it" if is_built else "install it, or put its folder into PATH"
    return LabError(f"{program} is not there: {remedy}", code=2)
