"""What the metadata of every object says to Pulumi."""

from collections.abc import Mapping

# What the program says of a field holds: a stranger's hand (`kubectl scale`) does not make it theirs.
_OWNED = {"pulumi.com/patchForce": "true"}


def owned(annotations: Mapping[str, str] | None = None) -> dict[str, str]:
    """Annotations of an object whose fields are the program's own, with `annotations` of its kind."""
    return {**_OWNED, **(annotations or {})}
