"""Turn `Scheduling` into what a pod says of its place: pure values."""

from pulumi_kubernetes import core

from .scheduling import Scheduling, Toleration


def tolerations(scheduling: Scheduling) -> list[core.v1.TolerationArgs] | None:
    """The taints that pods accept; None if there are none."""
    return [_toleration(each) for each in scheduling.tolerations] or None


def _toleration(toleration: Toleration) -> core.v1.TolerationArgs:
    return core.v1.TolerationArgs(
        key=toleration.key,
        operator="Exists" if toleration.value is None else "Equal",
        value=toleration.value,
        effect=toleration.effect,
    )
