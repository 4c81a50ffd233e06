"""Texts that tell one state of the cluster's objects from another."""

import hashlib

import pulumi
from pulumi_kubernetes import apps, core, discovery, meta, networking

Known = apps.v1.Deployment | core.v1.Service | discovery.v1.EndpointSlice | networking.v1.NetworkPolicy


def given_metadata(known: Known) -> pulumi.Output[meta.v1.outputs.ObjectMeta]:
    """The metadata that the cluster has given an object; not known before it is there."""
    # As long as there is no object, there is no id either, and the identity that a dry run gives out is made up.
    metadata: pulumi.Output[meta.v1.outputs.ObjectMeta] = known.id.apply(lambda _: known.metadata)
    return metadata


def digest(*parts: pulumi.Output[str]) -> pulumi.Output[str]:
    """A short text that differs once one of the parts does."""
    return pulumi.Output.all(*parts).apply(lambda known: hashlib.sha256("".join(known).encode()).hexdigest()[:16])
