"""What the samples of a measurement amount to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..figures import Figure, Goal, ratio
from .ways import STEPS, Step

OURS = "this project"
TUTORIAL = "openssl and kubectl (tutorials)"

_STEP_TITLES: Mapping[Step, str] = {
    "deliver": "from nothing to the first verified HTTPS answer",
    "check": "nothing to do",
    "rotate": "a new key and certificate, verified",
    "remove": "removal",
}
_MEBIBYTE = 1 << 20
FASTER_THAN_TUTORIAL = Goal(direction="at most", limit=0.8)
NOTHING_TO_DO = Goal(direction="at most", limit=1.5)
UP_FOR_EACH_SITE = Goal(direction="at most", limit=0.35)
PREVIEW_FOR_EACH_SITE = Goal(direction="at most", limit=0.04)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What one step took once.

    Attributes:
        way: Title of the way.
        count: Number of sites.
        step: The step.
        seconds: Wall time.
        cpu_seconds: Processor time of the commands; that of the cluster is not in it.
        memory: Bytes of resident memory of the commands, at the highest.
        requests: Requests to the API server.
        state: Bytes of the way's own state; None where it keeps none on this side, or it was not looked at.
    """

    way: str
    count: int
    step: Step
    seconds: float
    cpu_seconds: float
    memory: int
    requests: int
    state: int | None = None


def figures(samples: Sequence[Sample]) -> tuple[Figure, ...]:
    """All figures of a measurement."""
    counts = sorted({sample.count for sample in samples})
    found = [figure for count in counts for step in STEPS for figure in _of_step(samples, count, step)]
    found += [figure for count in counts for figure in _against_tutorial(samples, count)]
    if len(counts) > 1:
        found += _growth(samples, counts[0], counts[-1])
    return tuple(found)


def _of_step(samples: Sequence[Sample], count: int, step: Step) -> Iterator[Figure]:
    table = f"{_sites(count)}: {_STEP_TITLES[step]}"
    for way in dict.fromkeys(sample.way for sample in samples):
        own = [sample for sample in samples if (sample.way, sample.count, sample.step) == (way, count, step)]
        if not own:
            continue
        goal = NOTHING_TO_DO if (way, count, step) == (OURS, 1, "check") else None
        for quantity, unit, values, limit in (
            ("wall time", "s", [each.seconds for each in own], goal),
            ("processor time", "s", [each.cpu_seconds for each in own], None),
            ("memory", "MiB", [each.memory / _MEBIBYTE for each in own], None),
            ("API requests", "", [float(each.requests) for each in own], None),
            ("state", "KiB", [each.state / 1024 for each in own if each.state is not None], None),
        ):
            if values:
                yield Figure(
                    table=table, subject=way, quantity=quantity, unit=unit, values=tuple(values), goal=limit
                )  # fmt: skip


def _against_tutorial(samples: Iterable[Sample], count: int) -> Iterator[Figure]:
    for step in STEPS:
        times = _times([sample for sample in samples if sample.count == count], step)
        if OURS in times and TUTORIAL in times:
            yield Figure(
                table=f"{_sites(count)}: wall time of this project against the tutorials' way",
                subject=_STEP_TITLES[step],
                quantity="ratio of medians",
                unit="",
                values=(ratio(times[OURS], times[TUTORIAL]),),
                goal=FASTER_THAN_TUTORIAL if (count, step) == (1, "deliver") else None,
            )


def _growth(samples: Sequence[Sample], few: int, many: int) -> Iterator[Figure]:
    goals: Mapping[Step, Goal] = {"deliver": UP_FOR_EACH_SITE, "check": PREVIEW_FOR_EACH_SITE}
    for step in STEPS:
        below = _times([sample for sample in samples if sample.count == few], step)
        above = _times([sample for sample in samples if sample.count == many], step)
        for way in (way for way in above if way in below):
            pairs = zip(below[way], above[way], strict=False)
            yield Figure(
                table=f"Wall time for each further site, {few} to {many}",
                subject=way,
                quantity=_STEP_TITLES[step],
                unit="s",
                values=tuple((more - less) / (many - few) for less, more in pairs),
                goal=goals.get(step) if way == OURS else None,
            )


def _times(samples: Iterable[Sample], step: Step) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for sample in samples:
        if sample.step == step:
            times.setdefault(sample.way, []).append(sample.seconds)
    return times


def _sites(count: int) -> str:
    return "1 site" if count == 1 else f"{count} sites"
