"""Copies of stacks' configurations, which Pulumi reads and writes: what is secret in one opens with its salt alone."""

import itertools
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lab import stack_config
from lab.errors import LabError
from lab.pki import write_secret


def of_state(copy: Path, before_rotation: Path, salt: str | None) -> Mapping[str, Any]:
    """Return the settings that go with a state; none if there is no copy that does.

    A killed rotation of the passphrase leaves two copies, of which one does. A rotation on another machine leaves one
    that does not, and so does another state that was restored: it is kept under another name.

    Args:
        copy: The copy in use.
        before_rotation: Where a rotation keeps the copy of before.
        salt: The salt of the state's passphrase, None without salts.
    """
    for file in (copy, before_rotation):
        if file.exists() and (content := stack_config.load(file)).get("encryptionsalt") == salt:
            settings: Mapping[str, Any] = content.get("config") or {}
            return settings
    if copy.exists():
        _put_aside(copy)
    return {}


def settle(copy: Path, before_rotation: Path, salt: str | None) -> None:
    """Put a copy back from before a rotation that did not come to the state; of any other, forget it.

    One that opens like the state is right, and may have got secrets since: it was put back, or never changed.

    Args:
        copy: The copy in use.
        before_rotation: Where the rotation has kept the copy of before.
        salt: The salt of the state's passphrase, None without salts.
    """
    if salt and salt == _salt(copy):
        before_rotation.unlink()
    else:
        before_rotation.replace(copy)


def _salt(file: Path) -> str | None:
    """The salt in a configuration; None if it was cut off, or has none."""
    try:
        salt: str | None = stack_config.load(file).get("encryptionsalt")
    except (FileNotFoundError, LabError):
        return None
    return salt


def unused(file: Path) -> Path:
    """The file, or one beside it with a number: what was kept earlier is the only one of what was before it."""
    numbered = (file.with_name(f"{file.name}.{number}") for number in itertools.count(2))
    return next(each for each in itertools.chain([file], numbered) if not each.exists())


def all_aside(copy: Path) -> Iterator[Path]:
    """The files in which a copy was kept, each time that the state did not open its secrets any more."""
    for name in (_aside(copy).name, f"{_aside(copy).name}.*"):
        yield from copy.parent.glob(name)


def _aside(copy: Path) -> Path:
    return copy.with_name(f"{copy.name}.before")


def _put_aside(copy: Path) -> None:
    places = ", ".join(stack_config.secret_keys(stack_config.settings_in(copy)))
    if not places:
        return
    kept = unused(_aside(copy))
    write_secret(kept, copy.read_text())
    # What others read of a command is its standard output.
    sys.stderr.write(
        f"The state is another one, or has another passphrase, than when these were set as secrets: {places}. They are "
        f"in {kept}, as they were, until you remove it. Set each again by `make pulumi ARGS='config set --secret "
        "...'`, with STACK, KUBE_CONTEXT and BACKEND as they are now.\n"
    )
