"""One rule of scanners, under every name by which one of them knows it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hardening.views import Manifest, Stack, Workload

Check = Callable[[Stack], Iterator[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        ids: Its names, each as `scanner:rule`.
        check: Yields who breaks it.
    """

    ids: tuple[str, ...]
    check: Check

    @property
    def name(self) -> str:
        """Its first name."""
        return self.ids[0]


def rule(ids: str, check: Check) -> Rule:
    """A rule with its names in one text."""
    return Rule(ids=tuple(ids.split()), check=check)


def containers(ids: str, holds: Callable[[Workload, Manifest], object]) -> Rule:
    """A rule that holds of every container."""
    return rule(
        ids,
        lambda stack: (f"{owner.name}/{each['name']}" for owner, each in stack.containers if not holds(owner, each)),
    )


def pods(ids: str, holds: Callable[[Manifest], object]) -> Rule:
    """A rule that holds of the spec of every pod."""
    return rule(ids, lambda stack: (each.name for each in stack.workloads if not holds(each.pod)))


def served(ids: str, holds: Callable[[Manifest], object]) -> Rule:
    """A rule that holds of every container that runs for good."""
    return rule(
        ids,
        lambda stack: (
            f"{each.name}/{container['name']}"
            for each in stack.deployments
            for container in each.containers
            if not holds(container)
        ),
    )


def objects(ids: str, kinds: Iterable[str], holds: Callable[[Stack, Manifest], object]) -> Rule:
    """A rule that holds of every object of some kinds."""
    wanted = tuple(kinds)
    return rule(
        ids,
        lambda stack: (
            f"{each['kind']} {each['metadata']['name']}" for each in stack.of(*wanted) if not holds(stack, each)
        ),
    )
