"""The course of the measurement: every way, every step, some rounds. Ways take turns: noise then meets all of them."""

from collections.abc import Iterator, Sequence

from lab import paths
from lab.errors import LabError
from lab.pki import write_secret
from lab.progress import say

from .. import api_requests
from ..errors import BenchError
from ..figures import Measured
from ..measuring import measured
from ..stack import FOLDER
from . import helm
from .figures import Sample, figures, sites
from .notes import notes as notes_on
from .ways import Step, Way, everyone


def measure(counts: Sequence[int], runs: Sequence[int], chosen: Sequence[str] = ()) -> Measured:
    """Deliver, check, rotate and remove by every way.

    Args:
        counts: Numbers of sites.
        runs: How often each way goes through all steps, for each number of sites, or once for all of them.
        chosen: Names of the ways. Default: all.

    Raises:
        BenchError: No step of any way succeeded.
    """
    if len(runs) not in {1, len(counts)}:
        raise BenchError(f"--runs: {len(runs)} numbers for {len(counts)} numbers of sites; give one, or one for each")
    notes = []
    left_out = set()
    try:
        if not chosen or "helm" in chosen:
            helm.build()
    except LabError as error:
        left_out.add("helm")
        notes.append(f"Helm was left out, since it could not be built: {str(error).splitlines()[0]}")
    kubeconfig = FOLDER / "kubeconfig"
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_secret(kubeconfig, api_requests.acting_as_user(paths.KUBECONFIG.read_text()))
    api_requests.prepare()
    samples: list[Sample] = []
    broken_off = ""
    try:
        for count, rounds in _rounds(counts, runs):
            ways = [
                way
                for way in everyone(count, kubeconfig)
                if way.name not in left_out and (not chosen or way.name in chosen)
            ]
            _take_turns(ways, rounds, samples, notes)
    except KeyboardInterrupt:
        if not samples:
            raise
        broken_off = "interrupted"
    finally:
        api_requests.remove()
    if not samples:
        raise BenchError("\n".join(["nothing could be measured", *notes]))
    return Measured(figures=figures(samples, counts), notes=(*notes, *notes_on(samples)), broken_off=broken_off)


def _rounds(counts: Sequence[int], runs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The number of rounds for each number of sites."""
    return zip(counts, runs if len(runs) == len(counts) else [*runs] * len(counts), strict=True)


def _take_turns(ways: Sequence[Way], rounds: int, samples: list[Sample], notes: list[str]) -> None:
    """Go through all rounds. A way that fails is spared the others, and costs no other way anything."""
    well = list(ways)
    for number in range(1, rounds + 1):
        for way in tuple(well):
            if reason := _round(way, number, samples):
                well.remove(way)
                where = f"with {sites(way.count)} in round {number} of {rounds}"
                notes.append(f"{way.title} was given up {where}: {reason}")
                say(notes[-1])


def _round(way: Way, number: int, samples: list[Sample]) -> str:
    """Go through all steps of a way, add what they took, and return why it could not be done; empty if it could."""
    begun: Step | None = None
    removed = False
    try:
        for begun in way.steps:
            sample = _step(way, begun, number)
            samples.append(sample)
            removed = begun == "remove"
            say(f"{way.title}, {sites(way.count)}, round {number}, {begun}: {sample.seconds:.1f} s")
    except (BenchError, LabError) as error:
        return f"{begun}: {_cause(str(error))}"
    finally:
        if not removed:
            _tidy(way)
    return ""


def _cause(text: str) -> str:
    """The line of a message that says what is wrong; its first one has a command with the paths of this machine."""
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines[1:] if "error" in line.lower()]
    return (told or lines)[-1]


def _step(way: Way, step: Step, number: int) -> Sample:
    way.prepare(step)
    before = api_requests.count()
    log = FOLDER / "logs" / f"{way.namespace}-{step}.log"
    spent = measured(way.command(step), environment=way.environment, folder=paths.REPOSITORY, log=log)
    return Sample(
        way=way.title,
        count=way.count,
        step=step,
        number=number,
        seconds=spent.seconds,
        cpu_seconds=spent.cpu_seconds,
        memory=spent.memory,
        requests=api_requests.count() - before,
        state=way.state() if step == "deliver" else None,
    )


def _tidy(way: Way) -> None:
    """Remove what a broken round has left, without hiding why it broke."""
    try:
        _step(way, "remove", 0)
    except (BenchError, LabError) as error:
        say(f"{way.title} could not tidy up: {error}")
        try:
            way.discard()
        except LabError as last:
            say(f"the namespace {way.namespace} stays: {last}")
