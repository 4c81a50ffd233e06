"""What manifests say, in the shapes that the rules of scanners are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]
_TEMPLATES: Mapping[str, tuple[str, ...]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Deployment": ("spec", "template"),
    "Job": ("spec", "template"),
}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """An object that makes pods.

    Attributes:
        manifest: The object.
        template: The template of its pods.
    """

    manifest: Manifest
    template: Manifest

    @property
    def name(self) -> str:
        """Kind and name."""
        return f"{self.manifest['kind']} {self.manifest['metadata']['name']}"

    @property
    def namespace(self) -> str:
        """The namespace of its pods."""
        return str(self.manifest["metadata"]["namespace"])

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return dict(self.template["metadata"]["labels"])

    @property
    def pod(self) -> Manifest:
        """The spec of its pods."""
        return dict(self.template["spec"])

    @property
    def containers(self) -> list[Manifest]:
        """Every container of its pods."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

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
        """Everything that makes pods."""
        return [Workload(manifest=each, template=_at(each, _TEMPLATES[each["kind"]])) for each in self.of(*_TEMPLATES)]

    @property
    def deployments(self) -> list[Workload]:
        """What runs for good."""
        return [each for each in self.workloads if each.manifest["kind"] == "Deployment"]

    @property
    def containers(self) -> Iterator[tuple[Workload, Manifest]]:
        """Every container, and whose it is."""
        for workload in self.workloads:
            for container in workload.containers:
                yield workload, container

    def selected_by(self, selecting: Manifest, *path: str) -> list[Workload]:
        """The workloads whose pods an object selects by the labels under `path` of its spec."""
        wanted = _at(selecting["spec"], path)
        return [
            each
            for each in self.workloads
            if each.namespace == selecting["metadata"]["namespace"] and wanted and wanted.items() <= each.labels.items()
        ]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value[key]
    return value
