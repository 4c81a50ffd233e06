"""What is known of a stack, typed: its sites with verdict, certificates and pods."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report import certificates, objects, state, words
from report.certificates import Certificate
from report.facts import Facts
from report.objects import Object, Pod, Run, Watch
from report.state import Resource, State

OBJECT_LABEL = "app.kubernetes.io/name in (nginx,curl-probe)"
"""Selects the objects of sites and probes in a cluster."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site of a stack.

    Attributes:
        name: Its name in the stack, that of its Service.
        namespace: Its namespace.
        outputs: Its outputs, secrets masked.
        resources: What the stack has of it.
        probe_resources: What the stack has of its probe.
        certificate: What it serves; None if somebody else renews it.
        authorities: Who signed that, where Pulumi made them.
        pods: Its pods; None if the cluster does not answer.
        wanted: How many pods there shall be.
        runs: The runs of its probe that the cluster still has, the newest first.
        watch: The schedule of its probe; None if there is none.
    """

    name: str
    namespace: str
    outputs: Mapping[str, Any]
    resources: tuple[Resource, ...]
    probe_resources: tuple[Resource, ...]
    certificate: Certificate | None
    authorities: tuple[Certificate, ...]
    pods: tuple[Pod, ...] | None
    wanted: int
    runs: tuple[Run, ...]
    watch: Watch | None

    @property
    def newest(self) -> Run | None:
        """The newest run that has ended; it knows better than the outputs, which an update writes."""
        return next((run for run in self.runs if run.outcome != "pending"), None)

    @property
    def verdict(self) -> str:
        """`verified`, `failed`, `pending` or `not run`."""
        return self.newest.outcome if self.newest else str(self.outputs.get("probe", "not run"))

    @property
    def judged(self) -> datetime.datetime | None:
        """When the verdict was found; None if nobody knows."""
        known = self.newest.ended if self.newest else None
        return known or words.time((self.outputs.get("proof") or {}).get("completedAt"))

    @property
    def ready(self) -> int:
        """How many pods serve."""
        return sum(pod.ready for pod in self.pods or ())


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One stack.

    Attributes:
        stack: Its name.
        state: Its state; None if there is none.
        sites: Its sites.
        updated: When it was last updated; None if never.
        succeeded: Whether that update succeeded.
        commit: The commit that it was made from; empty if not known.
        silence: Why the cluster does not answer; empty if it does.
    """

    stack: str
    state: State | None
    sites: tuple[Site, ...]
    updated: datetime.datetime | None
    succeeded: bool
    commit: str
    silence: str

    @property
    def deployed(self) -> bool:
        """Whether anything of it is in a cluster."""
        return self.state is not None and any(each.is_object for each in self.state.resources)

    @property
    def namespaces(self) -> list[str]:
        """Every namespace in which it has objects."""
        return namespaces(self.state) if self.state is not None else []


def make(facts: Facts) -> Survey:
    """Make the survey of a stack."""
    known = state.read(facts.state) if facts.state is not None else None
    last: Mapping[str, Any] = next((each for each in facts.history if each["kind"] in ("update", "destroy")), {})
    ended = last.get("endTime") or last.get("startTime")
    return Survey(
        stack=facts.stack,
        state=known,
        sites=tuple(_site(name, outputs, known, facts) for name, outputs in sites(known).items()) if known else (),
        updated=words.time(ended),
        succeeded=last.get("result") != "failed",
        commit=str((last.get("environment") or {}).get("git.head", "")),
        silence=facts.silence,
    )


def sites(known: State | None) -> Mapping[str, Mapping[str, Any]]:
    """The outputs of each site, by the name that the site has in the program; all that a failed first update left."""
    if known is None:
        return {}
    several = known.outputs.get("sites")
    if isinstance(several, Mapping):
        return several
    names = [each.name for each in known.resources if each.type == "securenginx:index:SecureNginx"]
    return dict.fromkeys(names, known.outputs) if len(names) == 1 else {name: {} for name in names}


def namespaces(known: State) -> list[str]:
    """Every namespace in which a state has objects."""
    found = (each.inputs.get("metadata", {}).get("namespace") for each in known.resources if each.is_object)
    return sorted({str(namespace) for namespace in found if namespace})


def _site(name: str, outputs: Mapping[str, Any], known: State, facts: Facts) -> Site:
    own, probe = known.component("SecureNginx", name), known.component("CurlProbe", f"{name}-probe")
    namespace = str(outputs.get("namespace") or next(iter(namespaces(known)), ""))
    found: Sequence[Object] = facts.objects or ()
    return Site(
        name=name,
        namespace=namespace,
        outputs=outputs,
        resources=own,
        probe_resources=probe,
        certificate=certificates.leaf(outputs, own),
        authorities=tuple(certificates.authorities(own)),
        pods=None if facts.objects is None else objects.pods(objects.of(found, "Pod", name, namespace)),
        wanted=objects.wanted(objects.of(found, "Deployment", name, namespace)),
        runs=objects.runs(objects.of(found, "Job", f"{name}-probe", namespace), facts.logs),
        watch=objects.watch(objects.of(found, "CronJob", f"{name}-probe", namespace)),
    )
