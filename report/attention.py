"""What needs attention, the most urgent first, and the command that does it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from report import words
from report.certificates import Certificate
from report.survey import Site, Survey

Urgency = Literal["trouble", "due", "later"]


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


def matters(survey: Survey, now: datetime.datetime, *, context: str | None = None) -> list[Matter]:
    """List what needs attention; the last is what time will bring, where it is known.

    Args:
        survey: The stack.
        now: The time.
        context: A context of the user's own kubeconfig, on which the stack is. Default: the lab.
    """
    commands = _Commands(survey.stack, context)
    if not survey.deployed:
        if survey.updated is not None and not survey.succeeded:
            return [_failed(commands)]
        return [Matter(urgency="due", text=f"nothing of {survey.stack} is deployed", command=commands.make("up"))]
    found = [*_of_the_stack(survey, commands)]
    for site in survey.sites:
        found += [*_of_the_probe(site, commands), *_of_pods(site, commands), *_of_certificates(site, now, commands)]
    order = ("trouble", "due", "later")
    return [*sorted(found, key=lambda matter: order.index(matter.urgency)), *_later(survey, now)]


@dataclass(frozen=True)
class _Commands:
    """Commands on one stack, as a person types them."""

    stack: str
    context: str | None

    def make(self, target: str) -> str:
        stack = "" if self.stack == "dev" else f" STACK={self.stack}"
        return f"make {target}{stack}{f' KUBE_CONTEXT={self.context}' if self.context else ''}"

    def kubectl(self, arguments: str) -> str:
        return f"kubectl --context={self.context} {arguments}" if self.context else f"make kubectl ARGS='{arguments}'"


def _failed(commands: _Commands) -> Matter:
    return Matter(urgency="trouble", text="the last update failed; once mended", command=commands.make("up"))


def _of_the_stack(survey: Survey, commands: _Commands) -> Iterator[Matter]:
    if survey.silence:
        yield Matter(urgency="trouble", text=f"the cluster does not answer ({survey.silence})")
    if survey.state is not None and survey.state.interrupted:
        text = "an update was killed or is still running; to recover"
        yield Matter(urgency="trouble", text=text, command=commands.make("up"))
    # A failed probe says the same, and why.
    elif not survey.succeeded and all(site.verdict != "failed" for site in survey.sites):
        yield _failed(commands)


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


def _of_pods(site: Site, commands: _Commands) -> Iterator[Matter]:
    if site.pods is None or site.ready >= site.wanted:
        return
    troubles = sorted({pod.trouble for pod in site.pods if pod.trouble})
    why = f" ({', '.join(troubles)})" if troubles else ""
    selector = f"app.kubernetes.io/instance={site.name}"
    yield Matter(
        urgency="trouble",
        text=f"{site.name} has {site.ready} of {words.counted(site.wanted, 'pod')} ready{why}; why",
        command=commands.kubectl(f"describe pods -n {site.namespace} -l {selector}"),
    )


def _of_certificates(site: Site, now: datetime.datetime, commands: _Commands) -> Iterator[Matter]:
    for each in _certificates(site):
        phase = each.phase(now)
        if phase == "ended":
            text = f"the {each.what} of {site.name} ended {words.relative(each.ends, now)}; a new one"
            yield Matter(urgency="trouble", text=text, command=commands.make("up"))
        if phase == "due":
            text = f"the {each.what} of {site.name} ends {words.relative(each.ends, now)}; to renew it"
            yield Matter(urgency="due", text=text, command=commands.make("up"))


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
