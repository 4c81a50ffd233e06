"""What a schedule looks at: has a stranger's hand been at work, has a certificate come of age."""

import itertools
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lab import paths, recording
from lab.errors import LabError
from lab.progress import say
from lab.run import run
from lab.stacks import Stack
from previews import certificates, drift

CHANGED = 7
"""Exit code for a difference that was found, Pulumi's own for it."""

_PAGE = 50
"""Entries of the history that are asked for at once: refreshes and failed updates are in it, too."""


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
        recording.explain(stack.name, folder)
        return 1
    for line in drift.lines(found):
        say(line)
    return CHANGED if drift.steps(found) else 0


def renew(stack: Stack, deploy: Callable[[], int]) -> int:
    """Deploy the stack again if a certificate is due, or the last update of this commit failed, and only then.

    Args:
        stack: The stack, prepared.
        deploy: Deploys it and returns the exit code.

    Returns:
        0 if there was nothing to deploy or the update went well, 7 if something else waits to be deployed.
    """
    with tempfile.TemporaryDirectory(prefix="renewal-") as folder:
        code = recording.record(stack, Path(folder))
        preview = recording.read(stack.name, Path(folder))
        if code != 0 or preview.failed:
            recording.explain(stack.name, Path(folder))
            return 1
    if due := certificates.due(preview):
        say(f"Due for renewal: {', '.join(step.name for step in due)}.")
        if _would_take_back(stack):
            say(
                "What is deployed came from a working tree with changes, which this one has not: deploy a commit first."
            )
            return CHANGED
        return deploy()
    if preview.changes and _was_broken_off(stack):
        say("The last update of this commit did not end well: it is gone on with.")
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
    if commit := _commit(_last(stack, "succeeded")):
        return commit
    raise LabError(f"the stack {stack.name} has no update whose commit is known; deploy it once from a git repository")


def _would_take_back(stack: Stack) -> bool:
    """Whether the last update had more than a commit, and this working tree has no more than one."""
    return _last(stack, "succeeded").get("environment", {}).get("git.dirty") == "true" and not _git("status", "--short")


def _was_broken_off(stack: Stack) -> bool:
    """Whether the last update failed, and was one of the commit that is checked out."""
    last, commit = _last(stack), _git("rev-parse", "HEAD")
    return bool(commit) and last.get("result") == "failed" and _commit(last) == commit


def _last(stack: Stack, result: str = "") -> Mapping[str, Any]:
    """The last update of a stack in its history, or the last one with a result; empty if there is none."""
    for page in itertools.count(1):
        options = ("--json", f"--page-size={_PAGE}", f"--page={page}", f"--stack={stack.name}")
        history = json.loads(stack.pulumi("stack", "history", *options))
        for each in history:
            if each["kind"] == "update" and result in ("", each["result"]):
                return dict(each)
        if len(history) < _PAGE:
            break
    return {}


def _commit(update: Mapping[str, Any]) -> str:
    return str(update.get("environment", {}).get("git.head", ""))


def _git(*arguments: str) -> str:
    """What git says of the project's folder; nothing where it is no repository."""
    try:
        return run(["git", *arguments], folder=paths.REPOSITORY).strip()
    except LabError:
        return ""
