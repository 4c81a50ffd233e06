"""Tell one rollout of a Deployment from another."""

import json

import pulumi
from pulumi_kubernetes import apps, meta

from ._versions import digest, given_metadata

# Counted up by the cluster at every rollout, so that going back to an earlier template is one, too.
_REVISION = "deployment.kubernetes.io/revision"


def rollout(deployment: apps.v1.Deployment) -> pulumi.Output[str]:
    """A text that differs after every rollout, and not after a change of the number of pods, but from or to none."""
    return digest(given_metadata(deployment).apply(identity), deployment.spec.apply(_template))


def identity(metadata: meta.v1.outputs.ObjectMeta) -> str:
    """A text that differs for another Deployment of the same name, and after each of its rollouts."""
    return json.dumps([metadata.uid, (metadata.annotations or {}).get(_REVISION)])


def _template(spec: apps.v1.outputs.DeploymentSpec) -> str:
    # An autoscaler leaves at rest what somebody has put to rest by hand, and an update changes nothing there either.
    return json.dumps([_plain(spec.template), spec.replicas == 0], sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        # Of the class itself, since some kinds of volumes have a field `items`.
        return {key: _plain(each) for key, each in dict.items(value)}
    return [_plain(each) for each in value] if isinstance(value, list) else value
