"""The course of the measurement: an update is broken at many points, and the documented command makes it whole."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lab import cluster
from lab.errors import LabError
from lab.progress import say

from ..errors import BenchError
from ..figures import Figure
from ..stack import BenchStack
from . import disk, inventory, updates
from .figures import Trial, figures
from .updates import Outcome, Victim

NAME = "bench-engine"
_PATIENCE = 60.0


def measure(points: int, pairs: int, disks: int, *, whole_lab: bool) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Break updates and return the figures and notes.

    Args:
        points: At how many points updates are broken, half of them from nothing and half of them changes, for each
            victim.
        pairs: How often two updates run at once.
        disks: How often the disk is full while the state is written.
        whole_lab: Whether to kill the API server as well, which everybody on the lab notices.
    """
    stack = BenchStack(NAME)
    victims: list[Victim] = ["engine", "plugin", *(["API server"] if whole_lab else [])]  # type: ignore[list-item]
    trials: list[Trial] = []
    together: list[tuple[int, int, Sequence[str]]] = []
    notes = []
    try:
        lengths = _lengths(stack)
        for victim in victims:
            for number, fraction in enumerate(fractions(points)):
                trials.append(_trial(stack, victim, number, fraction, lengths))
        trials += [_full_disk(stack, number) for number in range(disks)]
        for number in range(pairs):
            together.append(_pair(stack, number))
    except (BenchError, LabError, KeyboardInterrupt) as error:
        if not trials:
            raise
        notes.append(f"It ended before its time: {str(error).splitlines()[0] if str(error) else 'interrupted'}.")
    finally:
        _clear(stack)
    notes += (
        "Each broken update is followed by what `make up` does, and by nothing else: the lock of a dead process is "
        "removed, begun objects are adopted, the update runs again. Then a preview must find nothing to do, and "
        "the cluster must have exactly the objects of the state.",
    )
    return figures(trials, together), tuple(notes)


def fractions(points: int) -> list[float]:
    """Where in an update it is broken: so many parts of its length, spread evenly, neither start nor end among them."""
    return [(number + 0.5) / points for number in range(points)]


def values(revision: str) -> Mapping[str, Any]:
    """A configuration with a certificate of a revision: changing it makes a new key, new objects and new pods."""
    return {"certificate": {"source": "generated", "keyRevision": revision, "certificateRevision": revision}}


def _lengths(stack: BenchStack) -> tuple[float, float]:
    """How long an update from nothing takes, and one that changes something."""
    lengths = []
    for revision in ("", "length"):
        stack.configure(values(revision))
        began = time.monotonic()
        with updates.begun(stack) as update:
            code = update.wait()
        if code != 0:
            raise BenchError(f"the update that nobody breaks has failed; see {stack.folder / 'update.log'}")
        lengths.append(time.monotonic() - began)
    return lengths[0], lengths[1]


def _trial(stack: BenchStack, victim: Victim, number: int, fraction: float, lengths: tuple[float, float]) -> Trial:
    from_nothing = number % 2 == 0
    if from_nothing:
        _clear(stack)
    elif not stack.exists():
        stack.up(values(""))
    revision = "" if from_nothing else f"{victim}-{number}"
    stack.configure(values(revision))
    after = fraction * lengths[0 if from_nothing else 1]
    outcome = updates.interrupted(stack, victim, after)
    began = time.monotonic()
    failure = _failure(stack, revision)
    found = () if failure else tuple(inventory.differences(stack))
    trial = Trial(
        victim=victim,
        from_nothing=from_nothing,
        after=after,
        outcome=outcome,
        seconds=time.monotonic() - began,
        differences=found,
        failure=failure,
    )
    say(f"{victim} killed after {after:.1f} s ({outcome}): {failure or 'whole'}")
    for difference in trial.differences:
        say(f"  {difference}")
    if failure:
        stack.discard()
    return trial


def _full_disk(stack: BenchStack, number: int) -> Trial:
    """Let an update find its disk full, make room, and recover."""
    if not stack.exists():
        stack.up(values(""))
    revision = f"disk-{number}"
    stack.configure(values(revision))
    with disk.small(stack) as small:
        began = time.monotonic()
        with updates.begun(stack) as update:
            outcome: Outcome = "broken" if update.wait() else "missed"
        after = time.monotonic() - began
        small.grow()
        began = time.monotonic()
        failure = _failure(stack, revision)
        spent = time.monotonic() - began
    found = () if failure else tuple(inventory.differences(stack))
    say(f"disk full, noticed after {after:.1f} s ({outcome}): {failure or 'whole'}")
    return Trial(
        victim="disk",
        from_nothing=False,
        after=after,
        outcome=outcome,
        seconds=spent,
        differences=found,
        failure=failure,
    )


def _clear(stack: BenchStack) -> None:
    """Destroy the stack, and if that cannot be done, throw it away: the next trial needs the place."""
    try:
        stack.destroy()
    except (BenchError, LabError) as error:
        say(f"the stack could not be destroyed: {error}")
        stack.discard()


def _failure(stack: BenchStack, revision: str) -> str:
    """Recover by the documented command; return why it did not work, or nothing."""
    try:
        _until_api_answers()
        stack.up(values(revision))
        stack.must_be_settled()
    except (BenchError, LabError) as error:
        return str(error)
    return ""


def _until_api_answers() -> None:
    deadline = time.monotonic() + _PATIENCE
    while not cluster.is_running():
        if time.monotonic() > deadline:
            raise BenchError(f"the API server does not answer after {_PATIENCE:.0f} s")
        time.sleep(0.2)


def _pair(stack: BenchStack, number: int) -> tuple[int, int, Sequence[str]]:
    """Let two updates run at once; return how many succeeded, how many were refused, and what was wrong then."""
    stack.configure({**values(""), "service": {"type": "NodePort", "annotations": {"bench/round": str(number)}}})
    succeeded, refused = updates.both_at_once(stack)
    found = list(_differences(stack))
    say(f"two updates at once: {succeeded} succeeded, {refused} refused{''.join(f'; {each}' for each in found)}")
    return succeeded, refused, found


def _differences(stack: BenchStack) -> Iterator[str]:
    try:
        stack.must_be_settled()
    except BenchError as error:
        yield str(error)
    yield from inventory.differences(stack)
