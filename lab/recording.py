"""Previews kept in files: what the pull-request comment is made of."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import events, paths
from lab.run import attend
from lab.stacks import Stack
from previews import folders
from previews.digest import Preview
from previews.redaction import hide


def record(stack: Stack, folder: Path, *arguments: str) -> int:
    """Preview a stack into files and return pulumi's exit code.

    Args:
        stack: The stack, prepared.
        folder: Gets `<stack>.json` (the preview), `<stack>.events` (the outputs after the update and the policies'
            findings, which the preview lacks) and `<stack>.errors` (what else was said). Made if it is not there.
        arguments: Further options for pulumi.
    """
    return keep(stack.name, folder, [*stack.command("preview"), *arguments], stack.environment)


def keep(name: str, folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a preview for `record`.

    Args:
        name: Name of the stack.
        folder: As there.
        command: The preview's command line.
        environment: Variables on top of the present ones.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.events"
    log.unlink(missing_ok=True)
    errors = folder / f"{name}.errors"
    code = attend(
        [*command, "--json", "--non-interactive", events.option(log)],
        folder=paths.REPOSITORY,
        environment={**environment, **events.ENVIRONMENT},
        output=folder / f"{name}.json",
        errors=errors,
    )
    sys.stderr.write(hide(errors.read_text(errors="replace")))
    return code


def record_failure(name: str, folder: Path, reason: str) -> None:
    """Keep why a stack's preview could not even begin."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text("")
    (folder / f"{name}.events").unlink(missing_ok=True)
    (folder / f"{name}.errors").write_text(f"{reason}\n")


def read(name: str, folder: Path) -> Preview:
    """Read what was kept of a stack."""
    return folders.read(folder, [name])[0]
