"""Pulumi commands whose failure is explained: after Pulumi's own words come those that say what to do."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab import events, paths, recovery
from lab.errors import LabError
from lab.progress import say
from lab.remedies import remedies
from lab.run import attend
from lab.stacks import Stack
from previews.redaction import hide

_INTERRUPTED = 130


def run(stack: Stack, command: str, *arguments: str) -> int:
    """Run a command that runs the program.

    Pulumi's own display stays as it is. If the command fails, what helps is said at the end, and what the engine does
    not know the end of is put back into the state for the next update; so it is where somebody interrupts it.

    Args:
        stack: The stack, prepared.
        command: `up`, `preview`, `refresh` or `destroy`.
        arguments: Further options for pulumi.

    Returns:
        Pulumi's exit code.

    Raises:
        KeyboardInterrupt: Somebody interrupted it; Pulumi has ended.
    """
    with tempfile.TemporaryDirectory(prefix="secure-nginx-") as folder:
        log, errors = Path(folder) / "events", Path(folder) / "errors"
        code = _INTERRUPTED
        try:
            code = attend(
                [*stack.command(command), events.option(log), *arguments],
                folder=paths.REPOSITORY,
                environment={**stack.environment, **events.ENVIRONMENT},
                errors=errors,
            )
        finally:
            said = errors.read_text(errors="replace") if errors.exists() else ""
            sys.stdout.flush()
            # The password of a state's address is in many errors, and the logs of a pipeline have many readers.
            sys.stderr.write(hide(said))
            if code != 0:
                for number, remedy in enumerate(remedies([said, *events.errors(log)], stack.lab("pulumi"))):
                    say(f"\nWhat to do\n  {remedy}" if number == 0 else f"  {remedy}")
                _put_back(stack, events.unanswered_creations(log))
    return code


def _put_back(stack: Stack, creations: Sequence[Mapping[str, Any]]) -> None:
    if not creations:
        return
    try:
        recovery.recover(stack, creations)
    except LabError as error:
        names = ", ".join(each["urn"].rpartition("::")[2] for each in creations)
        say(f"Look whether these are in the cluster, and delete those that are: {names}. The state knows none: {error}")
