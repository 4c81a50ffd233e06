"""Objects as the cluster has them: pods, and the runs of the probe."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from report import probe_log, words
from report.probe_log import Saying

Object = Mapping[str, Any]
Outcome = Literal["verified", "failed", "pending"]
_LABEL = "app.kubernetes.io/"
_ENDINGS: Mapping[str, Outcome] = {"Complete": "verified", "Failed": "failed"}


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One pod of a site.

    Attributes:
        name: Its name.
        node: The node that it is on; empty while it has none.
        ready: Whether it serves.
        trouble: Why not, in the cluster's words. Default none.
    """

    name: str
    node: str
    ready: bool
    trouble: str = ""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the probe.

    Attributes:
        job: Name of its Job.
        began: When.
        ended: When; None while it goes on.
        outcome: What it found.
        gate: Whether an update waited for it, rather than the watch having begun it.
        said: What it said.
    """

    job: str
    began: datetime.datetime
    ended: datetime.datetime | None
    outcome: Outcome
    gate: bool
    said: Saying


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The schedule by which the probe runs again.

    Attributes:
        schedule: When, as cron writes it.
        suspended: Whether it pauses.
        last_success: When it last verified the site; None if never.
    """

    schedule: str
    suspended: bool
    last_success: datetime.datetime | None


def of(found: Sequence[Object], kind: str, instance: str, namespace: str) -> list[Object]:
    """The objects of a kind that belong to a site or a probe."""
    return [
        each
        for each in found
        if each["kind"] == kind
        and each["metadata"].get("namespace") == namespace
        and each["metadata"].get("labels", {}).get(f"{_LABEL}instance") == instance
    ]


def holds(found: Object, condition: str) -> bool:
    """Whether a condition of an object is true."""
    conditions = found.get("status", {}).get("conditions", ())
    return any(each["type"] == condition and each["status"] == "True" for each in conditions)


def pods(found: Sequence[Object]) -> tuple[Pod, ...]:
    """Pods that are there to stay."""
    return tuple(_pod(each) for each in found if "deletionTimestamp" not in each["metadata"])


def scaled(deployments: Sequence[Object]) -> int:
    """How many pods the cluster was told to have."""
    return sum(int(each["spec"].get("replicas", 1)) for each in deployments)


def runs(jobs: Sequence[Object], logs: Mapping[str, str]) -> tuple[Run, ...]:
    """Runs of the probe, the newest first."""
    return tuple(sorted((_run(each, logs) for each in jobs), key=lambda run: run.began, reverse=True))


def watch(cron_jobs: Sequence[Object]) -> Watch | None:
    """The schedule; None if there is none."""
    for each in cron_jobs:
        return Watch(
            schedule=each["spec"]["schedule"],
            suspended=bool(each["spec"].get("suspend")),
            last_success=words.time(each.get("status", {}).get("lastSuccessfulTime")),
        )
    return None


def _pod(pod: Object) -> Pod:
    status = pod.get("status", {})
    ready = holds(pod, "Ready")
    return Pod(
        name=pod["metadata"]["name"],
        node=pod["spec"].get("nodeName", ""),
        ready=ready,
        trouble="" if ready else next(_troubles(status), str(status.get("phase", "unknown"))),
    )


def _troubles(status: Object) -> Iterator[str]:
    for container in status.get("containerStatuses", ()):
        for state in ("waiting", "terminated"):
            if reason := container.get("state", {}).get(state, {}).get("reason"):
                yield str(reason)
    for condition in status.get("conditions", ()):
        if condition["status"] == "False" and condition.get("reason") == "Unschedulable":
            yield "Unschedulable"


def _run(job: Object, logs: Mapping[str, str]) -> Run:
    metadata, status = job["metadata"], job.get("status", {})
    began = words.time(status.get("startTime")) or words.time(metadata["creationTimestamp"])
    endings = [each for each in status.get("conditions", ()) if each["type"] in _ENDINGS and each["status"] == "True"]
    return Run(
        job=metadata["name"],
        began=began or datetime.datetime.min.replace(tzinfo=datetime.UTC),
        ended=words.time(endings[0].get("lastTransitionTime")) if endings else None,
        outcome=_ENDINGS[endings[0]["type"]] if endings else "pending",
        gate=not any(each["kind"] == "CronJob" for each in metadata.get("ownerReferences", ())),
        said=probe_log.read(logs.get(f"{metadata['namespace']}/{metadata['name']}", "")),
    )
