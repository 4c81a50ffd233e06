"""The course of the measurement: an update is broken at many points, and the documented command makes it whole."""

from lab.errors import LabError

from ..errors import BenchError
from ..figures import Measured
from . import trials, updates
from .figures import Asked, Pair, Trial, figures
from .places import Places, values
from .updates import Lengths, Victim

NAME = "bench-engine"

_NOTES = (
    "Each broken update is followed by what `make up` does, and by nothing else: the lock of a dead process is "
    "removed, what was begun or got no answer is put back into the state, the update runs again. Then a preview must "
    "find nothing to do, and the cluster must have exactly the objects of the state. What fails on the way counts as "
    "not whole.",
    "The time to recover begins with the kill: what is left of the broken update is part of it, and so is the preview. "
    "After a full disk it begins when there is room again; after the API server was killed, when the cluster acts "
    "again.",
    "Points are spread evenly over the update, for the plugin over the time for which there is one. Where an update "
    f"had ended before its point came, it is tried again a little earlier, up to {trials.TRIES} times in all.",
    "Two updates at once are two that `make up` begins, which lets one after the other to the stack or refuses one. "
    "Two of the engine alone that begin in the same moment may both be refused where the state is in files: it looks "
    "for locks of others once more after it has written its own.",
)


def measure(points: int, pairs: int, disks: int, *, whole_lab: bool) -> Measured:
    """Break updates and return what was found.

    What happens takes turns, so that a course that ends before its time has some of everything, and the API server has
    time between its deaths: the cluster takes the longer to notice its return, the more often it dies.

    Args:
        points: At how many points updates are broken, half of them from nothing and half of them changes, for each
            victim.
        pairs: How often two updates run at once.
        disks: How often the disk is full while the state is written.
        whole_lab: Whether to kill the API server as well, which everybody on the lab notices.
    """
    victims: tuple[Victim, ...] = ("engine", "plugin", "API server") if whole_lab else ("engine", "plugin")
    asked = Asked(victims=victims, points=points, pairs=pairs, disks=disks)
    places = Places(NAME)
    broken: list[Trial] = []
    together: list[Pair] = []
    broken_off = ""
    try:
        _all(places, asked, broken, together)
    except (BenchError, LabError, KeyboardInterrupt) as error:
        if not broken:
            raise
        broken_off = str(error).partition("\n")[0] or "interrupted"
    finally:
        places.clear()
    return Measured(figures=figures(broken, together, asked), notes=_NOTES, broken_off=broken_off)


def fractions(points: int) -> list[float]:
    """Where in an update it is broken: so many parts of its length, spread evenly, neither start nor end among them."""
    return [(number + 0.5) / points for number in range(points)]


def _all(places: Places, asked: Asked, broken: list[Trial], together: list[Pair]) -> None:
    """Do everything, and add each result to one of the lists as soon as it is there."""
    lengths = _lengths(places)
    points = fractions(asked.points)
    for number in range(max(asked.points, asked.pairs, asked.disks)):
        for victim, fraction in ((victim, each) for victim in asked.victims for each in points[number : number + 1]):
            broken.append(trials.killed(places, victim, number, fraction, lengths))
            _leave_what_failed(places, broken[-1].failure)
        if number < asked.disks:
            broken.append(trials.disk_full(places, number))
            _leave_what_failed(places, broken[-1].failure)
        if number < asked.pairs:
            together.append(trials.pair(places, number))
            _leave_what_failed(places, *together[-1].wrong)


def _leave_what_failed(places: Places, *failures: str) -> None:
    """Let the next trial begin elsewhere, for it must not pay for this one."""
    if any(failures):
        places.leave()


def _lengths(places: Places) -> tuple[Lengths, Lengths]:
    """How long an update from nothing takes, and one that changes something."""
    stack = places.fresh()
    stack.configure(values(""))
    from_nothing = updates.lengths(stack)
    stack.configure(values("length"))
    return from_nothing, updates.lengths(stack)
