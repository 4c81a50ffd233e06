"""What needs attention, the most urgent first, and the command that does it."""

import datetime
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from report import objects, words
from report.certificates import Certificate
from report.survey import Site, Survey

Urgency = Literal["trouble", "due", "later"]
_NAMED = 3
"""How many objects are named that the cluster lacks; it may lack a whole namespace."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing that needs attention.

    Attributes:
        urgency: `trouble` for what is wrong, `due` for what should be done now, `later` for what time will bring.
        text: What it is, without a full stop.
        command: What does something about it; empty if there is nothing to do.
    """

    urgency: Urgency
    text: str
    command: str = ""

    def __str__(self) -> str:
        """The matter as a line: ``the probe has failed: `make up` ...``."""
        return f"{self.text}: `{self.command}`" if self.command else self.text


def matters(
    survey: Survey, now: datetime.datetime, *, context: str | None = None, shared: bool = False
) -> list[Matter]:
    """List what needs attention; the last is what time will bring, where it is known.

    Args:
        survey: The stack.
        now: The time.
        context: A context of the user's own kubeconfig, on which the stack is. Default: the lab.
        shared: Whether other machines use the state, too. Default: none does.
    """
    commands = _Commands(survey.stack, context, shared, survey.kubeconfig)
    if not survey.deployed:
        return [*_of_nothing(survey, commands)]
    found = [*_of_the_stack(survey, commands)]
    for site in survey.sites:
        found += [
            *_of_the_probe(site, commands),
            *_of_deployments(site, survey.kind, commands),
            *_of_pods(site, commands),
            *_of_the_watch(site, survey, now, commands),
            *_of_certificates(site, survey, now, commands),
        ]
    order = ("trouble", "due", "later")
    return [*sorted(found, key=lambda matter: order.index(matter.urgency)), *_later(survey, now)]


@dataclass(frozen=True)
class _Commands:
    """Commands on one stack, as a person types them."""

    stack: str
    context: str | None
    shared: bool
    kubeconfig: str

    def make(self, target: str) -> str:
        stack = "" if self.stack == "dev" else f" STACK={self.stack}"
        cluster = f" KUBE_CONTEXT={shlex.quote(self.context)}" if self.context else ""
        # Its address may have a password in it.
        return f"make {target}{stack}{cluster}{' BACKEND=...' if self.shared else ''}"

    def recover(self) -> str:
        """Deploy again; of a shared state, somebody has to say that the update is gone."""
        return f"{self.make('pulumi ARGS=cancel')} && {self.make('up')}" if self.shared else self.make("up")

    def kubectl(self, arguments: str) -> str:
        if self.context:
            file = f"--kubeconfig={shlex.quote(self.kubeconfig)} " if self.kubeconfig else ""
            return f"kubectl {file}--context={shlex.quote(self.context)} {arguments}"
        return f"make kubectl ARGS='{arguments}'"

    def mend(self) -> str:
        """Take note of what the cluster has, and deploy again: an update alone trusts the state and sees no change."""
        return f"{self.make('refresh')} && {self.make('up')}"


def _failed(survey: Survey, commands: _Commands) -> Matter:
    target, why = ("destroy", "") if survey.kind == "destroy" else ("up", "".join(_reasons(survey)[:1]))
    text = f"the last {survey.kind} failed{why}; once mended"
    return Matter(urgency="trouble", text=text, command=commands.make(target))


def _reasons(survey: Survey) -> list[str]:
    """Why updates did not go well, as the newest probe of each site says that one has waited for."""
    gates = [(site.name, next((run for run in site.runs if run.gate), None)) for site in survey.sites]
    return [
        f", {name}: {words.shortened(gate.said.failures[0], 200)}"
        for name, gate in gates
        if gate is not None and gate.said.failures
    ]


def _interrupted(commands: _Commands) -> Matter:
    text = "an update was killed or is still running; to recover"
    return Matter(urgency="trouble", text=text, command=commands.recover())


def _of_nothing(survey: Survey, commands: _Commands) -> Iterator[Matter]:
    """What is to be done where no object is in the cluster, as far as the state tells."""
    if survey.interrupted:
        yield _interrupted(commands)
    elif not survey.succeeded:
        yield _failed(survey, commands)
    elif not survey.running:
        yield Matter(urgency="due", text=f"nothing of {survey.stack} is deployed", command=commands.make("up"))


def _of_the_stack(survey: Survey, commands: _Commands) -> Iterator[Matter]:
    if survey.silence:
        yield Matter(urgency="trouble", text=f"the cluster could not be asked ({survey.silence})")
    # A failed probe says the same of an update, and why.
    explained = survey.kind == "update" and any(site.verdict == "failed" for site in survey.sites)
    if survey.interrupted:
        yield _interrupted(commands)
    elif not survey.succeeded and not explained:
        yield _failed(survey, commands)
    # A running update may have taken it away to make it anew.
    if not survey.running:
        yield from _of_objects(survey, commands)


def _of_objects(survey: Survey, commands: _Commands) -> Iterator[Matter]:
    """Objects that the cluster lacks; Deployments and watches of sites are matters of their own."""
    told = {each.urn for site in survey.sites for each in site.resources if each.kind == "Deployment"}
    told |= {each.urn for site in survey.sites for each in site.probe_resources if each.kind == "CronJob"}
    names = [f"{each.kind} {each.object_name}" for each in survey.lacking if each.urn not in told]
    if names:
        rest = words.counted(len(names) - _NAMED, "more object")
        shown = names if len(names) <= _NAMED else [*names[:_NAMED], rest]
        who = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
        text = f"{who} {'is' if len(names) == 1 else 'are'} not in the cluster"
        again = "it" if len(names) == 1 else "them"
        yield Matter(urgency="trouble", text=f"{text}; to make {again} again", command=commands.mend())


def _of_the_probe(site: Site, commands: _Commands) -> Iterator[Matter]:
    if site.verdict != "failed":
        return
    reasons = site.newest.said.failures if site.newest else ()
    if reasons:
        text = f"{site.name} is not verified, {words.shortened(reasons[0], 200)}; once mended"
        yield Matter(urgency="trouble", text=text, command=commands.make("up"))
    elif site.newest:
        logs = commands.kubectl(f"logs -n {site.namespace} job/{site.newest.job}")
        yield Matter(urgency="trouble", text=f"{site.name} is not verified; why", command=logs)
    else:
        yield Matter(urgency="trouble", text=f"{site.name} is not verified; once mended", command=commands.make("up"))


def _of_deployments(site: Site, last: str, commands: _Commands) -> Iterator[Matter]:
    """What the cluster was told otherwise than the stack declares."""
    # A destroy that failed halfway has taken it out on purpose.
    if last == "update" and site.outputs and not any(each.kind == "Deployment" for each in site.resources):
        text = f"the state has no Deployment of {site.name}; to make one"
        yield Matter(urgency="trouble", text=text, command=commands.make("up"))
    if site.missing:
        text = f"the Deployment of {site.name} is not in the cluster; to make it again"
        yield Matter(urgency="trouble", text=text, command=commands.mend())
    if site.rescaled:
        yield _of_another_number(site, commands)


def _of_another_number(site: Site, commands: _Commands) -> Matter:
    """Another number of pods than declared; where an autoscaler decides on it, no update gives it back."""
    text = f"{site.name} was told to have {words.counted(site.scaled, 'pod')}, declared are"
    if not site.least:
        return Matter(urgency="trouble", text=f"{text} {site.declared}; to put it right", command=commands.mend())
    names = " ".join(f"deployment/{each.object_name}" for each in site.resources if each.kind == "Deployment")
    return Matter(
        urgency="trouble",
        text=f"{text} at least {site.least}, and its autoscaler is off meanwhile; to put it right",
        command=commands.kubectl(f"scale -n {site.namespace} {names} --replicas={site.least}"),
    )


def _of_pods(site: Site, commands: _Commands) -> Iterator[Matter]:
    # That somebody told it to have fewer is a matter of its own.
    enough = min(site.scaled, site.wanted) if site.rescaled else site.wanted
    if site.pods is None or site.missing or (site.ready >= enough and not site.stuck):
        return
    # A rollout that takes no old pod away before a new one serves can stay like that for ever.
    but, troubles = (", but more do not come up", ()) if site.ready >= enough else ("", (p.trouble for p in site.pods))
    reasons = sorted({*site.stuck, *filter(None, troubles)})
    why = f" ({', '.join(reasons)})" if reasons else ""
    selector = f"app.kubernetes.io/name={objects.SITE},app.kubernetes.io/instance={site.name}"
    yield Matter(
        urgency="trouble",
        text=f"{site.name} has {site.ready} of {words.counted(site.wanted, 'pod')} ready{but}{why}; why",
        command=commands.kubectl(f"describe pods -n {site.namespace} -l {selector}"),
    )


def _of_the_watch(site: Site, survey: Survey, now: datetime.datetime, commands: _Commands) -> Iterator[Matter]:
    """Whether the probe runs by itself where the stack declares that it does."""
    declared, watch = site.watch_declared, site.watch
    if declared is None:
        return
    suspended = bool((declared.inputs.get("spec") or {}).get("suspend"))
    if site.watch_missing:
        text = f"the watch of {site.name} is not in the cluster; to make it again"
        yield Matter(urgency="trouble", text=text, command=commands.mend())
    elif watch and watch.suspended and not suspended:
        text = f"the watch of {site.name} was told to pause, declared is that it runs; to put it right"
        yield Matter(urgency="trouble", text=text, command=commands.mend())
    # A failed probe is a matter of its own.
    elif watch and watch.is_late(now, survey.updated) and site.verdict != "failed":
        success = watch.last_success
        since = f"has not verified it for {words.span(now - success)}" if success else "has never verified it"
        describe = commands.kubectl(f"describe cronjob -n {site.namespace} {watch.name}")
        yield Matter(urgency="trouble", text=f"the watch of {site.name} {since}; why", command=describe)


def _of_certificates(site: Site, survey: Survey, now: datetime.datetime, commands: _Commands) -> Iterator[Matter]:
    for each in _certificates(site):
        phase = each.phase(now)
        # A running update may settle it by itself.
        if phase == "unclear" and not survey.running:
            text = f"a new certificate of {site.name} was issued, and which one is served is not known; to settle it"
            yield Matter(urgency="trouble", text=text, command=commands.make("up"))
        if phase in ("ended", "due"):
            yield _of_the_end(each, site, now, commands)


def _of_the_end(each: Certificate, site: Site, now: datetime.datetime, commands: _Commands) -> Matter:
    """A certificate that has ended, or that should be renewed now."""
    ended = each.ends <= now
    urgency: Urgency = "trouble" if ended else "due"
    text = f"the {each.what} of {site.name} {'ended' if ended else 'ends'} {words.relative(each.ends, now)}"
    if each.what == "certificate" and each.renews is None:
        setting = "no update renews it: give a new one in the setting secure-nginx:certificate"
        return Matter(urgency=urgency, text=f"{text}; {setting}")
    text += "; a new one" if ended else "; to renew it"
    return Matter(urgency=urgency, text=text, command=commands.make("up"))


def _later(survey: Survey, now: datetime.datetime) -> Iterator[Matter]:
    """What time will bring first."""
    coming = [
        (each.renews or each.ends, each, site)
        for site in survey.sites
        for each in _certificates(site)
        if each.phase(now) == "fresh"
    ]
    if coming:
        moment, each, site = min(coming, key=lambda one: one[0])
        what = "leaf" if each.what == "certificate" else each.what
        of = f" of {site.name}" if len(survey.sites) > 1 else ""
        does = "renews" if each.renews else "ends"
        yield Matter(urgency="later", text=f"{what}{of} {does} {words.relative(moment, now)}")


def _certificates(site: Site) -> Iterator[Certificate]:
    if site.certificate is not None:
        yield site.certificate
    yield from site.authorities
