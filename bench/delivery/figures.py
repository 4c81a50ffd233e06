"""What the samples of a measurement amount to."""

import dataclasses
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..figures import Figure, Goal
from .ways import OURS, STEPS, TUTORIAL, Step

_STEP_TITLES: Mapping[Step, str] = {
    "deliver": "from nothing to the first verified HTTPS answer",
    "check": "nothing to do",
    "compare": "nothing to do",
    "rotate": "a new key and certificate, verified",
    "remove": "removal",
}
_MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one step took once.

    Attributes:
        way: Title of the way.
        count: Number of sites.
        step: The step.
        number: Number of the round, in which all ways took turns.
        seconds: Wall time.
        cpu_seconds: Processor time of the commands; that of the cluster is not in it.
        memory: Bytes of resident memory of the commands, at the highest.
        requests: Requests to the API server.
        state: Bytes of the way's own state; None where it keeps none, or it was not looked at.
    """

    way: str
    count: int
    step: Step
    number: int
    seconds: float
    cpu_seconds: float
    memory: int
    requests: int
    state: int | None = None


def figures(samples: Sequence[Sample], counts: Sequence[int]) -> tuple[Figure, ...]:
    """All figures of a measurement, and those with a goal that it has not got.

    Args:
        samples: What was measured.
        counts: The numbers of sites that were asked for, whether or not there are samples of each.
    """
    counts = sorted(counts)
    found = [figure for count in counts for step in STEPS for figure in _of_step(samples, count, step)]
    found += [figure for count in counts for figure in _against_tutorial(samples, count)]
    if len(counts) > 1:
        found += _growth(samples, counts[0], counts[-1])
    promised = {figure.name: figure for figure in _promised(counts)}
    held = [
        dataclasses.replace(figure, goal=promised[figure.name].goal) if figure.name in promised else figure
        for figure in found
    ]
    names = {figure.name for figure in held}
    return (*held, *(figure for name, figure in promised.items() if name not in names))


def _promised(counts: Sequence[int]) -> Iterator[Figure]:
    """The figures with goals, without values, of a measurement with these numbers of sites."""
    deliver, check = _STEP_TITLES["deliver"], _STEP_TITLES["check"]
    of_one = [(_against(1), deliver, "ratio", "", 0.8), (f"{sites(1)}: {check}", OURS, "wall time", "s", 1.5)]
    further = growth(counts[0], counts[-1])
    of_growth = [(further, OURS, deliver, "s", 0.35), (further, OURS, check, "s", 0.04)]
    promised = [*(of_one if 1 in counts else []), *(of_growth if len(counts) > 1 else [])]
    for table, subject, quantity, unit, limit in promised:
        goal = Goal(direction="at most", limit=limit)
        yield Figure(table=table, subject=subject, quantity=quantity, unit=unit, values=(), goal=goal)


def _of_step(samples: Sequence[Sample], count: int, step: Step) -> Iterator[Figure]:
    for way in dict.fromkeys(sample.way for sample in samples):
        own = [sample for sample in samples if (sample.way, sample.count, sample.step) == (way, count, step)]
        for quantity, unit, values in (
            ("wall time", "s", [each.seconds for each in own]),
            ("processor time", "s", [each.cpu_seconds for each in own]),
            ("memory", "MiB", [each.memory / _MEBIBYTE for each in own]),
            ("API requests", "", [float(each.requests) for each in own]),
            ("state", "KiB", [each.state / 1024 for each in own if each.state is not None]),
        ):
            if values:
                table = f"{sites(count)}: {_STEP_TITLES[step]}"
                yield Figure(
                    table=table, subject=_refreshed(way, step), quantity=quantity, unit=unit, values=tuple(values)
                )


def _against_tutorial(samples: Iterable[Sample], count: int) -> Iterator[Figure]:
    """The ratio in each round that both went through: what made a round slow was there for both."""
    here = [sample for sample in samples if sample.count == count]
    for step in STEPS:
        ours = _times(here, OURS, step)
        # What kubectl has for a check is a comparison with the live objects.
        theirs = _times(here, TUTORIAL, "check" if step == "compare" else step)
        if values := tuple(ours[number] / theirs[number] for number in ours if number in theirs):
            yield Figure(
                table=_against(count),
                subject=_refreshed(_STEP_TITLES[step], step),
                quantity="ratio",
                unit="",
                values=values,
            )


def _growth(samples: Sequence[Sample], few: int, many: int) -> Iterator[Figure]:
    """Of the medians, and so one value: no round with few sites belongs to one with many."""
    for step in STEPS:
        for way in dict.fromkeys(sample.way for sample in samples):
            below, above = (
                list(_times([sample for sample in samples if sample.count == count], way, step).values())
                for count in (few, many)
            )
            if below and above:
                yield Figure(
                    table=growth(few, many),
                    subject=_refreshed(way, step),
                    quantity=_STEP_TITLES[step],
                    unit="s",
                    values=((statistics.median(above) - statistics.median(below)) / (many - few),),
                )


def _times(samples: Iterable[Sample], way: str, step: Step) -> dict[int, float]:
    """The wall times by round."""
    return {sample.number: sample.seconds for sample in samples if (sample.way, sample.step) == (way, step)}


def _refreshed(subject: str, step: Step) -> str:
    return f"{subject}, with --refresh" if step == "compare" else subject


def _against(count: int) -> str:
    return f"{sites(count)}: wall time of this project against the tutorials' way"


def growth(few: int, many: int) -> str:
    """The table of what a further site costs between two numbers of sites."""
    return f"Wall time for each further site, from {few} to {many}"


def sites(count: int) -> str:
    """The number of sites in words."""
    return "1 site" if count == 1 else f"{count} sites"
