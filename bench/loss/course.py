"""The course of the measurement: one load, and one change after another under it."""

import shutil
import time
from collections.abc import Sequence

from lab import topology
from lab.errors import LabError
from lab.progress import say

from ..engine import api_server
from ..errors import BenchError
from ..figures import Measured
from ..stack import FOLDER, BenchStack
from . import changes
from .changes import Change
from .client import PATIENCE
from .figures import figures
from .load import Load
from .site import Site
from .tally import Event, Report, losses

NAME = "bench-loss"
AFTERWARDS = 6.0
"""Seconds after a change for which losses still count as its own: longer than a request may take."""

_MOST_ROUNDS = 40


def measure(total: int, *, whole_lab: bool) -> Measured:
    """Change a site under load and return what was found.

    Args:
        total: How many requests there shall be during planned changes at least; restarts go on until then.
        whole_lab: Whether to do also what everybody on the lab notices.
    """
    site = Site(BenchStack(NAME))
    chosen = [each for each in changes.everything() if whole_lab or not each.whole_lab]
    events: list[Event] = []
    broken_off = ""
    try:
        load = site.load = _load(site)
        began = time.time()
        with load.running():
            _all(site, load, chosen, total, events)
    except (BenchError, LabError, KeyboardInterrupt) as error:
        if not events:
            raise
        broken_off = str(error).partition("\n")[0] or "interrupted"
    finally:
        _clear(site.stack)
    report = load.report()
    spent = report.counts[-1][0] - began
    rate = (report.counts[-1][1] + len(report.failures)) / spent
    happened = {event.name for event in events}
    missing = [change for change in chosen if change.name not in happened]
    return Measured(
        figures=figures(losses(report, events), rate, missing),
        notes=_notes(report, events, rate, spent),
        broken_off=broken_off,
    )


def _notes(report: Report, events: Sequence[Event], rate: float, spent: float) -> tuple[str, ...]:
    outside = sum(not any(event.began <= at <= event.ended for event in events) for at, _ in report.failures)
    return (
        f"{rate:.0f} requests a second over {spent:.0f} s, on kept and on new connections, from "
        f"{topology.NODES[0].name} to the Service's address; every answer verified against the site's authority. "
        f"{outside} requests failed between the changes. A kept connection that the server had closed is opened anew "
        "once, as every client does.",
        "Requests during faults are not among those of the planned changes. The absence of the API server lasts until "
        "the cluster acts again.",
        f"A client asks nothing while it waits for an answer, up to {PATIENCE:.0f} s. So what failed while answers did "
        "not come is a floor: clients that ask at a fixed rate, whatever becomes of their last request, lose more.",
    )


def _load(site: Site) -> Load:
    """Deploy the site, and prepare the load on it."""
    site.up(certificate={"source": "generated"})
    outputs = site.stack.outputs()
    work = FOLDER / NAME / "load"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    address = f"{outputs['clusterIp']}:443"
    return Load(site.stack.fqdn, address, outputs["caCertificate"], topology.CONTROL_PLANE.name, work)


def _all(site: Site, load: Load, chosen: Sequence[Change], total: int, events: list[Event]) -> None:
    """Do everything, and add each event to the list as soon as it is over; faults come last."""
    for change in (each for each in chosen if each.planned):
        events.append(_happen(change, site))
    for number in range(6, 6 + _MOST_ROUNDS):
        if sum(loss.requests for loss in losses(load.report(), events)) >= total:
            break
        events.append(_happen(Change(name=f"rolling restart {number}", do=changes.restart), site))
    for change in (each for each in chosen if not each.planned):
        events.append(_happen(change, site))


def _happen(change: Change, site: Site) -> Event:
    began = time.time()
    try:
        asleep = change.do(site)
    except (BenchError, LabError) as error:
        raise BenchError(f"{change.name}: {error}") from error
    time.sleep(AFTERWARDS)
    say(f"{change.name}: {time.time() - began:.0f} s")
    return Event(
        name=change.name,
        planned=change.planned,
        began=began,
        ended=time.time(),
        goals=change.goals,
        asleep=asleep,
    )


def _clear(stack: BenchStack) -> None:
    """Destroy the stack, and if that cannot be done, throw it away: what was measured must not be lost by it."""
    for remove in (stack.destroy, stack.discard):
        try:
            api_server.until_it_answers()
            remove()
        except (BenchError, LabError) as error:
            say(f"the stack {stack.name} could not be removed: {error}")
        else:
            break
