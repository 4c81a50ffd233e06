"""What is known of a stack, typed: its sites with verdict, certificates and pods."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report import certificates, listing, objects, state, words
from report.certificates import Certificate
from report.facts import Facts
from report.objects import Object, Pod, Run, Watch
from report.state import Resource, State

OBJECT_LABEL = f"app.kubernetes.io/name in ({objects.SITE},{objects.PROBE})"
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
        declared: How many pods the stack declares; None if it leaves that to an autoscaler.
        least: How many pods an autoscaler has to keep, as declared; 0 if there is none.
        scaled: How many pods the cluster was told to have; 0 if it does not answer.
        stuck: Why pods of it do not come up, or its rollout does not get on; none if the cluster does not answer.
        missing: Names of its Deployments that are not in the cluster; none if that does not answer.
        lacking: What the cluster lacks of its resources and its probe's, as far as it was asked.
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
    declared: int | None
    least: int
    scaled: int
    stuck: tuple[str, ...]
    missing: tuple[str, ...]
    lacking: tuple[Resource, ...]
    runs: tuple[Run, ...]
    watch: Watch | None

    @property
    def watch_declared(self) -> Resource | None:
        """The CronJob of its probe, as the stack has it; None if it has none."""
        return next((each for each in self.probe_resources if each.kind == "CronJob"), None)

    @property
    def watch_missing(self) -> bool:
        """Whether the cluster lacks that; not where it does not answer."""
        return self.watch_declared is not None and self.pods is not None and self.watch is None

    @property
    def newest(self) -> Run | None:
        """The newest run that has ended and still counts; it knows better than the outputs, which an update writes."""
        return next((run for run in self.runs if run.outcome != "pending" and not self.is_overtaken(run)), None)

    def is_overtaken(self, run: Run) -> bool:
        """Whether it is a failed run of the watch that passed later; of such runs the cluster may keep none."""
        if run.gate or run.outcome != "failed" or run.ended is None or self._last_success is None:
            return False
        return run.ended < self._last_success

    @property
    def verdict(self) -> str:
        """`verified`, `failed`, `pending` or `not run`."""
        if self.newest:
            return self.newest.outcome
        return "verified" if self._last_success else str(self.outputs.get("probe", "not run"))

    @property
    def judged(self) -> datetime.datetime | None:
        """When the verdict was found; None if nobody knows."""
        found = [self.newest.ended if self.newest else None, self._last_success if self.verdict == "verified" else None]
        known = [moment for moment in found if moment]
        return max(known) if known else words.time((self.outputs.get("proof") or {}).get("completedAt"))

    @property
    def _last_success(self) -> datetime.datetime | None:
        return self.watch.last_success if self.watch else None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways to the site that the probe tries, as the outputs have them."""
        return tuple((self.outputs.get("proof") or {}).get("targets") or ())

    @property
    def tried(self) -> bool:
        """Whether a run is known to have tried them: where the cluster is silent, by the outputs' own word."""
        return self.is_judged and (self.pods is not None or self.judged is not None)

    @property
    def is_judged(self) -> bool:
        """Whether a run has found it good or bad."""
        return self.verdict in ("verified", "failed")

    @property
    def ready(self) -> int:
        """How many pods serve."""
        return sum(pod.ready for pod in self.pods or ())

    @property
    def serving(self) -> int:
        """How many of the pods that there shall be serve: one too many makes up for none of another site."""
        return min(self.ready, self.wanted)

    @property
    def wanted(self) -> int:
        """How many pods there shall be; the cluster's own word counts only where the stack declares nothing."""
        return max(self.scaled, self.least) if self.declared is None else self.declared

    @property
    def rescaled(self) -> bool:
        """Whether somebody told the cluster another number of pods than the stack declares.

        An autoscaler puts every number right by itself but 0, which switches it off.
        """
        if self.pods is None or self.missing:
            return False
        return self.scaled == 0 if self.least else self.scaled != self.wanted


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One stack.

    Attributes:
        stack: Its name.
        state: Its state; None if there is none.
        sites: Its sites.
        updated: When its last update ended, or began if it still runs; None if there was none.
        kind: What that was: `update` or `destroy`.
        running: Whether it still runs, as far as the engine's history tells.
        succeeded: Whether it did not fail.
        commit: The commit that it was made from; empty if not known.
        dirty: Whether it was made from more than that: from files with changes that no commit has.
        lacking: Objects that the state holds and the cluster lacks, as far as it was asked.
        unseen: Kinds of objects that the cluster did not list, so that nobody knows whether it has them.
        silence: Why the cluster does not answer; empty if it does.
        kubeconfig: Path of the kubeconfig that leads to it; empty for what kubectl would use.
    """

    stack: str
    state: State | None
    sites: tuple[Site, ...]
    updated: datetime.datetime | None
    kind: str
    running: bool
    succeeded: bool
    commit: str
    dirty: bool
    lacking: tuple[Resource, ...]
    unseen: tuple[str, ...]
    silence: str
    kubeconfig: str

    @property
    def deployed(self) -> bool:
        """Whether anything of it is in a cluster."""
        return self.state is not None and any(each.is_object for each in self.state.resources)

    @property
    def interrupted(self) -> bool:
        """Whether an update was killed in the middle of an operation, or is in one."""
        return self.state is not None and self.state.interrupted

    @property
    def namespaces(self) -> list[str]:
        """Every namespace in which it has objects."""
        return namespaces(self.state) if self.state is not None else []


def make(facts: Facts) -> Survey:
    """Make the survey of a stack."""
    known = state.read(facts.state) if facts.state is not None else None
    last: Mapping[str, Any] = next((each for each in facts.history if each["kind"] in ("update", "destroy")), {})
    resources = known.resources if known else ()
    ended, origin = last.get("endTime") or last.get("startTime"), last.get("environment") or {}
    return Survey(
        stack=facts.stack,
        state=known,
        sites=tuple(_site(name, outputs, known, facts) for name, outputs in sites(known).items()) if known else (),
        updated=words.time(ended),
        kind=str(last.get("kind", "update")),
        running=last.get("result") == "in-progress",
        succeeded=last.get("result") != "failed",
        commit=str(origin.get("git.head", "")),
        dirty=origin.get("git.dirty") == "true",
        lacking=listing.lacking(resources, facts.listings),
        unseen=listing.unseen(resources, facts.listings),
        silence=facts.silence,
        kubeconfig=facts.kubeconfig,
    )


def sites(known: State) -> Mapping[str, Mapping[str, Any]]:
    """The outputs of each site, by the name that the site has in the program; none of one that no update has proven.

    A failed update leaves the outputs as they were, and sites that they do not name.
    """
    names = [each.name for each in known.resources if each.type == "securenginx:index:SecureNginx"]
    several = known.outputs.get("sites")
    if isinstance(several, Mapping):
        return {**several, **{name: {} for name in names if name not in several}}
    only = names[0] if len(names) == 1 else known.outputs.get("service")
    return {name: known.outputs if name == only else {} for name in names}


def namespaces(known: State) -> list[str]:
    """Every namespace in which a state has objects."""
    found = (each.inputs.get("metadata", {}).get("namespace") for each in known.resources if each.is_object)
    return sorted({str(namespace) for namespace in found if namespace})


def _site(name: str, outputs: Mapping[str, Any], known: State, facts: Facts) -> Site:
    own, probe = known.component("SecureNginx", name), known.component("CurlProbe", f"{name}-probe")
    namespace = str(outputs.get("namespace") or next(iter(namespaces(known)), ""))
    found: Sequence[Object] = facts.objects or ()
    deployments = objects.of(found, "Deployment", objects.SITE, name, namespace)
    present = {each["metadata"]["name"] for each in deployments}
    own_deployments = [each for each in own if each.kind == "Deployment"]
    missing = [each.object_name for each in own_deployments if each.object_name not in present]
    watches = objects.of(found, "CronJob", objects.PROBE, f"{name}-probe", namespace)
    watched = [each.object_name for each in probe if each.kind == "CronJob"]
    pods = objects.pods(objects.of(found, "Pod", objects.SITE, name, namespace))
    return Site(
        name=name,
        namespace=namespace,
        outputs=outputs,
        resources=own,
        probe_resources=probe,
        certificate=certificates.leaf(outputs, own),
        authorities=tuple(certificates.authorities(own)),
        pods=None if facts.objects is None else pods,
        declared=_declared(own),
        least=_least(own),
        scaled=objects.scaled(deployments),
        stuck=objects.stuck(pods, deployments),
        missing=() if facts.objects is None else tuple(missing),
        runs=objects.runs(objects.of(found, "Job", objects.PROBE, f"{name}-probe", namespace), facts.logs),
        lacking=listing.lacking((*own, *probe), facts.listings),
        # One that was replaced may still be there.
        watch=objects.watch([each for each in watches if not watched or each["metadata"]["name"] in watched]),
    )


def _declared(own: Sequence[Resource]) -> int | None:
    """How many pods a site's Deployments declare; None if it cannot be told, or an autoscaler changes it."""
    if any(each.kind == "HorizontalPodAutoscaler" for each in own):
        return None  # what its Deployment declares is where it begins
    replicas = [(each.inputs.get("spec") or {}).get("replicas") for each in own if each.kind == "Deployment"]
    known = [int(each) for each in replicas if isinstance(each, int | float)]
    return sum(known) if known and len(known) == len(replicas) else None


def _least(own: Sequence[Resource]) -> int:
    """How many pods a site's autoscaler has to keep: 1 where nothing else is declared, 0 where there is none."""
    least = [
        (each.inputs.get("spec") or {}).get("minReplicas") for each in own if each.kind == "HorizontalPodAutoscaler"
    ]
    return sum(int(each) if isinstance(each, int | float) else 1 for each in least)
