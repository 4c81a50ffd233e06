"""What a schedule looks at: has a stranger's hand been at work, has a certificate come of age."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lab import recording
from lab.errors import LabError
from lab.progress import say
from lab.stacks import Stack
from previews import certificates, drift
from previews.digest import Preview
from previews.redaction import hide

CHANGED = 7
"""Exit code for a difference that was found, Pulumi's own for it."""


def drifted(stack: Stack, folder: Path) -> int:
    """Compare the cluster with the state, change neither, and say what differs.

    Args:
        stack: The stack, prepared.
        folder: Gets what `recording.record` writes, of the comparison.

    Returns:
        0 if nothing differs, 7 if something does, another code if that could not be found out.
    """
    command = [*stack.command("refresh"), "--preview-only"]
    code = recording.keep(stack.name, folder, command, stack.environment)
    found = recording.read(stack.name, folder)
    if code != 0 or found.failed:
        return _failed(found)
    for line in drift.lines(found):
        say(line)
    return CHANGED if drift.steps(found) else 0


def renew(stack: Stack, deploy: Callable[[], int]) -> int:
    """Deploy the stack again if a certificate is due, and only then.

    Args:
        stack: The stack, prepared.
        deploy: Deploys it and returns the exit code.

    Returns:
        0 if nothing was due or the update went well, 7 if something else waits to be deployed.
    """
    with tempfile.TemporaryDirectory(prefix="renewal-") as folder:
        code = recording.record(stack, Path(folder))
        preview = recording.read(stack.name, Path(folder))
    if code != 0 or preview.failed:
        return _failed(preview)
    if due := certificates.due(preview):
        say(f"Due for renewal: {', '.join(step.name for step in due)}.")
        return deploy()
    if preview.changes:
        say("No certificate is due, but the deployed stack is not what this commit says: deploy it first.")
        return CHANGED
    say("No certificate is due.")
    return 0


def deployed_commit(stack: Stack) -> str:
    """The commit of the stack's last successful update.

    Raises:
        LabError: There is none, or it was not made in a git repository.
    """
    for update in json.loads(stack.pulumi("stack", "history", "--json", f"--stack={stack.name}")):
        if update["kind"] == "update" and update["result"] == "succeeded":
            if commit := update["environment"].get("git.head"):
                return str(commit)
            break
    raise LabError(f"the stack {stack.name} has no update whose commit is known; deploy it once from a git repository")


def _failed(preview: Preview) -> int:
    for error in preview.errors or ("pulumi failed and did not say why",):
        sys.stderr.write(f"{hide(error)}\n")
    return 1
