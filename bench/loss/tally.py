"""What the clients' report says about each thing that happened meanwhile."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..figures import Goal


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that the clients have said.

    Attributes:
        counts: Times, and how many requests had been answered by then, and how many of those after their kept
            connection had been closed by the server.
        failures: Times of the requests that failed, and why.
    """

    counts: tuple[tuple[float, int, int], ...]
    failures: tuple[tuple[float, str], ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened.

    Attributes:
        name: What.
        planned: Whether somebody meant to do it; it was a fault otherwise.
        began: When it began.
        ended: When it was over, and some time after it.
        goals: Goals by quantity.
        asleep: Seconds until the cluster acted again, if its API server was away.
    """

    name: str
    planned: bool
    began: float
    ended: float
    goals: Mapping[str, Goal] = field(default_factory=dict)
    asleep: float | None = None


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What an event has cost.

    Attributes:
        event: The event.
        requests: Requests that ended during it.
        failed: How many of them failed.
        reopened: How many were answered after their kept connection had been closed.
        seconds: From its beginning until the last failure; 0 without failures.
        reasons: Why requests failed, each reason once.
    """

    event: Event
    requests: int
    failed: int
    reopened: int
    seconds: float
    reasons: tuple[str, ...]


def parse(lines: Iterable[str]) -> Report:
    """The report that some lines are."""
    counts, failures = [], []
    for line in lines:
        said = json.loads(line)
        if "failed" in said:
            failures.append((float(said["at"]), f"{said['failed']}: {said['why']}"))
        else:
            counts.append((float(said["at"]), int(said["answered"]), int(said["reopened"])))
    return Report(counts=tuple(counts), failures=tuple(failures))


def losses(report: Report, events: Sequence[Event]) -> list[Loss]:
    """What each event has cost."""
    return [_loss(report, event) for event in events]


def _loss(report: Report, event: Event) -> Loss:
    failures = [(at, why) for at, why in report.failures if event.began <= at <= event.ended]
    first, last = (_count(report, moment) for moment in (event.began, event.ended))
    return Loss(
        event=event,
        requests=last[0] - first[0] + len(failures),
        failed=len(failures),
        reopened=last[1] - first[1],
        seconds=max((at - event.began for at, _ in failures), default=0.0),
        reasons=tuple(sorted({why for _, why in failures})),
    )


def _count(report: Report, moment: float) -> tuple[int, int]:
    """What had been counted at a moment."""
    return max(((answered, reopened) for at, answered, reopened in report.counts if at <= moment), default=(0, 0))
