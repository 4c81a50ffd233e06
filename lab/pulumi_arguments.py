"""What nobody should ask of pulumi where the state is: it would fail, or be gone with the next command."""

import shlex
from collections.abc import Sequence

from lab.errors import LabError

_TARGETS = {
    "preview": "preview",
    "pre": "preview",
    "up": "up",
    "update": "up",
    "refresh": "refresh",
    "destroy": "destroy",
    "down": "destroy",
    "dn": "destroy",
}
"""The commands that are about the program, which is not in that folder, and the targets of make that run them."""
_WITHOUT_TARGET = {"watch", "import"}


def command(arguments: Sequence[str]) -> str:
    """Return the command in arguments of pulumi; empty if there is none."""
    return next((each for each in arguments if not each.startswith("-")), "")


def require_useful(stack: str, context: str | None, arguments: Sequence[str]) -> None:
    """Refuse a pulumi command that has a target of its own, or that would have no lasting effect.

    Args:
        stack: Name of the stack.
        context: Context of the user's own cluster; None for the lab.
        arguments: The command with its arguments, without `pulumi`.

    Raises:
        LabError: It is one of those; the text says what to do.
    """
    words = [each for each in arguments if not each.startswith("-")]
    asked = command(arguments)
    if target := _TARGETS.get(asked):
        cluster = f" KUBE_CONTEXT={shlex.quote(context)}" if context else ""
        raise LabError(
            f"`pulumi {asked}` is about the program, which is not where the state is: use `make {target} "
            f"STACK={stack}{cluster}`, with options after --: ARGS='-- --diff'",
            code=2,
        )
    if asked in _WITHOUT_TARGET:
        raise LabError(f"`pulumi {asked}` needs the program, which is not where the state is; nothing here does it", 2)
    if words[:2] in (["config", "set"], ["config", "set-all"]) and not _keeps_secret(arguments):
        raise LabError(
            f"what `pulumi {' '.join(words[:2])}` sets without --secret is gone with the next command: write it into "
            f"Pulumi.{stack}.yaml",
            code=2,
        )


def writes_configuration(arguments: Sequence[str]) -> bool:
    """Tell whether a pulumi command writes the copy of a stack's configuration, and does not only show it."""
    words = [each for each in arguments if not each.startswith("-")]
    # Anywhere, as what is before it may be an option's value.
    asked = words[words.index("config") + 1 :] if "config" in words else []
    return asked[:1] not in ([], ["get"])


def _keeps_secret(arguments: Sequence[str]) -> bool:
    return "--secret" in arguments and "--plaintext" not in arguments
