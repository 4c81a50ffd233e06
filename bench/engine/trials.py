"""Single trials: something happens to an update, and the documented command has to make it whole.

Whatever goes wrong in a trial makes it a failed one, which counts: a course that skipped it would praise itself.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from lab.errors import LabError
from lab.progress import say

from ..errors import BenchError
from ..stack import BenchStack
from . import disk, inventory, updates
from .figures import Pair, Trial
from .places import Places, values
from .updates import Lengths, Victim

TRIES = 3
"""How often a trial is made at most until it hits the update."""
EARLIER = 0.1
"""By which part of its time each further try is earlier: what was missed had ended already."""


def killed(places: Places, victim: Victim, number: int, fraction: float, lengths: tuple[Lengths, Lengths]) -> Trial:
    """Kill something in the middle of an update, and recover.

    Args:
        places: Where.
        victim: What is killed.
        number: Number of the trial; the updates of even ones begin with nothing, the others change a site.
        fraction: After which part of the update, or of the plugin's life.
        lengths: How long both kinds of updates take.
    """
    length = lengths[number % 2]
    whole = length.plugin if victim == "plugin" else length.update

    def once(attempt: int) -> Trial:
        after = whole * fraction * (1 - attempt * EARLIER)
        if number % 2 == 0:
            return _killed(places.fresh, victim, "", after)
        return _killed(places.deployed, victim, f"{victim}-{number}-{attempt}".replace(" ", "-"), after)

    return _until_it_hits(once)


def disk_full(places: Places, number: int) -> Trial:
    """Let an update find its disk full, make room, and recover."""
    return _until_it_hits(lambda attempt: _disk_full(places, f"disk-{number}-{attempt}"))


def pair(places: Places, number: int) -> Pair:
    """Let two updates run at once, and look whether they have done what one does."""
    succeeded = refused = 0
    wrong: list[str] = []
    try:
        stack = places.deployed()
        stack.configure(values(f"pair-{number}"))
        succeeded, refused, failure = updates.both_at_once(stack)
        wrong += [failure] if failure else []
        wrong += _unsettled(stack)
    except (BenchError, LabError) as error:
        wrong.append(str(error))
    say(f"two updates at once: {succeeded} succeeded, {refused} refused{''.join(f'; {each}' for each in wrong)}")
    return Pair(succeeded=succeeded, refused=refused, wrong=tuple(wrong))


def _until_it_hits(once: Callable[[int], Trial]) -> Trial:
    trial = once(0)
    for attempt in range(1, TRIES):
        if trial.outcome != "missed" or trial.failure:
            break
        trial = once(attempt)
    return trial


def _killed(place: Callable[[], BenchStack], victim: Victim, revision: str, after: float) -> Trial:
    trial = Trial(victim=victim, after=after)
    try:
        stack = place()
        stack.configure(values(revision))
        blow = updates.interrupted(stack, victim, after)
        trial = replace(trial, outcome=blow.outcome, asleep=blow.asleep, failure=blow.failure)
        if trial.outcome != "missed" and not trial.failure:
            trial = _recovered(trial, stack, revision, blow.since)
    except (BenchError, LabError) as error:
        trial = replace(trial, failure=str(error))
    return _told(trial)


def _disk_full(places: Places, revision: str) -> Trial:
    trial = Trial(victim="disk", after=0)
    try:
        stack = places.deployed()
        stack.configure(values(revision))
        with disk.small(stack) as small:
            began = time.monotonic()
            with updates.begun(stack) as update:
                code = updates.ended(update)
            trial = replace(trial, after=time.monotonic() - began, outcome="broken" if code else "missed")
            small.grow()
            if code:
                trial = _recovered(trial, stack, revision, time.monotonic())
    # A disk that is full says so in its own way.
    except (BenchError, LabError, OSError) as error:
        trial = replace(trial, failure=str(error))
    return _told(trial)


def _recovered(trial: Trial, stack: BenchStack, revision: str, since: float) -> Trial:
    """Recover by the documented command, and say how long after a moment all was settled, and what is wrong still."""
    updates.adopt_unanswered(stack)
    stack.up(values(revision))
    stack.must_be_settled()
    trial = replace(trial, seconds=time.monotonic() - since)
    return replace(trial, differences=tuple(inventory.differences(stack)))


def _told(trial: Trial) -> Trial:
    say(f"{trial.victim}, {trial.outcome} after {trial.after:.1f} s: {trial.failure or 'whole'}")
    for difference in trial.differences:
        say(f"  {difference}")
    return trial


def _unsettled(stack: BenchStack) -> Iterator[str]:
    try:
        stack.must_be_settled()
    except BenchError as error:
        yield str(error)
    yield from inventory.differences(stack)
