"""What the trials of a measurement amount to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab import paths

from ..figures import Figure, Goal
from .updates import Outcome, Victim

_LONGEST = 300


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a measurement shall do, whatever becomes of it: goals are held against this.

    Attributes:
        victims: What is killed.
        points: At how many points, each.
        pairs: How often two updates run at once.
        disks: How often the disk is full.
    """

    victims: tuple[Victim, ...]
    points: int
    pairs: int
    disks: int


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One update that something happened to.

    Attributes:
        victim: What was killed.
        after: Seconds after its beginning.
        outcome: What that did to the update.
        asleep: Seconds until the cluster acted again, if the API server was killed.
        seconds: How long recovery took, with the look whether all is settled; None if it did not come so far.
        differences: What the cluster or the state has alone afterwards.
        failure: What went wrong; empty if nothing did.
    """

    victim: Victim
    after: float
    outcome: Outcome = "missed"
    asleep: float | None = None
    seconds: float | None = None
    differences: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two updates at once.

    Attributes:
        succeeded: How many succeeded.
        refused: How many were refused for the other one.
        wrong: What was wrong, then or afterwards.
    """

    succeeded: int
    refused: int
    wrong: tuple[str, ...] = ()


def figures(trials: Sequence[Trial], pairs: Sequence[Pair], asked: Asked) -> tuple[Figure, ...]:
    """All figures of a measurement, also those for which it never got round to a trial."""
    wanted = {**dict.fromkeys(asked.victims, asked.points), "disk": asked.disks}
    found = [
        figure
        for victim, times in wanted.items()
        if times
        for figure in _of(victim, [each for each in trials if each.victim == victim], times)
    ]
    if "API server" in asked.victims and asked.points:
        found.append(
            Figure(
                table="The cluster after its API server was away",
                subject="killed and started again",
                quantity="until the cluster acts again",
                unit="s",
                values=tuple(trial.asleep for trial in trials if trial.asleep is not None),
            )
        )
    if asked.pairs:
        found += _of_pairs(pairs, asked.pairs)
    return tuple(found)


def _of(victim: str, trials: Sequence[Trial], times: int) -> Iterator[Figure]:
    hit = [trial for trial in trials if trial.outcome != "missed"]
    good = [trial for trial in hit if not trial.failure and not trial.differences]
    wrong = [text for trial in trials for text in (first_words(trial.failure), *trial.differences) if text]

    def figure(quantity: str, *values: float, unit: str = "", goal: Goal | None = None, note: str = "") -> Figure:
        return Figure(
            table="Updates that were killed",
            subject=f"{victim} full" if victim == "disk" else f"{victim} killed",
            quantity=quantity,
            unit=unit,
            values=values if trials else (),
            goal=goal,
            note=note,
        )

    every_time = Goal(direction="at least", limit=times)
    yield figure("updates hit while they ran", len(hit), goal=every_time)
    yield figure("of these, failed", sum(trial.outcome == "broken" for trial in hit))
    yield figure("whole again, with nothing to do", len(good), goal=every_time, note="; ".join(dict.fromkeys(wrong)))
    objects = sum(len(trial.differences) for trial in hit)
    # Whoever was not made whole was not looked at either: nothing found is no result then.
    looked = bool(hit) and not any(trial.failure for trial in hit)
    counted = (objects,) if objects or looked else ()
    yield figure("objects lost, left over or doubled", *counted, goal=Goal(direction="at most", limit=0))
    seconds = [trial.seconds for trial in hit if trial.seconds is not None]
    yield figure("time to recover, with a preview", *seconds, unit="s")


def first_words(failure: str) -> str:
    """The beginning of a failure: what failed and the first that was said of it, without where this machine is."""
    text = " ".join(line.strip() for line in failure.splitlines()[:3])
    for folder, name in ((paths.ROOT, ".lab"), (paths.REPOSITORY, ".")):
        text = text.replace(str(folder), name)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _of_pairs(pairs: Sequence[Pair], times: int) -> Iterator[Figure]:
    wrong = dict.fromkeys(first_words(each) for pair in pairs for each in pair.wrong)

    def figure(quantity: str, value: float, goal: Goal | None = None, note: str = "") -> Figure:
        return Figure(
            table="Two updates at once",
            subject="pairs",
            quantity=quantity,
            unit="",
            values=(value,) if pairs else (),
            goal=goal,
            note=note,
        )

    every_time = Goal(direction="at least", limit=times)
    yield figure("tried", len(pairs))
    yield figure("second one refused", sum(pair.refused == 1 for pair in pairs))
    yield figure("both succeeded, one after the other", sum(pair.succeeded == 2 for pair in pairs))
    yield figure("settled and nothing doubled", sum(not each.wrong for each in pairs), every_time, "; ".join(wrong))
