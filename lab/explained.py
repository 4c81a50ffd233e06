"""Pulumi commands whose failure is explained: after Pulumi's own words come those that say what to do."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lab import paths
from lab.progress import say
from lab.remedies import remedies
from lab.stacks import Stack


def run(stack: Stack, command: str, *arguments: str) -> int:
    """Run a command that runs the program, and return its exit code.

    Pulumi's own display stays as it is. If the command fails, what helps is said at the end.
    """
    with tempfile.TemporaryDirectory(prefix="secure-nginx-") as folder:
        events = Path(folder) / "events"
        done = subprocess.run(
            [*stack.command(command), f"--event-log={events}", *arguments],
            cwd=paths.REPOSITORY,
            # The log of events is an option only with the commands for debugging.
            env={**os.environ, **stack.environment, "PULUMI_DEBUG_COMMANDS": "true"},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        sys.stdout.flush()
        sys.stderr.write(done.stderr)
        if done.returncode != 0:
            for number, remedy in enumerate(remedies([done.stderr, *errors(events)])):
                say(f"\nWhat to do\n  {remedy}" if number == 0 else f"  {remedy}")
    return done.returncode


def errors(events: Path) -> Iterator[str]:
    """Yield the error messages in a log of events; none if the engine never came so far."""
    if not events.exists():
        return
    for line in events.read_text().splitlines():
        diagnostic = json.loads(line).get("diagnosticEvent", {})
        if diagnostic.get("severity") == "error":
            yield diagnostic["message"]
