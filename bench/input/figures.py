"""What became of messages, crowds and healthy clients, as figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..figures import Figure, Goal
from ..loss.tally import Loss
from .sender import LATE, NOT_REACHED

CROWD = 5000
_MOST_MEMORY = 128
_NOTHING = Goal(direction="at most", limit=0)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """A crowd of idle connections.

    Attributes:
        opened: How many its clients could open.
        held: How many connections nginx held soon afterwards, those of healthy clients among them.
        memory: Bytes that nginx held then.
    """

    opened: int
    held: int
    memory: int


def of_messages(outcomes: Mapping[str, int]) -> Iterator[Figure]:
    """What became of the malformed messages.

    Args:
        outcomes: How many messages there were of each `kind: outcome`.
    """
    by_outcome = [(name.rpartition(": ")[2], number) for name, number in outcomes.items()]
    taken = "; ".join(f"{outcome} {number}" for outcome, number in sorted(outcomes.items()))

    def count(start: str) -> int:
        return sum(number for outcome, number in by_outcome if outcome.startswith(start))

    subject = "malformed messages"
    yield _figure(subject, "sent", sum(outcomes.values()), goal=Goal(direction="at least", limit=1000), note=taken)
    yield _figure(subject, "that did not reach nginx", count(NOT_REACHED), goal=_NOTHING)
    yield _figure(subject, "answered as if they were right", count("2"), goal=_NOTHING)
    yield _figure(subject, "neither refused nor ended in 20 s", count(LATE), goal=_NOTHING)


def of_crowd(crowd: Crowd) -> Iterator[Figure]:
    """How many idle connections there were, and how many of them nginx kept."""
    subject = "a crowd of idle connections"
    yield _figure(subject, "opened", crowd.opened, goal=Goal(direction="at least", limit=CROWD))
    yield _figure(subject, "held by nginx, with those of healthy clients", crowd.held)


def of_healthy(costs: Sequence[Loss]) -> Iterator[Figure]:
    """What healthy clients noticed."""
    for cost in costs:
        subject = f"healthy clients, {cost.event.name}"
        yield _figure(subject, "requests", cost.requests)
        yield _figure(subject, "failed", cost.failed, goal=_NOTHING, note="; ".join(cost.reasons))


def of_pods(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], held: tuple[int, int, int]
) -> Iterator[Figure]:
    """What the pods noticed.

    Args:
        before: The pods at first.
        after: The pods in the end.
        held: Bytes of memory of all pods: at first, with the crowd, in the end.
    """
    same = {pod["metadata"]["uid"] for pod in before} == {pod["metadata"]["uid"] for pod in after}
    restarts = sum(status["restartCount"] for pod in after for status in pod["status"]["containerStatuses"])
    limit = Goal(direction="at most", limit=len(before) * _MOST_MEMORY)
    yield _figure("nginx", "restarts", restarts + (not same), goal=_NOTHING)
    for quantity, size in zip(("memory before", "memory with the crowd", "memory afterwards"), held, strict=True):
        yield _figure("nginx", quantity, size / (1 << 20), goal=limit, unit="MiB")


def _figure(subject: str, quantity: str, value: float, **more: Any) -> Figure:
    whole = {
        "table": "A site under bad input",
        "subject": subject,
        "quantity": quantity,
        "unit": "",
        "values": (value,),
    }
    return Figure(**{**whole, **more})
