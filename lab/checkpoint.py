"""A stack's state in a file of this machine, read without the engine, whose start takes longer than all the rest."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def files(folder: Path, name: str, ending: str = "") -> Iterator[Path]:
    """The files of a stack's state, wherever the backend has its project; with an ending, what lies beside them."""
    return (folder / ".pulumi" / "stacks").rglob(f"{name}.json{ending}")


def locks(folder: Path, name: str, ending: str = "json") -> Iterator[Path]:
    """The locks of a stack's updates; with another ending, those that were never finished."""
    return (folder / ".pulumi" / "locks").rglob(f"{name}/*.{ending}")


def compressed(folder: Path, name: str) -> Iterator[Path]:
    """The files of a state that was compressed before: the engine alone reads them, and writes them anew as text."""
    for ending in (".gz", ".zst"):
        yield from files(folder, name, ending)


def exists(folder: Path, name: str) -> bool:
    """Tell whether a stack has a state here.

    Where an update was killed while it wrote one, and has left its lock, `recovery` brings back the state before.
    """
    return any(True for find in (files, compressed, locks) for _ in find(folder, name))


def former(folder: Path, name: str) -> Iterator[Path]:
    """The files with what a stack's state was before, whole, which Pulumi keeps beside the present one.

    It never reads them. `recovery` mends a write that was cut off by the newest, which each write makes as it begins.
    """
    yield from files(folder, name, "*.bak")
    yield from (folder / ".pulumi" / "history").glob(f"*/{name}/*.checkpoint.json*")
    yield from (folder / ".pulumi" / "backups").glob(f"*/{name}/*")


def read(folder: Path, name: str) -> Mapping[str, Any] | None:
    """Return the state of a stack as `pulumi stack export` prints it; None where the engine alone knows it.

    So it is where the state is compressed, or cut off.

    Args:
        folder: The folder of the stack's state.
        name: Name of the stack.
    """
    for file in files(folder, name):
        with contextlib.suppress(ValueError, KeyError):
            return {"deployment": json.loads(file.read_text())["checkpoint"]["latest"] or {}}
    return None
