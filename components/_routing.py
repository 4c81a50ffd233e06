"""Tell whether what leads clients to the pods of a site was made or changed."""

import hashlib
import json
from collections.abc import Sequence

import pulumi
from pulumi_kubernetes import core, discovery, meta, networking

Way = core.v1.Service | discovery.v1.EndpointSlice | networking.v1.NetworkPolicy
"""What leads to the pods, or keeps from them."""


def routing(ways: Sequence[Way]) -> pulumi.Output[str]:
    """A text that differs once one of `ways` was made anew or changed, by whomever: a repair is a change, too."""
    return pulumi.Output.all(*map(_version, ways)).apply(
        lambda known: hashlib.sha256("".join(known).encode()).hexdigest()[:16]
    )


def version(metadata: meta.v1.outputs.ObjectMeta) -> str:
    """A text that differs for another object of the same name, and after each change of it."""
    # The cluster counts the changes of most objects, but not those of a Service.
    return json.dumps([metadata.uid, metadata.generation or metadata.resource_version])


def _version(way: Way) -> pulumi.Output[str]:
    # As long as there is no object, there is no id either, and the identity that a dry run gives out is made up.
    given: pulumi.Output[meta.v1.outputs.ObjectMeta] = way.id.apply(lambda _: way.metadata)
    return given.apply(version)
