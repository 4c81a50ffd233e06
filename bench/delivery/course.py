"""The course of the measurement: every way, every step, some rounds. Ways take turns: noise then meets all of them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lab import paths
from lab.errors import LabError
from lab.pki import write_secret
from lab.progress import say

from .. import api_requests
from ..errors import BenchError
from ..figures import Figure
from ..measuring import measured
from ..stack import FOLDER
from . import helm
from .figures import Sample, figures
from .ways import STEPS, Step, Way, everyone


def measure(
    counts: Sequence[int], runs: Sequence[int], chosen: Sequence[str] = ()
) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Deliver, check, rotate and remove by every way, and return the figures and notes.

    Args:
        counts: Numbers of sites.
        runs: How often each way goes through all steps, for each number of sites, or once for all of them.
        chosen: Names of the ways. Default: all.
    """
    if len(runs) not in {1, len(counts)}:
        raise BenchError(f"--runs: {len(runs)} numbers for {len(counts)} numbers of sites; give one, or one for each")
    notes = []
    left_out = set()
    try:
        helm.build()
    except LabError as error:
        left_out.add("helm")
        notes.append(f"Helm was left out, since it could not be built: {str(error).splitlines()[0]}")
    kubeconfig = FOLDER / "kubeconfig"
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_secret(kubeconfig, api_requests.acting_as_user(paths.KUBECONFIG.read_text()))
    api_requests.prepare()
    samples: list[Sample] = []
    try:
        for count, rounds in _rounds(counts, runs):
            ways = [
                way
                for way in everyone(count, kubeconfig)
                if way.name not in left_out and (not chosen or way.name in chosen)
            ]
            for number in range(1, rounds + 1):
                for way in ways:
                    samples += _round(way, number)
    except (BenchError, LabError, KeyboardInterrupt) as error:
        if not samples:
            raise
        notes.append(f"It ended before its time: {str(error).splitlines()[0] if str(error) else 'interrupted'}.")
    finally:
        api_requests.remove()
    return figures(samples), tuple(notes)


def _rounds(counts: Sequence[int], runs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The number of rounds for each number of sites."""
    return zip(counts, runs if len(runs) == len(counts) else [*runs] * len(counts), strict=True)


def _round(way: Way, number: int) -> list[Sample]:
    samples = []
    done = ""
    try:
        for step in STEPS:
            sample = _step(way, step)
            samples.append(sample)
            done = step
            say(f"{way.title}, {way.count} sites, round {number}, {step}: {sample.seconds:.1f} s")
    finally:
        if done != "remove":
            _tidy(lambda: _step(way, "remove"))
    return samples


def _step(way: Way, step: Step) -> Sample:
    way.prepare(step)
    before = api_requests.count()
    log = FOLDER / "logs" / f"{way.namespace}-{step}.log"
    spent = measured(way.command(step), environment=way.environment, folder=paths.REPOSITORY, log=log)
    return Sample(
        way=way.title,
        count=way.count,
        step=step,
        seconds=spent.seconds,
        cpu_seconds=spent.cpu_seconds,
        memory=spent.memory,
        requests=api_requests.count() - before,
        state=_size(way.state) if step == "deliver" else None,
    )


def _size(file: Path | None) -> int | None:
    return file.stat().st_size if file is not None else None


def _tidy(removal: Callable[[], object]) -> None:
    """Remove what a broken round has left, without hiding why it broke."""
    try:
        removal()
    except (BenchError, LabError) as error:
        say(f"could not tidy up: {error}")
