"""What the trials of a measurement amount to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..figures import Figure, Goal
from .updates import Outcome, Victim


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One update that something happened to.

    Attributes:
        victim: What was killed.
        from_nothing: Whether the update began with an empty namespace; it changed something otherwise.
        after: Seconds after its beginning.
        outcome: What that did to the update.
        seconds: How long recovery took, with the look whether all is settled.
        differences: What the cluster or the state has alone afterwards.
        failure: Why recovery did not work; empty if it did.
    """

    victim: Victim
    from_nothing: bool
    after: float
    outcome: Outcome
    seconds: float
    differences: tuple[str, ...]
    failure: str


def figures(trials: Sequence[Trial], pairs: Sequence[tuple[int, int, Sequence[str]]]) -> tuple[Figure, ...]:
    """All figures of a measurement.

    Args:
        trials: The updates that were broken.
        pairs: Of each two updates at once, how many succeeded, how many were refused, and what was wrong afterwards.
    """
    victims = list(dict.fromkeys(trial.victim for trial in trials))
    found = [figure for victim in victims for figure in _of([each for each in trials if each.victim == victim])]
    if pairs:
        found += _of_pairs(pairs)
    return tuple(found)


def _of(trials: Sequence[Trial]) -> Iterator[Figure]:
    subject = f"{trials[0].victim} {'full' if trials[0].victim == 'disk' else 'killed'}"
    hit = [trial for trial in trials if trial.outcome != "missed"]
    good = [trial for trial in hit if not trial.failure and not trial.differences]
    wrong = [text for trial in hit for text in (_first_words(trial.failure), *trial.differences) if text]

    def figure(quantity: str, unit: str, *values: float, goal: Goal | None = None, note: str = "") -> Figure:
        return Figure(
            table="Updates that were killed",
            subject=subject,
            quantity=quantity,
            unit=unit,
            values=values,
            goal=goal,
            note=note,
        )

    yield figure("updates hit while they ran", "", len(hit))
    yield figure("of these, failed", "", sum(trial.outcome == "broken" for trial in hit))
    yield figure(
        "whole again, with nothing to do",
        "",
        len(good),
        goal=Goal(direction="at least", limit=len(hit)),
        note="; ".join(dict.fromkeys(wrong)),
    )
    objects = sum(len(trial.differences) for trial in hit)
    yield figure("objects lost, left over or doubled", "", objects, goal=Goal(direction="at most", limit=0))
    if hit:
        yield figure("time to recover, with a preview", "s", *(trial.seconds for trial in hit))


def _first_words(failure: str) -> str:
    """The beginning of a failure: what failed, and the first thing that was said of it."""
    return " ".join(line.strip() for line in failure.splitlines()[:3])


def _of_pairs(pairs: Sequence[tuple[int, int, Sequence[str]]]) -> Iterator[Figure]:
    def figure(quantity: str, value: float, goal: Goal | None = None) -> Figure:
        return Figure(
            table="Two updates at once",
            subject="pairs",
            quantity=quantity,
            unit="",
            values=(value,),
            goal=goal,
            note="; ".join(dict.fromkeys(each for _, _, wrong in pairs for each in wrong)) if goal else "",
        )

    yield figure("tried", len(pairs))
    yield figure("second one refused, or waited its turn", sum(bool(refused) for _, refused, _ in pairs))
    settled = sum(not wrong for _, _, wrong in pairs)
    yield figure("settled and nothing doubled", settled, Goal(direction="at least", limit=len(pairs)))
