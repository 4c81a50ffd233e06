"""Previews kept in files: what the pull-request comment is made of."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab import events, paths, stack_config
from lab.pki import write_secret
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
            findings, which the preview lacks) and `<stack>.errors` (what else was said, without passwords), each for
            its owner alone. Made if it is not there, for its owner alone as well. An earlier comparison in it, of
            whatever stacks, is removed.
        arguments: Further options for pulumi.
    """
    return keep(stack.name, folder, [*stack.command("preview"), *arguments], stack.environment)


def keep(name: str, folder: Path, command: Sequence[str], environment: Mapping[str, str], *, base: str = "") -> int:
    """Run a preview for `record`.

    Args:
        name: Name of the stack.
        folder: As there.
        command: The preview's command line.
        environment: Variables on top of the present ones.
        base: The commit on whose throw-away state it is made, which is written to the file `base`. Default: none, it is
            made on the stack's own state.
    """
    preview, log, errors = _empty(name, folder, base)
    # What was said is nowhere that a pipeline would take along before its passwords are hidden.
    with tempfile.TemporaryDirectory(prefix="preview-") as scratch:
        said = Path(scratch) / "said"
        said.touch()
        try:
            return attend(
                [*command, "--json", "--non-interactive", events.option(log)],
                folder=paths.REPOSITORY,
                environment={**environment, **events.ENVIRONMENT},
                output=preview,
                errors=said,
            )
        finally:
            shown = hide(said.read_text(errors="replace"))
            write_secret(errors, shown)
            sys.stderr.write(shown)
            if not log.stat().st_size:
                log.unlink()


def explain(name: str, folder: Path) -> None:
    """Say why a preview that was kept has failed, as far as pulumi did not: with `--json` it writes it there."""
    said = _files(name, folder)[-1].read_text()
    errors = read(name, folder).errors or (() if said.strip() else ("pulumi failed and did not say why",))
    for error in map(hide, errors):
        if error not in said:
            sys.stderr.write(f"{name}: {error}\n")


def record_failure(name: str, folder: Path, reason: str, *, base: str = "") -> None:
    """Keep why a stack's preview could not even begin; `base` is that of `keep`."""
    _, log, errors = _empty(name, folder, base)
    log.unlink()
    write_secret(errors, f"{hide(reason)}\n")


def _empty(name: str, folder: Path, base: str) -> list[Path]:
    """Make the three files of a stack anew and empty: whoever writes into one that is there leaves its mode."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folders.base(folder) != base:
        # What the folder has of other stacks is of another kind: it would be taken for one of this.
        for other in stack_config.names(paths.REPOSITORY):
            for file in _files(other, folder):
                file.unlink(missing_ok=True)
        (folder / folders.BASE).unlink(missing_ok=True)
    if base:
        write_secret(folder / folders.BASE, f"{base}\n")
    files = _files(name, folder)
    for file in files:
        write_secret(file, "")
    return files


def _files(name: str, folder: Path) -> list[Path]:
    return [folder / f"{name}.{end}" for end in ("json", "events", "errors")]


def read(name: str, folder: Path) -> Preview:
    """Read what was kept of a stack."""
    return folders.read(folder, [name])[0]
