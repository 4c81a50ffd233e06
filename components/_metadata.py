"""What objects of the components tell Pulumi of themselves, in their metadata and their options."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi_kubernetes import meta

# What the program says of a field holds: a stranger's hand (`kubectl scale`) does not make it theirs.
_OWNED = {"pulumi.com/patchForce": "true"}


class _Remade(TypedDict):
    protect: bool
    retain_on_delete: bool


# To protect a component, or what it stands in, must not keep what it made from being replaced: a certificate would end
# unrenewed, and a probe judge by what was asked before.
REMADE: _Remade = {"protect": False, "retain_on_delete": False}


def owned(
    namespace: pulumi.Input[str],
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
    *,
    name: str | None = None,
) -> meta.v1.ObjectMetaArgs:
    """Metadata of an object whose fields are the program's own; without `name`, Pulumi makes up a unique one."""
    return meta.v1.ObjectMetaArgs(
        name=name, namespace=namespace, labels=labels, annotations={**_OWNED, **(annotations or {})}
    )
