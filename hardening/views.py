"""What manifests say, in the shapes that the rules of scanners are about.

What a manifest leaves out is as the API server has it then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hardening.label_selectors import matches

Manifest = Mapping[str, Any]
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **dict.fromkeys(
        ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"),
        ("spec", "template"),
    ),
}
WORKLOADS = tuple(_TEMPLATES)
"""The kinds of objects that are pods or make them."""
LONG_RUNNING = tuple(kind for kind in WORKLOADS if kind not in {"CronJob", "Job"})
"""Those of them whose pods run for good."""


def name_of(manifest: Manifest) -> str:
    """The name of an object, or what the API server makes it of."""
    metadata = manifest["metadata"]
    return str(metadata["name"] if "name" in metadata else metadata["generateName"])


def title_of(manifest: Manifest) -> str:
    """Kind and name of an object."""
    return f"{manifest['kind']} {name_of(manifest)}"


def namespace_of(manifest: Manifest) -> str:
    """The namespace of an object."""
    return str(manifest["metadata"].get("namespace", "default"))


def labels_of(manifest: Manifest) -> dict[str, str]:
    """The labels of an object or of a template."""
    return dict(manifest.get("metadata", {}).get("labels", {}))


def service_type(service: Manifest) -> str:
    """The type of a Service."""
    return str(service["spec"].get("type", "ClusterIP"))


def ports_of(container: Manifest, *keys: str) -> set[Any]:
    """What a container declares of its ports: `name`, `containerPort`."""
    return {each[key] for each in container.get("ports", []) for key in keys if key in each}


def has_digest(container: Manifest) -> bool:
    """Whether the image of a container is fixed by a digest."""
    return "@sha256:" in container["image"]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """An object that is a pod or makes pods.

    Attributes:
        manifest: The object.
    """

    manifest: Manifest

    @property
    def name(self) -> str:
        """Kind and name."""
        return title_of(self.manifest)

    @property
    def namespace(self) -> str:
        """The namespace of its pods."""
        return namespace_of(self.manifest)

    @property
    def template(self) -> Manifest:
        """The template of its pods."""
        found: Any = self.manifest
        for key in _TEMPLATES[self.manifest["kind"]]:
            found = found[key]
        return dict(found)

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return labels_of(self.template)

    @property
    def pod(self) -> Manifest:
        """The spec of its pods."""
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Manifest]:
        """Every container of its pods."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def long_running_containers(self) -> list[Manifest]:
        """The containers of its pods that run for good: among the init containers, the sidecars."""
        sidecars = [each for each in self.pod.get("initContainers", []) if each.get("restartPolicy") == "Always"]
        return [*sidecars, *self.pod["containers"]]

    def effective(self, container: Manifest, field: str) -> Any:
        """A field of the security context as it holds in a container; the pod's where the container has none."""
        pod = self.pod.get("securityContext", {})
        return container.get("securityContext", {}).get(field, pod.get(field))


@dataclass(frozen=True, kw_only=True)
class Stack:
    """All objects of one stack."""

    manifests: list[Manifest]

    def of(self, *kinds: str) -> list[Manifest]:
        """The objects of some kinds."""
        return [each for each in self.manifests if each["kind"] in kinds]

    @property
    def workloads(self) -> list[Workload]:
        """Everything that is a pod or makes pods."""
        return [Workload(manifest=each) for each in self.of(*WORKLOADS)]

    @property
    def containers(self) -> Iterator[tuple[Workload, Manifest]]:
        """Every container, and whose it is."""
        for workload in self.workloads:
            for container in workload.containers:
                yield workload, container

    def selected_by(self, selecting: Manifest, selector: Manifest | None) -> list[Workload]:
        """The workloads whose pods an object selects by a LabelSelector: in its namespace, and none without one."""
        if selector is None:
            return []
        beside = (each for each in self.workloads if each.namespace == namespace_of(selecting))
        return [each for each in beside if matches(selector, each.labels)]
