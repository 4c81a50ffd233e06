"""Where a site's pods may run, and how many of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from . import _checks
from ._problems import Problem, nested


@dataclass(frozen=True, kw_only=True)
class Toleration:
    """A taint of nodes that the pods accept.

    Attributes:
        key: Key of the taint.
        value: Its value. Default: any.
        effect: Its effect. Default: any.
    """

    key: str
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with key and value, which stand together as those of a label do."""
        yield from _checks.labels("", {self.key: self.value or ""})


@dataclass(frozen=True, kw_only=True)
class Scheduling:
    """Where the pods may run.

    A site's pods are spread besides: no node gets a second one of a revision while another node that takes pods has
    none. A node that is full counts as well, so a pod, and with it the rollout, waits for room there.

    Attributes:
        node_selector: Labels that a node must have. Default none.
        tolerations: Taints that the pods accept. Default none.
        priority_class: Name of the pods' priority class. Default: the cluster's default.
        runtime_class: Name of the pods' runtime class. Default: the cluster's default.
        user_namespace: Whether the pods' users are other ones than the node's, which needs
            Kubernetes 1.33, Linux 6.3 and containerd 2.0. An older Kubernetes drops the setting
            without a word. Default False.
    """

    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    priority_class: str | None = None
    runtime_class: str | None = None
    user_namespace: bool = False

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.labels("node_selector", self.node_selector)
        for toleration in self.tolerations:
            yield from nested("tolerations", toleration.problems())
        for name in ("priority_class", "runtime_class"):
            value = getattr(self, name)
            if value is not None:
                yield from _checks.dns_name(name, value)


@dataclass(frozen=True, kw_only=True)
class Autoscaling:
    """Let the load decide on the number of pods; the site's `replicas` are the fewest.

    To take it out under load, set `max_replicas` to `replicas` in an update before: an autoscaler goes at the end of an
    update and may scale once more until then, to a number of pods that nobody takes back. It wakes nobody: give a site
    that rests its `replicas` in one update, and this in the next.

    Attributes:
        max_replicas: The most pods.
        cpu_percent: Use of the CPU request, in per cent, that the pods are held to. Default 80.
    """

    max_replicas: int
    cpu_percent: int = 80

    def problems(self) -> Iterator[Problem]:
        """Yield every problem with these fields."""
        yield from _checks.between("max_replicas", self.max_replicas, 1, 1000)
        yield from _checks.between("cpu_percent", self.cpu_percent, 1, 1000)
