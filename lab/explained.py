"""Pulumi commands whose failure is explained: after Pulumi's own words come those that say what to do."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lab import events, paths, recovery
from lab.progress import say
from lab.remedies import remedies
from lab.stacks import Stack


def run(stack: Stack, command: str, *arguments: str) -> int:
    """Run a command that runs the program, and return its exit code.

    Pulumi's own display stays as it is. If the command fails, what helps is said at the end, and what the engine does
    not know the end of is noted for the next update.
    """
    with tempfile.TemporaryDirectory(prefix="secure-nginx-") as folder:
        log = Path(folder) / "events"
        done = subprocess.run(
            [*stack.command(command), events.option(log), *arguments],
            cwd=paths.REPOSITORY,
            env={**os.environ, **stack.environment, **events.ENVIRONMENT},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        sys.stdout.flush()
        sys.stderr.write(done.stderr)
        if done.returncode != 0:
            for number, remedy in enumerate(remedies([done.stderr, *events.errors(log)])):
                say(f"\nWhat to do\n  {remedy}" if number == 0 else f"  {remedy}")
            if creations := events.unanswered_creations(log):
                recovery.note(stack, creations)
    return done.returncode
