"""Turn `Scheduling` into what a pod says of its place: pure values."""

from typing import TypedDict

from pulumi_kubernetes import core

from .scheduling import Scheduling, Toleration


class PlacementFields(TypedDict):
    """The arguments of a pod that say where it may run; None for what is not said."""

    node_selector: dict[str, str] | None
    tolerations: list[core.v1.TolerationArgs] | None
    priority_class_name: str | None
    runtime_class_name: str | None


def fields(scheduling: Scheduling) -> PlacementFields:
    """Where a pod may run. Its users, `user_namespace`, are no part of that."""
    return PlacementFields(
        node_selector=dict(scheduling.node_selector) or None,
        tolerations=[_toleration(each) for each in scheduling.tolerations] or None,
        priority_class_name=scheduling.priority_class,
        runtime_class_name=scheduling.runtime_class,
    )


def _toleration(toleration: Toleration) -> core.v1.TolerationArgs:
    return core.v1.TolerationArgs(
        key=toleration.key,
        operator="Exists" if toleration.value is None else "Equal",
        value=toleration.value,
        effect=toleration.effect,
    )
