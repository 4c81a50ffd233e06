"""Objects as the cluster has them: pods, and the runs of the probe."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from report import probe_log, schedule, words
from report.probe_log import Saying

Object = Mapping[str, Any]
Outcome = Literal["verified", "failed", "pending"]
SITE, PROBE = "secure-nginx", "curl-probe"
"""What objects are of, as their label `app.kubernetes.io/name` says it."""

_LABEL = "app.kubernetes.io/"
_TURNS = 3
_FAILURES = {
    "CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull", "ErrImagePull",
    "ImageInspectError", "ImagePullBackOff", "InvalidImageName", "RunContainerError", "Unschedulable",
}  # fmt: skip
"""Why pods do not come up by themselves, however long one waits; others are only on their way."""
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
        name: Name of its CronJob.
        schedule: When, as cron writes it.
        suspended: Whether it pauses.
        made: When it was made; None if nobody knows.
        last_success: When it last verified the site; None if never.
        longest: The longest time that a run may take. Default none.
    """

    name: str
    schedule: str
    suspended: bool
    made: datetime.datetime | None
    last_success: datetime.datetime | None
    longest: datetime.timedelta = datetime.timedelta()

    def is_late(self, now: datetime.datetime, updated: datetime.datetime | None) -> bool:
        """Whether three turns have passed without a success, and the time that a run may take.

        Turns before the last update do not count, which may have changed the schedule or ended its pause. A schedule
        whose turns are not simply told is never late (`schedule.longest_pause`).

        Args:
            now: The time.
            updated: When the last update of the stack was; None if that is not known.
        """
        pause = schedule.longest_pause(self.schedule)
        known = [moment for moment in (self.made, self.last_success, updated) if moment]
        if self.suspended or pause is None or not known:
            return False
        return now > max(known) + _TURNS * pause + self.longest


def of(found: Sequence[Object], kind: str, name: str, instance: str, namespace: str) -> list[Object]:
    """The objects of a kind that belong to a site or a probe.

    Args:
        found: Objects of all kinds.
        kind: Their kind.
        name: `SITE` or `PROBE`: a site may be called as another one's probe is.
        instance: Name of the site or of the probe.
        namespace: Where that is.
    """
    labels = {f"{_LABEL}name": name, f"{_LABEL}instance": instance}.items()
    return [
        each
        for each in found
        if each["kind"] == kind
        and each["metadata"].get("namespace") == namespace
        and labels <= each["metadata"].get("labels", {}).items()
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


def stuck(found: Sequence[Pod], deployments: Sequence[Object]) -> tuple[str, ...]:
    """Why pods do not come up, or a rollout does not get on: in the cluster's words."""
    failing = {pod.trouble for pod in found if pod.trouble in _FAILURES}
    conditions = [each for one in deployments for each in one.get("status", {}).get("conditions", ())]
    stalled = {
        str(each.get("reason")) for each in conditions if each["type"] == "Progressing" and each["status"] == "False"
    }
    return tuple(sorted(failing | stalled))


def runs(jobs: Sequence[Object], logs: Mapping[str, str]) -> tuple[Run, ...]:
    """Runs of the probe, the newest first."""
    return tuple(sorted((_run(each, logs) for each in jobs), key=lambda run: run.began, reverse=True))


def watch(cron_jobs: Sequence[Object]) -> Watch | None:
    """The schedule; None if there is none."""
    for each in cron_jobs:
        run = each["spec"].get("jobTemplate", {}).get("spec", {})
        return Watch(
            name=each["metadata"]["name"],
            schedule=each["spec"]["schedule"],
            suspended=bool(each["spec"].get("suspend")),
            made=words.time(each["metadata"].get("creationTimestamp")),
            last_success=words.time(each.get("status", {}).get("lastSuccessfulTime")),
            longest=datetime.timedelta(seconds=run.get("activeDeadlineSeconds", 0)),
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
