"""A stack's state in a file of this machine, read without the engine, whose start takes longer than all the rest."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read(folder: Path, name: str) -> Mapping[str, Any] | None:
    """Return the state of a stack as `pulumi stack export` prints it; None where the engine alone knows it.

    So it is where the state is compressed, or cut off.

    Args:
        folder: The folder of the stack's state.
        name: Name of the stack.
    """
    for file in (folder / ".pulumi" / "stacks").rglob(f"{name}.json"):
        with contextlib.suppress(ValueError, KeyError):
            return {"deployment": json.loads(file.read_text())["checkpoint"]["latest"] or {}}
    return None
