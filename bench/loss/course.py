"""The course of the measurement: one load, and one change after another under it."""

import shutil
import time
from collections.abc import Iterator, Sequence

from lab import topology
from lab.progress import say

from ..errors import BenchError
from ..figures import Figure, Goal
from ..stack import FOLDER, BenchStack
from . import changes
from .changes import Change
from .load import Load
from .site import Site
from .tally import Event, Loss, losses

NAME = "bench-loss"
AFTERWARDS = 6.0
"""Seconds after a change for which losses still count as its own: longer than a request may take."""

_MOST_ROUNDS = 40
_TABLES = {True: "Planned changes", False: "Faults"}
NOTHING = Goal(direction="at most", limit=0)
SOON = Goal(direction="at most", limit=2)
FAST_ENOUGH = Goal(direction="at least", limit=200)


def measure(total: int, *, whole_lab: bool) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Change a site under load and return the figures and notes.

    Args:
        total: How many requests there shall be during planned changes at least; restarts go on until then.
        whole_lab: Whether to do also what everybody on the lab notices.
    """
    folder = FOLDER / NAME
    site = Site(BenchStack(NAME))
    try:
        site.up(certificate={"source": "generated"})
        outputs = site.stack.outputs()
        work = folder / "load"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        address = f"{outputs['clusterIp']}:443"
        load = Load(site.stack.fqdn, address, outputs["caCertificate"], topology.CONTROL_PLANE.name, work)
        site.load = load
        chosen = [each for each in changes.everything() if whole_lab or not each.whole_lab]
        began = time.time()
        with load.running():
            events = [_happen(change, site) for change in chosen if change.planned]
            events += _more_restarts(site, load, events, total)
            events += [_happen(change, site) for change in chosen if not change.planned]
        spent = time.time() - began
        report = load.report()
    finally:
        site.stack.destroy()
    rate = (report.counts[-1][1] + len(report.failures)) / spent
    outside = _outside(report.failures, events)
    notes = (
        f"{rate:.0f} requests a second over {spent:.0f} s, on kept and on new connections, from "
        f"{topology.NODES[0].name} to the Service's address; every answer verified against the site's authority. "
        f"{outside} requests failed between the changes. A kept connection that the server had closed is opened anew "
        "once, as every client does.",
    )
    return figures(losses(report, events), rate), notes


def figures(found: Sequence[Loss], rate: float) -> tuple[Figure, ...]:
    """All figures of a measurement.

    Args:
        found: What each event has cost.
        rate: Requests a second.
    """
    all_figures = [figure for loss in found for figure in _of(loss)]
    planned = [loss for loss in found if loss.event.planned]
    table = "All planned changes together"

    def together(quantity: str, unit: str, value: float, goal: Goal | None) -> Figure:
        return Figure(table=table, subject="requests", quantity=quantity, unit=unit, values=(value,), goal=goal)

    return (
        together("in all", "", sum(loss.requests for loss in planned), Goal(direction="at least", limit=100_000)),
        together("failed", "", sum(loss.failed for loss in planned), NOTHING),
        together("rate", "/s", rate, FAST_ENOUGH),
        *all_figures,
    )


def _of(loss: Loss) -> Iterator[Figure]:
    event = loss.event

    def figure(quantity: str, unit: str, value: float, goal: Goal | None = None) -> Figure:
        return Figure(
            table=_TABLES[event.planned],
            subject=event.name,
            quantity=quantity,
            unit=unit,
            values=(value,),
            goal=goal,
            note="; ".join(loss.reasons) if quantity == "failed" else "",
        )

    yield figure("requests", "", loss.requests)
    yield figure("failed", "", loss.failed, NOTHING if event.planned else None)
    yield figure("kept connections opened anew", "", loss.reopened)
    if not event.planned:
        yield figure("until the last failure", "s", loss.seconds, SOON if "killed" in event.name else None)


def _happen(change: Change, site: Site) -> Event:
    began = time.time()
    try:
        change.do(site)
    except BenchError as error:
        raise BenchError(f"{change.name}: {error}") from error
    time.sleep(AFTERWARDS)
    say(f"{change.name}: {time.time() - began:.0f} s")
    return Event(name=change.name, planned=change.planned, began=began, ended=time.time())


def _more_restarts(site: Site, load: Load, events: Sequence[Event], total: int) -> list[Event]:
    """Restart on and on, until there have been enough requests."""
    more: list[Event] = []
    for _ in range(_MOST_ROUNDS):
        requests = sum(loss.requests for loss in losses(load.report(), [*events, *more]))
        if requests >= total:
            break
        more.append(_happen(Change(name=f"rolling restart {len(more) + 6}", do=changes.restart), site))
    return more


def _outside(failures: Sequence[tuple[float, str]], events: Sequence[Event]) -> int:
    return sum(not any(event.began <= at <= event.ended for event in events) for at, _ in failures)
