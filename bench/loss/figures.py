"""What was lost, as figures."""

from collections.abc import Iterator, Sequence

from ..figures import Figure, Goal
from .changes import FAILED, LAST_FAILURE, NOTHING, Change
from .tally import Event, Loss

ENOUGH = Goal(direction="at least", limit=100_000)
FAST_ENOUGH = Goal(direction="at least", limit=200)

_TABLES = {True: "Planned changes", False: "Faults"}


def figures(found: Sequence[Loss], rate: float, missing: Sequence[Change]) -> tuple[Figure, ...]:
    """All figures of a measurement.

    Args:
        found: What each event has cost.
        rate: Requests a second.
        missing: Changes that were not brought to an end: their goals are not met.
    """
    return (
        *_together([loss for loss in found if loss.event.planned], rate, missing),
        *(figure for loss in found for figure in _of(loss.event, loss)),
        *(figure for change in missing for figure in _of(change, None)),
        *_asleep([loss.event for loss in found]),
    )


def _together(planned: Sequence[Loss], rate: float, missing: Sequence[Change]) -> Iterator[Figure]:
    failed = sum(loss.failed for loss in planned)
    # What was not done might have lost some.
    known = failed or not any(change.planned for change in missing)

    def figure(quantity: str, unit: str, goal: Goal, *values: float) -> Figure:
        table = "All planned changes together"
        return Figure(table=table, subject="requests", quantity=quantity, unit=unit, values=values, goal=goal)

    yield figure("in all", "", ENOUGH, sum(loss.requests for loss in planned))
    yield figure(FAILED, "", NOTHING, *([failed] if known else []))
    yield figure("rate", "/s", FAST_ENOUGH, rate)


def _of(what: Event | Change, loss: Loss | None) -> Iterator[Figure]:
    def figure(quantity: str, unit: str, value: float, note: str = "") -> Figure:
        return Figure(
            table=_TABLES[what.planned],
            subject=what.name,
            quantity=quantity,
            unit=unit,
            values=(value,) if loss else (),
            goal=what.goals.get(quantity),
            note=note,
        )

    yield figure("requests", "", loss.requests if loss else 0)
    yield figure(FAILED, "", loss.failed if loss else 0, "; ".join(loss.reasons) if loss else "")
    yield figure("kept connections opened anew", "", loss.reopened if loss else 0)
    if not what.planned:
        yield figure(LAST_FAILURE, "s", loss.seconds if loss else 0)


def _asleep(events: Sequence[Event]) -> Iterator[Figure]:
    for event in events:
        if event.asleep is not None:
            yield Figure(
                table="The cluster after its API server was away",
                subject=event.name,
                quantity="until the cluster acts again",
                unit="s",
                values=(event.asleep,),
            )
