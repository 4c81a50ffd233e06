"""Copies of a stack's configuration, one for each state that it has: what is secret in one opens with its salt alone.

A stack has several where own and shared state take turns, and another one after a backup was restored, or on a machine
that has not heard yet of a new passphrase.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lab import stack_config
from lab.pki import write_secret
from lab.progress import say


def matching(copy: Path, salt: str | None) -> Mapping[str, Any]:
    """Return the configuration that goes with a state; empty if there is none.

    Args:
        copy: The copy in use. If it is of another state, it is put aside.
        salt: The salt of the state's passphrase.
    """
    if not copy.exists():
        return {}
    used = stack_config.load(copy)
    if used.get("encryptionsalt") == salt:
        return used
    put_aside(copy)
    kept = _aside(copy, salt)
    return stack_config.load(kept) if kept.exists() else {}


def put_aside(copy: Path) -> None:
    """Keep a copy beside the one in use, until the state is back that it belongs to."""
    content = stack_config.load(copy)
    kept = _aside(copy, content.get("encryptionsalt"))
    write_secret(kept, copy.read_text())
    if places := ", ".join(stack_config.secret_keys(content.get("config") or {})):
        say(
            f"{copy.name} was of another state, or of a passphrase before. What was set in it as a secret stays in "
            f"{kept}: {places}. Where the state of now lacks it, set it again (`make pulumi ARGS='config set --secret "
            "...'`)."
        )


def _aside(copy: Path, salt: str | None) -> Path:
    return copy.with_name(f"{copy.name}.{hashlib.sha256(str(salt).encode()).hexdigest()[:8]}")
