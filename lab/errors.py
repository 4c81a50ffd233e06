"""Errors as the lab shows them to a person."""

from __future__ import annotations

import contextlib
import os
import pwd
from pathlib import Path


class LabError(Exception):
    """Something that the user can understand and mend.

    The text says what is wrong and what to do about it. `code` is the exit code of the command: 1
    for a failure, 2 for a machine or a call that cannot work.
    """

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def of_the_system(error: OSError) -> str:
    """Return what the system says; about a file of another user also whose it is, and so who may give the command."""
    refused = isinstance(error, PermissionError) and isinstance(error.filename, str)
    owner = _other_owner(Path(error.filename)) if refused else None
    return f"{error}; it belongs to {owner}: give the command as {owner}" if owner else str(error)


def _other_owner(path: Path) -> str | None:
    """Name the owner of a file, or of the nearest folder above that can be seen; None if that is the present user."""
    for place in (path, *path.parents):
        with contextlib.suppress(OSError):
            uid = place.stat().st_uid
            return None if uid == os.geteuid() else _name(uid)
    return None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user {uid}"
