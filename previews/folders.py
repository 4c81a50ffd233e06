"""Previews in files, as the lab records them. Whoever wrote them: they are read with care."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from previews import digest
from previews.digest import Preview

BASE = "base"
"""File with the commit that a preview without credentials was compared with."""

_MISSING = "Nothing is recorded for {0}: run `make record STACK={0}` or `make compare STACKS={0}` first."
_MISSING_IN_A_JOB = "No preview was made: the job ended before. Its log says why."
_LARGEST = 64 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_EXPECTED = "configured Kubernetes cluster is unreachable"
"""A warning that a preview without credentials always has, and that says nothing new."""


def read(folder: Path, stacks: Sequence[str], *, of_a_job: bool = False) -> list[Preview]:
    """Read the previews of some stacks; one that is not there has failed.

    Args:
        folder: The folder with `<stack>.json`, `<stack>.events` and `<stack>.errors`.
        stacks: The stacks. What else is in the folder does not count.
        of_a_job: Whether a job of a forge has made them, which has a log. Default: somebody by hand.
    """
    return [_preview(folder, stack, _MISSING_IN_A_JOB if of_a_job else _MISSING.format(stack)) for stack in stacks]


def base(folder: Path) -> str:
    """The commit that was compared with, as whoever made the previews says; empty if the stacks' own state was."""
    found = _COMMIT.fullmatch(_text(folder / BASE).strip())
    return found[0] if found else ""


def without_expected(preview: Preview) -> Preview:
    """The preview without the warning that there is no cluster, where there is none on purpose."""
    kept = tuple(text for text in preview.warnings if not text.startswith(_EXPECTED))
    return dataclasses.replace(preview, warnings=kept)


def _preview(folder: Path, stack: str, missing: str) -> Preview:
    if not (folder / f"{stack}.json").is_file():
        return Preview(stack=stack, errors=(missing,))
    events = folder / f"{stack}.events"
    return digest.read(
        stack,
        _text(folder / f"{stack}.json"),
        events=_text(events) if events.is_file() else None,
        said=_text(folder / f"{stack}.errors"),
    )


def _text(file: Path) -> str:
    """The text of a file, cut where nobody would read on, whatever its bytes are; empty if there is none."""
    # A link could name a file that is not the previews'.
    if file.is_symlink() or not file.is_file():
        return ""
    with file.open("rb") as content:
        return content.read(_LARGEST).decode(errors="replace")
