"""The state of things in ten lines: the lab, each site, and what needs attention next."""

import datetime
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab import cluster
from lab.errors import LabError
from lab.gathering import PATIENCE, gather
from lab.progress import mebibytes, say
from lab.stacks import Stack
from report import attention, survey, words
from report.certificates import Certificate
from report.survey import Site, Survey

LINES = 10
"""The most lines that one stack takes, with the lab's own."""

_IN_FULL = 3
"""The lines of one site; where that would be too many, each has one."""

_MATTERS = 2


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The lab as it runs.

    Attributes:
        nodes: Names of its nodes, with whether each is ready.
        version: Kubernetes' version.
        memory: Bytes of memory that its processes hold.
    """

    nodes: dict[str, bool]
    version: str
    memory: int


def show(stacks: Sequence[Stack]) -> int:
    """Print the state of stacks and return the exit code: 1 if the lab is needed and down, else 0."""
    context = stacks[0].context
    if context is None and not cluster.is_running():
        return say_down()
    with ThreadPoolExecutor() as side_by_side:
        lab = side_by_side.submit(look) if context is None else None
        surveys = [survey.make(facts) for facts in side_by_side.map(lambda each: gather(each, with_logs=False), stacks)]
        now = datetime.datetime.now(datetime.UTC)
        shared = stacks[0].has_shared_state
        for line in lines(lab.result() if lab else None, surveys, now, context=context, shared=shared):
            say(line)
    return 0


def say_down() -> int:
    """Say that the lab is down, with what of it died, and return the exit code."""
    for daemon in cluster.dead_daemons():
        say(str(daemon.death()))
    say(cluster.IS_DOWN.capitalize())
    return 1


def lines(
    lab: Lab | None,
    surveys: Sequence[Survey],
    now: datetime.datetime,
    *,
    context: str | None = None,
    shared: bool = False,
) -> Iterator[str]:
    """Yield the lines: at most ten for one stack.

    Args:
        lab: The lab; None for a cluster of the user's own.
        surveys: The stacks.
        now: The time.
        context: The context of that cluster.
        shared: Whether other machines use the stacks' state, too.
    """
    rows = [("lab", _lab_line(lab))] if lab else [("cluster", f"context {context}")]
    for each in surveys:
        matters = [str(matter) for matter in attention.matters(each, now, context=context, shared=shared)]
        rest = len(matters) - _MATTERS
        shown = [*matters[:_MATTERS], *([f"and {words.counted(rest, 'matter')} more"] if rest > 0 else [])]
        last = list(zip(("next", *[""] * len(shown)), shown, strict=False))
        room = LINES - len(rows[:1]) - 1 - len(last)
        rows += [(each.stack, _stack_line(each, now)), *_sites(each, now, room), *last]
    width = max(len(label) for label, _ in rows) + 2
    yield from (f"{label:<{width}}{text}" for label, text in rows)


def look() -> Lab:
    """Look how the lab is.

    Raises:
        LabError: Its API server does not answer, or knows no node.
    """
    listed = cluster.kubectl("get", "nodes", "--output=json", f"--request-timeout={PATIENCE}")
    found = json.loads(listed)["items"]
    if not found:
        raise LabError("the lab's API server lists no node; `make logs ARGS=kubelet` may tell why")
    return Lab(
        nodes={each["metadata"]["name"]: cluster.is_ready(each["status"]["conditions"]) for each in found},
        version=found[0]["status"]["nodeInfo"]["kubeletVersion"].removeprefix("v"),
        memory=cluster.memory(),
    )


def _lab_line(lab: Lab) -> str:
    tired = [name for name, ready in lab.nodes.items() if not ready]
    ready = f"{words.counted(len(lab.nodes), 'node')} ready" if not tired else f"{', '.join(tired)} NOT READY"
    return f"{ready}, Kubernetes {lab.version}, {mebibytes(lab.memory)} of memory"


def _stack_line(each: Survey, now: datetime.datetime) -> str:
    if each.running:
        return f"the {each.kind} that began {_when(each.updated, now)} is still running"
    if each.state is None or not each.deployed:
        return "not deployed"
    objects = [resource for resource in each.state.resources if resource.is_object]
    where = ", ".join(each.namespaces)
    updated = f"{'updated' if each.succeeded else f'LAST {each.kind.upper()} FAILED'} {_when(each.updated, now)}"
    unseen = f", NOT LOOKED AT: {', '.join(each.unseen)}" if each.unseen else ""
    return f"{updated}, {words.counted(len(objects), 'object')} in {where}{unseen}"


def _sites(each: Survey, now: datetime.datetime, room: int) -> Iterator[tuple[str, str]]:
    if len(each.sites) * _IN_FULL <= room:
        for site in each.sites:
            yield site.name, f"{_verdict(site)} {_when(site.judged, now)}{_ways(site)}"
            yield "", f"{_pods(site)}, {_way(site)}"
            if told := _certificate(site, now):
                yield "", told
        return
    shown = each.sites if len(each.sites) <= room else each.sites[: room - 1]
    for site in shown:
        told = f", {_end(site.certificate, now)}" if site.certificate else ""
        yield site.name, f"{_verdict(site)}, {_pods(site)}{told}"
    if len(shown) < len(each.sites):
        yield "", f"and {words.counted(len(each.sites) - len(shown), 'site')} more"


def _verdict(site: Site) -> str:
    return site.verdict.upper() if site.verdict == "failed" else site.verdict


def _when(moment: datetime.datetime | None, now: datetime.datetime) -> str:
    return words.relative(moment, now) if moment else "at a time not known"


def _ways(site: Site) -> str:
    ways = words.counted(len(site.ways), "way")
    if not site.ways or (site.is_judged and not site.tried):
        return ""
    return f", {ways} tried" if site.tried else f", {ways} will be tried"


def _pods(site: Site) -> str:
    if site.pods is None:
        return "pods not known"
    if site.missing:
        return "its Deployment is NOT IN THE CLUSTER"
    told = f" (TOLD TO HAVE {site.scaled})" if site.rescaled else ""
    return f"{site.ready} of {words.counted(site.wanted, 'pod')} ready{told}"


def _way(site: Site) -> str:
    """The type of the Service, and the URL nearest to this machine: the one inside the cluster comes first."""
    urls = site.outputs.get("urls") or [""]
    return f"{site.outputs.get('type', 'no outputs yet')} {urls[-1]}".rstrip()


def _certificate(site: Site, now: datetime.datetime) -> str:
    if site.certificate is None:
        return "certificate renewed by somebody else" if site.outputs else ""
    ends, renews = _end(site.certificate, now), site.certificate.renews
    if renews is None or site.certificate.follower_ends:
        return ends
    if site.certificate.ends <= now:
        return f"{ends}, the next update renews it"
    window = "in its renewal window" if renews <= now else f"an update renews it from {words.stamp(renews)} on"
    return f"{ends}, {window}"


def _end(certificate: Certificate, now: datetime.datetime) -> str:
    if certificate.follower_ends:
        return "a new certificate was issued, WHICH ONE IS SERVED IS NOT KNOWN"
    return f"certificate {'ENDED' if certificate.ends <= now else 'ends'} {words.relative(certificate.ends, now)}"
