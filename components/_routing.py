"""Tell whether what leads clients to the pods of a site was made or changed."""

import json
from collections.abc import Sequence

import pulumi
from pulumi_kubernetes import core, discovery, meta, networking

from ._versions import digest, given_metadata

Way = core.v1.Service | discovery.v1.EndpointSlice | networking.v1.NetworkPolicy
"""What leads to the pods, or keeps from them."""


def routing(ways: Sequence[Way]) -> pulumi.Output[str]:
    """A text that differs once one of `ways` was made anew or changed, by whomever: a repair is a change, too."""
    return digest(*(given_metadata(way).apply(version) for way in ways))


def version(metadata: meta.v1.outputs.ObjectMeta) -> str:
    """A text that differs for another object of the same name, and after each change of it."""
    # The cluster counts the changes of most objects, but not those of a Service.
    return json.dumps([metadata.uid, metadata.generation or metadata.resource_version])
