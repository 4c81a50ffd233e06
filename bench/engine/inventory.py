"""Whether the cluster has exactly what the state says: nothing lost, nothing twice, nothing forgotten."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lab import cluster

from ..stack import BenchStack

# What the cluster itself puts into every namespace.
_CLUSTERS_OWN = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
_NOT_KEPT = ("events", "endpoints", "endpointslices", "leases", "metrics")

Thing = tuple[str, str]
"""An object's kind and name; all are in one namespace."""


def in_state(state: Mapping[str, Any]) -> list[Thing]:
    """The objects of an exported state that are in a namespace."""
    resources = state["deployment"].get("resources") or []
    return sorted(
        (resource["type"].rpartition(":")[2], resource["id"].rpartition("/")[2])
        for resource in resources
        if resource["type"].startswith("kubernetes:") and "/" in resource.get("id", "") and not resource.get("delete")
    )


def in_listing(items: Iterable[Mapping[str, Any]]) -> list[Thing]:
    """The objects of a listing that somebody made: not those that belong to others, nor what is on its way out."""
    things = [
        (item["kind"], item["metadata"]["name"])
        for item in items
        if not item["metadata"].get("ownerReferences") and "deletionTimestamp" not in item["metadata"]
    ]
    return sorted(thing for thing in things if thing not in _CLUSTERS_OWN)


def compared(state: Sequence[Thing], present: Sequence[Thing]) -> list[str]:
    """What is in the cluster or in the state alone, or in the state twice; one line each."""
    twice = sorted({thing for thing in state if state.count(thing) > 1})
    return [
        *(f"{kind} {name} is in the cluster alone" for kind, name in present if (kind, name) not in state),
        *(f"{kind} {name} is in the state alone" for kind, name in state if (kind, name) not in present),
        *(f"{kind} {name} is in the state twice" for kind, name in twice),
    ]


def differences(stack: BenchStack) -> list[str]:
    """What a stack's state and the cluster do not agree on; one line each."""
    state = json.loads(stack.pulumi("stack", "export", f"--stack={stack.name}"))
    return compared(in_state(state), in_listing(_everything(stack.namespace)))


def _everything(namespace: str) -> list[Mapping[str, Any]]:
    kinds = cluster.kubectl("api-resources", "--namespaced", "--verbs=list", "--output=name").split()
    wanted = ",".join(kind for kind in kinds if not kind.startswith(_NOT_KEPT))
    items: list[Mapping[str, Any]] = json.loads(
        cluster.kubectl("get", wanted, f"--namespace={namespace}", "--output=json")
    )["items"]
    return items
