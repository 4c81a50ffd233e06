"""Commands that the lab runs and waits for."""

import contextlib
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from lab import endings, paths
from lab.errors import LabError
from previews.redaction import hide


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
        LabError: it failed; the text has the command and the end of what it said, without secrets. Or program or folder
            are not there.
    """
    try:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            # What a command passes on, such as a pod's log, may be anything.
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError as error:
        raise _absent(command[0], folder) from error
    said = result.stdout + result.stderr
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(said, encoding="utf-8")
    if result.returncode != 0:
        # It may repeat a password: that of a state's address is in many errors. A key is known by its first line, so
        # nothing is cut before.
        last = "\n".join(f"  {line}" for line in hide(said).splitlines()[-20:])
        where = f" (all of it: {log})" if log else ""
        shown = " ".join(str(part) for part in command[:6])
        raise LabError(f"`{hide(shown)}` failed with exit code {result.returncode}{where}:\n{last}")
    return result.stdout


def attend(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: Path | None = None,
    errors: Path | None = None,
) -> int:
    """Run a command that talks to the terminal, and return its exit code.

    Ctrl-C reaches the command as well. It is given the time to end by itself, as Pulumi does that finishes what it has
    begun, saves the state and gives back its lock; the second Ctrl-C ends it at once. What ends this process alone, is
    passed on, but not what reaches the command as well: Pulumi takes a second signal for an order not to tidy up.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: variables on top of the present ones.
        output: a file for what it prints; None for the terminal.
        errors: a file for what it says besides; None for the terminal.

    Raises:
        KeyboardInterrupt: somebody interrupted it. It has ended.
        LabError: program or folder are not there.
    """
    with contextlib.ExitStack() as contexts:
        streams = [None if file is None else contexts.enter_context(file.open("wb")) for file in (output, errors)]
        witness = contexts.enter_context(endings.told_apart())
        process = None
        try:
            # Whoever does not know of what was started could not end it.
            with endings.held_back():
                process = _begun(command, folder, environment, streams)
            return process.wait()
        except KeyboardInterrupt as interruption:
            if process is not None:
                _wait_patiently(process, told=not isinstance(interruption, endings.ToldToEnd) or witness.has_ended())
            raise


def _begun(
    command: Sequence[str | Path],
    folder: Path | None,
    environment: Mapping[str, str] | None,
    streams: Sequence[IO[bytes] | None],
) -> "subprocess.Popen[bytes]":
    output, errors = streams
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=None if output is None else subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
    except FileNotFoundError as error:
        raise _absent(command[0], folder) from error


def _wait_patiently(process: "subprocess.Popen[bytes]", *, told: bool) -> None:
    """Wait until a process has ended, which is told to unless it was; an impatient user ends it at once."""
    try:
        if not told:
            process.terminate()
        process.wait()
    except KeyboardInterrupt:
        process.kill()
        process.wait()


def succeeds(
    command: Sequence[str | Path], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> bool:
    """Run a command for its exit code alone.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environment: variables on top of the present ones.

    Raises:
        LabError: there is no such program, which is no answer to what was asked.
    """
    try:
        result = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise _absent(command[0], folder) from error
    return result.returncode == 0


def _absent(program: str | Path, folder: Path | None) -> LabError:
    """Return the error for what the system only calls a missing file: the folder or the program."""
    if folder is not None and not folder.is_dir():
        return LabError(f"the folder {folder}, in which {program} was to run, is not there; `make up` makes it", code=2)
    is_built = str(program) == "pulumi" or Path(program).is_relative_to(paths.BIN)
    remedy = "`make up` builds it" if is_built else "install it, or put its folder into PATH"
    return LabError(f"{program} is not there: {remedy}", code=2)
