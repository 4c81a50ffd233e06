"""Where the pods are in the kinds of objects that make them."""

from collections.abc import Iterator, Mapping
from typing import Any

from policy.resource import Resource, at, items

_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
        ("spec", "template"),
    ),
}
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")


def pod_templates(resource: Resource) -> Iterator[Mapping[str, Any]]:
    """The pods that `resource` is or makes, with metadata and spec: one, or none."""
    if resource.is_kubernetes and resource.kind in _TEMPLATES:
        template = at(resource.inputs, *_TEMPLATES[resource.kind])
        if isinstance(template, Mapping):
            yield template


def pod_specs(resource: Resource) -> Iterator[Mapping[str, Any]]:
    """The spec of the pods that `resource` is or makes: one, or none."""
    for template in pod_templates(resource):
        spec = template.get("spec")
        if isinstance(spec, Mapping):
            yield spec


def containers(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every container of a pod, with its name as messages show it."""
    for key in _CONTAINERS:
        for container in items(spec.get(key)):
            if isinstance(container, Mapping):
                yield f"container {container.get('name')!r}", container
