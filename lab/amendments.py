"""Lines of a required Go module that are compiled otherwise than they stand there.

The build takes an amended copy in the module's place; the module in Go's cache, and its checksum, stay as they are.
"""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import go_modules
from lab.errors import LabError


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """One text in one file of a required module, and what is compiled in its place."""

    module: str
    """The module's path; one amendment for each module."""

    file: str
    """The file's path in the module."""

    old: str
    """A text that the file holds exactly once."""

    new: str
    """What is compiled instead."""


def write(amendments: Sequence[Amendment], folder: Path, target: Path) -> Path:
    """Write amended copies of modules, and a go.mod that has them replace the originals.

    Args:
        amendments: What to amend.
        folder: The module that is built.
        target: An own folder for the copies and the go.mod; what it held before is lost.

    Returns:
        The go.mod, for `go build -modfile`; its go.sum lies beside it.

    Raises:
        LabError: A file does not hold its text exactly once, as after a change of version.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    # A path may hold a blank, and Go quotes as JSON does.
    copies = {each.module: json.dumps(str(_amended(each, folder, target)), ensure_ascii=False) for each in amendments}
    replacements = [f"replace {module} => {copy}\n" for module, copy in copies.items()]
    shutil.copyfile(folder / "go.sum", target / "go.sum")
    amended = target / "go.mod"
    amended.write_text("".join([(folder / "go.mod").read_text(), "\n", *replacements]))
    return amended


def _amended(amendment: Amendment, folder: Path, target: Path) -> Path:
    original = go_modules.source(amendment.module, folder)
    source = (original / amendment.file).read_text()
    found = source.count(amendment.old)
    if found != 1:
        raise LabError(
            f"{amendment.module}: {amendment.file} holds this {found} times, not once:\n"
            f"    {amendment.old.strip()}\n"
            "    Look up in the file what has become of it, and change lab/builds.py."
        )
    copy = target / amendment.module
    shutil.copytree(original, copy, copy_function=_link)
    # Go keeps its cache read-only, folders too.
    for place in [copy, *copy.rglob("*/")]:
        place.chmod(0o755)
    # The name is taken from the link, not the text from the original.
    (copy / amendment.file).unlink()
    (copy / amendment.file).write_text(source.replace(amendment.old, amendment.new))
    return copy


def _link(source: str, target: str) -> None:
    """Link a file, or copy it if it lies on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
