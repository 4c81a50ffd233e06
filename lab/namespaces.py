"""The namespace of a stack, which goes with everything in it if the stack lets go of it."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.errors import LabError

_SETTING = "secure-nginx:createNamespace"


def require_kept(file: str, settings: Mapping[str, Any], state: Callable[[], Mapping[str, Any]]) -> None:
    """Refuse an update that would delete the namespace that the stack made, as its settings disown it.

    Nothing else of the update would look wrong: the site's objects stay as they are, and the cluster removes them with
    the namespace only afterwards.

    Args:
        file: Name of the stack's file.
        settings: The stack's configuration, by key with the project's prefix.
        state: Gives the exported state; it is asked for only where it matters.

    Raises:
        LabError: The settings say that the namespace is not the stack's, and the state that it is.
    """
    if str(settings.get(_SETTING)).lower() != "false":
        return
    for resource in state()["deployment"].get("resources", []):
        if resource["type"] == "kubernetes:core/v1:Namespace" and not resource.get("external"):
            raise LabError(
                f"{file}: {_SETTING} is false, but the namespace {resource['id']!r} is this stack's: the update would "
                "delete it, and the cluster everything in it, whoever made that. Leave it true; or `make destroy`, and "
                "deploy into a namespace that somebody else has made",
                code=2,
            )
