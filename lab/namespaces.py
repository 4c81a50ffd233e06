"""The namespace of a stack, which goes with everything in it if the stack lets go of it."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.errors import LabError

_OWNED = "secure-nginx:createNamespace"
_NAME = "secure-nginx:namespace"
_RESOURCE = "::kubernetes:core/v1:Namespace::namespace"
"""How the URN of the namespace ends that the program makes."""


def require_kept(file: str, settings: Mapping[str, Any], state: Callable[[], Mapping[str, Any]]) -> None:
    """Refuse an update that would delete the namespace that the stack made, as its settings disown or rename it.

    Nothing else of the update would look wrong: the site's objects stay as they are or are made anew, and the cluster
    removes what is in the namespace with it, only afterwards.

    Args:
        file: Name of the stack's file.
        settings: The stack's configuration, by key with the project's prefix.
        state: Gives the exported state; it is asked for only where it matters.

    Raises:
        LabError: The settings say that the namespace is not the stack's, or name another one, and the state has it.
    """
    disowned = str(settings.get(_OWNED)).lower() == "false"
    name = settings.get(_NAME)
    if name is None and not disowned:
        return
    for resource in state()["deployment"].get("resources", []):
        if not resource["urn"].endswith(_RESOURCE) or resource.get("delete"):
            continue
        own = resource["id"]
        loss = (
            f"the namespace {own!r} is this stack's: the update would delete it, and the cluster everything in it, "
            "whoever made that"
        )
        if disowned:
            raise LabError(
                f"{file}: {_OWNED} is false, but {loss}. Leave it true; or `make destroy`, and deploy into a namespace "
                "that somebody else has made",
                code=2,
            )
        if own != str(name):
            raise LabError(
                f"{file}: {_NAME} is {name!r}, but {loss}. Leave it {own!r}, and give {name!r} to a stack of another "
                "name; or `make destroy`, and deploy anew",
                code=2,
            )
