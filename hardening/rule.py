"""One rule of scanners, under every name by which one of them knows it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hardening.views import LONG_RUNNING, Manifest, Stack, Workload, title_of


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What breaks a rule.

    Attributes:
        text: Its name, for people.
        subject: The object, or the container where the rule is about containers; empty if the stack lacks the object.
    """

    text: str
    subject: Manifest


Check = Callable[[Stack], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        ids: Its names, each as `scanner:rule`.
        check: Yields what breaks it.
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
        lambda stack: (_of_container(owner, each) for owner, each in stack.containers if not holds(owner, each)),
    )


def pods(ids: str, holds: Callable[[Manifest], object]) -> Rule:
    """A rule that holds of the spec of every pod."""
    return rule(
        ids,
        lambda stack: (
            Finding(text=each.name, subject=each.manifest) for each in stack.workloads if not holds(each.pod)
        ),
    )


def served(ids: str, holds: Callable[[Manifest], object]) -> Rule:
    """A rule that holds of every container that runs for good."""
    return rule(
        ids,
        lambda stack: (
            _of_container(each, container)
            for each in stack.workloads
            if each.manifest["kind"] in LONG_RUNNING
            for container in each.long_running_containers
            if not holds(container)
        ),
    )


def objects(ids: str, kinds: Iterable[str], holds: Callable[[Stack, Manifest], object]) -> Rule:
    """A rule that holds of every object of some kinds."""
    wanted = tuple(kinds)
    return rule(
        ids,
        lambda stack: (
            Finding(text=title_of(each), subject=each) for each in stack.of(*wanted) if not holds(stack, each)
        ),
    )


def _of_container(owner: Workload, container: Manifest) -> Finding:
    return Finding(text=f"{owner.name}/{container['name']}", subject=container)
